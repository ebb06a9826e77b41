"""What the web chat renders and what its events do; tests/test_browser.py has the browser."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Iterator, Sequence
from dataclasses import replace
from html.parser import HTMLParser
from importlib.resources import files
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefbot.errors import BriefBotError, QuestionError, ServeError
from briefbot.notes import withheld_note
from briefbot.numbering import renumbered
from briefbot.pipeline import IndexInfo
from briefbot.settings import Settings
from briefbot.types import (
    Answer,
    AnswerStatus,
    Chunk,
    Citation,
    Document,
    Heading,
    Layout,
    Passage,
    SourceRef,
    Statement,
    StatementCheck,
    Turn,
    Verdict,
)
from briefbot.ui.app import Chat, history_of, source_reader
from briefbot.ui.conversation import (
    Exchange,
    describe_index,
    render_header,
    render_turns,
    render_welcome,
)
from briefbot.ui.keeper import KEPT_TURNS, from_text, to_text
from briefbot.ui.markup import escaped, render_date, render_failure, render_origin, safe_url
from briefbot.ui.reader import render_document
from briefbot.ui.serve import GuardedPage, claim_port, is_this_machine, rewrite_head
from briefbot.ui.sources import render_sources, surroundings

TEXT = "---\ntitle: A\n---\n# Lease\n\nThe pier is let. It costs 9 francs.\n\n- one\n- two\n"
QUOTE = "It costs 9 francs."
START = TEXT.index(QUOTE)
DOCUMENT = Document(
    id="a/lease.md",
    title="The lease",
    text=TEXT,
    body_start=TEXT.index("# Lease"),
    headings=(Heading(1, "Lease", TEXT.index("# Lease"), TEXT.index("\n\nThe pier")),),
)
PASSAGE = Passage(
    Chunk(
        document="a/lease.md",
        title="The lease",
        text="The pier is let. It costs 9 francs.",
        start=TEXT.index("The pier"),
        end=START + len(QUOTE),
        heading=("Lease", "Terms"),
        url="https://example.org/lease",
        date="2025-11-12",
    ),
    score=0.9,
)
CITATION = Citation(
    n=1,
    document="a/lease.md",
    title="The lease",
    quote=QUOTE,
    start=START,
    end=START + len(QUOTE),
    heading="Lease › Terms",
    url="https://example.org/lease",
    date="2025-11-12",
)
ANSWER = Answer(
    question="What is the rent?",
    standalone_question="What is the rent?",
    status=AnswerStatus.ANSWERED,
    statements=(Statement(QUOTE, (1,)),),
    citations=(CITATION,),
    passages=(PASSAGE,),
    answerer="extractive",
    seconds=0.05,
)
REFUSAL = replace(ANSWER, status=AnswerStatus.NOT_IN_DOCUMENTS, statements=(), citations=())
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&[a](javascript:b)![c](http://d)"


class Page(HTMLParser):
    """The tags, attributes and text of rendered HTML, as a browser would read them."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.marked = ""
        self._in_mark = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._in_mark = self._in_mark or tag == "mark"

    def handle_endtag(self, tag: str) -> None:
        self._in_mark = self._in_mark and tag != "mark"

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._in_mark:
            self.marked += data

    def find(self, css_class: str) -> list[dict[str, str | None]]:
        return [a for _, a in self.tags if css_class in (a.get("class") or "").split()]


def done(answer: Answer, question: str = "") -> Exchange:
    return Exchange(question or answer.question, answer, is_done=True)


# --- The conversation


def test_blocks_are_headed_items_are_listed_and_short_answers_stand_out():
    answer = replace(
        ANSWER,
        statements=(
            Statement(QUOTE, (1,), Layout(lead="9 francs <b>")),
            Statement(QUOTE, (1,), Layout(heading="Peru & Chile", is_item=True)),
        ),
    )

    html = render_turns([done(answer)])

    assert '<strong class="lead">9 francs &lt;b&gt;</strong> — ' in html
    assert "<h3>Peru &amp; Chile</h3><ul><li>" in html
    assert len(Page(html).find("chip")) == 2


def test_each_statement_is_followed_by_a_chip_that_opens_its_quote():
    page = Page(render_turns([done(ANSWER)]))

    (chip,) = page.find("chip")
    assert (chip["data-document"], chip["data-start"], chip["data-end"]) == (
        "a/lease.md",
        str(START),
        str(START + len(QUOTE)),
    )
    assert chip["aria-label"] == "Source 1: The lease › Lease › Terms"
    assert f"{QUOTE}\N{NO-BREAK SPACE}[1]" in page.text


