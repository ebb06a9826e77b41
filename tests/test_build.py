import gc
import os
import shutil

import pytest

from briefbot.build import build_index, check_index, is_current, remove_index
from briefbot.errors import (
    CorpusError,
    IndexBusyError,
    IndexDamagedError,
    IndexMissingError,
    IndexWriteError,
)
from briefbot.generation import read_catalog, read_manifest
from briefbot.index_folder import current_generation, generations
from briefbot.index_lock import only_writer
from briefbot.lexical import LexicalIndex
from briefbot.load.file import load_source
from briefbot.pipeline import BriefBot
from briefbot.types import Document
from briefbot.verify_index import not_found
from briefbot.wiring import open_parts
from fakes import WordHashEmbedder

BUILT = "When was the stone bridge built?"
TOWER = "# Tower\n\nThe lighthouse tower has a copper roof.\n"


@pytest.fixture
def rebuild(settings, embedder):
    """Build the index of the corpus folder as it now is."""
    return lambda: build_index(settings, embedder=embedder)


def documents_of(passages):
    return {passage.chunk.document for passage in passages}


def test_a_build_reports_what_it_did(settings, corpus, embedder, write):
    write("corpus/latin.txt", b"caf\xe9")
    write(
        "corpus/ad.txt", "The article ends.\nSource: https://a.example/\nClick here, subscribe!\n"
    )

    report = build_index(settings, embedder=embedder)

    assert (report.documents, report.passages) == (4, 5)
    assert [skipped.path for skipped in report.skipped] == ["latin.txt"]
    assert report.notes[0].startswith("ad.txt: left out ")
    assert report.index_dir == str(settings.index_dir)


def test_a_build_tells_how_far_it_is(settings, corpus, embedder):
    told = []

    build_index(settings, embedder=embedder, progress=lambda *step: told.append(step))

    assert told == [
        ("reading", 0, 3),
        ("reading", 1, 3),
        ("reading", 2, 3),
        ("reading", 3, 3),
        ("splitting", 0, 3),
        ("splitting", 1, 3),
        ("splitting", 2, 3),
        ("embedding", 0, 4),
        ("embedding", 4, 4),
        ("writing", 0, 4),
        ("writing", 4, 4),
        ("checking", 4, 4),
    ]


def test_an_index_describes_itself(bot, settings):
    info = bot.info()

    assert info.documents == ("bridge.md", "garden.md", "notes/harbour.txt")
    assert (info.passages, info.dimension, info.chunk_tokens) == (4, 256, settings.chunk_tokens)
    assert info.answerer == "extractive"


def test_indexing_again_gives_the_same_passages(bot, rebuild):
    before = bot.search("bridge garden harbour", top_k=10)

    rebuild()

    assert bot.search("bridge garden harbour", top_k=10) == before


def test_an_open_bot_answers_from_a_document_that_was_added(bot, rebuild, write):
    write("corpus/tower.md", TOWER)

    rebuild()

    assert "tower.md" in documents_of(bot.search("copper roof"))


def test_a_deleted_document_never_answers_again(bot, rebuild, corpus):
    assert "garden.md" in documents_of(bot.ask("How many kinds of roses grow?").passages)
    (corpus / "garden.md").unlink()

    rebuild()

    answer = bot.ask("How many kinds of roses grow?")
    assert "garden.md" not in documents_of(answer.passages)
    assert "garden.md" not in {citation.document for citation in answer.citations}
    assert "garden.md" not in bot.info().documents


def test_a_deleted_document_cannot_be_read_any_more(bot, rebuild, corpus):
    (corpus / "garden.md").unlink()

    rebuild()

    with pytest.raises(IndexDamagedError, match="does not hold"):
        bot.document("garden.md")


def test_a_changed_document_answers_with_its_new_words(bot, rebuild, corpus):
    path = corpus / "bridge.md"
    path.write_text(path.read_text("utf-8").replace("1742", "1842"), "utf-8")

    rebuild()

    answer = bot.ask(BUILT)
    assert "1842" in answer.text
    assert "1742" not in answer.text


def test_a_question_in_progress_survives_a_rebuild(bot, rebuild):
    answers = bot.stream("What did the flood damage, and who repaired it?")
    first = next(answers)

    rebuild()

    last = [first, *answers][-1]
    assert last.citations


