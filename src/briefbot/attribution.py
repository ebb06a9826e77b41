"""Who speaks in a sentence: the person or body whose speech or opinion it reports (pure)."""

from __future__ import annotations

import re

from briefbot.sentences import sentence_spans
from briefbot.terms import NAME, STOP_WORDS, terms

# Verbs that report speech or opinion. `(?= that)` stands behind those that are also nouns or mean
# something else: "notes", "comments".
_PAST = (
    "said|wrote|told|thought|held|argued|claimed|contended|believed|urged|warned|asserted|insisted"
    "|maintained|noted|stressed|emphasi[sz]ed|suggested|proposed|predicted|acknowledged|admitted"
    "|denied|explained|commented|alleged|declared|remarked|replied|responded|recommended"
    "|announced|concluded|stated|advocated|cautioned|feared|hoped|estimated|criticized|criticised"
    "|called for|pointed out|complained|objected|countered|conceded|pledged|promised|vowed"
    "|reported|found(?= that)|added(?= that)|called|described|labell?ed|dubbed|termed|deemed"
    "|considered|regarded"
    "|likened|portrayed|characteri[sz]ed|rated|expected|doubted|questioned"
)
_PRESENT = (
    "says?|writes?|tells?|thinks?|argues?|claims?|contends?|believes?|urges?|warns?|asserts?"
    "|insists?|maintains?(?= that)|notes?(?= that)|stress(?:es)?|emphasi[sz]es?|suggests?"
    "|proposes?|predicts?|acknowledges?|admits?|den(?:y|ies)|explains?|comments?(?= that)|alleges?"
    "|declares?|remarks?(?= that)|recommends?|concludes?|states?(?= that)|advocates?|cautions?"
    "|fears?(?= that)|hopes?(?= that)|calls? for|points? out|objects?(?= that)|concedes?|vows?"
    "|reports?(?= that)|finds?|adds(?= that)|calls|describes?|labels|considers?|regards|likens"
    "|portrays"
    "|characteri[sz]es|rates|expects?|doubts|questions(?= the| whether)"
)
_PARTICIPLE = (
    "saying|writing|arguing|claiming|contending|urging|warning|asserting|insisting|stressing"
    "|emphasi[sz]ing|suggesting|proposing|predicting|acknowledging|explaining|alleging|declaring"
    "|concluding|cautioning|calling for|pointing out|adding"
)
_VERB = rf"(?:{_PAST}|{_PRESENT})"
# Who may speak without a name.
_PEOPLE = (
    "critics?|experts?|analysts?|officials?|scholars?|observers?|supporters?|opponents?|authors?"
    "|researchers?|scientists?|historians?|economists?|ministers?|spokes(?:man|woman|person)"
    "|president|government|committee|council|court|report|study|survey|engineers?|doctors?"
    "|witness(?:es)?|residents?|leaders?|diplomats?|commentators?|advocates?|skeptics?|sceptics?"
    "|articles?|commentary|editorial|essay|analysis|newspapers?|headline|digest|poll|tribunal|memo"
    "|statement|declaration|telegram|letter"
)
# What may stand between a subject and its verb: "has also repeatedly" and ", who … ,".
_ADVERBS = (
    r"(?:(?:\w+ly|did|does|has|have|had|also|thus|further|however|then|later|once|not|never|,)"
    r"\s*,?\s*){0,4}"
)
_ASIDE = r"(?:\s*[,—–(][^,—–()]{1,160}[,—–)])?"
# "Colby, an analyst, has argued", "…”, said Colby", "according to Colby", "in his view"
_SUBJECT = rf"(?P<subject>{NAME.pattern}|\b(?:[Hh]e|[Ss]he|[Tt]hey)\b|\b(?i:{_PEOPLE})\b)"
_OF_WHERE = (
    r"(?:\s+(?:quoted|cited|interviewed|speaking|writing|of|in|at|from|by|for|on)\b[^,.;:]{1,80}?)?"
)
_CLAUSE = re.compile(rf"{_SUBJECT}{_OF_WHERE}{_ASIDE}\s*,?\s*{_ADVERBS}\b(?P<verb>{_VERB})\b")
_INVERTED = re.compile(
    rf"[,”\"’]\s*(?P<verb>{_PAST}|{_PRESENT})\s+(?:the\s+)?"
    rf"(?P<subject>{NAME.pattern}|\b(?:he|she|they|{_PEOPLE})\b)"
)
_ACCORDING = re.compile(
    rf"\b(?:[Aa]ccording to|[Ii]n the (?:view|opinion|words) of)\s+(?:the\s+|an?\s+)?"
    rf"(?P<subject>{NAME.pattern}|(?:\w+\s+){{0,2}}?\b(?:{_PEOPLE})\b|\w+)"
)
_THOUGHT = (
    "(?:view|opinion|argument|explanation|account|reading|judge?ment|assessment|belief|claim|reason"
    "|thesis|conclusion|criticism|warning|worry|position|answer|words)s?"
)
_WHOSE = rf"(?:(?P<subject>\b(?i:his|her|their)\b|{NAME.pattern}(?<=[’']s))(?:\s+own)?\s+)"
_IN_VIEW = re.compile(rf"\b[Ii]n\s+{_WHOSE}{_THOUGHT}\b")
_VIEW_IS = re.compile(
    rf"{_WHOSE}(?:\w+\s+){{0,2}}{_THOUGHT}\b[^.;:]{{0,60}}?\b(?:is|was|were)\s+that\b"
)
_PARTICIPLES = re.compile(rf"\b(?:{_PARTICIPLE})\b", re.I)
# That a statement reports speech at all: a verb, a noun, a colon, or `with_speaker`'s brackets.
_MARKER = re.compile(
    rf"\b(?:{_VERB}|{_PARTICIPLE}|according to|views?|opinion|in the words of)\b|:|\["
    rf"|(?:[’']s|\b(?:his|her|their))\s+(?:\w+\s+){{0,3}}{_THOUGHT}\b",
    re.I,
)
_PRONOUNS = frozenset("he she they his her their".split())
_POSSESSIVE = re.compile(r"[’']s?$")
# A name behind these is a place, a time or an object.
_NO_SUBJECT_AFTER = re.compile(
    r"\b(?:in|on|of|at|for|the|a|an|to|by|with|from|under|and|as|over|into|against)\s$", re.I
)
_SENTENCES_BACK = 4
"""How far back a "he" is looked up."""
_QUOTED_WHOLE = re.compile(r"^\W*[“\"].*[”\"]\W*$", re.S)


