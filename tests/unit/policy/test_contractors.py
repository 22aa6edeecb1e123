"""A contractor is said by its jurisdiction, its name or a state; what several are called is asked back."""

import pytest

from beamclaim.errors import SettingError
from beamclaim.policy.contractors import jurisdiction_of


@pytest.mark.parametrize(
    ("text", "jurisdiction"),
    [
        ("j15", "J15"),
        ("CGS", "J15"),
        ("oh", "J15"),
        ("First Coast", "JN"),
        ("Novitas JL", "JL"),
        ("PA", "JL"),
        ("NGS J6", "J6"),
    ],
)
def test_a_jurisdiction_is_found_by_name_and_state(text: str, jurisdiction: str) -> None:
    assert jurisdiction_of(text) == jurisdiction


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Novitas", "Novitas is JH and JL; which?"), ("wps", "wps is J5 and J8; which?"),
        ("Noridian", "Noridian is JE and JF; which?"), ("Railroad Medicare", "Railroad Medicare has no jurisdiction"),
        ("Aetna", "'Aetna' is no jurisdiction, contractor or state of Medicare"),
    ],
)  # fmt: skip
def test_what_is_not_one_jurisdiction_is_refused_with_the_choices(text: str, words: str) -> None:
    with pytest.raises(SettingError) as refused:
        jurisdiction_of(text)
    assert words in str(refused.value)
