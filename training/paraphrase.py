"""Say the same in other words: rewrite a question, or the passage, of an example.

Rewriting never looks at whether the example is answerable, so that it says nothing about the label.
"""

from __future__ import annotations

import argparse
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from data import STOP_WORDS, Example, words_of
from lexicon import KEEP, Lexicon
from near_misses import Donors, mentions
from wordnet import WORDNET, Analysis

TOKEN = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d[\d,.]*|\s|[^\w\s]|\w")
BEFORE_NOUN = frozenset(
    "a an the his her their its this these those which what whose of in for by many each every "
    "first no any some at from with".split()
)
BEFORE_VERB = frozenset("to not will would can could may might should must didn't doesn't".split())
BRITISH = (
    "color/colour honor/honour center/centre theater/theatre defense/defence organize/organise "
    "organization/organisation program/programme labor/labour favorite/favourite meter/metre "
    "neighbor/neighbour license/licence traveled/travelled gray/grey catalog/catalogue "
    "aluminum/aluminium recognize/recognise specialize/specialise armor/armour harbor/harbour"
).split()
SPELLING = {a: b for pair in BRITISH for a, b in (pair.split("/"), pair.split("/")[::-1])}
FRAMES: tuple[tuple[str, str], ...] = (
    (r"^Who (directed|produced|founded|created|invented|discovered|designed|composed|"
     r"published|signed|owned|hosted|performed|established|murdered|painted) ([^?,]{3,60})\?*$",
     r"By whom was \2 \1?|\2 was \1 by whom?|\2 was \1 by which person"),
    (r"^Who wrote ([^?,]{3,60})\?*$", r"By whom was \1 written?|\1 was written by whom"),
    (r"^Who is the (\w+) of ([^?,]{3,50})\?*$", r"\2's \1 is who?|Name \2's \1"),
    (r"^(?:In )?(?:what|which) year (was|were|did|is) ",
     r"When \1 |In the course of which year \1 "),
    (r"^When (was|were) ([^?]{3,50}) (\w+ed|born|built|made)\b",
     r"What is the date \2 \1 \3|At what point in time \1 \2 \3"),
    (r"^(?:In )?(?:what|which) city ", r"In what place |In what town "),
    (r"^Where (was|were|is|are|did|does|do) ", r"In what place \1 |At which location \1 "),
    (r"^Why (did|was|were|does|do|is|are) ", r"For what reason \1 |For what cause \1 "),
    (r"^How many ", r"What number of |What is the count of "),
    (r"^How much ", r"What amount of |To what extent "),
    (r"^How long ", r"For what length of time |For what span of time "),
    (r"^How often ", r"With what frequency "),
    (r"^What is the name of the ([^?]+)\?*$",
     r"Which is the \1|Name the \1|What is the \1 called?"),
    (r"\b[Ww]hat (?:type|kind|sort) of ",
     r"what form of |which sort of |what variety of |what kind of "),
    (r"^What does ([^?]{3,40}) mean\?*$", r"What is meant by \1?|\1 meaning"),
    (r"^Which ", r"What |Name the "),
    (r"^What was the ", r"Which was the |Tell me the "),
    (r"^What is the ", r"Which is the |Tell me the |Give the "),
    (r"^Who was the ", r"Which person was the |Name the "),
    (r"^Who is the ", r"Which person is the |Name the "),
    (r"\bbest known for\b", r"most famous for|renowned for|remembered for"),
    (r"\bis from\b", r"comes from|hails from"),
    (r"\blocated in\b", r"situated in|found in|to be found in"),
    (r"\bknown as\b", r"called|referred to as|nicknamed"),
    (r"\bbased in\b", r"headquartered in|with its seat in"),
    (r"\bstarr(?:ed|ing) in\b", r"acted in|appeared in|had a lead role in"),
    (r"\bdid (.{3,40}) die\b", r"did \1 pass away|did the life of \1 end"),
    (r"\b(was|were) (.{3,40}) born\b", r"\1 the birth of \2|did \2 come into the world"),
    (r"\bused to\b", r"employed to|that serves to"),
    (r"\bmore than\b", r"over|in excess of"),
    (r"\bas well as\b", r"and also|along with"),
    (r"\bin order to\b", r"so as to"),
    (r"\bdue to\b", r"because of|owing to"),
    (r"\bbecause of\b", r"due to|on account of"),
    (r"\bbased on\b", r"adapted from|drawn from"),
    (r"\bpart of\b", r"a member of|belonging to"),
)  # fmt: skip
OPENERS = (
    "tell me {}", "do we know {}", "hey, {}", "quick question: {}", "i want to know {}", "so {}",
    "any idea {}", "{} please", "remind me, {}", "according to the text, {}", "just curious, {}",
)  # fmt: skip


