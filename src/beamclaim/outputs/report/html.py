"""The report as one web page in one file: no request leaves it, and it reads without JavaScript."""

import base64
import hashlib
from collections.abc import Iterator, Sequence
from importlib.resources import files
from typing import TextIO

import polars as pl

from beamclaim.findings.finding import Finding
from beamclaim.findings.result import Coverage, File, Result, UnknownPayer
from beamclaim.findings.waived import WaivedFindings
from beamclaim.outputs.report import wording
from beamclaim.outputs.report.cause import Cause, Causes, gaps, open_questions, severities
from beamclaim.outputs.report.headline import headline
from beamclaim.outputs.report.markup import Markup, fill, joined, table
from beamclaim.outputs.report.printable import Excerpt, Excerpts, counted, dollars
from beamclaim.outputs.report.text import verdict
from beamclaim.outputs.report.worklist import extent, write_worklist

#: Findings shown on the page: all told, and of one cause. The rest is counted in words.
MOST, MOST_OF_A_CAUSE = 5_000, 500
_NOUN = {"error": "error", "warning": "warning", "info": "note"}
_NUMBER = "number"


def write_html(result: Result, excerpts: Excerpts, out: TextIO) -> None:
    """Writes the page. At most `MOST` findings are shown in full; how many are not is said on the page."""
    part = {name: _part(name) for name in ("report.html", "report.css", "report.js")}
    head, tail = part["report.html"].split("{causes}")
    causes = Causes(result.findings)
    whether, how_much = headline(result, causes)
    out.write(
        fill(
            head, style=part["report.css"], style_hash=_hash(part["report.css"]), script_hash=_hash(part["report.js"]),
            as_of=result.as_of, headline=f"{whether}.", how_much=f"{how_much}. " if how_much else "", verdict=verdict(result),
            past=_warnings([result.past_horizon] if result.past_horizon else []),
            tiles=_tiles(result), work=write_worklist(result, causes),
            bar=_bar(result), filters=_filters(result), cause_count=counted(len(causes), "cause"),
        )
    )  # fmt: skip
    for piece in _causes(causes, result, excerpts):
        out.write(piece)
    out.write(
        fill(
            tail, script=part["report.js"], gaps=_gaps(result), waived=_waived(result.waived), coverage=_coverage(result.coverage),
            files=_files(result.files), warnings=_warnings(result.warnings), engine=result.engine, as_of=result.as_of,
            policy=result.policy,
        )
    )  # fmt: skip


def _part(name: str) -> Markup:
    return Markup((files("beamclaim.outputs.report") / "page" / name).read_text("utf-8"))


def _hash(inline: str) -> str:
    """What the content security policy needs to let one inline script or style pass."""
    return "sha256-" + base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()


# ── the headline ────────────────────────────────────────────────────────────────────────────────


def _split(result: Result) -> tuple[int, int, int]:
    """Claims with an error; without one but with a question open; without one and every question answered."""
    wrong = result.findings.spine.filter(pl.col("severity") == "error")["claim"].unique()
    in_question = result.undecided.claims()
    unsure = int((~in_question.is_in(wrong.implode())).sum())
    rest = max(result.claims - result.claims_with_errors, 0)
    return result.claims_with_errors, min(unsure, rest), max(rest - unsure, 0)


def _tiles(result: Result) -> Markup:
    counts, (_, unsure, sound) = severities(result), _split(result)
    share = f"{100 * (unsure + sound) // result.claims} %" if result.claims else "–"
    without = f"{unsure + sound:,} of {result.claims:,}; {sound:,} with every question answered"
    checked = f"claims, {counted(result.lines, 'line')}, {dollars(result.charges)}"
    tiles = [
        ("At risk", dollars(result.charge_at_risk), "charges behind errors, each line once", "risk"),
        ("Errors", f"{counts['error']:,}", f"in {counted(result.claims_with_errors, 'claim')}", "error"),
        ("Warnings", f"{counts['warning']:,}", f"and {counted(counts['info'], 'note')}", "warning"),
        ("Claims without an error", share, without, "plain"),
        ("Could not be told", f"{open_questions(result):,}", "questions that need a fact", "plain"),
        ("Checked", f"{result.claims:,}", checked, "plain"),
    ]
    tile = '<div class="tile {kind}"><dt>{name}</dt><dd><b>{value}</b><span>{words}</span></dd></div>\n'
    return joined(fill(tile, name=n, value=v, words=w, kind=k) for n, v, w, k in tiles)


