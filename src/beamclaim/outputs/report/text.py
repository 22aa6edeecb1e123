"""The report for a terminal: causes with their first findings in full, then what was not told, then the sum."""

import textwrap
from collections import Counter
from collections.abc import Sequence
from itertools import islice
from typing import TextIO

import polars as pl
from rich.cells import cell_len
from rich.color import ColorSystem
from rich.style import Style

from beamclaim.findings.finding import Finding
from beamclaim.findings.questions import SINCE
from beamclaim.findings.result import Result
from beamclaim.findings.waived import WaivedFindings
from beamclaim.model.value_sets import VERDICTS
from beamclaim.outputs.report import wording
from beamclaim.outputs.report.cause import Cause, Causes, Waiting, missing_of_rules, open_questions, severities, waiting
from beamclaim.outputs.report.printable import Excerpt, Excerpts, counted, dollars, printable
from beamclaim.policy.ends import EndedTable

IN_FULL = 3
IN_BRIEF = 10
FACTS = 12
MOST_CAUSES = 200
_STYLE = {"error": "bold red", "warning": "bold yellow", "info": "bold cyan"}
_NARROWEST, _WIDEST = 60, 120


def write_text(result: Result, excerpts: Excerpts, out: TextIO, *, color: bool = False, width: int = 100) -> None:
    """Writes the report in words; `width` is the columns to fill (60 to 120 are used)."""
    _Page(out, color=color, width=min(max(width, _NARROWEST), _WIDEST)).report(result, excerpts)


