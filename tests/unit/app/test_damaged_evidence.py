"""Damage never accuses and never acquits: damaged copies of HL7 v2 and FHIR against what the sound files say."""

import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[3] / "scripts" / "fuzz_facts.py"


def test_damaged_messages_and_resources_add_nothing_and_lose_nothing_unsaid() -> None:
    words = [sys.executable, str(SCRIPT), "--damages", "8", "--seed", "7"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("8 damaged  0 crashed  0 broken") == 2
