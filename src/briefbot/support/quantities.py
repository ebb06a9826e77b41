"""Numbers of a text in one spelling: "48 percent" is 48%, "twelve" is 12 (pure)."""

from __future__ import annotations

import re
import unicodedata

_WORD_VALUES = {
    word: value
    for value, word in enumerate(
        """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
        fifteen sixteen seventeen eighteen nineteen""".split()
    )
} | {
    word: value * 10
    for value, word in enumerate(
        "twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2
    )
}
_SCALES = {
    "hundred": 100, "thousand": 1_000, "million": 10**6, "billion": 10**9, "trillion": 10**12,
}  # fmt: skip
_UNITS = "|".join(word for word, value in _WORD_VALUES.items() if value < 20)
_TENS = "|".join(word for word, value in _WORD_VALUES.items() if value >= 20)
_SMALL = rf"(?:(?:{_TENS})(?:[-\s](?:{_UNITS}))?|{_UNITS})"
# "twenty-five", "one hundred and twenty", "two hundred thousand"
_NUMBER_WORDS = re.compile(
    rf"\b{_SMALL}\b(?:\s+(?:{'|'.join(_SCALES)})\b(?:(?:\s+and)?\s+{_SMALL}\b)?)*"
)
_FIGURE = r"\d+(?:[.,]\d+)*"
_UNIT = r"(?:\s?%|\s?per\s?cent\b)?"
_SCALED = re.compile(rf"({_FIGURE})\s+(hundred|thousand|million|billion|trillion)\b")
# "60–90%", "60 to 90 percent", "between 60 and 90"
_RANGE = re.compile(
    rf"(?:between\s+)?(?<![\w.])({_FIGURE}){_UNIT}\s*(?:-|–|—|\bto\b|(?<=\s)and(?=\s))\s*({_FIGURE})({_UNIT})"
)
_QUANTITY = re.compile(rf"(?<![\w.])({_FIGURE})(st|nd|rd|th)?({_UNIT})")
_ORDINALS = {
    word: f"{value}{'th' if value > 3 else ('st', 'nd', 'rd')[value - 1]}"
    for value, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth".split(), start=1
    )
}
_FRACTIONS = re.compile(
    r"\b(?:half|halve[sd]?|thirds?|quarters?|doubl(?:e[sd]?|ing)|twice|tripl(?:e[sd]?|ing)|dozens?"
    r"|score|once|both)\b"
)


def quantities(text: str) -> list[str]:
    """Read the numbers of a text in one spelling: "48 percent" → "48%", "twelve" → "12".

    A range is one quantity, "60-90%": neither end may stand alone for it.
    """
    plain = _as_figures(unicodedata.normalize("NFKC", text).casefold())
    found: list[str] = []
    spans: list[tuple[int, int]] = []
    for match in _RANGE.finditer(plain):
        if "and" in match.group() and not match.group().startswith("between"):
            continue
        found.append(f"{_figure(match[1])}-{_figure(match[2])}{'%' if match[3] else ''}")
        spans.append(match.span())
    found += [
        f"{_figure(match[1])}{match[2] or ''}{'%' if match[3] else ''}"
        for match in _QUANTITY.finditer(plain)
        if not any(start <= match.start() < end for start, end in spans)
    ]
    found += [match.group() for match in _FRACTIONS.finditer(plain)]
    return found


def _as_figures(text: str) -> str:
    text = re.sub(rf"\b(?:{'|'.join(_ORDINALS)})\b", lambda m: _ORDINALS[m.group()], text)
    text = _NUMBER_WORDS.sub(lambda match: _value_of(match.group()), text)
    return _SCALED.sub(lambda match: _figure(match[1], _SCALES[match[2]]), text)


def _value_of(words: str) -> str:
    total = current = 0
    parts = [part for part in re.split(r"[-\s]+", words) if part != "and"]
    for part in parts:
        if part in _WORD_VALUES:
            current += _WORD_VALUES[part]
        elif _SCALES[part] == 100:
            current = max(1, current) * 100
        else:
            total += max(1, current) * _SCALES[part]
            current = 0
    return str(total + current)


def _figure(text: str, scale: int = 1) -> str:
    """Write a figure without thousands separators, "5.0" as "5", times its scale."""
    plain = re.sub(r",(?=\d{3}(?:\D|$))", "", text)
    if plain.count(".") > 1 or "," in plain:
        return plain
    value = float(plain) * scale
    return str(int(value)) if value.is_integer() and value < 10**15 else repr(value)
