"""Synonyms and hypernyms from WordNet 3.0, in the inflection of the word they replace."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

WORDNET = Path("/usr/share/wordnet")
POS = {"noun": "n", "verb": "v", "adj": "a", "adv": "r"}
POS_NUMBER = {"1": "n", "2": "v", "3": "a", "4": "r", "5": "a"}
ENDINGS = {
    "n": (("ies", "y", "s"), ("ses", "s", "s"), ("xes", "x", "s"), ("ches", "ch", "s"),
          ("shes", "sh", "s"), ("s", "", "s")),
    "v": (("ies", "y", "s"), ("es", "e", "s"), ("es", "", "s"), ("s", "", "s"),
          ("ied", "y", "ed"), ("ed", "e", "ed"), ("ed", "", "ed"),
          ("ing", "e", "ing"), ("ing", "", "ing")),
    "a": (),
    "r": (),
}  # fmt: skip
DOUBLED = re.compile(r"([bdgklmnprtz])\1$")
VAGUE = frozenset(
    "entity thing object matter physical whole unit part piece abstraction act action activity "
    "event state attribute relation group grouping artifact instrumentality content communication "
    "be have do make get take give go come let put set run change move travel act cause tell "
    "being soul mortal someone somebody individual organism cognition psychological feature "
    "construct device stuff medium way happening case bit deal lot fuck screw shit ass bastard "
    "bed bang jap negro nigger colored".split()
)
LIGHT = frozenset(
    "be have do make get take give go come let put set run use call name see know say play show "
    "keep turn bring hold many much more most other such own same new old good bad last next first "
    "second one two three year years day days time times people person man men woman women thing "
    "things way part world war state states north south east west number back work like well "
    "american english british german french russian chinese japanese".split()
)


@dataclass(frozen=True, slots=True)
class Analysis:
    """A word as a lemma, its part of speech and its inflection ("", "s", "ed" or "ing")."""

    lemma: str
    pos: str
    form: str


@dataclass
class WordNet:
    """The tables of WordNet that rewriting needs.

    Attributes:
        senses: (lemma, part of speech) → synsets, the most frequent first.
        counts: (lemma, part of speech, number of the sense) → tagged uses.
        words: (part of speech, synset) → its lemmas.
        parents: (part of speech, synset) → hypernyms.
        irregular: (inflected word, part of speech) → lemma.
        forms: (lemma, part of speech) → its irregular forms.
        known: Words analysed before.
    """

    senses: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    counts: dict[tuple[str, str, int], int] = field(default_factory=dict)
    words: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    parents: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    irregular: dict[tuple[str, str], str] = field(default_factory=dict)
    forms: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    known: dict[str, list[Analysis]] = field(default_factory=dict)

    def count(self, lemma: str, pos: str) -> int:
        """Return how often a lemma was tagged, over all senses."""
        return sum(
            self.counts.get((lemma, pos, i + 1), 0)
            for i in range(len(self.senses.get((lemma, pos), ())))
        )

    def analyses(self, word: str) -> list[Analysis]:
        """List what an inflected word may be, the most used first."""
        if word not in self.known:
            self.known[word] = self._analyse(word)
        return self.known[word]

    def _analyse(self, word: str) -> list[Analysis]:
        found = []
        for pos in "nvar":
            if (word, pos) in self.irregular:
                form = "s" if pos == "n" else "ed"
                found.append(Analysis(self.irregular[word, pos], pos, form))
                continue
            if (word, pos) in self.senses:
                found.append(Analysis(word, pos, ""))
            found += self._stripped(word, pos)[:1]
        return sorted(found, key=lambda a: -self.count(a.lemma, a.pos))

    def _stripped(self, word: str, pos: str) -> list[Analysis]:
        found = []
        for ending, instead, form in ENDINGS[pos]:
            if not word.endswith(ending) or len(word) - len(ending) < 2 or word.endswith("ss"):
                continue
            stem = word[: -len(ending)] + instead
            single = DOUBLED.sub(r"\1", stem)
            found += [
                Analysis(lemma, pos, form)
                for lemma in (stem, single)
                if (lemma, pos) in self.senses and lemma != word
            ]
        return sorted(found, key=lambda a: -self.count(a.lemma, pos))

    def main_senses(self, lemma: str, pos: str) -> list[str]:
        """Return the first one or two synsets, those that make up a good part of the uses."""
        synsets = self.senses.get((lemma, pos), [])
        total = self.count(lemma, pos)
        return [
            synset
            for i, synset in enumerate(synsets[:2])
            if len(synsets) == 1 or self.counts.get((lemma, pos, i + 1), 0) >= 0.3 * max(1, total)
        ]

    def synonyms(self, lemma: str, pos: str) -> list[str]:
        """List words for the main senses of a lemma."""
        found = []
        for synset in self.main_senses(lemma, pos):
            found += self._usable(synset, pos, lemma, least=0)
        return list(dict.fromkeys(found))

    def hypernyms(self, lemma: str, pos: str) -> list[str]:
        """List common words for what a lemma is a kind of, for its first sense."""
        found = []
        for synset in self.main_senses(lemma, pos)[:1]:
            for parent in self.parents.get((pos, synset), []):
                found += self._usable(parent, pos, lemma, least=5)
        return list(dict.fromkeys(found))

    def _usable(self, synset: str, pos: str, lemma: str, least: int) -> list[str]:
        return [
            word
            for word in self.words[pos, synset]
            if word != lemma
            and word[:5] != lemma[:5]
            and not set(word.split()) & VAGUE
            and re.fullmatch(r"[a-z]{3,}( [a-z]+){0,2}", word)
            and (self.count(word, pos) >= least)
            and synset in self.senses.get((word, pos), [])[:3]
        ]

    def inflect(self, lemma: str, pos: str, form: str, *, participle: bool = False) -> str:
        """Put a lemma, also one of several words, into a form."""
        if not form:
            return lemma
        first, _, rest = lemma.partition(" ")
        if pos == "n" and rest:
            head, _, last = lemma.rpartition(" ")
            return f"{head} {self._inflect_one(last, pos, form, participle)}"
        done = self._inflect_one(first, pos, form, participle)
        return f"{done} {rest}" if rest else done

    def _inflect_one(self, word: str, pos: str, form: str, participle: bool) -> str:
        irregular = self.forms.get((word, pos), [])
        if form == "s" and pos == "n" and irregular:
            return irregular[0]
        if form == "ed" and irregular:
            fitting = [f for f in irregular if bool(re.search(r"ne?$|u", f)) is participle]
            return (fitting or irregular)[0]
        return regular(word, form)


def regular(word: str, form: str) -> str:
    """Inflect a regular word."""
    if form == "s":
        if re.search(r"(?:s|x|z|ch|sh)$", word):
            return word + "es"
        return re.sub(r"(?<=[^aeiou])y$", "ie", word) + "s"
    if re.search(r"^[^aeiou]*[aeiou][bdgmnprt]$", word):
        word += word[-1]
    if form == "ed":
        return re.sub(r"(?<=[^aeiou])y$", "i", word).removesuffix("e") + "ed"
    return re.sub(r"(?<=[^eoy])e$", "", word) + "ing"


@lru_cache(maxsize=1)
def load_wordnet(folder: Path = WORDNET) -> WordNet:
    """Read the database files of WordNet 3.0."""
    net = WordNet()
    for name, pos in POS.items():
        _read_index(net, pos, _lines(folder / f"index.{name}"))
        _read_data(net, pos, _lines(folder / f"data.{name}"))
        for line in _lines(folder / f"{name}.exc"):
            inflected, lemma = line.split()[:2]
            net.irregular[inflected, pos] = lemma
            if not inflected.endswith("ing"):
                net.forms[lemma, pos].append(inflected)
    for line in _lines(folder / "cntlist.rev"):
        key, number, count = line.split()
        lemma, _, rest = key.partition("%")
        net.counts[lemma.replace("_", " "), POS_NUMBER[rest[0]], int(number)] = int(count)
    return net


def _lines(path: Path) -> Iterable[str]:
    with path.open(encoding="utf-8") as file:
        yield from (line for line in file if not line.startswith("  "))


def _read_index(net: WordNet, pos: str, lines: Iterable[str]) -> None:
    for line in lines:
        parts = line.split()
        net.senses[parts[0].replace("_", " "), pos] = parts[-int(parts[2]) :]


def _read_data(net: WordNet, pos: str, lines: Iterable[str]) -> None:
    for line in lines:
        parts = line.split("|")[0].split()
        size = int(parts[3], 16)
        net.words[pos, parts[0]] = [
            re.sub(r"\(.*\)", "", w).replace("_", " ") for w in parts[4 : 4 + 2 * size : 2]
        ]
        at = 4 + 2 * size
        pointers = [parts[at + 1 + 4 * i : at + 5 + 4 * i] for i in range(int(parts[at]))]
        net.parents[pos, parts[0]] = [p[1] for p in pointers if p[0] == "@" and p[2] == pos]