def rewrite_words(
    text: str,
    lexicon: Lexicon,
    rng: random.Random,
    share: Callable[[str], float],
    *,
    wider: bool,
    fixed: Sequence[tuple[int, int]] = (),
) -> tuple[str, list[tuple[int, int]]]:
    """Replace content words.

    Args:
        text: One sentence or question.
        lexicon: The words to use instead.
        rng: Source of chance.
        share: Chance that a word is replaced.
        wider: Whether a more general word may stand in, too.
        fixed: Ranges that must stay as they are.

    Returns:
        The new text, and where the fixed ranges stand in it.
    """
    matches = list(TOKEN.finditer(text))
    words = [m.group() for m in matches]
    done, starts, length = [], {}, 0
    for i, match in enumerate(matches):
        starts[match.start()] = length
        inside = any(a < match.end() and match.start() < b for a, b in fixed)
        new = words[i]
        if not inside and _is_open(words, i, lexicon) and rng.random() < share(new):
            new = _replacement(words, i, lexicon, rng, wider=wider) or new
            if new != words[i]:
                length += _mend_article(done, new, fixed)
        done.append(new)
        length += len(new)
    moved = [(starts[a], starts[a] + b - a) for a, b in fixed if a in starts]
    return "".join(done), moved


def _mend_article(done: list[str], word: str, fixed: Sequence[tuple[int, int]]) -> int:
    if fixed or len(done) < 2 or done[-2].lower() not in ("a", "an"):
        return 0
    article = "an" if word[0] in "aeiou" else "a"
    article = article.capitalize() if done[-2][0] == "A" else article
    change = len(article) - len(done[-2])
    done[-2] = article
    return change


def _is_open(words: list[str], i: int, lexicon: Lexicon) -> bool:
    """Say whether a word may be replaced: no name, no stop word, no part of a set phrase."""
    word = words[i]
    if not re.fullmatch(r"[a-z]{3,}", word) or word in KEEP:
        return False
    if i + 1 < len(words) and words[i + 1] in "-/_":
        return False
    pairs = [(i - 2, i), (i, i + 2)]
    known = lexicon.net.senses
    for a, b in pairs:
        if a >= 0 and b < len(words):
            both = f"{words[a]} {words[b]}".lower()
            if (both, "n") in known or (both, "v") in known:
                return False
    return True


def _replacement(
    words: list[str], i: int, lexicon: Lexicon, rng: random.Random, *, wider: bool
) -> str | None:
    analysis = _analysis(words, i, lexicon)
    if not analysis or analysis.lemma in KEEP:
        return None
    key = analysis.lemma, analysis.pos
    options = lexicon.same.get(key, [])
    if wider and (not options or rng.random() < 0.3):
        options = lexicon.wider.get(key, []) or options
    if not options:
        return None
    weights = [1.0 + min(3.0, lexicon.net.count(o, analysis.pos) / 10) for o in options]
    chosen = rng.choices(options, weights)[0]
    helper = words[max(0, i - 12) : i]
    participle = bool({"was", "were", "been", "is", "are", "be", "by", "has", "have", "had"}
                      & {w.lower() for w in helper})  # fmt: skip
    return lexicon.net.inflect(chosen, analysis.pos, analysis.form, participle=participle)


