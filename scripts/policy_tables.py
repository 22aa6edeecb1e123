"""Writes the page of policy tables, `src/beamclaim/policy/TABLES.md`, from what is declared: `python scripts/policy_tables.py`."""

from beamclaim.policy import load_policy
from beamclaim.policy.page import PAGE, tables_page

if __name__ == "__main__":
    PAGE.write_text(tables_page(load_policy()), encoding="utf-8")
    print(f"wrote {PAGE}")
