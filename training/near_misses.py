"""Rules that turn an answerable example into one that only looks answerable."""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from data import STOP_WORDS, Example, Paragraph, content_words, cover, occurrences, plain_title

KINDS = {
    "person": r"\(born |\b(?:is|was) an? (?:[\w'-]+ ){0,7}(?:actor|actress|singer|"
    r"politician|player|"
    r"footballer|writer|author|director|producer|musician|lawyer|general|poet|painter|scientist)\b",
    "film": r"\b(?:is|was) an? (?:[\w'-]+ ){0,9}(?:film|television series|sitcom|miniseries)\b",
    "music": r"\b(?:is|was) (?:an?|the) (?:[\w'-]+ ){0,9}(?:album|song|single|EP)\b",
    "book": r"\b(?:is|was) an? (?:[\w'-]+ ){0,7}(?:novel|book|magazine|newspaper|poem|play)\b",
    "band": r"\b(?:is|are|was|were) an? (?:[\w'-]+ ){0,7}(?:band|group|duo|trio|orchestra)\b",
    "place": r"\b(?:is|was) an? (?:[\w'-]+ ){0,7}(?:city|town|village|county|district|river|island|"
    r"state|country|region|suburb|municipality|mountain|lake)\b",
    "body": r"\b(?:is|was) an? (?:[\w'-]+ ){0,7}(?:company|university|college|school|"
    r"organi[sz]ation|"
    r"corporation|airline|club|team|museum|agency|airport|brand|hospital)\b",
}
LEAD_WORDS = frozenset(
    "who what when where which why how whose whom in on at is was are were did does do "
    "has had can the "
    "a an name after before during for from to of by as if i and or with about under until".split()
)
NAME = re.compile(
    r"\b[A-Z][\w'’-]*\.?(?:\s+(?:(?:of|the|de|von|van|and)\s+){0,2}[A-Z0-9][\w'’-]*\.?)*"
)
NUMBER = re.compile(r"\b\d{1,3}(?:,\d{3})+\b|\b\d+(?:\.\d+)?\b")
MONTHS = (
    "January February March April May June July August September October November December".split()
)
ANTONYMS = tuple(
    pair.split("/")
    for pair in (
        "first/last oldest/youngest largest/smallest highest/lowest biggest/smallest most/least "
        "more/fewer before/after increase/decrease increased/decreased earlier/later won/lost "
        "north/south east/west northern/southern eastern/western male/female "
        "father/mother son/daughter "
        "brother/sister husband/wife begin/end began/ended start/stop started/stopped join/leave "
        "joined/left open/close opened/closed support/oppose supported/opposed best/worst old/new "
        "hot/cold high/low long/short longest/shortest positive/negative success/failure "
        "accept/reject "
        "accepted/rejected buy/sell bought/sold internal/external major/minor majority/minority "
        "rise/fall rose/fell early/late upper/lower born/buried liked/disliked praised/criticized "
        "add/remove added/removed allow/forbid public/private ancient/modern rich/poor "
        "active/passive"
    ).split()
)
OPPOSITE = {word: other for a, b in ANTONYMS for word, other in ((a, b), (b, a))}
NEGATED = {
    "did": "didn't", "was": "wasn't", "were": "weren't", "is": "isn't", "are": "aren't",
    "does": "doesn't", "do": "don't", "has": "hasn't", "had": "hadn't", "can": "can't",
    "could": "couldn't", "would": "wouldn't", "will": "won't",
}  # fmt: skip
PLACES = (
    "Japan Brazil Canada India Germany Australia Italy Sweden Kenya Mexico Poland Egypt "
    "Norway Chile "
    "Texas Ohio Scotland Vietnam Turkey Portugal France England China Russia Spain Greece Ireland "
    "Wales Iran Iraq Israel Cuba Peru Nigeria Pakistan Tibet Korea Austria Hungary Denmark Finland "
    "California Florida Virginia Alaska London Paris Berlin Tokyo Chicago Boston Rome "
    "Vienna Madrid "
    "Moscow Sydney Toronto Dublin Seattle Houston Dallas Warsaw Prague Cairo Delhi Beijing Shanghai"
).split()
RARE = 0.65  # share of the chances that the cruder rules let pass
REASON = re.compile(r"\b(?:because|due|since|reason|so that|in order|result|caused?|led)\b", re.I)
TIME = re.compile(rf"\b(?:\d{{4}}|{'|'.join(MONTHS)}|centur\w+|today|years?|ago|later)\b")
PLACE = re.compile(r"\b(?:in|at|near|from|to) (?:the )?[A-Z]|\b(?:north|south|east|west)", re.S)