def _analysis(words: list[str], i: int, lexicon: Lexicon) -> Analysis | None:
    """Guess part of speech and form from the neighbours, else from how often each is used."""
    net = lexicon.net
    before = words[i - 2].lower() if i >= 2 else ""
    after = words[i + 2].lower() if i + 2 < len(words) else ""
    found = net.analyses(words[i])
    if before in BEFORE_VERB:
        found = [a for a in found if a.pos == "v" and not a.form] or found
    elif before in BEFORE_NOUN:
        found = [a for a in found if a.pos in "na" or a.form == "ing"] or found
        if after in STOP_WORDS or not after:
            found = [a for a in found if a.pos == "n"] or found
    ranked = sorted(found, key=lambda a: -net.count(a.lemma, a.pos))
    if not ranked:
        return None
    counts = [net.count(a.lemma, a.pos) for a in ranked]
    if len(ranked) > 1 and counts[0] < 2 * counts[1] and (ranked[0].lemma, ranked[0].pos) != (
        ranked[1].lemma, ranked[1].pos
    ):  # fmt: skip
        return None
    return ranked[0]


def reframe(question: str, rng: random.Random) -> str:
    """Turn the question's skeleton round: who/by whom, when/in what year."""
    frames = [frame for frame in FRAMES if re.search(frame[0], question)]
    if not frames:
        return question
    pattern, options = rng.choice(frames[:2])
    chosen = rng.choice(options.split("|"))
    return re.sub(pattern, chosen, question, count=1)


def shorten_names(
    question: str, lexicon: Lexicon, donors: Donors, passage: str, rng: random.Random
) -> str:
    """Call a person by the surname, a body by its initials, a page by its description."""
    for name in mentions(question):
        words = name.split()
        if rng.random() < 0.35 and name in lexicon.titles and len(words) > 1:
            if _is_safe(name, lexicon.titles[name], passage):
                question = question.replace(name, f"the {lexicon.titles[name]}", 1)
        elif donors.kind(name) == "person" and len(words) in (2, 3) and rng.random() < 0.5:
            question = question.replace(name, words[-1], 1)
        elif len(words) >= 3 and rng.random() < 0.5:
            question = question.replace(name, initials(words), 1)
    return re.sub(r"\b([Tt]he) the ", r"\1 ", question)


def _is_safe(name: str, described: str, passage: str) -> bool:
    """Check that the description does not also fit another subject of the passage."""
    if name in passage:
        return True
    return len(set(words_of(described)) - set(words_of(passage))) >= 2


def initials(words: Sequence[str]) -> str:
    """Return the initials of a name's capitalised words."""
    return "".join(word[0] for word in words if word[0].isupper())


def misspell(text: str, rng: random.Random, rate: float = 1 / 15) -> str:
    """Swap or drop a letter in some lower-case words."""

    def change(match: re.Match[str]) -> str:
        word = match.group()
        if rng.random() > rate:
            return word
        at = rng.randrange(1, len(word) - 2)
        if rng.random() < 0.5:
            return word[:at] + word[at + 1 :]
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]

    return re.sub(r"\b[a-z]{5,}\b", change, text)


def respell(text: str) -> str:
    """Change American spelling to British, and back."""
    return re.sub(r"[a-z]+", lambda m: SPELLING.get(m.group(), m.group()), text)


def open_casually(question: str, rng: random.Random) -> str:
    """Put a few words in front, as people do."""
    bare = question.rstrip("? ")
    head = bare.split(maxsplit=1)[0] if bare else ""
    if head.lower() in STOP_WORDS or head in ("Name", "Tell", "Give"):
        bare = bare[:1].lower() + bare[1:]
    return rng.choice(OPENERS).format(bare)


