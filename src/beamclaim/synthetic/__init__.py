"""Claims, charts, plans, records and messages of nobody, written by a hand of their own.

In: a seed, or a description. Out: bytes of 837, course forms, DICOM RT, FHIR. `clinic` treats and bills a whole
department and plants mistakes; `demonstration` and `examples` write the files that ship; `claims837`, `dicom` and
`fhir` are the writers. Begin with `clinic`. Read by tests, by `beamclaim.testing` and by the command that shows a
demonstration; nothing else of the program loads it. It knows the vocabulary (`beamclaim.model`) and no reader, rule or
policy: what judges the program must not share its mistakes.
"""
