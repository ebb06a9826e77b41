"""What is wanted that is no question: small talk, "shorter", "more", "three arguments" (pure)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from briefbot.types import AnswerKind, Turn


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody wants who asks no question.

    Attributes:
        kind: What is wanted.
        reply: What is said to small talk; it claims nothing about the documents' subject.
        count: How many arguments, or further ones, are wanted; 0 where no number is said.
        side: Whether the arguments are wanted `"for"` or `"against"`; empty for either.
        topic: What the arguments are about, as typed; empty or a pronoun for what was talked about.
    """

    kind: AnswerKind
    reply: str = ""
    count: int = 0
    side: str = ""
    topic: str = ""


_NUMBERS = {
    word: value
    for value, word in enumerate("zero one two three four five six seven eight nine ten".split())
} | {"a": 1, "an": 1, "another": 1, "some": 0, "a few": 3, "several": 3, "a couple of": 2}
_COUNT_WORDS = (
    r"(?:\d{1,2}|an?(?=\s+\w+\s+(?:for|against|in))|a\s+few|a\s+couple\s+of|several|some|one|two|three|four|five|six|seven|eight|nine"
    r"|ten)"
)
_COUNT = f"(?P<count>{_COUNT_WORDS})"
MOST_ARGUMENTS = 10

_ADDRESS = r"(?:\s*,?\s*(?:there|briefbot|bot|again|everyone|all|friend|dear|sir|madam))*"
_VERY = r"(?:\s+(?:very much|so much|a lot|again|a million|you|all))*"
_THANKS = (
    rf"(?:many\s+)?(?:thanks|thank\s+(?:you|u)|thx|ty|cheers){_VERY}(?:\s+for\s+(?:that|this|it"
    r"|(?:the|your|all)\s+(?:\w+\s*){1,2}))?"
)
_PRAISE = (
    r"(?:(?:that|this|it)(?:\s+is|\s+was|['’]s)?\s+)?(?:really\s+|very\s+|so\s+|all\s+)?(?:great|good"
    r"|nice|perfect|excellent|cool|wonderful|helpful|helps|super|brilliant|awesome|fine|clear"
    r"|well done|good job|good answer|nice one)(?:\s+(?:answer|job|work|stuff))?"
)
_ASSENT = (
    r"(?:ok(?:ay)?|alright|all right|right|sure|yes|yeah|yep|no|nope|i see|got it|understood"
    r"|never\s?mind|no problem|no worries|makes sense|that is all|that['’]s all|that will be all"
    r"|nothing else)"
)
_HELLO = (
    rf"(?:hello|hi+|hey+|hiya|greetings|howdy|good\s+(?:morning|afternoon|evening|day)){_ADDRESS}"
    r"(?:\s*,?\s*how\s+(?:are\s+(?:you|things)|is\s+it\s+going|do\s+you\s+do)(?:\s+(?:today|doing))*)?"
    r"|how\s+are\s+you(?:\s+(?:today|doing))*|what['’]?s\s+up|nice\s+to\s+meet\s+you"
)
_BYE = (
    rf"(?:good)?bye(?:\s*bye)?{_ADDRESS}|see\s+(?:you|ya)(?:\s+(?:later|soon|tomorrow))?|good\s+night"
    r"|have\s+a\s+(?:nice|good|great)\s+(?:day|evening|weekend)"
)
_WHO_ARE_YOU = (
    r"(?:(?:and\s+)?who|what)\s+(?:exactly\s+)?are\s+you|what\s+is\s+your\s+name|what['’]s\s+your\s+name"
    r"|are\s+you\s+(?:an?\s+)?(?:ai|bot|chatbot|robot|human|real|person|real\s+person|machine|llm|chatgpt)"
    r"|introduce\s+yourself|what\s+is\s+briefbot"
)
_WHAT_CAN = (
    r"(?:so\s+)?what\s+(?:(?:can|could|do)\s+you\s+(?:actually\s+)?(?:do|answer|offer|help\s+(?:me\s+)?with)"
    r"(?:\s+for\s+me)?|can\s+i\s+(?:ask|do)(?:\s+(?:you|here|about))*|are\s+you\s+(?:for|able\s+to\s+do)"
    r"|do\s+you\s+know(?:\s+about)?)|how\s+(?:do|can)\s+(?:you|i|this|it)\s+(?:work|use\s+(?:you|this|it))"
    r"|how\s+does\s+(?:this|it|briefbot)\s+work|can\s+you\s+help(?:\s+me)?|help(?:\s+me)?"
)
_SMALL_TALK: tuple[tuple[str, str], ...] = (
    (rf"(?:{_HELLO})", "Hello. What would you like to know from the documents?"),
    (rf"(?:(?:{_ASSENT}|{_PRAISE})[\s,.!]*)*{_THANKS}(?:[\s,.!]*(?:{_PRAISE}|{_BYE}|{_ASSENT}))*",
     "You’re welcome. Ask on whenever you like."),
    (rf"(?:{_ASSENT}[\s,.!]*)?(?:{_BYE})", "Goodbye. The conversation is kept in this browser."),
    (rf"(?:{_ASSENT}[\s,.!]*)*{_PRAISE}(?:[\s,.!]*{_PRAISE})*", "Good. Ask on whenever you like."),
    (rf"{_ASSENT}(?:[\s,.!]*(?:{_ASSENT}|please))*", "All right. Ask on whenever you like."),
)  # fmt: skip
ABOUT_REPLY = (
    "I am BriefBot. I answer questions about the documents indexed here, in their own words, and "
    "each sentence carries the quote that it rests on. Ask a question and follow up on the answer, "
    "or ask for a summary of a document, for “three arguments against …”, for a shorter answer or "
    "for more. What the documents do not say, I do not say either."
)
NO_ANSWER_BEFORE = "There is no earlier answer to go by yet. Ask a question about the documents."