class _Page:
    """A page of fixed width that lines are put on, one after another."""

    def __init__(self, out: TextIO, *, color: bool, width: int) -> None:
        self.out, self.is_colored, self.width = out, color, width

    def put(self, *parts: str | tuple[str, str]) -> None:
        """One line of text and (text, style) parts."""
        self.out.write("".join(p if isinstance(p, str) else self.styled(*p) for p in parts) + "\n")

    def styled(self, text: str, style: str) -> str:
        """The text in a style, where this page has colors."""
        if not (self.is_colored and style):
            return text
        return Style.parse(style).render(text, color_system=ColorSystem.STANDARD)

    def entry(self, label: str, text: str, *, style: str = "", column: int = 12) -> None:
        """A labelled entry, wrapped under its own beginning; `column` is the width of the labels."""
        indent = " " * (column + 6)
        head = f"   = {label:<{column}} "
        lines = self.wrapped(text, self.width - len(indent), cell_len(head) - len(indent))
        self.put((head, "blue"), (lines[0], style))
        for line in lines[1:]:
            self.put((indent + line, style))

    @staticmethod
    def wrapped(text: str, width: int, first: int = 0) -> list[str]:
        """The text in lines of `width` columns, the first of them `first` columns shorter."""
        indent = " " * max(first, 0)
        lines = textwrap.wrap(text, max(width, 20), initial_indent=indent, break_on_hyphens=False)
        return [lines[0][len(indent) :], *lines[1:]] if lines else [""]

    # ── causes ──────────────────────────────────────────────────────────────────────────────────

    def report(self, result: Result, excerpts: Excerpts) -> None:
        if result.past_horizon:
            for line in self.wrapped(printable(result.past_horizon), self.width):
                self.put(line)
            self.put()
        causes = Causes(result.findings)
        shown_of_each = IN_FULL + IN_BRIEF
        for cause, inside in islice(
            causes.opened(of_each=shown_of_each, most=shown_of_each * MOST_CAUSES), MOST_CAUSES
        ):
            self.cause(cause, inside, excerpts)
        if len(causes) > MOST_CAUSES:
            left, number, _ = causes.left_of(MOST_CAUSES)
            self.put(f"and {counted(left, 'more cause')} with {counted(number, 'finding')}: --format json lists all\n")
        self.files(result)
        self.waived(result.waived)
        self.untold(result)
        self.payers(result)
        self.summary(result)

    def cause(self, cause: Cause, inside: Sequence[Finding], excerpts: Excerpts) -> None:
        first, style = cause.first, _STYLE[cause.severity]
        preview = " (preview: reported, never blocks)" if first.preview else ""
        self.put((f"{cause.severity}[{first.rule}]", style), (f": {printable(first.title)}{preview}", "bold"))
        self.entry("at stake", _stake(cause))
        self.put()
        above: set[tuple[str, str]] = set()
        for finding in inside[:IN_FULL]:
            self.put(("  --> ", "blue"), _place(finding))
            self.excerpt(finding, Excerpt.of(finding.where, excerpts))
            self.entries(finding, above)
            self.put()
        rest = max(len(cause.findings) - IN_FULL, 0)
        for finding in inside[IN_FULL:]:
            self.put("   also ", _brief(finding))
        if rest > IN_BRIEF:
            self.put(f"   and {rest - IN_BRIEF:,} more: --format json lists all")
        if rest:
            self.put()

    def entries(self, finding: Finding, above: set[tuple[str, str]]) -> None:
        """Facts, rule, source and what to do; of the cause's later findings only what differs (`above` is kept)."""
        entries = _entries(finding)
        news = [entry for entry in entries if entry not in above]
        column = min(max([12, *(cell_len(label) for label, _ in news)]), 28)
        for label, text in news:
            self.entry(label, text, style="bold" if label == "to do" else "", column=column)
        if len(news) < len(entries):
            self.entry("the rest", "as above", column=column)
        above.update(entries)

    def excerpt(self, finding: Finding, excerpt: Excerpt | None) -> None:
        message, style = printable(finding.message), _STYLE[finding.severity]
        bar = ("   | ", "blue")
        if excerpt is None:
            for line in self.wrapped(message, self.width - 5):
                self.put(bar, (line, style))
            return
        before, marked, after = _fitted(excerpt, self.width - 5)
        caret = " " * cell_len(before) + "^" * max(cell_len(marked), 1)
        self.put(("   |", "blue"))
        self.put(bar, before, (marked, "bold"), after)
        room = self.width - 6 - len(caret)
        if len(message) <= room:
            self.put(bar, (f"{caret} {message}", style))
        else:
            self.put(bar, (caret, style))
            for line in self.wrapped(message, self.width - 5):
                self.put(bar, (line, style))
        self.put(("   |", "blue"))

    # ── what was not told, and the sum ──────────────────────────────────────────────────────────

    def files(self, result: Result) -> None:
        troubled = [f for f in result.files if f.error is not None]
        empty = [f for f in result.files if f.error is None and not f.claims and f.kind in ("unknown", "x12", "mixed")]
        if not troubled and not empty:
            return
        self.put(("Files", "bold"))
        for file in troubled:
            self.put(("  not read  ", _STYLE["error"]), f"{printable(file.path)}: {printable(file.error)}")
        for file in empty:
            self.put(
                ("  no claim  ", _STYLE["warning"]), f"{printable(file.path)}: opened, but no claim was read in it"
            )
        self.put()

    def waived(self, waived: WaivedFindings) -> None:
        """Findings that were let stand, by waiver: who decided it, until when and why."""
        if not waived:
            return
        self.put(("Waived", "bold"), "  (listed apart; these count nowhere)")
        for waiver, findings in waived.under():
            rules = ", ".join(findings.spine["rule"].cast(pl.String).unique(maintain_order=True))
            place = f"{printable(waiver.where.file)} line {waiver.where.segment}"
            why = f"by {printable(waiver.who)} until {waiver.until}: {printable(waiver.reason)} ({place})"
            lines = self.wrapped(f"{counted(len(findings), 'finding')}, {why}", self.width - 20)
            self.put(f"  {rules:<17} {lines[0]}")
            for line in lines[1:]:
                self.put(" " * 20 + line)
        self.put()

    def untold(self, result: Result) -> None:
        open_rules = sorted((c for c in result.coverage if c.cannot_tell), key=lambda c: (-c.cannot_tell, c.rule))
        if not open_rules:
            return
        self.put(("Could not be told", "bold"))
        missing, waiting_of_rule = missing_of_rules(result.undecided), Counter[str]()
        for rows in waiting(result.undecided):
            waiting_of_rule.update(rows.questions)
            self.wait(rows)
            missing = {rule: [n for n in names if n != rows.missing] for rule, names in missing.items()}
        for counts in open_rules:
            number = counts.cannot_tell - waiting_of_rule[counts.rule]
            if not number:
                continue
            self.put(f"  {counts.rule}  {number:>8,}  ", (printable(wording.titles().get(counts.rule, "")), ""))
            names = missing.get(counts.rule, [])
            for line in self.wrapped(
                _lacking(names, result.ended) if names else "the reason was not kept", self.width - 20
            ):
                self.put(" " * 20 + line)
        self.put()

    def payers(self, result: Result) -> None:
        """Payers nobody knows, each once, with the row that would say who it is."""
        if not result.payers:
            return
        self.put(("Payers not known", "bold"), "  (add a row to payers/payer.own.csv: `beamclaim template payers`)")
        for payer in result.payers:
            extent = f"{counted(payer.claims, 'claim')}, {dollars(payer.charge)}"
            for k, line in enumerate(self.wrapped(f"{printable(payer.why)}: {extent}", self.width - 2)):
                self.put(("  " if not k else "    ") + line)
            if payer.row:
                self.put(f"    {printable(payer.row)}")
        self.put()

    def wait(self, rows: Waiting) -> None:
        """Rows that wait for one fact, said once with the rules that wait."""
        self.put(f"  {'':<6}  {rows.rows:>8,}  without {wording.label(rows.missing)}: nothing else can be told of them")
        for line in self.wrapped(f"asked again when it is given: {', '.join(rows.questions)}", self.width - 20):
            self.put(" " * 20 + line)

    def summary(self, result: Result) -> None:
        counts = severities(result)
        read = [f for f in result.files if f.error is None]
        self.put(("Summary", "bold"))
        self.put(
            f"  checked   {counted(result.claims, 'claim')}, {counted(result.lines, 'line')}, "
            f"{dollars(result.charges)} charged, {counted(len(read), 'file')}, as of {result.as_of}"
        )
        found = ", ".join(
            counted(counts[s], noun) for s, noun in (("error", "error"), ("warning", "warning"), ("info", "note"))
        )
        self.put("  found     ", (found, _worst(counts)))
        if result.waived:
            self.put(f"  waived    {counted(len(result.waived), 'finding')}, listed apart")
        self.put(
            f"  at risk   {dollars(result.charge_at_risk)} behind errors, each line once; "
            f"{result.claims_with_errors:,} of {counted(result.claims, 'claim')} with an error"
        )
        clear, cannot, other = (sum(getattr(c, n) for c in result.coverage) for n in VERDICTS[1:])
        self.put(
            f"  answers   {counted(len(result.coverage), 'rule')} asked: {clear:,} clear, "
            f"{cannot:,} cannot tell, {other:,} not applicable"
        )
        for warning in result.warnings:
            for n, line in enumerate(self.wrapped(printable(warning), self.width - 12)):
                self.put("  note      " if n == 0 else " " * 12, line)
        self.put(f"  run       beamclaim {printable(result.engine)}, policy {printable(result.policy)[:12]}")
        self.put((f"  {verdict(result)}", "bold"))