def test_chips_of_an_earlier_turn_keep_their_own_target():
    later = replace(ANSWER, citations=(replace(CITATION, document="b.md", start=1, end=4),))

    chips = Page(render_turns([done(ANSWER), done(later)])).find("chip")

    assert [(c["data-turn"], c["data-document"]) for c in chips] == [
        ("1", "a/lease.md"),
        ("2", "b.md"),
    ]


def test_a_chip_stays_on_the_line_of_the_last_word_unless_that_is_too_long():
    long = replace(ANSWER, statements=(Statement("See " + "x" * 60, (1,)),))

    assert Page(render_turns([done(ANSWER)])).find("ending")
    assert not Page(render_turns([done(long)])).find("ending")


def test_a_number_without_a_citation_gets_no_chip():
    answer = replace(ANSWER, statements=(Statement(QUOTE, (1, 7)),))

    assert len(Page(render_turns([done(answer)])).find("chip")) == 1


def test_the_empty_conversation_offers_the_examples():
    page = Page(render_welcome(["Who pays?", "Since when?"]))

    assert [e["data-question"] for e in page.find("example")] == ["Who pays?", "Since when?"]


def test_a_question_without_a_snapshot_yet_shows_that_it_is_searching():
    page = Page(render_turns([Exchange("Who pays?")]))

    assert "Searching the documents" in page.text
    assert page.find("turn")[0]["aria-busy"] == "true"


def test_a_snapshot_shows_its_sentences_but_no_time_yet():
    page = Page(render_turns([Exchange(ANSWER.question, ANSWER)]))

    assert QUOTE in page.text
    assert not page.find("meta")


def test_a_snapshot_without_sentences_is_not_yet_a_refusal():
    page = Page(render_turns([Exchange(REFUSAL.question, REFUSAL)]))

    assert not page.find("refusal")


def test_a_refusal_differs_from_an_answer_and_leads_to_the_nearest_passages():
    page = Page(render_turns([done(REFUSAL)]))

    assert "Not in the documents" in page.text
    assert not page.find("answer")
    assert not page.find("failure")
    assert [link["data-start"] for link in page.find("nearest")] == [str(PASSAGE.chunk.start)]
    assert "Terms" in page.text


def test_a_refusal_names_each_heading_once_best_first():
    def passage(title: str, start: int) -> Passage:
        return Passage(replace(PASSAGE.chunk, title=title, heading=(), start=start), 0.1)

    passages = tuple(passage(t, n) for n, t in enumerate(("A", "B", "A", "C", "D")))
    page = Page(render_turns([done(replace(REFUSAL, passages=passages))]))

    assert [link["data-start"] for link in page.find("nearest")] == ["0", "1", "3"]


def test_a_refusal_without_passages_says_nothing_of_nearest_ones():
    page = Page(render_turns([done(replace(REFUSAL, passages=()))]))

    assert "nearest" not in page.text


def test_a_question_understood_differently_says_how():
    answer = replace(ANSWER, standalone_question="What is the rent of the pier?")

    assert "Understood as: What is the rent of the pier?" in render_turns([done(answer)])
    assert "Understood as" not in render_turns([done(ANSWER)])


def test_a_follow_up_offers_its_full_question_to_be_corrected():
    answer = replace(ANSWER, standalone_question="What is the <rent> of the pier?")

    page = Page(render_turns([done(ANSWER), done(answer)]))

    assert [attrs["id"] for tag, attrs in page.tags if tag == "textarea"] == ["correction-2"]
    assert page.text.count("What is the <rent> of the pier?") == 2


def test_the_report_of_the_checks_names_each_statement_its_verdict_and_why():
    checks = (
        StatementCheck(QUOTE, Verdict.VERIFIED, "", (1,)),
        StatementCheck("Said so.", Verdict.VERIFIED, "speaker", (1,)),
        StatementCheck("It costs 7 francs.", Verdict.WITHHELD, "number", ()),
        StatementCheck("", Verdict.REPLACED, "words", (1,)),
    )
    note = withheld_note(checks)
    answer = replace(ANSWER, verification=checks, notes=("Another note.", note))

    page = Page(render_turns([done(answer)]))

    assert "Checks: 2 verified, 1 replaced, 1 withheld" in page.text
    assert "not shown: a sentence with another number than its source" in page.text
    assert "its speaker is named in brackets" in page.text
    assert [a["data-verdict"] for _, a in page.tags if "data-verdict" in a] == [
        "verified", "verified", "withheld", "replaced",
    ]  # fmt: skip
    assert len(page.find("withheld")) == 1
    assert len(page.find("note")) == 2


