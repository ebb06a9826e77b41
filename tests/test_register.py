"""Source keys: found in texts, resolved by the register, and never read as words."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefbot.build import build_index, is_current
from briefbot.cite import is_verbatim
from briefbot.cli.questions import ask
from briefbot.embed import Vectors
from briefbot.evidence import quotes_of
from briefbot.load import load_corpus
from briefbot.pipeline import BriefBot
from briefbot.register import (
    RegisterEntry,
    blanked,
    blocks,
    parse_register,
    prose,
    sources_of,
    unread,
    with_sources,
)
from briefbot.report import answer_json, source_line
from briefbot.split import split
from briefbot.types import Document, SourceRef
from fakes import WordHashEmbedder

REGISTER = """\
sources:
  - key: AUREV70
    title: "SEATO"
    publisher: "Air University Review"
    date: "1970-09"
    url: "http://www.example.org/snyder.html"
    kind: scholarship
  - key: NAT49-TXT
    title: "The North Atlantic Treaty"
    publisher: "Public copies"
    date: n.d.
    url: null
    kind: primary
    note: "A copy."
  - key: "8PM-QUAD"
    title: "Quad marks 20 years"
    publisher: "8PM News"
    date: "2024-12-31"
    url: null
    kind: news
unused:
  - {key: IDLE, title: "Idle", publisher: "Nobody", date: "2024", url: null, kind: other}
"""
SEATO = """\
---
title: SEATO
kind: brief
---

# SEATO

The pact of Manila was signed in 1954. It named no duty to fight. [AUREV70] [NAT49-TXT]

## Members

Eight states signed the pact of Manila. [AUREV70]

- Thailand joined the pact as a member. [8PM-QUAD]
- The council sat in Bangkok (not checked against a source here).
- Pakistan left the pact after a war.

