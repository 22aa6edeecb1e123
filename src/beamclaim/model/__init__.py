"""The vocabulary shared by all: closed lists of words, declared tables and columns, places in bytes, keys of rows.

Nothing comes in and nothing is worked out here but what a word means everywhere alike. Begin with `value_sets.py`, then
`tables/`. Imported by every room; imports `errors` alone.
"""
