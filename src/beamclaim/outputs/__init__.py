"""What leaves the building: reports of a run (`report`), courses from records (`facts`), repaired 837s (`x12`).

In: a `Result`, with a way to ask for the bytes around a place; or the `Facts` of records. Out: text, pages, tables, copies. Called by
`cli`. Never knows: rules' expressions, the engine, where a claim was read from.
"""
