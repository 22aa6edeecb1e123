"""X12 going out: repairs that change the format of a file and nothing that is billed."""
