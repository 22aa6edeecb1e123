"""What a declaration refuses, and that each refusal says where, why and what to write instead."""

import pytest
from declared_rules import declared, module

from beamclaim.errors import RuleError
from beamclaim.rules.declaration import Rule
from beamclaim.rules.registry import in_order_of_pairs, ordered, rule_of

FORM = "@rule('UNT199', title='', view='lines', applies=yes(), at='line.code', message='', to_do='')"


def refusal(**parts: str) -> str:
    with pytest.raises(RuleError) as raised:
        declared(**parts)
    return str(raised.value)


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ({"code": "UNT19"}, "UNT19 (some_rule.py): a code is three letters and three digits"),
        ({"form": "severity='grave'"}, "severity 'grave' is not one of error, warning, info"),
        ({"form": "risk='ruin'"}, "risk 'ruin' is not one of rejection, denial"),
        ({"form": "status='new'"}, "status 'new' is not one of preview, stable, deprecated"),
        ({"form": "who='nobody'"}, "who 'nobody' is not one of biller, coder"),
        ({"form": "repair='never'"}, "repair 'never' is not one of safe, review, advice"),
        ({"message": "{much} is wrong"}, "the message names {much}, which the check does not return and which is no column"),
        ({"fires": "code_in('t')", "answers": "how='much'"},
         "`how` is 'much', which is no expression; write it with the words of beamclaim.rules"),
        ({"fires": "text('yes')"}, "`fires` gives text; it must answer yes or no"),
        ({"applies": "days(col('line.date'), col('today'))"}, "`applies` gives number; it must answer yes or no"),
        ({"fires": "any_of(yes(), over=('claim.payer', 'line.code'))"},
         "a window over ['claim.payer', 'line.code'] is wider than a patient; begin with the patient or something inside one"),
        ({"form": "optional=('value:t:limit:line.code@line.date',)"},
         "optional names 'value:t:limit:line.code@line.date', which the program makes; give the value() or code_in() itself"),
        ({"form": "pair='partner'"}, "pair names 'partner', which the check does not return"),
        ({"form": "yields_to=('UNT101',)"}, "yields_to is for rules that tell of a pair"),
        ({"form": "about=('claim.payer',)"},
         "a window over ['claim.payer'] is wider than a patient; begin with the patient or something inside one"),
        ({"form": "about=('claim.key',)", "answers": "lines=text('two')"},
         "the check returns `lines`, which is what the message of a rule `about` several lines calls them; name it otherwise"),
        ({"message": "{lines} lack it"}, "the message names {lines}, which the check does not return and which is no column"),
        ({"form": "optional=(yes(),)"}, "optional holds the result of yes(); name a column, or give what the policy answers"),
    ],
)  # fmt: skip
def test_a_form_filled_in_wrongly_is_refused(parts: dict[str, str], sentence: str) -> None:
    assert sentence in refusal(**parts)


def test_a_check_without_fires_is_refused() -> None:
    text = f"{FORM}\ndef some_rule():\n    return dict()"
    with pytest.raises(RuleError, match=r"UNT199 \(some_rule.py\): the check returns no `fires`"):
        module(text)


def test_a_procedure_code_in_the_name_is_refused() -> None:
    assert "a rule's name holds no procedure code; say what is wrong instead" in refusal(name="two_77427")


def test_a_function_that_is_not_called_as_its_file_is_refused() -> None:
    text = f"{FORM}\ndef another():\n    return dict(fires=yes())"
    with pytest.raises(
        RuleError, match=r"UNT199: function another lives in some_rule.py; name the file after the rule"
    ):
        module(text)


def test_a_file_without_a_rule_says_what_to_write() -> None:
    with pytest.raises(
        RuleError, match=r"/families/units/some_rule.py declares no rule: write `@rule\(…\)` above `def some_rule\(\):`"
    ):
        rule_of(module("LIMIT = 1"))


def test_a_file_with_two_rules_is_refused() -> None:
    two = module("")
    vars(two).update(one=declared(), other=declared(code="UNT198"))
    with pytest.raises(RuleError, match="declares UNT199, UNT198: one file holds one rule, named after it"):
        rule_of(two)


@pytest.mark.parametrize(
    ("other", "word"), [({"code": "UNT199", "name": "other_rule"}, "UNT199"), ({"code": "UNT198"}, "some-rule")]
)
def test_a_code_or_a_name_that_is_taken_is_refused(other: dict[str, str], word: str) -> None:
    with pytest.raises(
        RuleError, match=f"{word} is taken by some-rule .*codes and names are never reused: choose another in"
    ):
        ordered([declared(), declared(**other)])