def _bar(result: Result) -> Markup:
    """The claims as one bar of three parts, each named in words below it."""
    if not result.claims:
        return Markup("")
    parts = list(zip(_split(result), ("bad", "open", "good"), strict=True))
    names = ("with an error", "no error, a question open", "no error, every question answered")
    rect = '<rect class="{kind}" x="{x}" width="{w}" height="4"/>'
    rects, at = [], 0.0
    for number, kind in parts:
        width = 100 * number / result.claims
        rects.append(fill(rect, kind=kind, x=f"{at:.3f}", w=f"{width:.3f}"))
        at += width
    key = '<li><i class="{kind}"></i>{number} {name}</li>'
    return fill(
        '<svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">{rects}</svg>'
        '<ul class="key" aria-label="Claims">{keys}</ul>',
        rects=joined(rects),
        keys=joined(fill(key, kind=k, number=f"{n:,}", name=w) for (n, k), w in zip(parts, names, strict=True)),
    )


# ── causes ──────────────────────────────────────────────────────────────────────────────────────


def _options(values: Sequence[tuple[object, str]]) -> Markup:
    return joined(fill('<option value="{v}">{t}</option>', v=v, t=t) for v, t in values)


def _filters(result: Result) -> Markup:
    index = _file_index(result)
    parts = [result.findings.parts[number] for number in result.findings.spine["part"].unique()]
    people = sorted({part.who for part in parts if part.who})
    risks = sorted(result.findings.spine["risk"].cast(pl.String).unique())
    box = '<label class="pill {s}"><input type="checkbox" name="severity" value="{s}" checked> {n}</label>'
    pick = '<label>{name} <select name="{key}"><option value="">all</option>{options}</select></label>'
    return joined([
        joined(fill(box, s=s, n=f"{noun}s".capitalize()) for s, noun in _NOUN.items()),
        fill(pick, name="Who", key="who", options=_options([(w, w) for w in people])),
        fill(pick, name="Risk", key="risk", options=_options([(r, r) for r in risks])),
        fill(pick, name="File", key="file", options=_options([(n, path) for path, n in index.items()])),
    ])  # fmt: skip


def _file_index(result: Result) -> dict[str, int]:
    """The files that findings point into, numbered: what the page's rows carry instead of the path."""
    numbers = result.findings.spine["file"].drop_nulls().unique(maintain_order=True)
    return {result.findings.files[number]: n for n, number in enumerate(numbers)}


def _causes(causes: Causes, result: Result, excerpts: Excerpts) -> Iterator[Markup]:
    index, number = _file_index(result), 0
    for cause, inside in causes.opened(of_each=MOST_OF_A_CAUSE, most=MOST):
        number += 1
        yield _cause(number, cause, inside, index, excerpts)
    if number < len(causes):
        left, findings, charge = causes.left_of(number)
        yield fill(
            '<p class="more">Not shown on this page: {causes} more with {findings} and {money} behind them. '
            "<code>--format json</code> lists every one.</p>\n",
            causes=counted(left, "cause"), findings=counted(findings, "finding"), money=dollars(charge),
        )  # fmt: skip
    if not causes:
        yield Markup('<p class="more">No rule that could be answered found anything.</p>\n')


