"""What a web capture carries below its article: found by its words, and cut off."""

from __future__ import annotations

import re

SOURCE_LINE = re.compile(r"(?:\A|(?<=[\r\n]))Source:[ \t]*(?P<url>https?://\S+)[ \t]*(?=[\r\n]|\Z)")
_SELLING = re.compile(
    r"click here|anyone can (?:join|contribute)|sign up|subscribe|order (?:yours|now|today)"
    r"|money.back|refund|satisfied|try our|our formula|buy now|free trial|newsletter|invite your"
    r"|create your .{0,40}account|all rights reserved|cookie|privacy policy|®|™"
    r"|\bcapsules\b|\bproduct\b",
    re.I,
)
_SELLING_SHARE = 0.4


def without_advertising(text: str, body_start: int) -> tuple[str, str]:
    """Cut what a web capture carries below its last `Source: <url>` line, if that sells something.

    What stands below is kept when fewer than 40% of its paragraphs use the words of adverts and
    site footers, so a document that goes on after a source line loses nothing.

    Returns:
        The text to keep, and a sentence for the index report (empty if nothing was cut).
    """
    sources = list(SOURCE_LINE.finditer(text, body_start))
    if not sources:
        return text, ""
    below = [line for line in text[sources[-1].end() :].splitlines() if line.strip()]
    selling = sum(bool(_SELLING.search(line)) for line in below)
    if not below or selling / len(below) < _SELLING_SHARE:
        return text, ""
    kept = text[: sources[-1].start()].rstrip()
    cut = len(text) - sources[-1].end()
    return kept, f"left out {cut:,} characters of advertising below the “Source:” line"
