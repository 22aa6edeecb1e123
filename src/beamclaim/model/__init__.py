"""The vocabulary shared by all: tables, views, what joins what."""