def speaker_of(quote: str, text_before: str) -> str:
    """Find whose speech or opinion a sentence is.

    Args:
        quote: A whole sentence of a document.
        text_before: What stands before it there; some sentences are enough.

    Returns:
        A name or a word such as "critics"; empty where the sentence reports no speech, or nobody
        who speaks it can be found.
    """
    clause = _attributed(quote)
    if clause is not None:
        subject, start = clause
        if subject.casefold() not in _PRONOUNS:
            return _tidy(subject)
        return _named_before(quote[:start]) or antecedent_of(quote, text_before)
    if _PARTICIPLES.search(quote) and not quote.lstrip().startswith(("“", '"')):
        return _subject_of(quote, text_before)
    if _is_inside_speech(quote, text_before):
        return antecedent_of(quote, text_before)
    return ""


def names_speaker(statement: str, speaker: str) -> bool:
    """Whether a statement says who speaks: a part of the name, and that it is speech or opinion."""
    wanted = terms(speaker) or [speaker.casefold()]
    held = {*terms(statement), *statement.casefold().split()}
    return wanted[-1] in held and bool(_MARKER.search(statement))


def with_speaker(statement: str, speaker: str) -> str:
    """Put the speaker before a verbatim sentence, in brackets."""
    return f"[{speaker}] {statement}"


