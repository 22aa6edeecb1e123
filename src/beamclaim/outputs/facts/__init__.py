"""The facts of treatment as JSON, as text, and as course files."""
