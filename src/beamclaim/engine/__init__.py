"""Rules + views + policy → verdict rows: asks each rule of each row of its view, with what the policy answers beside it.

In: `model.tables.frames.Tables`, rules (trees of `expressions`), policy. Out: one `verdicts.Verdicts` per rule, a frame of rows
that fire and one of rows nobody can tell. Begin with `verdicts.evaluate`, then `policy_columns`; `compile` is where a tree
gets its meaning. Called by `app`; read by `findings`. Never knows: a claim, a file, a finding.
"""