def test_an_answer_that_grows_or_has_no_checks_shows_none():
    checked = replace(ANSWER, verification=(StatementCheck(QUOTE, Verdict.VERIFIED, "", (1,)),))

    assert not Page(render_turns([Exchange("?", checked)])).find("checks")
    assert not Page(render_turns([done(ANSWER)])).find("checks")


def test_small_talk_is_a_reply_without_sources_and_without_the_answerer():
    talk = replace(ANSWER, statements=(), citations=(), reply="You’re welcome.")

    page = Page(render_turns([done(talk, "thanks")]))

    assert "You’re welcome." in page.text
    assert "Built-in answerer" not in page.text
    assert not page.find("refusal")
    assert not Page(render_sources([done(talk)])).find("card")


def test_a_quote_keeps_its_number_and_a_new_one_gets_the_next():
    new = replace(CITATION, start=1, end=4, quote="---")
    later = replace(
        ANSWER,
        statements=(Statement("Both.", (1, 2)),),
        citations=(new, replace(CITATION, n=2)),
        verification=(StatementCheck("Both.", Verdict.VERIFIED, "", (2, 1)),),
    )
    earlier = replace(ANSWER, citations=(replace(CITATION, n=4),))

    answer = renumbered(later, [earlier])

    assert [citation.n for citation in answer.citations] == [5, 4]
    assert answer.statements[0].citations == (5, 4)
    assert answer.verification[0].citations == (4, 5)
    assert renumbered(ANSWER, []) == ANSWER


def test_notes_and_the_answerer_with_its_seconds_are_shown():
    answer = replace(ANSWER, notes=("One sentence was withheld.",))
    slow = replace(ANSWER, answerer="ollama:tiny", seconds=2.34)

    assert "One sentence was withheld." in render_turns([done(answer)])
    assert "Built-in answerer · 0.05 s" in render_turns([done(answer)])
    assert "ollama:tiny · 2.3 s" in render_turns([done(slow)])


def test_a_failure_shows_message_and_hint():
    error = QuestionError("It is empty.", hint="Type one.")

    page = Page(render_turns([Exchange("", error=error, is_done=True)]))

    assert page.find("failure")[0]["role"] == "alert"
    assert "It is empty." in page.text
    assert "Type one." in page.text


def test_the_header_says_what_is_indexed():
    assert "1 document, 1 passage," in render_header(describe_index(1, 1))
    assert "2 documents, 1,300 passages," in describe_index(2, 1300)


# --- The sources


def test_a_card_shows_the_quote_marked_in_its_passage_with_its_origin():
    page = Page(render_sources([done(ANSWER)]))

    assert page.marked == QUOTE
    assert "The pier is let. " in page.text
    for words in ("The lease", "Lease › Terms", "12 November 2025", "example.org"):
        assert words in page.text
    (link,) = [attributes for tag, attributes in page.tags if tag == "a"]
    assert link["href"] == "https://example.org/lease"
    assert link["target"] == "_blank"
    assert "noopener" in (link["rel"] or "")


def test_a_card_names_what_its_document_rests_on():
    sources = (
        SourceRef(
            "LEASE31", "The <lease> roll", "Port & Sons", "1931-02-01", "https://a.example/r"
        ),
        SourceRef("MINUTES", "Minutes", "The council", "", "javascript:alert(1)"),
    )

    page = Page(
        render_sources([done(replace(ANSWER, citations=(replace(CITATION, sources=sources),)))])
    )

    assert len(page.find("underlying")) == 2
    assert "after The <lease> roll, Port & Sons, 1 February 1931" in page.text
    assert "after Minutes, The council" in page.text
    hrefs = [attributes["href"] for tag, attributes in page.tags if tag == "a"]
    assert hrefs == ["https://example.org/lease", "https://a.example/r"]