def verdict(result: Result) -> str:
    """The run in one sentence. The word *clean* is kept for runs in which every question was answered."""
    unanswered = open_questions(result)
    unread = sum(f.error is not None for f in result.files)
    untold = []
    if unread:
        untold.append(f"{counted(unread, 'file')} could not be read")
    if unanswered:
        untold.append(f"{counted(unanswered, 'question')} could not be answered")
    if result.waived:
        untold.insert(0, f"{counted(len(result.waived), 'finding')} waived")
    if result.findings:
        start = f"{counted(len(result.findings), 'finding')}"
    elif not result.claims:
        start = "No claim was read, so nothing was checked"
    elif not result.coverage:
        start = "No rule was asked, so nothing was checked"
    elif untold or result.waived:
        start = "No finding"
    else:
        return "Clean: no finding, and every question that was asked has an answer."
    return f"{start}; {', '.join(untold)}." if untold else f"{start}."


def _worst(counts: dict[str, int]) -> str:
    return next((_STYLE[severity] for severity, number in counts.items() if number), "bold")


def _stake(cause: Cause) -> str:
    """What a cause costs: lines, claims, dollars, and that one fix settles it."""
    where = [counted(n, noun) for n, noun in ((cause.lines, "line"), (cause.claims, "claim")) if n]
    what = " in ".join(where) or counted(len(cause.findings), "place")
    money = ""
    if cause.charge:
        money = f", {dollars(cause.charge)} {'at risk' if cause.severity == 'error' else 'in question'}"
    risk = f" ({cause.first.risk}{', suspected' if cause.first.risk == 'repayment' else ''})"
    return f"{what}{money}{risk}{': one fix' if len(cause.findings) > 1 else ''}"