- France stopped its payments in 1975. [NAT49-TXT]
"""
ENTRIES = parse_register(REGISTER).entries


def document(text: str = SEATO) -> Document:
    start = text.index("# SEATO") if "# SEATO" in text else 0
    plain = Document(id="seato.md", title="SEATO", text=text, body_start=start)
    return with_sources(plain, ENTRIES)


def keys_behind(words: str, text: str = SEATO) -> list[str]:
    start = text.index(words)
    return [source.key for source in sources_of(document(text), (start, start + len(words)))]


# --- the register -------------------------------------------------------------------------------


def test_a_register_is_read_with_lines_and_with_what_is_set_aside():
    register = parse_register(REGISTER)

    assert list(register.entries) == ["AUREV70", "NAT49-TXT", "8PM-QUAD"]
    assert register.lines["NAT49-TXT"] == 8
    assert register.unused == {"IDLE"}
    assert register.problems == ()
    assert register.entries["NAT49-TXT"].url is None


def test_an_unknown_date_and_a_missing_address_are_shown_as_nothing():
    assert ENTRIES["NAT49-TXT"].ref == SourceRef(
        "NAT49-TXT", "The North Atlantic Treaty", "Public copies"
    )


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("key: AUREV70", "key: Aurev70", (2, "`key`")),
        ("key: AUREV70", "key: '1970'", (2, "`key`")),
        ('date: "1970-09"', "date: Sept 1970", (2, "`date`")),
        ('date: "1970-09"', "date: 1970-13", (2, "`date`")),
        ("kind: scholarship", "kind: rumour", (2, "`kind`")),
        ('"http://www.example.org/snyder.html"', "www.example.org", (2, "`url`")),
        ("    kind: scholarship\n", "", (2, "`kind`")),
        ("kind: scholarship", "kind: scholarship\n    colour: red", (2, "`colour`")),
        ("key: NAT49-TXT", "key: AUREV70", (8, "in the register already")),
        ("key: IDLE", "key: AUREV70", (22, "in the register already")),
        ("unused:", "spare:", (21, "`spare:` is no list of this file")),
        ("sources:\n", "sources: {}\nothers:\n", (1, "`sources:` is no list")),
        ("sources:\n", "", (20, "not YAML")),
        ("kind: scholarship", "kind: 'open", (23, "not YAML")),
    ],
)
def test_what_is_wrong_with_a_register_is_named_with_its_line(old, new, problem):
    problems = parse_register(REGISTER.replace(old, new, 1)).problems

    line, words = problem
    assert any(found.line == line and words in found.text for found in problems), problems


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "just words", "unused: []"])
def test_a_file_without_sources_is_no_register(text: str):
    register = parse_register(text)

    assert register.entries == {}
    assert "`sources:` is missing" in register.problems[0].text


# --- keys in texts ------------------------------------------------------------------------------


def test_a_document_gets_the_sources_that_it_uses_in_order_of_first_use():
    assert [source.key for source in document().sources] == ["AUREV70", "NAT49-TXT", "8PM-QUAD"]


def test_marks_links_and_unknown_keys_are_no_sources():
    text = "A fact [1] [AUREV70](x.md) [NATO] [nat49] [2]. [AUREV70]: note\n"

    assert document(text).sources == ()


def test_without_a_register_nothing_in_brackets_is_a_key():
    plain = Document(id="a.md", title="A", text="A fact. [AUREV70]\n")

    assert with_sources(plain, {}) is plain
    assert unread(plain) == ()
    assert sources_of(plain, (0, 7)) == ()


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        ("The pact of Manila was signed in 1954.", ["AUREV70", "NAT49-TXT"]),
        ("It named no duty to fight.", ["AUREV70", "NAT49-TXT"]),
        ("Eight states signed the pact of Manila.", ["AUREV70"]),
        ("Thailand joined the pact as a member.", ["8PM-QUAD"]),
        ("The council sat in Bangkok (not checked against a source here).", []),
        ("Pakistan left the pact after a war.", ["NAT49-TXT"]),
        ("France stopped its payments in 1975.", ["NAT49-TXT"]),
    ],
)
def test_a_quote_has_the_sources_that_close_its_paragraph_or_list(words: str, keys: list[str]):
    assert keys_behind(words) == keys


def test_a_line_that_announces_a_list_has_the_sources_of_the_list():
    text = (
        "# SEATO\n\nThe members were:\n\n1. Thailand\n2. France\n\n[AUREV70]\n\nMore. [8PM-QUAD]\n"
    )

    assert keys_behind("The members were:", text) == ["AUREV70"]
    assert keys_behind("Thailand", text) == ["AUREV70"]


def test_a_heading_ends_the_reach_of_keys():
    text = "# SEATO\n\nNo source here.\n## Next\nA fact. [AUREV70]\n"

    assert keys_behind("No source here.", text) == []


def test_text_in_front_matter_and_in_headings_has_no_sources():
    assert keys_behind("title: SEATO") == []
    assert keys_behind("Members") == []


@given(st.text(alphabet="ab1.:#-*[] \n\r", max_size=80))
def test_blocks_are_disjoint_ordered_and_hold_all_that_is_no_heading(text: str):
    spans = blocks(text)

    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)
    assert all(one[1] <= two[0] for one, two in itertools.pairwise(spans))
    outside = text
    for start, end in spans:
        outside = outside[:start] + " " * (end - start) + outside[end:]
    rest = [line for line in outside.splitlines() if line.strip()]
    assert all(line.lstrip(" ").startswith("#") for line in rest)


@given(st.text(alphabet="[AUREV70] .\n", max_size=60))
def test_blanking_keeps_every_offset(text: str):
    shown = blanked(text, ["[AUREV70]"])

    assert len(shown) == len(text)
    assert "[AUREV70]" not in shown


# --- reading ------------------------------------------------------------------------------------


class RecordingEmbedder(WordHashEmbedder):
    """Keeps every text that it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def embed_documents(self, texts) -> Vectors:
        self.texts.extend(texts)
        return super().embed_documents(texts)


@pytest.fixture
def seato_bot(settings, write, embedder) -> BriefBot:
    write("corpus/sources.yaml", REGISTER)
    write("corpus/primary-sources.yaml", "documents: []\n")
    write("corpus/seato.md", SEATO)
    build_index(settings, embedder=embedder)
    return BriefBot(settings, embedder=embedder)


def test_a_quote_ends_before_its_keys_and_stays_exact():
    seato = document()
    chunks = split(
        seato,
        count_tokens=WordHashEmbedder().count_tokens,
        max_tokens=200,
        overlap_sentences=0,
    )

    quotes = [quote for chunk in chunks for quote in quotes_of(chunk)]
    assert "It named no duty to fight." in [quote.text for quote in quotes]
    assert all(seato.text[quote.start : quote.end] == quote.text for quote in quotes)
    assert all(chunk.text == seato.text[chunk.start : chunk.end] for chunk in chunks)
    assert not any("[AUREV70]" in quote.text for quote in quotes)
    assert any("[AUREV70]" in chunk.text for chunk in chunks)  # the passage itself is whole


def test_keys_are_not_embedded(settings, write):
    write("corpus/sources.yaml", REGISTER)
    write("corpus/seato.md", SEATO)
    embedder = RecordingEmbedder()

    build_index(settings, embedder=embedder)

    assert any("signed in 1954" in text for text in embedder.texts)
    assert not any("AUREV" in text or "NAT49" in text for text in embedder.texts)


