"""The use cases behind the commands, one module each: `check`, `facts`, `rule_page`.

In: paths and options. Out: values that `outputs` writes. `run.py` reads the files of a run and hands out whole patients; `buckets.py`
keeps a large one on disk. Begin with `check.py`. Called by `cli`, `listener` and the public door. Never knows: terminals, exit statuses.
"""
