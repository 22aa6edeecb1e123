"""The frames questions are asked of: one row per line, claim, diagnosis, interchange, fault or waiver."""