def _entries(f: Finding) -> list[tuple[str, str]]:
    """The proof as labels and texts: facts, policy rows, sources, what to do and who."""
    said = wording.facts(f)
    entries = [(printable(name), printable(value)) for name, value in said[:FACTS]]
    if len(said) > FACTS:
        entries.append(("…", f"and {counted(len(said) - FACTS, 'more fact')}: --format json lists all"))
    entries += [("rule", wording.rests_on(row)) for row in f.policy]
    entries += [("source", sources)] if (sources := wording.sources_of(f)) else []
    who = f"{printable(f.fix.who)}: " if f.fix.who else ""
    return [*entries, ("to do", f"{who}{printable(f.fix.text)}")]


def _lacking(names: Sequence[str], ended: Sequence[EndedTable] = ()) -> str:
    """Missing facts with how they are given: four of them, the rest counted."""
    ways: dict[str, list[str]] = {}
    for name in names[:4]:
        table = name.removeprefix("policy.")
        is_since = table.endswith(SINCE)
        words = wording.missing(name) if is_since else f"a row of the table {table}"
        ways.setdefault(wording.remedy(name, ended), []).append(words if table != name else wording.label(name))
    said = "; ".join(", ".join(listed) + (f": {way}" if way else "") for way, listed in ways.items())
    return printable(f"missing {said}" + (f" and {len(names) - 4} more" if len(names) > 4 else ""))


def _place(f: Finding) -> str:
    """File and byte, claim and line, element: what a person needs to find it."""
    parts = [f"{printable(f.where.file)} at byte {f.where.start}"] if f.where else []
    if f.claim is not None:
        parts.append(f"claim {printable(f.claim)}")
    if f.line is not None:
        parts.append(f"line {f.line}")
    if f.course is not None:
        parts.append(f"course {printable(f.course)}")
    if f.fraction is not None:
        parts.append(f"fraction {f.fraction}")
    path = f" ({printable(f.where.path)})" if f.where and f.where.path else ""
    return (", ".join(parts) or "the run as a whole") + path


def _brief(f: Finding) -> str:
    """A finding on one line: claim, line, date, code, charge, element."""
    if f.claim is None:
        return _place(f)
    parts = [f"claim {printable(f.claim)}" + (f" line {f.line}" if f.line is not None else "")]
    parts += [str(f.date)] if f.date else []
    parts += [printable(f.code)] if f.code else []
    parts += [dollars(f.charge)] if f.charge is not None else []
    parts += [printable(f.where.path)] if f.where else []
    return "  ".join(parts)


def _fitted(excerpt: Excerpt, room: int) -> tuple[str, str, str]:
    """The excerpt in at most `room` columns: the value whole where it fits, an ellipsis where text was cut."""
    marked = _head(excerpt.marked, room - 2)
    left = max(room - cell_len(marked), 0)
    after_share = min(cell_len(excerpt.after), max(left // 2, left - cell_len(excerpt.before)))
    before = _tail(excerpt.before, left - after_share)
    return before, marked, _head(excerpt.after, left - cell_len(before))


def _head(text: str, room: int) -> str:
    if cell_len(text) <= room:
        return text
    kept = text[: max(room - 1, 0)]
    while kept and cell_len(kept) > room - 1:
        kept = kept[:-1]
    return kept + "…" if room > 0 else ""


def _tail(text: str, room: int) -> str:
    if cell_len(text) <= room:
        return text
    kept = text[len(text) - room + 1 :] if room > 1 else ""
    while kept and cell_len(kept) > room - 1:
        kept = kept[1:]
    return "…" + kept if room > 0 else ""
