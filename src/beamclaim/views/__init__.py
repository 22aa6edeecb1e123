"""Tables + policy → the frames questions are asked of: a row per line, claim, diagnosis, session, interchange, fault or waiver.

In: `Tables` of one bucket of patients or of a batch, policy answers, what the user assumes, and frames made above the views.
Out: one frame a view, with the columns rules read and no others. Joins happen here, once; rules never join.
A view is one file that holds a `VIEW`; `registry` finds it, and the engine asks whatever it finds. Its columns are declared where
they are computed, one file a group under `columns/`. Begin with `view.py`, then `claims.py` and `columns/claim.py`.
Never knows: rules, findings, files, terminals.
"""
