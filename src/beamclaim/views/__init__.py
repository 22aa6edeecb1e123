"""Tables + policy + assumptions → the frames questions are asked of: one row per line, claim, diagnosis, session, fault …

In: `model.tables.frames.Tables` and policy answers. Out: one frame a view, each column declared where it is computed
(`columns/`). A view is a file with a `VIEW`; `registry.py` finds it. Begin with `view.py`. Called by `engine`; never knows: a
rule, a finding, a file.
"""