def _cause(number: int, cause: Cause, inside: Sequence[Finding], index: dict[str, int], excerpts: Excerpts) -> Markup:
    first = cause.first
    hidden = len(cause.findings) - len(inside)
    more = fill(
        '<p class="more">{n} of this cause not shown on this page; <code>--format json</code> lists every one.</p>',
        n=counted(hidden, "more finding"),
    )
    return fill(
        '<details class="cause" id="cause-{number}" data-who="{who_acts}" data-risk="{risk}"><summary>'
        '<span class="badge {severity}">{severity}</span> <span class="rule">{rule}</span> '
        '<span class="title">{title}{preview}<small>{example}{message} ({risk_words})</small></span> '
        '<span class="count">{extent}</span> <span class="money">{money}</span>'
        '</summary>\n<div class="body"><div class="todo"><h3>What to do{for_all}</h3><p>{todo}</p>'
        '<p class="who">{who}{grade}</p></div>{policy}<div class="lines">\n{findings}</div>{more}</div></details>\n',
        number=number, who_acts=first.fix.who, risk=first.risk, severity=cause.severity, rule=first.rule, title=first.title,
        preview=Markup(' <em class="preview">preview</em>') if first.preview else "",
        example="e.g. " if len(cause.findings) > 1 else "", message=first.message,
        risk_words=_risk_words(first.risk),
        extent=extent(cause),
        money=dollars(cause.charge) if cause.charge else "–",
        for_all=f": one fix for {len(cause.findings):,}" if len(cause.findings) > 1 else "", todo=first.fix.text,
        who=f"{first.fix.who}; " if first.fix.who else "", grade=wording.GRADES.get(first.fix.grade, first.fix.grade),
        policy=_policy(first), findings=joined(_finding(f, first, index, excerpts) for f in inside),
        more=more if hidden else Markup(""),
    )  # fmt: skip


def _policy(f: Finding) -> Markup:
    """The policy rows as sentences, and every source once."""
    sources = wording.sources_of(f)
    if not f.policy and not sources:
        return Markup("")
    rows = joined(fill("<li>{row}</li>", row=row) for row in dict.fromkeys(map(wording.rests_on, f.policy)))
    return fill(
        '<div class="rests"><h3>What it rests on</h3>{rows}{sources}</div>',
        rows=fill("<ul>{rows}</ul>", rows=rows) if rows else rows,
        sources=fill('<p class="sources">Sources: {s}</p>', s=sources) if sources else Markup(""),
    )


def _risk_words(risk: str) -> str:
    words = wording.RISKS.get(risk, risk)
    return f"{risk}: {words}" if words != risk else risk


_QUOTED = "<pre><code>{before}<mark>{marked}</mark>{after}</code></pre>"


def _finding(f: Finding, first: Finding, index: dict[str, int], excerpts: Excerpts) -> Markup:
    excerpt = Excerpt.of(f.where, excerpts)
    quoted = Markup("")
    if excerpt:
        quoted = fill(_QUOTED, before=excerpt.before, marked=excerpt.marked or "\u2038", after=excerpt.after)
    facts = joined(fill("<dt>{n}</dt><dd>{v}</dd>", n=name, v=value) for name, value in wording.facts(f))
    own_fix = fill("<p><b>To do:</b> {text}</p>", text=f.fix.text) if f.fix.text != first.fix.text else Markup("")
    where = fill(
        '<p class="place">{file} at byte {start}, {path}</p>', file=f.where.file, start=f.where.start, path=f.where.path
    ) if f.where else Markup("")  # fmt: skip
    return fill(
        '<details class="finding" data-severity="{severity}" data-file="{file}"><summary>'
        '<span class="claim">{claim}</span> <span class="line">{line}</span> <span class="day">{day}</span> '
        '<code>{code}</code> <span class="money">{charge}</span> <span class="message">{message}</span></summary>\n'
        '<div class="proof">{quoted}{where}<dl>{facts}</dl>{own_fix}{policy}</div></details>\n',
        severity=f.severity, file=index[f.where.file] if f.where else "", claim=wording.subject(f),
        line=f"line {f.line}" if f.line is not None else "", day=f.date or "", code=f.code or "",
        charge=dollars(f.charge) if f.charge is not None else "", message=f.message, quoted=quoted, where=where,
        facts=facts, own_fix=own_fix, policy=_policy(f) if f.policy != first.policy else Markup(""),
    )  # fmt: skip


# ── what was not told, files ────────────────────────────────────────────────────────────────────


