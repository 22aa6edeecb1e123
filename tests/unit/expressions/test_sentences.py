"""The question in words: every form has its sentence, and what is said twice is said once."""

import pytest

from beamclaim.expressions.node import Expression
from beamclaim.expressions.sentences import in_words
from beamclaim.rules import (
    all_in,
    any_listed,
    any_of,
    came_before,
    carries,
    clash,
    code_in,
    code_known,
    col,
    comes_after,
    count,
    days,
    each,
    earliest,
    either,
    if_seen,
    later,
    latest,
    listed,
    near,
    no,
    none,
    one_of,
    others,
    pair,
    param,
    rank_in,
    registry,
    running_total,
    stated,
    text,
    total,
    unknown,
    value,
    when,
    yes,
)
from beamclaim.rules.declaration import Rule

A, B, C, OVER = col("a.a"), col("b.b"), col("c.c"), ("patient.key", "line.date")


def said(tree: Expression) -> str:
    words = in_words({"it": tree})
    assert words.parts == {}
    return " | ".join(words.sentences["it"])


@pytest.mark.parametrize(
    ("tree", "words"),
    [
        (A & B, "`a.a` | `b.b`"),
        (A | B | C, "`a.a` or `b.b` or `c.c`"),
        ((A & B) | C, "(`a.a` and `b.b`) or `c.c`"),
        ((A | B) & C, "`a.a` or `b.b` | `c.c`"),
        (~(A | B), "not (`a.a` or `b.b`)"),
        (~A, "not `a.a`"),
        (A > 1, "`a.a` is more than 1"),
        (A <= B, "`a.a` is at most `b.b`"),
        (A != text("vmat"), "`a.a` is not *vmat*"),
        (later(A, days_on=B) > C, "`a.a` and `b.b` days more is after `c.c`"),
        (A - B < C // 1, "`a.a` less `b.b` is less than `c.c` divided (whole) by 1"),
        (when(A, B, C), "where `a.a`: `b.b`; otherwise `c.c`"),
        (either(A, "error", "warning"), "where `a.a`: *error*; otherwise, or where that is unknown, *warning*"),
        (if_seen(A, no()), "`a.a`, or where that is unknown no"),
        (stated(A), "`a.a` is known"),
        (~stated(A), "`a.a` is not known"),
        (none(A), "`a.a` is empty"),
        (~none(A), "`a.a` is not empty"),
        (one_of(A, "2d"), "`a.a` is *2d*"),
        (one_of(A, "2d", "vmat", "srs"), "`a.a` is *2d*, *vmat* or *srs*"),
        (days(A, B) <= param("p"), "the days from `a.a` to `b.b` is at most the parameter `p`"),
        (carries(A, of="b.b"), "`b.b` holds `a.a`"),
        (listed(A, B), "`a.a` begins with one of `b.b`"),
        (any_listed(A, B), "a code of `a.a` begins with one of `b.b`"),
        (A & unknown(), "`a.a` | nobody can tell"),
        (code_in("t"), "`line.code` is in `t`"),
        (~code_in("t", level="top", era="old"), "`line.code` is not in `t` (era old and level top)"),
        (code_in("t", on="today"), "`line.code` is in `t` on `today`"),
        (code_in("t", of=""), "there is a row of `t`"),
        (value("t", "limit") > 1, "the `limit` of `line.code` in `t` is more than 1"),
        (all_in("t"), "every code of `line.modifiers` is in `t`"),
        (clash("t"), "two codes of `line.modifiers` are a pair of `t`"),
        (code_known("t"), "`line.code` is in `t`, on any day"),
        (pair("t", "exists"), "this code is the second of a pair of `t` billed that day by the same provider"),
        (pair("t", "has_partner", among="patient"), "another code is billed that day for the patient"),
        (pair("t", "indicator") == text("no"), "the `indicator` of the pair of `t` is *no*"),
        (near("t", "ahead"), "a line of `t` for the same target and biller comes on this day or later"),
        (near("t", "days_since") > 1, "the days since the last line of `t` is more than 1"),
        (count(A, over=OVER) > 1, "the number of rows that count of one `patient.key`, `line.date` where `a.a` is more than 1"),
        (others(yes(), over=OVER) > 0, "the number of other rows that count of one `patient.key`, `line.date` is more than 0"),
        (total("line.units", over=OVER) > 1,
         "the sum of `line.units` over the rows that count of one `patient.key`, `line.date` is more than 1"),
        (running_total("line.units", over=OVER) > 1,
         "the sum of `line.units`, up to this row, over the rows that count of one `patient.key`, `line.date` is more than 1"),
        (rank_in(over=OVER) > 1, "the place of this row among the rows that count of one `patient.key`, `line.date` is more than 1"),
        (each("line.code", A, over=OVER), "every `line.code` of the rows that count of one `patient.key`, `line.date` where `a.a`"),
        (any_of(A, over=OVER), "there are rows that count of one `patient.key`, `line.date` where `a.a`"),
        (~any_of(A, over=OVER), "there are no rows that count of one `patient.key`, `line.date` where `a.a`"),
        (earliest(A, over=OVER) > B, "the first day of the rows that count of one `patient.key`, `line.date` where `a.a` is after `b.b`"),
        (latest(A, over=OVER) < B, "the last day of the rows that count of one `patient.key`, `line.date` where `a.a` is before `b.b`"),
        (came_before(A, within=param("p"), over=OVER),
         "one of the rows that count of one `patient.key`, `line.date` where `a.a` "
         "lies on this day or up to the parameter `p` days before"),
        (comes_after(A, within=param("p"), over=OVER),
         "one of the rows that count of one `patient.key`, `line.date` where `a.a` "
         "lies on this day or up to the parameter `p` days after"),
    ],
)  # fmt: skip
def test_every_form_has_its_sentence(tree: Expression, words: str) -> None:
    assert said(tree) == words


def test_what_is_said_twice_is_said_once_under_a_letter() -> None:
    shared = one_of(A, "imrt_static", "imrt_dynamic", "vmat", "helical", "imrt_compensator")
    words = in_words({"applies": shared | B, "fires": ~shared})
    assert words.sentences == {"applies": ("**A** or `b.b`",), "fires": ("not **A**",)}
    assert words.parts == {"A": "`a.a` is *imrt_static*, *imrt_dynamic*, *vmat*, *helical* or *imrt_compensator*"}


@pytest.mark.parametrize("rule", registry.rules(), ids=lambda r: r.code)
def test_every_rule_can_be_said_and_names_all_it_reads(rule: Rule) -> None:
    trees = {"applies": rule.applies, "fires": rule.answers["fires"]}
    words = in_words(trees)
    page = " ".join([*words.parts.values(), *(s for each in words.sentences.values() for s in each)])
    tables = {c.table for c in rule.policy_reads if c.name in rule.own and c.kind != "pair"}
    # That a row counts, and on which day it is, windows say in words.
    in_windows = ("line.counts", "line.counts_once", "line.counts_that_day", "diagnosis.is_listed", "line.date")
    columns = {name for name in rule.own if ":" not in name and name not in in_windows}
    assert not [name for name in tables | columns if f"`{name}`" not in page]