class FailingEmbedder(WordHashEmbedder):
    """Fails once it has to embed."""

    def __init__(self, error):
        super().__init__()
        self._error = error

    def embed_documents(self, texts):
        raise self._error


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_build_that_fails_leaves_the_old_index_answering(bot, settings, write, error):
    before = bot.ask(BUILT).statements
    write("corpus/tower.md", TOWER)

    with pytest.raises((IndexWriteError, KeyboardInterrupt)):
        build_index(settings, embedder=FailingEmbedder(error))

    assert bot.ask(BUILT).statements == before
    assert BriefBot(settings, embedder=WordHashEmbedder()).ask(BUILT).statements == before


def test_a_build_that_fails_leaves_nothing_behind(bot, settings, write):
    before = sorted(settings.index_dir.rglob("*"))
    write("corpus/tower.md", TOWER)

    with pytest.raises(IndexWriteError, match="No space left on device"):
        build_index(settings, embedder=FailingEmbedder(OSError(28, "No space left on device")))

    assert sorted(settings.index_dir.rglob("*")) == before


def test_a_corpus_that_became_empty_leaves_the_old_index_answering(bot, rebuild, corpus):
    shutil.rmtree(corpus)

    with pytest.raises(CorpusError):
        rebuild()

    assert bot.ask(BUILT).statements


def test_an_index_folder_that_is_a_file_is_an_error(settings, corpus, embedder, write):
    write("index", "a file in its place")

    with pytest.raises(IndexWriteError, match="cannot be written"):
        build_index(settings, embedder=embedder)


def test_a_corpus_of_headings_alone_is_an_error_and_not_an_empty_index(settings, embedder, write):
    write("corpus/a.md", "# Only a heading\n")

    with pytest.raises(CorpusError, match="holds no text below its headings"):
        build_index(settings, embedder=embedder)


def test_an_index_is_current_until_a_document_changes(bot, settings, corpus, write):
    assert is_current(settings)

    write("corpus/garden.md", "# The Town Garden\n\nIt is closed.\n")

    assert not is_current(settings)


def test_an_index_is_not_current_with_other_settings(bot, settings, corpus):
    other = settings.model_copy(update={"chunk_tokens": 64})

    assert not is_current(other)


def test_a_missing_index_is_not_current(settings, corpus):
    assert not is_current(settings)


# --- what is built anew, and what is not ---------------------------------------------------------


class CountingEmbedder(WordHashEmbedder):
    """Counts the texts that it embeds, and remembers how long they were."""

    def __init__(self):
        super().__init__()
        self.lengths = []

    def embed_documents(self, texts):
        self.lengths.append([len(text) for text in texts])
        return super().embed_documents(texts)

    @property
    def embedded(self):
        return sum(len(lengths) for lengths in self.lengths)


def facts_of(report):
    moves = [(move.before, move.after) for move in report.renamed]
    return report.added, report.changed, report.removed, moves, report.unchanged


def test_a_first_build_adds_everything(settings, corpus, embedder):
    report = build_index(settings, embedder=embedder)

    assert facts_of(report) == (("bridge.md", "garden.md", "notes/harbour.txt"), (), (), [], 0)
    assert (report.embedded, report.up_to_date) == (4, False)


def test_indexing_again_builds_nothing(bot, settings, rebuild):
    before = current_generation(settings.index_dir)

    report = rebuild()

    assert current_generation(settings.index_dir) == before
    assert report.up_to_date
    assert (report.documents, report.passages, report.unchanged, report.embedded) == (3, 4, 3, 0)


def test_indexing_by_force_builds_afresh_and_embeds_nothing(bot, settings, embedder):
    before = current_generation(settings.index_dir)

    report = build_index(settings, embedder=embedder, force=True)

    assert current_generation(settings.index_dir) != before
    assert (report.unchanged, report.embedded) == (3, 0)