def _gaps(result: Result) -> Markup:
    found = gaps(result.undecided)
    if not found:
        return Markup("<p>Every question that was asked has an answer.</p>")
    columns = [
        ("Missing", "name"),
        ("How to give it", ""),
        ("Questions", _NUMBER),
        ("Claims", _NUMBER),
        ("Rules that ask for it", ""),
    ]
    name = "<span>{words} <small><code>{name}</code></small></span>"
    rows = [
        (
            fill(name, words=wording.missing(g.missing), name=g.missing), wording.remedy(g.missing, result.ended),
            f"{g.questions:,}", f"{g.claims:,}", ", ".join(g.rules),
        )
        for g in found
    ]  # fmt: skip
    return joined((table("Facts that would answer the open questions", columns, rows), _payers(result.payers)))


def _payers(payers: Sequence[UnknownPayer]) -> Markup:
    """Payers nobody knows, each once, with the row that would say who it is."""
    if not payers:
        return Markup("")
    columns = [
        ("Payer id", "name"), ("Name", ""), ("Why", ""), ("Claims", _NUMBER), ("Charge", _NUMBER), ("Row for payers/payer.own.csv", ""),
    ]  # fmt: skip
    rows = [
        (p.payer_id, p.name, p.why, f"{p.claims:,}", dollars(p.charge), fill("<code>{row}</code>", row=p.row))
        for p in payers
    ]
    return table("Payers that are not known", columns, rows)


def _waived(waived: WaivedFindings) -> Markup:
    """Findings let stand, apart from those that count."""
    if not waived:
        return Markup("")
    columns = [
        ("Finding", ""), ("Claim", "name"), ("Line", _NUMBER), ("Charge", _NUMBER), ("Waived by", ""), ("Until", "day"), ("Because", ""),
    ]  # fmt: skip
    rows = [
        (f"{w.finding.rule}: {w.finding.message}", wording.subject(w.finding), "" if w.finding.line is None else w.finding.line,
         "" if w.finding.charge is None else dollars(w.finding.charge), w.waiver.who, w.waiver.until, w.waiver.reason)
        for w in waived[:MOST]
    ]  # fmt: skip
    hidden = len(waived) - len(rows)
    more = (
        fill('<p class="more">{n} more: <code>--format json</code> lists all.</p>', n=f"{hidden:,}")
        if hidden
        else Markup("")
    )
    return fill(
        '<section id="waived" aria-labelledby="waived-title"><h2 id="waived-title">Waived</h2>\n<p class="lede">A named person let '
        "these stand for a while. They count neither as findings nor as charges at risk.</p>{rows}{more}</section>\n",
        rows=table("Findings that are waived", columns, rows), more=more,
    )  # fmt: skip


def _coverage(coverage: Sequence[Coverage]) -> Markup:
    if not coverage:
        return Markup("<p>No rule was asked.</p>")
    titles = wording.titles()
    columns = [
        ("Rule", "name"), ("What it looks for", ""), ("Found", _NUMBER), ("Nothing wrong", _NUMBER), ("Could not be told", _NUMBER),
        ("Did not apply", _NUMBER),
    ]  # fmt: skip
    rows = [
        (c.rule, titles.get(c.rule, ""), f"{c.fires:,}", f"{c.clear:,}", f"{c.cannot_tell:,}", f"{c.not_applicable:,}")
        for c in coverage
    ]
    return table("Every rule that was asked, and how often it gave each answer", columns, rows)


def _files(found: Sequence[File]) -> Markup:
    columns = [
        ("File", "name"), ("Kind", "kind"), ("Claims", _NUMBER), ("Lines", _NUMBER), ("SHA-256", "hash"),
        ("Remark", ""),
    ]  # fmt: skip
    rows = [
        (f.path, f.kind.replace("_", " "), f"{f.claims:,}", f"{f.lines:,}", f.sha256 or "",
         fill('<strong class="error">not read: {e}</strong>', e=f.error) if f.error is not None
         else "history: context, gets no findings" if f.is_history else "")
        for f in found
    ]  # fmt: skip
    return table("The files of this run", columns, rows)


def _warnings(words: Sequence[str]) -> Markup:
    if not words:
        return Markup("")
    return fill('<ul class="notes">{items}</ul>', items=joined(fill("<li>{w}</li>", w=w) for w in words))
