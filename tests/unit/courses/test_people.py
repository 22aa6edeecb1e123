"""Who is whom: one number of two issuers, two people under one number, merges, and what is only asked."""

from itertools import permutations

import pytest

from beamclaim.courses.alike import ask_about_alike
from beamclaim.courses.course_record import EvidencePlace
from beamclaim.courses.issuers import Issuer, Issuers
from beamclaim.courses.people import Merge, SamePerson, people
from beamclaim.model.persona import PatientNumber, Persona, numbered, universal

HERE = EvidencePlace(0, 0, 1, "MRG-1")
SITE = Issuers([Issuer(frozenset({"HOSP", "https://ehr.example/mrn"}), ignores_zeros=True, ignores_case=True)])


def persona(
    number: str, born: str | None = "1960-02-29", sex: str | None = "F", name: str = "", others: tuple[str, ...] = ()
) -> str:
    family, _, given = name.partition("^")
    first, *more = (numbered(n) for n in (number, *others))
    own = Persona.of([first], birth_date=born, sex=sex, family=family, given=given)
    return own.with_others(n for n in more if n).text


def told(*texts: str, merges: tuple[Merge, ...] = (), issuers: Issuers | None = None) -> list[SamePerson]:
    """The people behind texts, the same in every order."""
    issuers = issuers or Issuers()
    answers = [people(order, merges, issuers) for order in permutations(texts[:5])]
    assert all(index == answers[0][1] for _, index in answers)
    found = people(texts, merges, issuers)[0]
    ask_about_alike(found, issuers)
    return found


def notes(found: list[SamePerson]) -> set[str]:
    return {o.kind for person in found for o in person.observations}


def test_a_persona_is_read_back_as_it_was_written() -> None:
    text = persona("12345^^^HOSP&2.16.840.1&ISO^MR", name="Novak^Jana Maria", others=("99^^^LAB",))
    read = Persona.read(text)
    assert read.text == text
    assert read.number == PatientNumber("12345", "MR", ("hosp", "urn:oid:2.16.840.1"))
    assert (read.birth_date, read.sex, read.family, read.given) == ("1960-02-29", "F", "novak", "jana")
    assert read.number is not None
    assert numbered(read.number.written) == read.number
    assert persona("P1", None, None) == "P1"


def test_one_number_of_two_issuers_is_two_people() -> None:
    found = told(persona("1001^^^HOSPA"), persona("1001^^^HOSPB", "1975-05-05", "M"))
    assert len(found) == 2
    assert notes(found) == set()


def test_one_number_of_two_issuers_is_asked_where_birth_date_and_sex_agree() -> None:
    found = told(persona("1001^^^HOSPA"), persona("1001^^^HOSPB"))
    assert len(found) == 2
    assert notes(found) == {"patient_id_of_another_issuer"}


def test_a_number_without_issuer_joins_the_one_it_fits_and_is_said() -> None:
    found = told(persona("1001^^^HOSP"), persona("1001", None, None))
    assert len(found) == 1
    assert notes(found) == {"patient_without_issuer"}


def test_a_number_without_issuer_that_fits_two_joins_neither_and_is_asked() -> None:
    found = told(persona("1001^^^A"), persona("1001^^^B", "1975-05-05", "M"), persona("1001", None, None))
    assert len(found) == 3
    assert "patient_id_of_another_issuer" in notes(found)
    found = told(persona("1001^^^A"), persona("1001^^^B", "1975-05-05", "M"), persona("1001", "1975-05-05", "M"))
    assert sorted(len(person.personas) for person in found) == [1, 2]


@pytest.mark.parametrize(
    "other",
    [
        ("2018-05-05", "M", ""),
        ("2018-05-05", "F", "NOVAK^EVA"),
        ("1960-02-29", "M", "NOVAK^IVAN"),
    ],
    ids=["parent and child", "mother and daughter", "twins"],
)
def test_two_people_under_one_number_are_two(other: tuple[str, str, str]) -> None:
    found = told(persona("1^^^H", name="Novak^Jana"), persona("1^^^H", *other))
    assert len(found) == 2
    assert notes(found) == {"patient_split"}


@pytest.mark.parametrize(
    "other",
    [("1962-02-28", "F", "Novak^Jana"), ("1960-02-29", "M", "Novak^J"), ("1960-02-29", "F", "Svoboda^Jana")],
    ids=["another birth date", "another sex", "married"],
)
def test_one_contradiction_is_one_person_with_a_conflict(other: tuple[str, str, str]) -> None:
    assert len(told(persona("1^^^H", name="Novak^Jana"), persona("1^^^H", *other))) == 1


def test_a_name_that_was_taken_out_contradicts_nobody() -> None:
    assert len(told(persona("1", name="Anonymous^Patient"), persona("1", "1961-01-01", name="Novak^Jana"))) == 1


def test_what_says_too_little_belongs_to_neither_of_two_people_under_one_number() -> None:
    found = told(persona("1"), persona("1", "2018-05-05", "M"), persona("1", None, None))
    assert [len(person.personas) for person in found] == [1, 1, 1]
    assert notes(found) == {"patient_split", "patient_of_two"}