@dataclass(frozen=True)
class Donors:
    """Names to swap in, by kind, from the titles of the training paragraphs."""

    kind_of: dict[str, str]
    names: dict[str, list[str]]
    first_names: frozenset[str]

    def kind(self, name: str) -> str:
        """Guess what a name names."""
        known = self.kind_of.get(name.lower())
        if known:
            return known
        words = name.split()
        is_person = len(words) in (2, 3) and words[0].lower() in self.first_names
        return "person" if is_person else "other"


def collect_donors(paragraphs: Iterable[Paragraph]) -> Donors:
    """Sort the titles of paragraphs by what their first sentence says they are."""
    kind_of, names, firsts = {}, defaultdict(list), Counter()
    for paragraph in paragraphs:
        name = plain_title(paragraph.title)
        kind = next(
            (k for k, pattern in KINDS.items() if re.search(pattern, paragraph.sentences[0][:250])),
            None,
        )
        if kind and name[:1].isupper():
            kind_of[name.lower()] = kind
            names[kind].append(name)
            if kind == "person":
                firsts[name.split()[0].lower()] += 1
    for place in PLACES:
        kind_of[place.lower()] = "place"
    names["place"] += PLACES * 4  # these are what questions name most
    common = frozenset(name for name, count in firsts.items() if count >= 3)
    return Donors(kind_of, {k: sorted(v) for k, v in names.items()}, common)


def mentions(text: str) -> list[str]:
    """List the names in a text, without question words and leading articles."""
    found = []
    for match in NAME.finditer(text):
        words = match.group().rstrip(".,'’").split()
        while words and words[0].lower() in LEAD_WORDS:
            words.pop(0)
        name = " ".join(words)
        if len(name) > 2 and name.lower() not in STOP_WORDS:
            found.append(re.sub(r"['’]s?$", "", name))
    return found


def shared_mentions(example: Example) -> list[str]:
    """List the question's names that the passage holds and the answer does not."""
    answers = [example.passage[a:b].lower() for a, b in example.answer_ranges]
    return [
        name
        for name in mentions(example.question)
        if occurrences(name, example.passage) and not any(name.lower() in a for a in answers)
    ]


def choose_donor(name: str, example: Example, donors: Donors, rng: random.Random) -> str | None:
    """Choose another name of the same kind: from the passage where that is safe, else any."""
    taken = set(name.lower().split()) | content_words(example.question)
    kind = donors.kind(name)

    def fits(other: str) -> bool:
        return not taken & set(other.lower().split()) and donors.kind(other) == kind

    near = [o for o in mentions(example.passage) if fits(o) and _is_elsewhere(o, name, example)]
    if near and rng.random() < 0.6:
        return rng.choice(near)
    pool = donors.names.get(kind) or _loose_names(name, example)
    far = [o for o in rng.sample(pool, min(6, len(pool))) if fits(o)]
    far = [o for o in far if not occurrences(o, example.passage)]
    return far[0] if far else None


def _loose_names(name: str, example: Example) -> list[str]:
    """List names of unknown kind from the passage, by their number of words."""
    size = len(name.split())
    found = [other for other in mentions(example.passage) if len(other.split()) == size]
    return [other for other in found if _is_elsewhere(other, name, example)]


def _is_elsewhere(other: str, name: str, example: Example) -> bool:
    """Check that no sentence with the other name says what the question asks."""
    asked = re.sub(re.escape(name), " ", example.question, flags=re.I)
    if len(other.split()) != len(name.split()):
        return False
    return all(
        cover(asked, sentence) < 0.35 and i not in example.evidence
        for i, sentence in enumerate(example.sentences)
        if occurrences(other, sentence)
    )


def swap(text: str, old: str, new: str) -> str:
    """Replace a name as whole words, ignoring case."""
    return re.sub(rf"(?<!\w){re.escape(old)}(?!\w)", lambda _: new, text, flags=re.I)


