"""Words of a terminal → a use case of `app`, its report on standard output or in a file, and an exit status.

One module a command (`check`, `facts`, `rule`, `policy`, `listen`, `demo`), `options.py` for what several take, `stream.py` for where a
report goes, `progress.py` for the bar. Begin with `main.py`, then `check.py`. Nothing heavy is imported before a command runs.
"""