def test_what_agrees_with_one_of_two_people_is_that_one() -> None:
    found = told(persona("1"), persona("1", "2018-05-05", "M"), persona("1", "1960-02-29", None))
    assert sorted(len(person.personas) for person in found) == [1, 2]


def test_a_slip_in_one_source_stays_with_whom_it_fits() -> None:
    ann, kid = persona("1", name="Novak^Ann"), persona("1", "2018-05-05", "M", "Novak^Kid")
    found = told(ann, kid, persona("1", "2018-05-05", "F", "Novak^Kid"))
    assert sorted(len(person.personas) for person in found) == [1, 2]


def test_what_is_half_of_each_of_two_people_is_neither() -> None:
    found = told(persona("1"), persona("1", "2018-05-05", "M"), persona("1", "1960-02-29", "M"))
    assert len(found) == 3


def test_a_merge_is_followed_over_a_chain_and_names_the_last_number() -> None:
    first = Merge(persona("B^^^H"), PatientNumber("A", "", ("h",)), "2026-01-01", HERE)
    second = Merge(persona("C^^^H"), PatientNumber("B", "", ("h",)), "2026-01-02", HERE)
    found = told(persona("A^^^H"), persona("B^^^H"), persona("C^^^H"), merges=(first, second))
    assert len(found) == 1
    assert found[0].number == PatientNumber("C", "", ("h",))
    assert notes(found) == {"patient_merged"}


def test_a_merge_of_another_issuers_number_joins_nobody() -> None:
    merge = Merge(persona("B^^^H"), PatientNumber("A", "", ("lab",)), "2026-01-01", HERE)
    assert len(told(persona("A^^^H", "1975-01-01", "M"), persona("B^^^H"), merges=(merge,))) == 2


def test_a_merge_joins_people_who_contradict_each_other() -> None:
    merge = Merge(persona("B^^^H"), PatientNumber("A", "", ("h",)), "2026-01-01", HERE)
    assert len(told(persona("A^^^H", "2018-05-05", "M"), persona("B^^^H"), merges=(merge,))) == 1


def test_other_numbers_of_a_source_join_where_issuer_and_number_are_the_same() -> None:
    found = told(persona("ARIA9", others=("MRN7^^^HOSP",)), persona("MRN7^^^HOSP^MR"))
    assert len(found) == 1
    assert found[0].number is not None
    assert found[0].number.number == "MRN7"
    assert "patient_of_several_numbers" in notes(found)


def test_another_number_without_issuer_joins_only_where_the_rest_agrees() -> None:
    assert len(told(persona("ARIA9", others=("7",)), persona("7^^^HOSP"))) == 1
    assert len(told(persona("ARIA9", None, None, others=("7",)), persona("7^^^HOSP"))) == 2


def test_an_account_number_is_no_record_number() -> None:
    found = told(persona("555^^^HOSP^AN"), persona("555^^^HOSP^MR"))
    assert len(found) == 2


def test_a_social_security_number_joins_nobody() -> None:
    assert len(told(persona("1^^^A", others=("999-99-9999",)), persona("2^^^A", others=("999-99-9999",)))) == 2
    assert PatientNumber("999-99-9999").is_secret


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        ("12345", "00012345", "patient_id_alike"),
        ("ab12", "AB12", "patient_id_alike"),
        ("12345", "12345-01", "patient_id_continued"),
        ("12345", "P12345", "patient_id_continued"),
    ],
)
def test_numbers_written_alike_are_asked(one: str, other: str, kind: str) -> None:
    found = told(persona(one), persona(other))
    assert len(found) == 2
    assert notes(found) == {kind}


def test_zeros_and_case_are_as_the_site_says() -> None:
    assert len(told(persona("00ab1^^^HOSP"), persona("AB1^^^HOSP"), issuers=SITE)) == 1
    found = told(persona("00ab1^^^LAB"), persona("AB1^^^LAB"), issuers=SITE)
    assert len(found) == 2


def test_names_of_one_issuer_are_one_where_the_site_says_so() -> None:
    system = Persona.of([numbered("1", issuer=("https://ehr.example/mrn",))], birth_date="1961-01-01", sex="M").text
    assert len(told(persona("1^^^HOSP"), system, issuers=Issuers())) == 2
    one_issuer = told(persona("1^^^HOSP", "1961-01-01", "F"), system, issuers=SITE)
    assert len(one_issuer) == 1
    assert notes(one_issuer) == set()


def test_an_object_identifier_is_one_name_on_all_doors() -> None:
    assert universal("1.2.3", "ISO") == "urn:oid:1.2.3"
    names = {numbered("1", issuer=(name,)) for name in ("1.2.3", "urn:oid:1.2.3")}
    assert len(names) == 1


def test_one_name_birth_date_and_sex_under_two_numbers_is_asked() -> None:
    found = told(persona("K77", name="Novak^Jana"), persona("1001", name="NOVAK^JANA"))
    assert notes(found) == {"patient_of_the_same_name"}
    assert len(found) == 2