_PLEASE = (
    r"(?:(?:please|pls|can\s+you|could\s+you|would\s+you|will\s+you|ok(?:ay)?|and|but|just)[\s,]+)*"
)
_SHORTER = (
    rf"{_PLEASE}(?:(?:(?:make|keep|put|say|give|tell|answer)\s+(?:me\s+)?(?:it|that|this)?\s*)?"
    r"(?:(?:a\s+(?:bit\s+|little\s+)?|much\s+|an?\s+)?(?:shorter|briefer|more\s+brief(?:ly)?|more\s+concise(?:ly)?"
    r"|brief|short)(?:\s+(?:answer|version|one))?|in\s+(?:short|brief|one\s+sentence|a\s+sentence"
    r"|a\s+nutshell|fewer\s+words))|shorten\s+(?:it|that|this)|(?:that['’]?s\s+|that\s+is\s+)?too\s+long"
    r"|tl;?dr)(?:\s*,?\s*please)?"
)
_MORE = (
    rf"{_PLEASE}(?:(?:tell|give|show)\s+(?:me|us)\s+(?:some\s+|any\s+)?(?:more|others)|say\s+more"
    rf"|(?:is\s+there\s+)?(?:any(?:thing)?\s+|some\s+|{_COUNT}\s+)?more|go\s+on|continue|carry\s+on|keep\s+going"
    r"|(?:is\s+there\s+)?any(?:thing|\s+others?|\s+other\s+\w+)?\s*(?:else|more)?|what\s+else|elaborate"
    r"|expand(?:\s+on\s+(?:that|this|it))?|another(?:\s+one)?)"
    r"(?:\s+(?:detail|details|information|about\s+(?:that|this|it)|on\s+(?:that|this|it)|of\s+(?:them|those)"
    r"|reasons?|arguments?|points?|examples?|in\s+detail))*(?:\s+(?:is\s+there|are\s+there|do\s+they\s+say))?"
    r"(?:\s*,?\s*please)?"
)
_FOR = r"for|in\s+favou?r\s+of|in\s+support\s+of|supporting"
_AGAINST = r"against|opposing|speaking\s+against"
_GOOD = r"advantages?|benefits?|pros|upsides?|strengths?|merits?"
_BAD = (
    r"disadvantages?|drawbacks?|cons|downsides?|weaknesses|objections?|criticisms?|risks?|dangers?"
    r"|problems?"
)
_ARGUMENTS = re.compile(
    rf"{_PLEASE}(?:(?:give|list|name|tell|show|find|state|offer|provide|write)\s+(?:me\s+|us\s+)?"
    rf"|what\s+are\s+(?=(?:the\s+)?(?:\d|one|two|three|four|five|six|seven|eight|nine|ten)\b)"
    rf"|what\s+are\s+(?=(?:the\s+)?(?:\w+\s+)?arguments\s+(?:{_FOR}|{_AGAINST})\b)"
    rf"|i\s+(?:need|want|would\s+like)\s+|(?={_COUNT_WORDS}\s))"
    rf"(?:the\s+)?(?:{_COUNT}\s+)?(?:of\s+the\s+)?(?:more\s+|main\s+|best\s+|strongest\s+|key\s+|good\s+"
    rf"|different\s+|other\s+|further\s+)*(?:(?P<plain>arguments?|reasons?|points?|cases?)|(?P<good>{_GOOD})"
    rf"|(?P<bad>{_BAD}))(?:\s+(?:(?P<against>{_AGAINST})|(?P<for>{_FOR})|of|to|with|about|on|regarding)\b)?"
    r"\s*(?!\s|(?:and|or)\b)(?P<topic>.*)",
    re.I,
)  # fmt: skip

