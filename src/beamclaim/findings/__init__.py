"""Verdict rows → findings: what a rule said, with facts, policy rows, sources and what to do.

In: `engine.verdicts.Verdicts` (one frame of rows that fire, one of rows nobody can tell), the policy, and where bytes stand. Out:
`Findings` (a spine of one row a finding, and a wide part for each rule) and `Questions` (what could not be told, by rule), together
with counts and files in a `Result`. Begin with `schema.py`, then `proof.py`. Called by `app/check.py`; read by `outputs`. Never knows:
files, terminals, databases.
"""
