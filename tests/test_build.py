import shutil

import pytest

from briefbot.build import build_index, is_current
from briefbot.errors import CorpusError, IndexDamagedError, IndexWriteError
from briefbot.load import load_corpus
from briefbot.pipeline import BriefBot
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
    assert is_current(settings, load_corpus(corpus))

    write("corpus/garden.md", "# The Town Garden\n\nIt is closed.\n")

    assert not is_current(settings, load_corpus(corpus))


def test_an_index_is_not_current_with_other_settings(bot, settings, corpus):
    other = settings.model_copy(update={"chunk_tokens": 64})

    assert not is_current(other, load_corpus(corpus))


def test_a_missing_index_is_not_current(settings, corpus):
    assert not is_current(settings, load_corpus(corpus))
