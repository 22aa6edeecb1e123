"""What a tree reads and in which order, its groups, the part that needs no other row, and its text."""

from beamclaim.expressions.walks import gate, groups, of_the_row, reads, written
from beamclaim.rules import any_of, came_before, code_in, col, count, days, near, param, stated, total, value, when, yes

DAY = ("patient.key", "line.date")


def test_what_is_read_is_listed_once_in_the_order_of_first_use() -> None:
    limit = value("mue", "limit")
    names = [leaf.name for leaf in reads(code_in("mue"), (col("line.units") > limit) & (limit > 0))]
    assert names == ["in:mue::line.code@line.date", "line.units", "value:mue:limit:line.code@line.date"]


def test_the_values_of_a_choice_are_read_before_what_chooses() -> None:
    assert [leaf.name for leaf in reads(when(col("a.a"), col("b.b"), col("c.c")))] == ["b.b", "c.c", "a.a"]


def test_a_window_reads_what_it_adds_up_what_counts_and_then_the_keys_of_its_group() -> None:
    sum_ = total("line.units", over=DAY, where=col("a.a"))
    assert [leaf.name for leaf in reads(sum_)] == [
        "line.units",
        "line.counts_that_day",
        "a.a",
        "patient.key",
        "line.date",
    ]
    close = came_before(col("a.a"), within=param("p"), over=("patient.key",))
    assert [leaf.name for leaf in reads(close)] == [
        "line.date",
        "line.counts",
        "a.a",
        "patient.key",
        "param:p:value:@line.date",
    ]


def test_the_column_a_table_is_asked_about_is_read_where_the_rule_gives_it_as_a_column() -> None:
    assert [leaf.name for leaf in reads(code_in("payer_lines", of=col("claim.payer_line")))] == [
        "claim.payer_line",
        "in:payer_lines::claim.payer_line@line.date",
    ]
    assert len(reads(code_in("payer_lines", of="claim.payer_line"))) == 1


def test_the_frame_of_a_tree_needs_no_keys_of_its_groups() -> None:
    assert set(of_the_row(count(col("a.a"), over=DAY))) == {"line.counts_that_day", "a.a"}
    assert groups(count(col("a.a"), over=DAY), any_of(yes(), over=DAY)) == ("group:patient.key|line.date",)


def test_the_gate_is_what_needs_no_other_row() -> None:
    own, far = col("line.counts") & stated(col("course.key")), near("t", "seen") & any_of(yes(), over=DAY)
    assert [written(part) for part in gate(own & far)] == [written(own.left), written(own.right)]
    assert gate(far) == ()
    assert len(gate(col("a.a") | near("t", "seen"))) == 0


def test_a_question_is_the_same_text_wherever_it_is_written() -> None:
    def question(over: tuple[str, ...]) -> str:
        return written(total("line.units", over=over, where=code_in("t", level="top")) > 1)

    assert question(DAY) == written(total("line.units", over=DAY, where=code_in("t", level="top")) > 1)
    assert question(DAY) != question(("patient.key",))
    assert written(days(col("a.a"), col("b.b"))) != written(days(col("b.b"), col("a.a")))
