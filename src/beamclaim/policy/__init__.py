"""Policy: dated, scoped, sourced answers to what rules ask.

In: `data/` (ours) and a clinic's own folder of the same form. Out: `load_policy(folder, as_of=day)` gives `PolicyTables`,
which nobody can change; `PolicyAnswers(tables)` answers asks and remembers them for a run. Begin with `load.py`, then
`answers.py`. A rule names a table or parameter and knows nothing of this package.

>>> from datetime import date
>>> import polars as pl
>>> policy = PolicyAnswers(load_policy(as_of=date(2026, 11, 23)))
>>> asks = pl.DataFrame({"code": ["77412", "77412", None], "day": [date(2025, 12, 31), date(2026, 1, 1), date(2026, 1, 1)]})
>>> policy.resolve("radonc.delivery", asks)["level"].to_list()
['complex', '3', None]
"""

from beamclaim.policy.answers import PolicyAnswers
from beamclaim.policy.load import load_policy
from beamclaim.policy.tables import PolicyTable, PolicyTables

__all__ = ["PolicyAnswers", "PolicyTable", "PolicyTables", "load_policy"]
