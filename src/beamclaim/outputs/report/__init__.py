"""A `Result` → reports: for a terminal (`text`), a program (`json`, `csv`), a spreadsheet (`xlsx`) and a reader (`html`).

JSON, JSON lines, CSV and the long sheets of the workbook are written from columns, block by block (`columns.py`); text and page open
the few findings they show. `cause.py` groups what one fix settles, `wording.py` says columns and policy rows in people's words,
`printable.py` lets nothing that came in with a claim steer a terminal. Begin with `columns.py`, then `json.py`.
"""
