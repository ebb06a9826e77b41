"""The verifier on whole answers, as the tests ask for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from briefbot.support import problem
from briefbot.support.clauses import Source
from briefbot.types import Citation, Statement
from briefbot.verdict import Checked, TextOf, Verified, assemble, check_statement


def is_supported(statement: str, passages: Sequence[str]) -> bool:
    """Whether sentences hold what a statement says."""
    return problem(statement, [Source(passage) for passage in passages]) is None


def verify(
    statements: Iterable[Statement], citations: Iterable[Citation], text_of: TextOf
) -> Verified:
    """Keep the statements that their citations bear out, and number these from 1."""
    known = {citation.n: citation for citation in citations}
    checked: list[Checked] = []
    for statement in statements:
        named = [known[n] for n in statement.citations if n in known]
        checked.append(check_statement(statement.text, named, text_of, checked))
    return assemble(checked)