def swap_in_passage(example: Example, old: str, new: str) -> Example:
    """Replace a name everywhere in the passage but in the answers."""
    pairs = [(old, new)]
    if len(old.split()) > 1 and len(new.split()) > 1:
        pairs.append((old.rsplit(maxsplit=1)[-1], new.rsplit(maxsplit=1)[-1]))
    marked, answers = list(example.sentences), []
    for number, start, end in sorted(example.answers, reverse=True):
        text = marked[number]
        marked[number] = f"{text[:start]}\x01{text[start:end]}\x02{text[end:]}"
    done = [_swap_outside_answers(sentence, pairs) for sentence in marked]
    for number, sentence in enumerate(done):
        removed = 0
        for match in re.finditer("\x01(.*?)\x02", sentence):
            start = match.start() - removed
            answers.append((number, start, start + len(match.group(1))))
            removed += 2
    clean = tuple(re.sub("[\x01\x02]", "", sentence) for sentence in done)
    title = "" if occurrences(old.rsplit(maxsplit=1)[-1], example.title) else example.title
    return replace(example, sentences=clean, answers=tuple(answers), title=title)


def _swap_outside_answers(sentence: str, pairs: list[tuple[str, str]]) -> str:
    parts = re.split("(\x01.*?\x02)", sentence)
    for old, new in pairs:
        parts = [part if part.startswith("\x01") else swap(part, old, new) for part in parts]
    return "".join(parts)


def unanswerable(example: Example, kind: str, *, question: str | None = None) -> Example:
    """Return the example as a near-miss."""
    return replace(
        example,
        question=question or example.question,
        answers=(),
        evidence=frozenset(),
        answerable=False,
        relevant=None,
        kind=kind,
    )


def swap_name(example: Example, donors: Donors, rng: random.Random) -> Example | None:
    """Ask about another name, or tell of another name, or (still answerable) both."""
    names = shared_mentions(example)
    old = rng.choice(names) if names else None
    new = choose_donor(old, example, donors, rng) if old else None
    if not old or not new:
        return None
    asked = swap(example.question, old, new)
    draw = rng.random()
    if draw < 0.55:
        return unanswerable(example, "name in question", question=asked)
    if occurrences(new, example.passage) or len(old.split()) != len(new.split()):
        return None
    moved = swap_in_passage(example, old, new)
    if draw >= 0.8:
        return replace(moved, question=asked, kind="name in both")
    is_left = occurrences(old.split()[-1], moved.passage)
    return None if is_left else unanswerable(moved, "name in passage")


def swap_number(example: Example, donors: Donors, rng: random.Random) -> Example | None:
    """Ask with another year or number, or tell of another, or (still answerable) both."""
    shared = [n for n in NUMBER.findall(example.question) if occurrences(n, example.passage)]
    answers = " ".join(example.passage[a:b] for a, b in example.answer_ranges)
    shared = [number for number in shared if number not in answers]
    if not shared:
        return None
    old = rng.choice(shared)
    new = other_number(old, example.passage, rng)
    asked = swap(example.question, old, new)
    draw = rng.random()
    if draw < 0.5:
        return unanswerable(example, "number in question", question=asked)
    moved = swap_in_passage(example, old, new)
    if draw < 0.75:
        return unanswerable(moved, "number in passage")
    return replace(moved, question=asked, kind="number in both")


def other_number(number: str, passage: str, rng: random.Random) -> str:
    """Draw another number of the same size that the passage does not hold."""
    value = float(number.replace(",", ""))
    while True:
        if re.fullmatch(r"1\d{3}|20\d{2}", number):
            drawn = str(int(value) + rng.choice((-1, 1)) * rng.randint(1, 30))
        else:
            drawn = f"{max(2, round(value * rng.uniform(0.4, 2.5)) + rng.randint(1, 4)):,}"
        if not occurrences(drawn, passage):
            return drawn


def swap_month(example: Example, donors: Donors, rng: random.Random) -> Example | None:
    """Ask with another month."""
    named = [m for m in MONTHS if re.search(rf"\b{m}\b", example.question)]
    if not named or named[0] == "May":
        return None
    other = rng.choice([m for m in MONTHS if m not in example.passage] or MONTHS[:1])
    asked = swap(example.question, named[0], other)
    return unanswerable(example, "month in question", question=asked)