def test_every_kind_of_change_is_told(bot, rebuild, corpus, write):
    (corpus / "notes" / "harbour.txt").rename(corpus / "port.txt")
    (corpus / "garden.md").unlink()
    write("corpus/bridge.md", "# The New Bridge\n\nIt is made of steel.\n")
    write("corpus/tower.md", TOWER)

    report = rebuild()

    moves = [("notes/harbour.txt", "port.txt")]
    assert facts_of(report) == (("tower.md",), ("bridge.md",), ("garden.md",), moves, 0)


def test_an_edit_embeds_only_the_passages_that_changed(settings, write):
    sections = [f"## Part {n}\n\nThe part number {n} is about the town." for n in range(20)]
    write("corpus/long.md", "# Long\n\n" + "\n\n".join(sections))
    embedder = CountingEmbedder()
    build_index(settings, embedder=embedder)
    before = embedder.embedded
    sections[7] = "## Part 7\n\nThe part number 7 is about the sea."
    write("corpus/long.md", "# Long\n\n" + "\n\n".join(sections))

    report = build_index(settings, embedder=embedder)

    assert (before, embedder.embedded, report.embedded) == (20, 21, 1)


def test_a_move_embeds_nothing_and_citations_name_the_new_path(bot, settings, corpus):
    embedder = CountingEmbedder()
    (corpus / "bridge.md").rename(corpus / "notes" / "stone-bridge.md")

    build_index(settings, embedder=embedder)

    assert embedder.embedded == 0
    assert bot.ask(BUILT).citations[0].document == "notes/stone-bridge.md"


def test_a_file_that_is_there_twice_is_one_document_under_its_first_path(bot, rebuild, corpus):
    shutil.copy(corpus / "bridge.md", corpus / "a-copy.md")

    report = rebuild()

    (record,) = [
        record
        for record in read_catalog(current_generation(bot.settings.index_dir))
        if "bridge.md" in record.paths
    ]
    assert record.paths == ("a-copy.md", "bridge.md")
    assert (report.documents, report.passages, report.added) == (3, 4, ("a-copy.md",))
    assert bot.ask(BUILT).citations[0].document == "a-copy.md"


def test_a_build_that_was_stopped_goes_on_where_it_was(settings, write, monkeypatch):
    monkeypatch.setattr("briefbot.vectorise._EMBED_AT_ONCE", 5)
    for number in range(40):
        write(f"corpus/note{number}.txt", f"The note {number} is about a thing.\n")
    embedder = CountingEmbedder()

    def stop(stage, done, total):
        if embedder.embedded >= 20:
            raise KeyboardInterrupt

    monkeypatch.setattr(
        embedder, "embed_documents", stopping(embedder.embed_documents, lambda: stop("", 0, 0))
    )
    with pytest.raises(KeyboardInterrupt):
        build_index(settings, embedder=embedder)
    again = CountingEmbedder()

    report = build_index(settings, embedder=again)

    assert embedder.embedded == 20
    assert again.embedded == report.embedded == 20


def stopping(work, stop):
    """Let something be asked before each call of a function."""

    def call(*args):
        stop()
        return work(*args)

    return call


def test_texts_are_embedded_with_others_of_their_length(settings, write):
    for number in range(60):
        write(f"corpus/n{number:02}.txt", f"Note {'very ' * (number * 7 % 20)}{number} is here.\n")
    embedder = CountingEmbedder()

    build_index(settings, embedder=embedder)

    (lengths,) = embedder.lengths
    assert lengths == sorted(lengths)


def test_a_model_that_changed_under_its_name_embeds_everything_anew(bot, settings):
    other = CountingEmbedder()
    other._dimension = 64

    report = build_index(settings, embedder=other)

    assert (report.up_to_date, report.embedded) == (False, 4)
    assert BriefBot(settings, embedder=other).info().dimension == 64


def test_a_damaged_vector_cache_is_computed_again(bot, settings, write, embedder):
    (settings.index_dir / "vectors.sqlite3").write_bytes(b"garbage" * 1000)
    write("corpus/tower.md", TOWER)

    report = build_index(settings, embedder=embedder)

    assert report.embedded == 5
    assert check_index(settings).defects == ()


def test_a_damaged_index_is_built_again_though_nothing_changed(settings, corpus, embedder):
    build_index(settings, embedder=embedder)
    shutil.rmtree(current_generation(settings.index_dir) / "bm25")

    report = build_index(settings, embedder=embedder)

    assert not report.up_to_date
    assert check_index(settings).defects == ()


