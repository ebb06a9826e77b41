"""Each rule for the texts of a corpus: what breaks it is named with its line, the rest passes."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from briefbot.cli import main
from briefbot.corpus_check import CorpusReport, check_corpus
from briefbot.corpus_check.near_duplicates import near_duplicates, shingles
from briefbot.corpus_check.prose import BRIEF_WORDS

REPO = Path(__file__).parent.parent
FILLER = " ".join(
    f"Harbour {name} shipped grain, timber and coal to {n} ports in the year {1800 + n}."
    for n, name in enumerate(
        """Aldby Brunnvik Carle Dornes Elvik Fanton Garmo Hesby Ilvo Jarn Kolby Lunde Marby Norvik
        Osby Parle Qvarn Risby Solna Torvik Ulnes Varde Wisby Yxta Zarby Arnes Bolby Cimbris Dalby
        Ekby Forsby Grenna Halden Ivarsby Jonsby Kumla Larvik Mosby""".split()
    )
)
REGISTER = """\
sources:
  - key: PORT31
    title: "Port roll"
    publisher: "Port office"
    date: "1931-02-01"
    url: "https://port.example/roll"
    kind: primary
  - key: GAZETTE
    title: "The gazette"
    publisher: "Gazette"
    date: "1932"
    url: null
    kind: state media
  - key: RUMOUR
    title: "Hearsay"
    publisher: "Nobody"
    date: n.d.
    url: null
    kind: other
    note: "Do not cite."
    citable: false
unused:
  - {key: IDLE, title: "Idle", publisher: "Nobody", date: "2024", url: null, kind: other}
"""
BRIEF = f"""\
---
title: Harbours
summary: How the harbours of the U.S. coast grew.
topic: T01
actors: [Port office]
as_of: 2026-01
kind: brief
language: en
date: 2026-11-22
sources: [PORT31, GAZETTE]
---

# Harbours

{FILLER} [PORT31]

## What did the gazette say?

The gazette, state media of the time, praised them all:

- the cranes of “iron and oak”
- the new quays [GAZETTE] [PORT31]

