"""The verifier's report on an answer → HTML that opens below it."""

from __future__ import annotations

from collections import Counter

from briefbot.notes import verdict_words
from briefbot.types import Answer, StatementCheck, Verdict
from briefbot.ui.markup import escaped

_LABELS = {
    Verdict.VERIFIED: "Verified",
    Verdict.REPLACED: "Replaced",
    Verdict.WITHHELD: "Withheld",
}


def render_checks(answer: Answer) -> str:
    """Render what was checked, closed; nothing where nothing was proposed."""
    if not answer.verification:
        return ""
    counts = Counter(check.verdict for check in answer.verification)
    told = ", ".join(f"{counts[each]} {each.value}" for each in Verdict if counts[each])
    rows = "".join(map(_row, answer.verification))
    return (
        f'<details class="checks"><summary>Checks: {told}</summary>'
        "<p>Each sentence was compared with the quote that it cites before it was shown.</p>"
        f"<ol>{rows}</ol></details>"
    )


def _row(check: StatementCheck) -> str:
    marks = "".join(f"[{n}]" for n in check.citations)
    statement = escaped(check.statement) or "(an empty sentence)"
    return (
        f'<li data-verdict="{check.verdict.value}"><b>{_LABELS[check.verdict]}</b> '
        f"<q>{statement}</q> {marks}<span>{escaped(verdict_words(check))}</span></li>"
    )