def test_source_keys_around_a_quote_are_not_shown_as_words():
    text = "The pier is let. [LEASE31]\n\nIt costs 9 francs."
    start = text.index(QUOTE)
    chunk = Chunk("a/lease.md", "The lease", text, 0, len(text), unread=("[LEASE31]",))
    citation = replace(CITATION, start=start, end=start + len(QUOTE))

    before, _ = surroundings(citation, [Passage(chunk, 0.9)])

    assert before.split() == ["The", "pier", "is", "let."]


def test_a_quote_whose_passage_is_gone_is_shown_alone():
    page = Page(render_sources([done(replace(ANSWER, passages=()))]))

    assert page.marked == QUOTE


def test_a_quote_is_looked_for_in_passages_of_its_own_document():
    other = Passage(replace(PASSAGE.chunk, document="other.md", text="x" * 999), 1.0)

    assert surroundings(CITATION, [other, PASSAGE]) == ("The pier is let. ", "")


def test_long_surroundings_are_cut_to_whole_words():
    words = "word " * 200
    text = f"{words}{QUOTE} {words}".strip()
    start = text.index(QUOTE)
    citation = replace(CITATION, start=start, end=start + len(QUOTE))
    passage = Passage(replace(PASSAGE.chunk, text=text, start=0, end=len(text)), 0.5)

    before, after = surroundings(citation, [passage])

    assert before.startswith("… word ")
    assert after.endswith(" word …")
    assert len(before) < 250 > len(after)


def test_only_the_newest_section_of_the_panel_is_shown():
    page = Page(render_sources([done(ANSWER), done(REFUSAL)]))

    assert ["hidden" in section for section in page.find("sources")] == [True, False]
    assert "None of them answers the question." in page.text


def test_the_panel_explains_itself_where_there_is_no_source():
    assert "appear here" in render_sources([])
    assert "appear here" in render_sources([Exchange("Who?")])
    assert "appear here" in render_sources([Exchange("Who?", REFUSAL)])


# --- The reader


def test_the_reader_marks_exactly_the_quote_and_hides_front_matter_and_heading_marks():
    html = render_document(DOCUMENT, (CITATION.start, CITATION.end))

    assert Page(html).marked == QUOTE
    assert "title: A" not in html
    assert "<h3><span hidden># </span>Lease</h3>" in html
    assert "<p>- one\n</p><p>- two\n</p>" in html


def test_a_heading_line_of_the_front_matter_is_no_heading_of_the_body():
    document = replace(DOCUMENT, headings=(Heading(1, "---", 0, 3), *DOCUMENT.headings))

    assert render_document(document, (0, 0)) == render_document(DOCUMENT, (0, 0))


def test_a_document_that_cannot_be_opened_says_why():
    assert "Gone." in render_failure(BriefBotError("Gone.", hint="Rebuild."))


@given(st.text(st.sampled_from("ab <>&\"'\r\n\t#-1.é\u202e🙂"), max_size=80), st.data())
def test_the_reader_shows_any_text_unchanged_and_marks_any_span_of_it(text: str, data):
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(text))] * 2)))
    lines = [m.span() for m in re.finditer(r"^#[^\r\n]*", text, re.MULTILINE)]
    headings = tuple(Heading(2, text[a:b], a, b) for a, b in lines)
    document = Document(id="x", title="", text=text, headings=headings)

    page = Page(render_document(document, (start, end)))

    assert page.text == text
    assert page.marked == text[start:end]


# --- Nothing becomes active