def negate(example: Example, donors: Donors, rng: random.Random) -> Example | None:
    """Negate the question's first auxiliary."""
    match = re.search(rf"\b({'|'.join(NEGATED)})\b", example.question)
    if (
        rng.random() < RARE
        or not match
        or re.search(r"\bnot\b|n't|\bnever\b|\bor\b", example.question)
    ):
        return None
    word = NEGATED[match.group(1)]
    if match.group(1) in ("was", "were", "is", "are") and rng.random() < 0.4:
        word = f"{match.group(1)} never" if rng.random() < 0.3 else f"{match.group(1)} not"
    asked = example.question[: match.start()] + word + example.question[match.end() :]
    return unanswerable(example, "negated", question=asked)


def use_antonym(example: Example, donors: Donors, rng: random.Random) -> Example | None:
    """Turn a word of the question into its opposite, unless the passage holds the opposite."""
    words = [word for word in re.findall(r"[a-z]+", example.question) if word in OPPOSITE]
    words = [word for word in words if not occurrences(OPPOSITE[word], example.passage)]
    if not words:
        return None
    word = rng.choice(words)
    asked = re.sub(rf"\b{word}\b", OPPOSITE[word], example.question, count=1)
    return unanswerable(example, "antonym", question=asked)


def add_condition(example: Example, donors: Donors, rng: random.Random) -> Example | None:
    """Add a time or place that the passage does not speak of."""
    years = [int(year) for year in re.findall(r"\b(?:1[0-9]|20)\d{2}\b", example.passage)]
    question = example.question.rstrip("? ")
    if rng.random() < RARE or re.search(r"\bor\b|\d", question) or len(question) > 110:
        return None
    if rng.random() < 0.5 and years:
        year = min(years) - rng.randint(8, 90)
        condition = rng.choice((f"before {year}", f"in {year}", f"in the {year // 10 * 10}s"))
    else:
        country = rng.choice([p for p in PLACES if p not in example.passage] or PLACES)
        condition = rng.choice((f"in {country}", f"in {country}", f"while in {country}"))
    if re.match(r"(?:When|In what year|Where|In which|What year|What city)", question):
        return None
    return unanswerable(example, "condition added", question=f"{question} {condition}?")


def swap_wh(example: Example, donors: Donors, rng: random.Random) -> Example | None:
    """Ask for a time, place, reason or price that the passage does not give."""
    match = re.match(r"(When|Where|Why|How) (did|was|were|does|do|is|are) ", example.question)
    if not match:
        return None
    old = match.group(1)
    near = " ".join(s for i, s in enumerate(example.sentences) if _is_near(i, example))
    absent = [
        word
        for word, sign in (("When", TIME), ("Where", PLACE), ("Why", REASON))
        if word != old and not sign.search(near)
    ]
    if not absent:
        return None
    asked = rng.choice(absent) + example.question[len(old) :]
    return unanswerable(example, "wh swapped", question=asked)


def _is_near(number: int, example: Example) -> bool:
    return any(abs(number - i) <= 1 for i in example.evidence) or not example.evidence


def swap_actor(example: Example, donors: Donors, rng: random.Random) -> Example | None:
    """Let a person that the passage names elsewhere, or a stranger, do what was done."""
    match = re.search(r"\b(?:did|does|was|is|had) ((?:[A-Z][\w'’-]+ ?){1,3})", example.question)
    if not match:
        return None
    old = match.group(1).strip()
    new = choose_donor(old, example, donors, rng)
    if not new or donors.kind(new) == "other":
        return None
    asked = swap(example.question, old, new)
    return unanswerable(example, "actor swapped", question=asked)


Rule = Callable[[Example, Donors, random.Random], Example | None]
RULES: tuple[tuple[Rule, float], ...] = (
    (swap_name, 4.0),
    (swap_number, 2.0),
    (swap_month, 1.0),
    (swap_wh, 1.5),
    (use_antonym, 1.5),
    (swap_actor, 1.0),
    (add_condition, 0.6),
    (negate, 0.5),
)


def make_near_miss(example: Example, donors: Donors, rng: random.Random) -> Example | None:
    """Apply the first rule that fits, trying them in a random order by weight."""
    order = sorted(RULES, key=lambda rule: rng.random() ** (1 / rule[1]), reverse=True)
    for rule, _ in order:
        made = rule(example, donors, rng)
        if made:
            return made
    return None