Nobody counted the rowing boats (not checked against a source here).
"""


def check(brief: str = BRIEF, **files: str) -> CorpusReport:
    """Check a corpus of one brief, with a register whose uncitable entry is set aside."""
    register = REGISTER.replace("  - key: RUMOUR", "unused:\n  - key: RUMOUR", 1)
    register = register.replace("unused:\n  - {key: IDLE", "  - {key: IDLE", 1)
    named = {"briefs/harbours.md": brief, "sources.yaml": register}
    return check_corpus(named | {name.replace("__", "/"): text for name, text in files.items()})


def defects(brief: str = BRIEF, **files: str) -> list[str]:
    return [str(defect) for defect in check(brief, **files).defects]


def line_of(words: str, text: str = BRIEF) -> int:
    return text[: text.index(words)].count("\n") + 1


def test_a_brief_that_keeps_the_rules_has_no_defects():
    report = check()

    assert report.defects == ()
    assert report.documents == 1
    assert report.sources == 2
    assert report.words["briefs/harbours.md"] in BRIEF_WORDS


# --- front matter -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["title", "summary", "topic", "actors", "as_of", "kind", "sources"]
)
def test_front_matter_is_complete(name: str):
    line = next(line for line in BRIEF.splitlines() if line.startswith(f"{name}:"))

    assert f"briefs/harbours.md:1: the front matter has no `{name}`; add it." in defects(
        BRIEF.replace(f"{line}\n", "", 1)
    )


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("actors: [Port office]", "actors: Port office", "`actors` is no list"),
        ("actors: [Port office]", "actors: []", "`actors` is empty"),
        ("sources: [PORT31, GAZETTE]", "sources: PORT31", "`sources` is no list"),
        ("coast grew.", "coast grew. They still do.", "`summary` is not one sentence"),
        ("coast grew.", "coast grew", "`summary` is not one sentence"),
        ("kind: brief", "kind: essay", "`kind` is not `brief`"),
        ("as_of: 2026-01", "as_of: January 2026", "is no ISO date"),
        ("date: 2026-11-22", "date: 2026-11-31", "is no ISO date"),
        ("date: 2026-11-22", "date: 2026-13", "is no ISO date"),
        ("language: en", "url: port.example", "`url: port.example` is no address"),
        ("[PORT31, GAZETTE]", "[PORT31]", "`sources` lacks GAZETTE"),
        ("[PORT31, GAZETTE]", "[PORT31, GAZETTE, IDLE]", "`sources` names IDLE"),
    ],
)
def test_front_matter_is_well_formed(old: str, new: str, problem: str):
    found = defects(BRIEF.replace(old, new, 1))

    line = line_of(old) if not old.startswith("coast") else line_of("summary:")
    if not old.startswith("["):
        assert any(d.startswith(f"briefs/harbours.md:{line}: ") and problem in d for d in found)
    assert any(problem in defect for defect in found)


def test_front_matter_that_is_not_yaml_is_named():
    (defect,) = defects(other__a="", **{"notes.md": "---\ntitle: 'open\n---\n\nText.\n"})

    assert defect.startswith("notes.md:1: the front matter is not YAML")


def test_front_matter_that_is_a_list_counts_as_none():
    assert defects(**{"notes.md": "---\n- a\n---\n\nText.\n"}) == []


# --- keys ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "problem"),
    [
        ("NOWHERE", "[NOWHERE] is not in sources.yaml"),
        ("RUMOUR", "[RUMOUR] stands under `unused`"),
        ("IDLE", "[IDLE] stands under `unused`"),
    ],
)
def test_a_key_must_be_in_the_register(key: str, problem: str):
    brief = BRIEF.replace("[GAZETTE] [PORT31]", f"[GAZETTE] [{key}]")

    line = line_of("the new quays")
    assert any(d.startswith(f"briefs/harbours.md:{line}: {problem}") for d in defects(brief))


def test_a_source_must_be_citable():
    brief = BRIEF.replace("[GAZETTE] [PORT31]", "[GAZETTE] [RUMOUR]").replace(
        "sources: [PORT31, GAZETTE]", "sources: [PORT31, GAZETTE, RUMOUR]"
    )

    report = check_corpus({"briefs/harbours.md": brief, "sources.yaml": REGISTER})

    line = line_of("the new quays")
    assert [str(defect) for defect in report.defects] == [
        f"briefs/harbours.md:{line}: [RUMOUR] is not citable (Do not cite.); use another source."
    ]


def test_every_entry_of_the_register_is_used():
    report = check_corpus({"briefs/harbours.md": BRIEF, "sources.yaml": REGISTER})

    assert [str(defect) for defect in report.defects] == [
        "sources.yaml:14: no text uses RUMOUR; move it to `unused` or remove it."
    ]


@pytest.mark.parametrize("sentence", ["Some [PORT31] counted", "Some came [PORT31]. Some counted"])
def test_keys_stand_at_the_end_of_a_paragraph(sentence: str):
    brief = BRIEF.replace("Nobody counted", sentence)

    (defect,) = defects(brief)

    assert f":{line_of('Nobody counted')}: [PORT31] stands inside a paragraph" in defect


@pytest.mark.parametrize(
    "paragraph",
    [
        "Nobody counted the rowing boats.",
        "Nobody counted the rowing boats [1].",
        "Nobody counted the rowing boats [Port31].",
        "Nobody counted the rowing boats:\n\n- in Aldby\n- in Osby",
        "| Port | Boats |\n|---|---|\n| Aldby | 3 |",
    ],
)
def test_every_paragraph_and_list_ends_with_its_source(paragraph: str):
    brief = BRIEF.replace(
        "Nobody counted the rowing boats (not checked against a source here).", paragraph
    )

    line = line_of("Nobody counted") + paragraph.count("\n")
    assert defects(brief) == [
        f"briefs/harbours.md:{line}: this paragraph ends without a source; add its keys or "
        "“(not checked against a source here)”."
    ]


@pytest.mark.parametrize(
    "paragraph",
    [
        "Three were counted. [PORT31]",
        "- in Aldby [PORT31]\n\n- in Osby [PORT31]",
        "| Port | Boats |\n|---|---|\n| Aldby | 3 |\n\n[PORT31]",
        "[The list of ports](../ports.md)",
        "- [The list of ports](../ports.md)\n- [The roll](https://port.example/roll)",
    ],
)
def test_what_ends_with_a_source_or_is_a_list_of_links_passes(paragraph: str):
    brief = BRIEF.replace(
        "Nobody counted", f"Boats came. [PORT31]\n\n{paragraph}\n\nNobody counted"
    )

    assert defects(brief, **{"ports.md": "# Ports\n\nAldby.\n"}) == []


@pytest.mark.parametrize("words", ["state media of the time", "the state-run paper"])
def test_state_media_named_as_such_pass(words: str):
    assert defects(BRIEF.replace("state media of the time", words)) == []


def test_state_media_must_be_named_as_such():
    brief = BRIEF.replace("state media of the time", "a paper of the time")

    (defect,) = defects(brief)

    assert f":{line_of('the new quays')}: [GAZETTE] is state media, which" in defect


# --- prose --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("words", "is_long"), [(45, False), (46, True)])
def test_a_sentence_has_at_most_45_words(words: int, is_long: bool):
    sentence = "Boats " + "and boats " * ((words - 1) // 2) + ("now" if words % 2 == 0 else "")
    brief = BRIEF.replace("Nobody counted", f"{sentence.strip()}. Nobody counted")

    found = defects(brief)

    assert (f"a sentence of {words} words" in "".join(found)) == is_long
    assert len(found) == is_long


@pytest.mark.parametrize(("opening", "closing"), [("“", "”"), ('"', '"')])
@pytest.mark.parametrize(("words", "is_long"), [(25, False), (26, True)])
def test_a_quotation_has_at_most_25_words(opening: str, closing: str, words: int, is_long: bool):
    quotation = f"{opening}{' '.join(['quay'] * words)}{closing}"
    brief = BRIEF.replace("Nobody counted", f"The roll says {quotation}. Nobody counted")

    found = defects(brief)

    assert (f"a quotation of {words} words" in "".join(found)) == is_long
    assert len(found) == is_long


def test_two_quotations_of_one_paragraph_are_not_taken_for_one():
    middle = "and " * 30
    brief = BRIEF.replace("Nobody", f'It says "quay". {middle}. It says "crane". Nobody')

    assert "quotation" not in "".join(defects(brief))


@pytest.mark.parametrize("size", [499, 1101])
def test_a_brief_has_500_to_1100_words(size: int):
    body = "\n".join(f"Port{n} is open." for n in range(size // 3)) + " Yes" * (size % 3)
    brief = f"{BRIEF[: BRIEF.index('# Harbours')]}{body} [GAZETTE] [PORT31]\n"

    assert f"the brief has {size} words; write 500 to 1,100." in "".join(defects(brief))


# --- links --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("link", "problem"),
    [
        ("[the roll](https://port.example/roll)", ""),
        ("[the ports](../ports.md)", ""),
        ("[the ports](../ports.md#aldby)", ""),
        ("[below](#members)", ""),
        ("[](../ports.md)", "has no words"),
        ("[the roll](https:/port.example)", "leads nowhere"),
        ("[the roll](port.example/roll)", "leads nowhere"),
        ("[the roll](ftp://port.example/roll)", "leads nowhere"),
        ("[the ports](ports.md)", "leads nowhere"),
        ("[the ports](../../ports.md)", "leads nowhere"),
        ("[the ports]()", "leads nowhere"),
        ("[the ports](#)", "leads nowhere"),
    ],
)
def test_links_lead_somewhere(link: str, problem: str):
    brief = BRIEF.replace("Nobody counted", f"See {link}. Nobody counted")

    found = defects(brief, **{"ports.md": "# Ports\n\nAldby.\n"})

    assert len(found) == bool(problem)
    assert problem in "".join(found)


def test_a_text_that_others_wrote_is_checked_for_links_and_dates_only():
    article = (
        "---\ntitle: A\ndate: yesterday\n---\n\n" + "very " * 60 + "long [x](nowhere.md) [NOKEY]\n"
    )

    assert [d.partition(": ")[2][:22] for d in defects(**{"article.md": article})] == [
        "`date: yesterday` is n",
        "the link to 'nowhere.m",
    ]


def test_a_page_that_is_not_a_brief_needs_no_topic_and_no_source_in_every_paragraph():
    page = (
        "---\ntitle: Glossary\nsummary: What words mean.\nas_of: 2026-11-22\nkind: glossary\n"
        "sources: [PORT31]\n---\n\nThis page explains words.\n\nA quay is a wall. [PORT31]\n"
    )

    assert defects(**{"glossary.md": page}) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("README.md", "---\nindex: false\n---\n\n[x](nowhere.md)\n"),
        ("primary/treaty.md", "---\ndate: long ago\n---\n\n[x](nowhere.md) [NOKEY]\n"),
    ],
)
def test_pages_outside_the_index_and_fetched_documents_are_not_checked(name: str, text: str):
    assert defects(**{name: text}) == []


# --- near-duplicates ----------------------------------------------------------------------------

PASSAGE = (
    "The council of the harbour met in the spring of 1931 and decided to build a second quay of "
    "granite, because the first one had been damaged by ice in three winters out of five."
)


def repeats(one: str, other: str) -> list[str]:
    words = BRIEF[: BRIEF.index("# Harbours")] + "# Harbours\n\n"
    report = check_corpus(
        {
            "briefs/one.md": f"{words}{one} [PORT31]\n",
            "briefs/two.md": f"{words}{other} [PORT31]\n",
        }
    )
    return [str(defect) for defect in report.defects if "repeats" in defect.text]


def test_a_copied_passage_is_named_with_both_places():
    (defect,) = repeats(PASSAGE, PASSAGE)

    assert defect.startswith("briefs/two.md:15: this passage repeats briefs/one.md:15 ")
    assert "similarity 1.00" in defect


def test_a_copy_with_a_word_changed_here_and_there_is_still_a_copy():
    changed = PASSAGE.replace("granite", "concrete").replace("out of", "of")

    assert len(repeats(PASSAGE, changed)) == 1


def test_the_same_facts_in_other_words_are_no_copy():
    retold = (
        "Ice had damaged the first quay in three winters out of five, so in spring 1931 the "
        "harbour's council chose to have another one built, this time of granite."
    )

    assert repeats(PASSAGE, retold) == []


def test_a_short_passage_is_too_short_to_be_a_copy():
    assert repeats("The harbour opened in 1871.", "The harbour opened in 1871.") == []


def test_shingles_are_runs_of_three_terms():
    assert shingles("The harbours opened, at last, in 1871.") == {
        ("harbor", "open", "last"),
        ("open", "last", "1871"),
    }
    assert near_duplicates([]) == []


# --- the list of documents to fetch -------------------------------------------------------------


def test_the_list_of_documents_to_fetch_is_checked_too():
    listed = (
        "documents:\n"
        "  - {id: roll, title: T, publisher: P, date: n.d., url: 'https://a.example/b', kind: k,"
        " licence: L, language: en, tested: true}\n"
        "  - {id: roll, title: T, publisher: P, date: n.d., url: 'https://a.example/c', kind: k,"
        " licence: L, language: en, tested: false}\n"
        "  - {id: Roll 2, title: T, publisher: P, date: n.d., url: here, kind: k,"
        " licence: L, language: english, tested: maybe}\n"
    )

    found = defects(**{"primary-sources.yaml": listed})

    assert found[0] == ("primary-sources.yaml:3: the id roll is taken already; choose another.")
    assert {defect.split("`")[1] for defect in found[1:]} == {"id", "url", "language", "tested"}
    assert all(defect.startswith("primary-sources.yaml:4: Roll 2, ") for defect in found[1:])


# --- the command --------------------------------------------------------------------------------


@pytest.fixture
def cli(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    def run(*arguments: str | Path) -> tuple[int, str, str]:
        command = ["briefbot", "corpus", "check", *map(str, arguments)]
        monkeypatch.setattr(sys, "argv", command)
        try:
            main()
        except SystemExit as exit_:
            return (int(exit_.code or 0), *capsys.readouterr())
        return (0, *capsys.readouterr())

    return run


def test_the_corpus_of_this_project_has_no_defects(cli):
    code, out, _ = cli("--corpus", REPO / "corpus")

    assert out.splitlines()[-1].endswith("no defects")
    assert code == 0


def test_the_command_prints_a_line_for_each_defect_and_a_summary(cli, write, tmp_path: Path):
    write("sources.yaml", REGISTER)
    write("briefs/harbours.md", BRIEF)

    code, out, _ = cli("--corpus", tmp_path)

    line, summary = out.splitlines()
    assert code == 1
    assert (
        line
        == f"{tmp_path}/sources.yaml:14: no text uses RUMOUR; move it to `unused` or remove it."
    )
    assert summary.startswith("1 text, 1 brief of ")
    assert summary.endswith(" words, 3 sources: 1 defect")


def test_the_command_prints_json(cli, write, tmp_path: Path):
    write("sources.yaml", REGISTER)
    write("briefs/harbours.md", BRIEF)

    code, out, _ = cli("--corpus", tmp_path, "--json")

    report = json.loads(out)
    assert code == 1
    assert (report["documents"], report["briefs"], report["sources"]) == (1, 1, 3)
    assert report["words"] in BRIEF_WORDS
    assert report["defects"] == [
        {
            "path": "sources.yaml",
            "line": 14,
            "text": "no text uses RUMOUR; move it to `unused` or remove it.",
        }
    ]


def test_a_text_that_is_not_utf_8_is_an_error(cli, write, tmp_path: Path):
    write("a.md", b"caf\xe9")

    code, _, err = cli("--corpus", tmp_path)

    assert code == 1
    assert "cannot be read" in err
    assert "Save it as UTF-8." in err


def test_a_corpus_without_registers_can_be_checked(cli, write, tmp_path: Path):
    write("a.md", "# A\n\nA fact.\n")

    code, out, _ = cli("--corpus", tmp_path)

    assert (code, out) == (0, "1 text, 0 briefs of 0 words, 0 sources: no defects\n")