_COURTESY = re.compile(
    rf"^\W*(?:(?:{_HELLO}|{_THANKS}|{_PRAISE}|{_ASSENT})\s*[,.!;:–—-]+\s*)+"
    r"(?:(?:but|and|so|now|then)\b[\s,]*)?(?P<rest>.+)$",
    re.I,
)
_COURTESY_BUT = re.compile(rf"^\W*(?:{_THANKS}|{_ASSENT})\s+(?:but|and|so)\s+(?P<rest>.+)$", re.I)


def read_request(utterance: str) -> Request | None:
    """Recognise what is no question; the whole utterance must be it, so that none is lost.

    Returns:
        None for a question, also where "thanks, but" stands before it.
    """
    said = " ".join(utterance.split()).strip(" .!?,;:…🙂👍🙏")
    for pattern, reply in _SMALL_TALK:
        if re.fullmatch(pattern, said, re.I):
            return Request(AnswerKind.SMALL_TALK, reply)
    if re.fullmatch(rf"{_PLEASE}(?:{_WHO_ARE_YOU}|{_WHAT_CAN})", said, re.I):
        return Request(AnswerKind.ABOUT, ABOUT_REPLY)
    if re.fullmatch(_SHORTER, said, re.I):
        return Request(AnswerKind.SHORTER)
    if match := re.fullmatch(_MORE, said, re.I):
        return Request(AnswerKind.MORE, count=_number(match["count"]))
    return _arguments(said)


def _arguments(said: str) -> Request | None:
    match = _ARGUMENTS.fullmatch(without_courtesy(said))
    if match is None:
        return None
    side = "against" if match["against"] or match["bad"] else ""
    side = side or ("for" if match["for"] or match["good"] else "")
    if not side:
        return None
    count = min(_number(match["count"]), MOST_ARGUMENTS)
    return Request(AnswerKind.ARGUMENTS, count=count, side=side, topic=match["topic"].strip())


def question_for(side: str, topic: str) -> str:
    """Write the question that a request for arguments asks of the documents."""
    return f"What are the arguments {side} {topic}?"


def arguments_asked(question: str) -> Request | None:
    """Read what `question_for` wrote; None for any other question."""
    match = _QUESTION_FOR.match(question)
    if match is None:
        return None
    return Request(AnswerKind.ARGUMENTS, side=match["side"], topic=match["topic"])


_QUESTION_FOR = re.compile(r"^What are the arguments (?P<side>for|against) (?P<topic>.+)\?$")


def _number(word: str | None) -> int:
    said = " ".join((word or "").lower().split())
    return int(said) if said.isdigit() else _NUMBERS.get(said, 0)


def without_courtesy(utterance: str) -> str:
    """Take "Thanks, but" off a question's front; what is only courtesy stays as it is."""
    match = _COURTESY.match(utterance) or _COURTESY_BUT.match(utterance)
    if match is None or len(match["rest"].split()) < _LEAST_WORDS:
        return utterance
    rest = match["rest"]
    return rest[0].upper() + rest[1:]


_LEAST_WORDS = 2


def is_pointer(topic: str) -> bool:
    """Whether a topic is none of its own: empty, "it", "that", "this idea"."""
    return bool(_POINTING.fullmatch(topic.strip(" .?!")))


_POINTING = re.compile(
    r"(?:it|that|this|them|those|these|him|her|(?:(?:this|that|the|his|her|their|such\s+an?)\s+"
    r"(?:idea|proposal|plan|pact|treaty|view|thing|claim|position|concept)s?))?",
    re.I,
)


def questions_of(history: Sequence[Turn]) -> tuple[Turn, ...]:
    """Keep the turns that ask: small talk is left out, "more" joins the turn that it goes on from.

    A request for arguments becomes the question that it asks. The answer to "more" is put behind
    that of the turn before, so that what was shown is known.
    """
    kept: list[Turn] = []
    for turn in history:
        request = read_request(turn.question)
        kind = request.kind if request else AnswerKind.ANSWER
        if kind in {AnswerKind.SMALL_TALK, AnswerKind.ABOUT}:
            continue
        if kind in {AnswerKind.MORE, AnswerKind.SHORTER}:
            if kept and kind is AnswerKind.MORE:
                kept[-1] = replace(kept[-1], answer=f"{kept[-1].answer} {turn.answer}".strip())
            continue
        if request and kind is AnswerKind.ARGUMENTS:
            about = "it" if is_pointer(request.topic) else request.topic
            turn = replace(turn, question=question_for(request.side, about))  # noqa: PLW2901
        kept.append(replace(turn, question=without_courtesy(turn.question)))
    return tuple(kept)