def test_hostile_text_stays_text_everywhere():
    citation = replace(CITATION, title=HOSTILE, quote=HOSTILE, heading=HOSTILE, date=HOSTILE)
    chunk = replace(PASSAGE.chunk, title=HOSTILE, text=HOSTILE, heading=(HOSTILE,), date=HOSTILE)
    answer = replace(
        ANSWER,
        standalone_question=HOSTILE + "?",
        statements=(Statement(HOSTILE, (1,)),),
        citations=(replace(citation, document=HOSTILE, url=f"https://e.org/{HOSTILE}"),),
        passages=(Passage(replace(chunk, document=HOSTILE, url="javascript:alert(1)"), 1.0),),
        answerer=HOSTILE,
        notes=(HOSTILE,),
    )
    refusal = replace(answer, status=AnswerStatus.NOT_IN_DOCUMENTS, statements=(), citations=())
    error = BriefBotError(HOSTILE, hint=HOSTILE)
    exchanges = [done(answer, HOSTILE), done(refusal), Exchange(HOSTILE, error=error, is_done=True)]
    document = Document(
        HOSTILE, HOSTILE, HOSTILE, date=HOSTILE, publisher=HOSTILE, language=HOSTILE
    )

    pages = [
        render_turns(exchanges),
        render_welcome([HOSTILE]),
        render_header(HOSTILE),
        render_sources(exchanges),
        render_document(document, (3, 9)),
        render_failure(error),
    ]

    inert = "article blockquote button circle div h1 h2 h3 header li mark p path section span svg"
    opened = "b details form label ol q summary textarea ul"  # a form that only a script reads
    harmless = {*inert.split(), *opened.split()}
    for html in pages:
        page = Page(html)
        assert {tag for tag, _ in page.tags} <= harmless
        assert not [name for _, attrs in page.tags for name in attrs if name.startswith("on")]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "javascript:alert(1)",
        "data:text/html,x",
        "//example.org",
        "/local",
        "ftp://example.org/a",
        "https://",
        "https://exa mple.org",
        "https:\\\\example.org",
        "java\nscript:alert(1)",
        "http://[::1",
    ],
)
def test_only_whole_http_addresses_become_links(url: str):
    assert safe_url(url) == ""
    assert "<a" not in render_origin("", url)


def test_http_and_https_addresses_are_kept():
    assert safe_url("http://example.org/a?b=c#d") == "http://example.org/a?b=c#d"
    assert safe_url("https://example.org") == "https://example.org"


def test_what_a_parser_would_change_is_written_so_that_it_cannot():
    assert escaped("a\r\nb\0c") == "a&#13;\nb\N{REPLACEMENT CHARACTER}c"


def test_a_date_that_is_not_iso_is_left_as_it_is():
    assert render_date("Autumn <2025>") == "Autumn &lt;2025&gt;"


# --- The events


class ScriptedBot:
    """Stands in for BriefBot where only the page's own behaviour counts."""

    def __init__(self, *snapshots: Answer, error: Exception | None = None) -> None:
        self.snapshots = snapshots
        self.error = error
        self.histories: list[tuple[Turn, ...]] = []

    def stream(self, question: str, history: Sequence[Turn] = ()) -> Iterator[Answer]:
        self.histories.append(tuple(history))
        yield from self.snapshots
        if self.error:
            raise self.error

    def info(self) -> IndexInfo:
        if self.error:
            raise self.error
        return IndexInfo((DOCUMENT.id,), 1, "", 1, 1, 0, "", "", "")

    def document(self, document_id: str) -> Document:
        if document_id != DOCUMENT.id:
            raise BriefBotError(f"No {document_id}.", hint="Rebuild.")
        return DOCUMENT


def chat(bot: ScriptedBot, **settings: object) -> Chat:
    return Chat(bot, Settings(**settings))  # type: ignore[arg-type]


def views(asked: Chat, question: str, kept: str = "") -> tuple[Any, list[Any]]:
    """Ask: what shows the question, and what shows the answer as it grows."""
    view = asked.ask(question, kept)
    return view, list(asked.answer(view[4]))


def test_asking_clears_the_box_streams_and_ends_with_a_finished_exchange():
    asked, answers = views(chat(ScriptedBot(ANSWER, ANSWER)), "What is the rent?")

    assert asked[5] == ""
    assert from_text(asked[4]) == (Exchange("What is the rent?"),)
    assert len(answers) == 3
    assert from_text(answers[-1][2]) == (done(ANSWER),)
    assert 'aria-busy="false"' in answers[-1][0]


def test_while_an_answer_grows_only_its_own_turn_is_rendered():
    kept = to_text([done(ANSWER, f"Question {n}?") for n in range(3)])

    asked, answers = views(chat(ScriptedBot(ANSWER, ANSWER)), "And then?", kept)

    past, newest, past_sources, newest_sources, *_ = asked
    assert [len(Page(html).find("turn")) for html in (past, newest)] == [3, 1]
    assert len(Page(past_sources).find("sources")) == 3
    assert all("hidden" in section for section in Page(past_sources).find("sources"))
    assert Page(newest_sources).find("sources")[0]["data-turn"] == "4"
    for turn, sources, *_ in answers:
        assert [each["data-turn"] for each in Page(turn).find("turn")] == ["4"]
        assert [each["data-turn"] for each in Page(sources).find("sources")] == ["4"]