def rewrite_question(
    example: Example, lexicon: Lexicon, donors: Donors, rng: random.Random
) -> Example:
    """Say the question in other words."""
    question = example.question
    if rng.random() < 0.3:
        question = shorten_names(question, lexicon, donors, example.passage, rng)
    if rng.random() < 0.4:
        question = reframe(question, rng)
    chance = rng.uniform(0.5, 1.0)
    question, _ = rewrite_words(question, lexicon, rng, lambda _: chance, wider=True)
    if rng.random() < 0.1:
        question = respell(question)
    if rng.random() < 0.12:
        question = open_casually(question, rng)
    if rng.random() < 0.25:
        question = misspell(question, rng)
    return replace(example, question=question)


def rewrite_passage(example: Example, lexicon: Lexicon, rng: random.Random) -> Example:
    """Say the passage in other words: most that the question shares, and some others."""
    shared = {word[:5] for word in words_of(example.question)}
    chance = rng.uniform(0.5, 1.0)

    def share(word: str) -> float:
        return chance if word[:5] in shared else 0.15

    sentences, answers = [], []
    for number, sentence in enumerate(example.sentences):
        fixed = [(a, b) for i, a, b in example.answers if i == number]
        snapped = snap(sentence, fixed)
        new, moved = rewrite_words(sentence, lexicon, rng, share, wider=False, fixed=snapped)
        if len(moved) != len(fixed):
            new, moved = sentence, fixed
        sentences.append(new)
        for (a, b), (c, _), (low, _) in zip(fixed, snapped, moved, strict=True):
            answers.append((number, low + a - c, low + b - c))
    return replace(example, sentences=tuple(sentences), answers=tuple(answers))


def snap(text: str, ranges: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Widen ranges to whole tokens."""
    spans = [m.span() for m in TOKEN.finditer(text)]
    found = []
    for low, high in ranges:
        touched = [s for s in spans if s[0] < high and low < s[1]]
        found.append((touched[0][0], touched[-1][1]) if touched else (low, high))
    return found


def rewrite(example: Example, lexicon: Lexicon, donors: Donors, rng: random.Random) -> Example:
    """Rewrite the question, the passage, or both."""
    draw = rng.random()
    if draw < 0.7:
        example = rewrite_question(example, lexicon, donors, rng)
    if draw >= 0.5:
        example = rewrite_passage(example, lexicon, rng)
    return example


def rewrite_some(
    examples: Sequence[Example], lexicon: Lexicon, donors: Donors, *, share: float, seed: int
) -> list[Example]:
    """Rewrite a share of the examples, chosen by chance alone."""
    rng = random.Random(seed)
    return [
        rewrite(example, lexicon, donors, rng) if rng.random() < share else example
        for example in examples
    ]


def main() -> None:
    """Print samples to read."""
    from examples import build_examples, donors_of, lexicon_of, load_corpora
    from run import base_weights

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--wordnet", type=Path, default=WORDNET)
    parser.add_argument("--work", type=Path, default=Path("training/work/stage2"))
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    corpus, dev = load_corpora(options.data)
    lexicon = lexicon_of((corpus, dev), base_weights(), options.wordnet, options.work)
    lexicon = lexicon.part(unseen=False)
    donors = donors_of(corpus)
    rng = random.Random(options.seed)
    made = build_examples(dev, donors, seed=options.seed, attribute_share=0.3)
    for example in made[: options.count]:
        new = rewrite(example, lexicon, donors, rng)
        print(f"{example.kind} {example.answerable}\n  Q {example.question}\n  > {new.question}")
        for old, other in zip(example.sentences, new.sentences, strict=True):
            if old != other:
                print(f"  P {old}\n  > {other}")
        print("  A", [new.passage[a:b] for a, b in new.answer_ranges])


if __name__ == "__main__":
    main()
