"""The small typed language rules are written in: words and operators → a tree of frozen nodes, which only says what is asked.

In: nothing of ours, and no Polars. Out: nodes that `engine/compile.py` gives a meaning and `walks.py` reads: what is asked
of a row, which groups, which part needs no other row, the question as a text and in words. Begin with `node.py`.
Used by `rules`, `engine`, `findings`; never knows a view, a table or a value of a claim.
"""