def test_keys_are_no_search_terms(seato_bot: BriefBot):
    with seato_bot._index.borrow() as index:
        assert index.lexical.query("AUREV70", top_k=5) == []
        assert index.lexical.query("8PM", top_k=5) == []
        assert index.lexical.query("Manila", top_k=5) != []


def test_the_reader_and_a_chat_model_see_no_keys(seato_bot: BriefBot):
    passages = seato_bot.search("Who signed the pact of Manila?")

    assert any("[AUREV70]" in passage.chunk.text for passage in passages)
    assert not any("AUREV70" in prose(passage.chunk) for passage in passages)


# --- answers ------------------------------------------------------------------------------------


def test_a_citation_names_what_its_document_rests_on(seato_bot: BriefBot):
    answer = seato_bot.ask("When was the pact of Manila signed?")

    (citation,) = (c for c in answer.citations if "signed in 1954" in c.quote)
    assert [source.key for source in citation.sources] == ["AUREV70", "NAT49-TXT"]
    assert citation.sources[0].title == "SEATO"
    assert is_verbatim(citation, seato_bot.document("seato.md").text)
    assert "[AUREV70]" not in answer.text


def test_the_json_of_a_citation_holds_its_sources(seato_bot: BriefBot):
    answer = answer_json(seato_bot.ask("When was the pact of Manila signed?"))

    sources = next(c["sources"] for c in answer["citations"] if "1954" in c["quote"])
    assert json.loads(json.dumps(sources))[0] == {
        "key": "AUREV70",
        "title": "SEATO",
        "publisher": "Air University Review",
        "date": "1970-09",
        "url": "http://www.example.org/snyder.html",
    }


def test_the_text_of_an_answer_names_sources_below_the_quote(
    seato_bot: BriefBot, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr("briefbot.cli.questions.open_bot", lambda _: seato_bot)

    ask("When was the pact of Manila signed?")

    shown = capsys.readouterr().out
    assert (
        "    after [AUREV70] SEATO, Air University Review, 1970-09, "
        "http://www.example.org/snyder.html\n"
    ) in shown


def test_a_source_line_leaves_out_what_is_not_known():
    ref = ENTRIES["NAT49-TXT"].ref

    assert source_line(ref) == "[NAT49-TXT] The North Atlantic Treaty, Public copies"


def test_a_changed_register_makes_the_index_stale(seato_bot: BriefBot, settings, write):
    assert is_current(settings)

    write("corpus/sources.yaml", REGISTER.replace("Air University", "Naval War College"))

    assert not is_current(settings)


# --- corpora ------------------------------------------------------------------------------------


def test_registers_are_neither_documents_nor_skipped(seato_bot: BriefBot, settings):
    loaded = load_corpus(settings.corpus_dir)

    assert [document.id for document in loaded.documents] == ["seato.md"]
    assert loaded.skipped == ()


def test_a_register_below_the_root_is_a_file_like_any_other(write, tmp_path: Path):
    write("a.md", SEATO)
    write("more/sources.yaml", REGISTER)

    loaded = load_corpus(tmp_path)

    assert [skipped.path for skipped in loaded.skipped] == ["more/sources.yaml"]
    assert loaded.documents[0].sources == ()


def test_a_malformed_entry_is_reported_and_the_others_hold(write, tmp_path: Path):
    write("a.md", SEATO)
    write("sources.yaml", REGISTER.replace("kind: scholarship", "kind: rumour"))

    loaded = load_corpus(tmp_path)

    assert [skipped.path for skipped in loaded.skipped] == ["sources.yaml"]
    assert "line 2" in loaded.skipped[0].reason
    assert [source.key for source in loaded.documents[0].sources] == ["NAT49-TXT", "8PM-QUAD"]


def test_a_register_that_is_not_utf_8_is_reported(write, tmp_path: Path):
    write("a.md", SEATO)
    write("sources.yaml", b"sources: \xff")

    loaded = load_corpus(tmp_path)

    assert "not UTF-8" in loaded.skipped[0].reason
    assert loaded.documents[0].sources == ()


def test_a_corpus_without_a_register_is_read_as_before(settings, write, embedder):
    write("corpus/seato.md", SEATO)
    build_index(settings, embedder=embedder)
    bot = BriefBot(settings, embedder=embedder)

    answer = bot.ask("When was the pact of Manila signed?")

    assert all(citation.sources == () for citation in answer.citations)
    with bot._index.borrow() as index:
        assert index.lexical.query("AUREV70", top_k=5) != []


def test_an_entry_is_checked_when_it_is_made():
    with pytest.raises(ValueError, match="key"):
        RegisterEntry(key="lower", title="T", publisher="P", date="2024", url=None, kind="news")