def test_an_index_inside_the_corpus_is_not_indexed(settings, corpus, embedder):
    inside = settings.model_copy(update={"index_dir": corpus / "index"})
    build_index(inside, embedder=embedder)

    report = build_index(inside, embedder=embedder)

    assert report.up_to_date
    assert report.skipped == ()
    assert is_current(inside)


def test_documents_are_not_held_in_memory_while_a_corpus_is_read_and_split(settings, write):
    for number in range(60):
        write(f"corpus/note{number:02}.txt", f"The note {number} is about a thing.\n")
    most = {}

    def held():
        return sum(type(each) is Document for each in gc.get_objects())

    def count(stage, done, total):
        if done in {40, 60}:
            most[stage] = max(most.get(stage, 0), held())

    before = held()
    build_index(settings, embedder=WordHashEmbedder(), progress=count)  # all are parsed
    write("corpus/note00.txt", "Another note.\n")
    build_index(settings, embedder=WordHashEmbedder(), progress=count)  # all but one stay

    assert {"reading", "splitting", "embedding"} <= most.keys()
    assert max(most.values()) <= before + 5


@pytest.fixture
def parsed(monkeypatch):
    """The paths of the files that are parsed from now on."""
    paths = []

    def load(source, parser):
        paths.append(source.id)
        return load_source(source, parser)

    monkeypatch.setattr("briefbot.load.folder.load_source", load)
    return paths


def test_only_what_changed_is_parsed(bot, rebuild, write, parsed):
    write("corpus/tower.md", TOWER)

    rebuild()

    assert parsed == ["tower.md"]


def test_opening_an_index_that_is_up_to_date_parses_nothing(bot, settings, parsed, monkeypatch):
    monkeypatch.setattr("briefbot.pipeline.build_embedder", lambda _: bot.embedder)

    opened = BriefBot.open_or_build(settings)

    assert opened.ask(BUILT).statements
    assert parsed == []


def test_a_file_that_was_skipped_is_tried_again(settings, corpus, embedder, write, parsed):
    write("corpus/latin.txt", b"caf\xe9")
    build_index(settings, embedder=embedder)
    parsed.clear()

    report = build_index(settings, embedder=embedder)

    assert parsed == ["latin.txt"]
    assert report.up_to_date
    assert [skipped.path for skipped in report.skipped] == ["latin.txt"]
    assert is_current(settings)


def test_what_a_document_repeats_is_left_out_when_others_that_say_it_arrive(settings, write):
    banner = "Subscribe to the Valley Gazette for two crowns a week."
    bodies = ("The mill ground wheat for nine villages.", "The ferry carried more passengers.")
    for number, body in enumerate(bodies):
        write(f"corpus/page{number}.txt", f"{body}\n\n{body} Indeed.\n\n{banner}\n")
    build_index(settings, embedder=WordHashEmbedder())
    bot = BriefBot(settings, embedder=WordHashEmbedder())
    assert "Gazette" in bot.search("Valley Gazette", top_k=1)[0].chunk.text

    other = "The north pier lost sixty metres of old stone, and nobody has mended it since."
    write("corpus/page9.txt", f"{other}\n\n{banner}\n")
    report = build_index(settings, embedder=WordHashEmbedder())

    assert not any("Gazette" in found.chunk.text for found in bot.search("Gazette", top_k=9))
    assert sum("left out what other documents repeat" in note for note in report.notes) == 3
    (settings.corpus_dir / "page9.txt").unlink()
    build_index(settings, embedder=WordHashEmbedder())
    assert "Gazette" in bot.search("Valley Gazette", top_k=1)[0].chunk.text


def test_a_stale_index_is_opened_as_it_is_while_another_process_builds(
    bot, settings, write, monkeypatch, caplog
):
    monkeypatch.setattr("briefbot.pipeline.build_embedder", lambda _: bot.embedder)
    write("corpus/tower.md", TOWER)

    with only_writer(settings.index_dir):
        opened = BriefBot.open_or_build(settings)

    assert opened.ask(BUILT).statements
    assert "not up to date: Another build" in caplog.text
    remove_index(settings)
    with only_writer(settings.index_dir), pytest.raises(IndexMissingError):
        BriefBot.open_or_build(settings)


