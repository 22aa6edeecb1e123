"""Reports: what a run of `check` says, for a terminal, a program, a spreadsheet and a reader."""