def test_only_the_newest_turn_is_read_aloud():
    past, newest, *_ = chat(ScriptedBot()).show((done(ANSWER), done(REFUSAL)))

    assert 'role="log"' not in past
    assert 'role="log"' in newest


def test_a_failed_question_is_shown_and_returns_to_its_box():
    bot = ScriptedBot(ANSWER, error=QuestionError("Too long.", hint="Shorten it."))

    _, (*_, (newest, _, kept, box)) = views(chat(bot), "Why " * 999)

    assert box == "Why " * 999
    assert "Too long." in newest
    assert str(from_text(kept)[-1].error) == str(bot.error)


def test_an_unexpected_failure_leaves_no_exchange_unfinished():
    asked = chat(ScriptedBot(ANSWER))

    _, newest, _, _, kept, box = asked.give_up(to_text([Exchange("Why?")]))

    assert "Something went wrong" in newest
    assert from_text(kept)[0].is_done
    assert box == "Why?"
    assert asked.give_up("")[4] == ""


# --- What the browser keeps


def test_a_conversation_comes_back_as_it_was():
    failed = Exchange("Failed?", error=BriefBotError("No.", hint="Try."), is_done=True)

    again = from_text(to_text([done(ANSWER), done(REFUSAL), failed, Exchange("Cut off?")]))

    assert again[:2] == (done(ANSWER), done(REFUSAL))
    assert str(again[2].error) == "No. Try."
    assert not again[3].is_done


def test_only_the_last_turns_are_kept():
    text = to_text([done(ANSWER, f"Question {n}?") for n in range(KEPT_TURNS + 7)])

    assert [len(from_text(text)), from_text(text)[0].question] == [KEPT_TURNS, "Question 7?"]


def test_of_long_turns_fewer_are_kept():
    long = replace(ANSWER, notes=("x" * 600_000,))

    again = from_text(to_text([done(long, f"Question {n}?") for n in range(5)]))

    assert [exchange.question for exchange in again] == ["Question 3?", "Question 4?"]
    assert to_text([done(replace(ANSWER, notes=("x" * 3_000_000,)))]) == ""


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '[{"question": 1}]', '{"a": [', "x" * 5_000_000]
)
def test_what_is_no_conversation_is_none(text: str):
    assert from_text(text) == ()


def test_a_restored_conversation_is_whole_without_what_was_cut_off():
    kept = to_text([done(ANSWER), done(REFUSAL), Exchange("Cut off?")])

    past, newest, *_ = chat(ScriptedBot()).restore(saved(kept))

    assert len(Page(past).find("chip")) == 1
    assert "Not in the documents" in Page(newest).text
    assert "Cut off?" not in past + newest


@pytest.mark.parametrize(
    "changed", [{"quote": "It costs 8 francs."}, {"document": "removed.md"}, {"end": 99999}]
)
def test_a_restored_answer_says_when_a_source_of_it_is_not_there_any_more(changed):
    answer = replace(ANSWER, citations=(replace(CITATION, **changed),))
    asked = chat(ScriptedBot())

    once = asked.restore(saved(to_text([done(answer)])))
    twice = asked.restore(saved(once[4]))

    assert once[1].count("changed or removed since") == 1
    assert twice[1] == once[1]
    assert "changed or removed" not in asked.restore(saved(to_text([done(ANSWER)])))[1]


def saved(text: str) -> Any:
    return SimpleNamespace(saved=text)


def test_the_header_says_what_is_wrong_with_the_index():
    assert "Gone." in chat(ScriptedBot(error=BriefBotError("Gone.", hint=""))).header()


def test_a_question_sees_the_last_answered_turns_of_its_own_session():
    bot = ScriptedBot(ANSWER)
    earlier = tuple(done(ANSWER, f"Question {n}?") for n in range(4))
    failed = Exchange("Failed?", error=BriefBotError("No.", hint=""), is_done=True)

    kept = to_text((*earlier, failed, Exchange("Cut off?")))
    views(chat(bot, history_turns=2), "And then?", kept)

    assert bot.histories == [
        (Turn("Question 2?", ANSWER.text), Turn("Question 3?", ANSWER.text)),
    ]


def test_no_history_is_passed_where_the_setting_is_nought():
    assert history_of([done(ANSWER)], 0) == ()


