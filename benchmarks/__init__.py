"""Speed and memory, measured beside peers of the same run; never part of the tests.

In: nothing, or the checkout of an older program (``BENCH_OLD``). Out: one table, a workload a line, and the ratios that
are held. Begin with `workloads.py` (what is measured), then `measure.py` (how), `peers.py` (beside what), `ratios.py`
(what must hold). `corpus.py` and `wrong.py` write claims, `inputs.py` the files of a run, `records.py` measures
treatment records on its own.
"""