def test_rules_come_in_the_order_of_their_codes() -> None:
    last, first = declared(), declared(code="UNT101", name="other_rule")
    assert ordered([last, first]) == (first, last)


# ── values that have no place in a rule ─────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("fires", "word", "what"),
    [
        ("col('line.kind') == text('77427')", "77427", "a procedure code"),
        ("col('line.kind') == text('G6015')", "G6015", "a procedure code"),
        ("one_of(col('line.kind'), 'a', '0197T')", "0197T", "a procedure code"),
        ("col('line.kind') == text('C61')", "C61", "a diagnosis code"),
        ("col('line.kind') == text('Z51.0')", "Z51.0", "a diagnosis code"),
        ("col('line.kind') == text('2026-01-01')", "2026-01-01", "a day"),
        ("col('line.kind') == text('26')", "26", "a place of service or a modifier"),
        ("col('line.kind') == text('TC')", "TC", "a modifier"),
        ("col('line.kind') == text('0333')", "0333", "a revenue code or a bill type"),
        ("col('line.kind') == text('131')", "131", "a revenue code or a bill type"),
        ("col('line.kind') == text('medicare_ffs')", "medicare_ffs", "a payer line"),
        ("code_in('t', code='77427')", "77427", "a procedure code"),
        ("code_in('t', line='commercial')", "commercial", "a payer line"),
        ("col('claim.payer') == text('aetna')", "aetna", "a payer"),
        ("one_of(col('claim.payer'), 'cigna')", "cigna", "a payer"),
        ("col('claim.mac') == text('J6-part')", "J6-part", "a contractor"),
        ("text('any') == col('line.modifiers')", "any", "a modifier"),
        ("col('line.place_of_service') == text('office')", "office", "a place of service"),
        ("col('claim.bill_type') == text('stay')", "stay", "a bill type"),
    ],
)  # fmt: skip
def test_a_word_only_tables_may_name_is_refused_with_file_and_line(fires: str, word: str, what: str) -> None:
    sentence = f"`fires` holds {word!r}, which looks like {what}; it lives in a policy table: use code_in() or value()"
    assert refusal(fires=fires) == f"UNT199 (some_rule.py:8): {sentence}"


def test_a_misplaced_word_is_seen_in_applies_and_in_every_answer() -> None:
    assert "`applies` holds '77427'" in refusal(applies="col('line.kind') == text('77427')")
    assert "`how` holds '77427'" in refusal(answers="how=either(yes(), '77427', 'none')")


@pytest.mark.parametrize("fires", ["col('line.units') > 2", "col('line.units') * 0.5 > 1", "when(yes(), 5, 0) > 1"])
def test_a_number_other_than_none_and_one_is_refused(fires: str) -> None:
    said = refusal(fires=fires)
    assert said.startswith("some_rule.py:8: the number ")
    assert said.endswith("stands in a rule; numbers live in policy parameters: use param()")


def test_a_day_is_refused() -> None:
    said = refusal(before="from datetime import date", fires="col('line.date') > date(2026, 1, 1)")
    assert (
        said
        == "some_rule.py:8: the day 2026-01-01 stands in a rule; days live in policy tables: use value() or param()"
    )


def test_a_column_is_one_thing_in_all_of_a_rule() -> None:
    said = refusal(fires="any_listed(col('line.kind'), col('line.kind')) & (days(col('line.kind'), col('today')) > 1)")
    assert "line.kind is used as day here and as text or codes in line 8; look up in the view what it is" in said


def test_words_that_look_like_nothing_of_the_kind_are_words() -> None:
    rule = declared(
        fires="one_of(col('day.technique'), 'vmat', '2d', '3d_conformal') & (col('claim.form') == text('837P'))"
    )
    assert rule.reads == ("day.technique", "claim.form")


def of_pairs(code: str, *others: str) -> Rule:
    made = declared(code=code, form=f"pair='partner', yields_to={others!r}", answers="partner=text('x')")
    return made


def test_rules_of_pairs_stand_in_the_order_they_yield_in() -> None:
    rules = [of_pairs("UNT197", "UNT198"), of_pairs("UNT198", "UNT199"), of_pairs("UNT199")]
    assert in_order_of_pairs(rules) == ("UNT199", "UNT198", "UNT197")


@pytest.mark.parametrize("yields", [((), ()), (("UNT199",), ("UNT198",)), (("UNT101",), ())])
def test_two_rules_of_pairs_of_which_neither_yields_are_refused(yields: tuple[tuple[str, ...], ...]) -> None:
    rules = [of_pairs("UNT198", *yields[0]), of_pairs("UNT199", *yields[1])]
    with pytest.raises(
        RuleError, match="which goes before the others is not said: each names in yields_to those that do"
    ):
        in_order_of_pairs(rules)