def test_a_new_conversation_is_empty():
    past, newest, past_sources, sources, kept, box = chat(ScriptedBot()).start_anew()

    assert "Ask the documents" in newest
    assert "appear here" in sources
    assert (past, past_sources, kept, box) == ("", "", "", "")


def test_the_reader_opens_a_document_and_reports_one_that_is_gone():
    read = source_reader(ScriptedBot())  # type: ignore[arg-type]

    assert Page(read(["a/lease.md", START, START + len(QUOTE)])).marked == QUOTE
    assert "../secret is not among the documents any more." in read(["../secret", 0, 1])


# --- The looks


def test_text_has_the_contrast_of_wcag_aa_in_light_and_dark():
    style = (files("briefbot.ui") / "assets" / "style.css").read_text("utf-8")
    colours = re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", style)
    pairs = {
        "ink": ("paper", "surface", "sunken", "alarm-tint"),
        "ink-soft": ("paper", "surface", "sunken"),
        "accent": ("paper", "surface", "accent-tint"),
        "on-accent": ("accent", "accent-strong"),
        "on-marker": ("marker", "marker-strong"),
        "alarm": ("alarm-tint",),
    }

    for scheme in (1, 2):
        light = {colour[0]: _luminance(colour[scheme]) for colour in colours}
        for text, backgrounds in pairs.items():
            for background in backgrounds:
                dim, bright = sorted((light[text], light[background]))
                assert (bright + 0.05) / (dim + 0.05) >= 4.5, (text, background, scheme)


def _luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb` by WCAG 2."""
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


# --- The server


def test_a_busy_port_gives_way_to_the_next_free_one():
    with claim_port("127.0.0.1", _free_port()) as first:
        port = first.getsockname()[1]

        with claim_port("127.0.0.1", port) as second:
            assert port < second.getsockname()[1] <= port + 20


def test_when_every_port_is_taken_it_says_so(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("briefbot.ui.serve.PORTS_TRIED", 0)
    with (
        claim_port("127.0.0.1", _free_port()) as taken,
        pytest.raises(ServeError, match="in use"),
    ):
        claim_port("127.0.0.1", taken.getsockname()[1])


@pytest.mark.parametrize(
    ("host", "is_ours"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("pc", False)],
)
def test_only_loopback_addresses_are_out_of_reach_of_others(host: str, is_ours: bool):
    assert is_this_machine(host) is is_ours


def test_a_host_that_is_not_ours_is_refused_in_one_sentence():
    with pytest.raises(ServeError, match=r"cannot listen on 203\.0\.113\.1"):
        claim_port("203.0.113.1", 7860)


def test_the_page_gets_its_title_and_icon_and_loses_addresses_of_other_sites():
    html = (
        '<html><head><meta property="og:image" content="https://elsewhere.example/a.png" />'
        '<meta name="twitter:site" content="@x" /></head><body></body></html>'
    )

    page = rewrite_head(html)

    assert "<title>BriefBot</title>" in page
    assert 'rel="icon" href="data:image/svg+xml' in page
    assert "elsewhere.example" not in page
    assert "twitter" not in page


def test_the_guard_rewrites_a_page_in_pieces_and_adds_headers_to_all_else():
    page = _replies(b"<html><head></he", b"ad></html>", path="/")
    image = _replies(b"pixels", path="/pixel.png")

    assert [message["type"] for message in page] == ["http.response.start", "http.response.body"]
    assert b"<title>BriefBot</title>" in page[1]["body"]
    assert (b"content-length", str(len(page[1]["body"])).encode()) in page[0]["headers"]
    assert image[1]["body"] == b"pixels"
    for start in (page[0], image[0]):
        assert {b"content-security-policy", b"x-content-type-options"} <= {
            name for name, _ in start["headers"]
        }


def _replies(*pieces: bytes, path: str) -> list[dict[str, Any]]:
    """What a guarded application that answers in these pieces sends."""

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for piece in pieces:
            more = piece is not pieces[-1]
            await send({"type": "http.response.body", "body": piece, "more_body": more})

    async def send(message: Any) -> None:
        sent.append(message)

    sent: list[dict[str, Any]] = []
    scope = {"type": "http", "path": path, "headers": []}
    asyncio.run(GuardedPage(application)(scope, None, send))  # type: ignore[arg-type]
    return sent


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