def _attributed(sentence: str) -> tuple[str, int] | None:
    """Find the subject of the first verb of speech, and where it stands."""
    found = [
        match
        for pattern in (_ACCORDING, _IN_VIEW, _VIEW_IS, _CLAUSE, _INVERTED)
        for match in pattern.finditer(sentence)
        if _tidy(match["subject"]) or match["subject"].casefold() in _PRONOUNS
    ]
    outside = [match for match in found if not _in_quotation(sentence, match.start("subject"))]
    if not outside:
        return None
    first = min(outside, key=lambda match: match.start("subject"))
    return first["subject"], first.start("subject")


def _in_quotation(text: str, position: int) -> bool:
    before = text[:position]
    if "“" in text:
        return before.count("“") > before.count("”")
    return before.count('"') % 2 == 1


def _tidy(name: str) -> str:
    """Take stop words off the front of a name and a possessive off its end."""
    words = name.split()
    while words and words[0].casefold() in STOP_WORDS:
        words = words[1:]
    return _POSSESSIVE.sub("", " ".join(words))


def _candidates(sentence: str) -> list[str]:
    """Names of a sentence that can be its subject, first to last.

    A single capitalised word that opens the sentence says nothing: any word is capitalised there.
    """
    found = []
    for match in NAME.finditer(sentence):
        name = _tidy(match.group())
        opens = not sentence[: match.start()].strip(" “\"'‘(")
        is_one_word = " " not in name
        if len(name) < 2 or _POSSESSIVE.search(match.group()):
            continue
        if opens and is_one_word and not _is_followed_by_verb(sentence, match.end()):
            continue
        if not opens and _NO_SUBJECT_AFTER.search(sentence[: match.start()]):
            continue
        found.append(name)
    return found


def _is_followed_by_verb(sentence: str, end: int) -> bool:
    return bool(re.match(rf"{_ASIDE}\s+(?:\w+ed|\w+s|was|has|had|{_VERB})\b", sentence[end:]))


def _named_before(part: str) -> str:
    """The last name before a pronoun in its own sentence, if it can be what it stands for."""
    names = _candidates(part)
    return names[-1] if names else ""


def _subject_of(quote: str, text_before: str) -> str:
    """Whoever the main clause around "…, arguing that" is about."""
    names = _candidates(quote)
    if names:
        return names[0]
    if re.search(r"\b(?:he|she|they)\b", quote, re.I):
        return antecedent_of(quote, text_before)
    return ""


def antecedent_of(quote: str, text_before: str) -> str:
    """Find the speaker or subject of the nearest sentence before that names one."""
    recent = re.split(r"(?m)^#.*$", text_before)[-1]
    spans = sentence_spans(recent)[-_SENTENCES_BACK:]
    for start, end in reversed(spans):
        sentence = recent[start:end]
        clause = _attributed(sentence)
        if clause is not None and clause[0].casefold() not in _PRONOUNS:
            return _tidy(clause[0])
        names = [name for name in _candidates(sentence) if name not in quote]
        if names and not _in_quotation(recent, start):
            return names[0]
    return ""


def _is_inside_speech(quote: str, text_before: str) -> bool:
    """Whether a sentence stands in a quotation that began before it or was announced."""
    paragraph = re.split(r"\n\s*\n", text_before)[-1]
    if _in_quotation(f"{paragraph} ", len(paragraph)):
        return True
    announced = paragraph.rstrip().endswith(":")
    return bool(_QUOTED_WHOLE.match(quote)) and (announced or _last_sentence_speaks(paragraph))


def _last_sentence_speaks(paragraph: str) -> bool:
    spans = sentence_spans(paragraph)
    return bool(spans) and _attributed(paragraph[slice(*spans[-1])]) is not None
