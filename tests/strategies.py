"""Hypothesis strategies for documents, tidy and wild."""

from __future__ import annotations

from hypothesis import strategies as st

_WORDS = st.sampled_from(
    "alliance budget “quoted words” Colby’s naïve 60–90% U.S. Dr. x 2024 3.5 e.g. 😀 👩‍👩‍👧"
    " שלום مرحبا 協力 ‘coalition’ a\0b re\u0301sume\u0301 zero\u200bwidth don't RAA)".split(" ")
)
_STOPS = st.sampled_from([".", ".", "!", "?", ".”", "…", "。", ""])
_NEWLINES = st.sampled_from(["\n", "\r\n"])

sentences = st.builds(
    lambda words, stop: " ".join(words) + stop,
    st.lists(_WORDS, min_size=1, max_size=14),
    _STOPS,
)
paragraphs = st.lists(sentences, min_size=1, max_size=6).map(" ".join)
_headings = st.builds(
    lambda level, words: f"{'#' * level} {' '.join(words)}",
    st.integers(1, 4),
    st.lists(_WORDS, min_size=1, max_size=4),
)
_setext = st.builds(lambda words: f"{' '.join(words)}\n---", st.lists(_WORDS, min_size=1))
_lists = st.lists(sentences, min_size=1, max_size=5).flatmap(
    lambda items: st.sampled_from(["- ", "* ", "1. ", "• "]).map(
        lambda mark: "\n".join(mark + item for item in items)
    )
)
_wrapped = paragraphs.map(
    lambda text: "\n".join(text[at : at + 80] for at in range(0, len(text), 80))
)
_code = sentences.map(lambda line: f"```\n# {line}\n```")
_blocks = st.one_of(paragraphs, paragraphs, _headings, _setext, _lists, _wrapped, _code)


@st.composite
def markdown(draw: st.DrawFn) -> str:
    """A Markdown text of paragraphs, headings, lists and code, with at least one word."""
    blocks = [*draw(st.lists(_blocks, max_size=7)), "Closing words.", *draw(st.lists(_blocks))]
    text = "\n\n".join(blocks)
    return text.replace("\n", draw(_NEWLINES))


_PIECES = (
    "“", "”", "’", "…", "\r\n", "\r", "\n", "\n\n", "\0", "😀", "👩‍👩‍👧", "🇺🇦",
    "שלום עולם. ", "مرحبا بالعالم",
    "\u202e", "\u200f", "e\u0301", "\u0301", "\u1100\u1161", "Å", "ﬁ", "\u200b", "\u200d", "\ufeff",
    "\f", "\v", "\x1c", "\x85", "\u2028", "\u00a0", "你好。", "# Heading\n", "- item\n", "2. ",
    "> ", "Dr. Smith said “no.” ", "word " * 1000, "x" * 5000, "---\n", "Source: https://x.example/\n",
    "Click here to subscribe\n", "\nTitle\n=====\n", "```\n", "* ", " ", "[1]", "|a|b|\n",
)  # fmt: skip

wild_text = st.lists(
    st.one_of(
        st.sampled_from(_PIECES),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    ),
    max_size=40,
).map("".join)
"""Whatever a UTF-8 file can hold, with a taste for what breaks offsets."""
