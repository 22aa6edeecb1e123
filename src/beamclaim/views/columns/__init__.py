"""Columns of views, one file a group: each column is declared above what computes it. A view lists the groups it takes."""