def test_two_builds_at_once_are_refused(settings, corpus, embedder):
    def build_again(stage, done, total):
        if stage == "writing":
            build_index(settings, embedder=embedder)

    with pytest.raises(IndexBusyError, match=f"process {os.getpid()} on"):
        build_index(settings, embedder=embedder, progress=build_again)

    assert build_index(settings, embedder=embedder).documents == 3


def test_a_build_that_fails_its_check_does_not_answer(bot, settings, write, monkeypatch):
    before = current_generation(settings.index_dir)
    write("corpus/tower.md", TOWER)
    build = LexicalIndex.build
    monkeypatch.setattr(LexicalIndex, "build", lambda chunks: build(list(chunks)[:-1]))

    with pytest.raises(IndexWriteError, match="did not pass its check"):
        build_index(settings, embedder=bot.embedder)

    assert current_generation(settings.index_dir) == before
    assert generations(settings.index_dir) == [before]


def test_passages_that_are_not_found_are_linked_more_closely(settings, corpus, monkeypatch):
    asked = []

    def lose_some(chunks, store, vectors_of=None):
        asked.append(len(chunks))
        return list(chunks) if len(asked) <= 2 else not_found(chunks, store, vectors_of)

    monkeypatch.setattr("briefbot.verify_index.not_found", lose_some)
    monkeypatch.setattr("briefbot.write_index.not_found", lose_some)

    build_index(settings, embedder=WordHashEmbedder())

    assert asked == [4, 4, 4]  # the check, with a wider search, and with closer links
    assert check_index(settings).defects == ()


def test_passages_that_are_never_found_are_no_index(settings, corpus, monkeypatch):
    monkeypatch.setattr("briefbot.verify_index.not_found", lambda chunks, *_: list(chunks))
    monkeypatch.setattr("briefbot.write_index.not_found", lambda chunks, *_: list(chunks))

    with pytest.raises(IndexWriteError, match="is not found by its own vector"):
        build_index(settings, embedder=WordHashEmbedder())


# --- what is deleted -----------------------------------------------------------------------------


def on_disk(folder):
    """Everything that stands in the files below a folder."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_deleted_text_is_nowhere(bot, rebuild, corpus, settings):
    questions = ("forty kinds of roses", "volunteers water", "garden")
    assert b"Volunteers water the roses" in on_disk(settings.index_dir)
    assert bot.ask("How many kinds of roses grow?").statements
    (corpus / "garden.md").unlink()

    rebuild()

    for question in questions:
        for top_k in (1, 3, 50):
            found = bot.search(question, top_k=top_k)
            assert all("roses" not in passage.chunk.text for passage in found)
    index = open_parts(
        current_generation(settings.index_dir),
        read_manifest(current_generation(settings.index_dir)),
    )
    assert index[1].query("roses volunteers", top_k=50) == []
    assert "roses" not in bot.ask("How many kinds of roses grow?").text
    written = on_disk(settings.index_dir)  # all of it: the old generation is gone too
    for words in (b"Volunteers", b"roses", b"forty kinds", b"Town Garden", b"volunt"):
        assert words not in written
    assert b"granite" in written


def test_the_vectors_of_deleted_text_are_gone(bot, rebuild, corpus, settings):
    text = bot.search("roses", top_k=1)[0].chunk
    vector = bot.embedder.embed_documents([f"{text.context}\n{text.text}"])[0]
    assert vector.tobytes() in on_disk(settings.index_dir)
    (corpus / "garden.md").unlink()

    rebuild()
    bot.search("bridge")  # it leaves the old generation, which kept its vectors until now
    rebuild()

    assert vector.tobytes() not in on_disk(settings.index_dir)


def test_an_index_that_was_removed_stops_answering(bot, settings):
    remove_index(settings)

    with pytest.raises(IndexMissingError):
        bot.ask(BUILT)

    assert {path.name for path in settings.index_dir.iterdir()} == {"LOCK", "vectors.sqlite3"}
    build_index(settings, embedder=bot.embedder)
    assert bot.ask(BUILT).statements
