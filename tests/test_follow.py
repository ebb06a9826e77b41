import gc
import logging
import threading
import time

import pytest

from briefbot.build import build_index
from briefbot.errors import IndexMissingError
from briefbot.follow import LOOK_EVERY_S
from briefbot.index_folder import current_generation, generations
from briefbot.pipeline import BriefBot
from fakes import WordHashEmbedder

TOWER = "# Tower\n\nThe lighthouse tower has a copper roof.\n"


@pytest.fixture
def rebuild(settings, embedder, write):
    """Change the corpus and index it."""

    def change():
        write("corpus/tower.md", TOWER)
        return build_index(settings, embedder=embedder)

    return change


def wait_until(fact):
    """Wait for something that must come soon; a minute is long enough on any machine."""
    end = time.monotonic() + 60
    while not fact() and time.monotonic() < end:
        time.sleep(0.05)
    return fact()


def test_a_bot_looks_for_a_new_index_often_enough():
    assert LOOK_EVERY_S <= 1


def test_a_bot_that_nobody_asks_leaves_the_old_index(bot, settings, rebuild):
    before = current_generation(settings.index_dir)

    rebuild()

    assert wait_until(lambda: not before.exists())
    assert generations(settings.index_dir) == [current_generation(settings.index_dir)]


def test_a_question_keeps_its_index_on_the_disk_until_it_is_answered(bot, settings, rebuild):
    before = current_generation(settings.index_dir)
    answers = bot.stream("What did the flood damage, and who repaired it?")
    next(answers)

    rebuild()
    assert "tower.md" in {p.chunk.document for p in bot.search("copper roof")}
    assert before.exists()
    last = list(answers)[-1]

    assert last.citations
    assert not before.exists()


def test_a_stream_that_is_thrown_away_lets_go_too(bot, settings, rebuild):
    before = current_generation(settings.index_dir)
    answers = bot.stream("What did the flood damage, and who repaired it?")
    next(answers)
    rebuild()
    bot.search("bridge")

    answers.close()

    assert not before.exists()


def test_another_bot_keeps_an_index_that_one_bot_left(bot, settings, rebuild):
    before = current_generation(settings.index_dir)
    other = BriefBot(settings, embedder=WordHashEmbedder())
    answers = other.stream("When was the stone bridge built?")
    next(answers)

    rebuild()
    bot.search("bridge")

    assert before.exists()
    answers.close()
    assert wait_until(lambda: not before.exists())


def test_a_closed_bot_lets_go_of_its_index(bot, settings, embedder):
    bot.close()
    before = current_generation(settings.index_dir)

    build_index(settings, embedder=embedder, force=True)

    assert not before.exists()


def test_a_bot_that_is_forgotten_lets_go_of_its_index(settings, corpus, embedder):
    build_index(settings, embedder=embedder)
    before = current_generation(settings.index_dir)
    bot = BriefBot(settings, embedder=embedder)
    bot.search("bridge")
    del bot
    gc.collect()

    build_index(settings, embedder=embedder, force=True)

    assert not before.exists()


def test_questions_during_rebuilds_all_find_something(bot, settings, write, embedder):
    stop = threading.Event()
    found = []

    def ask():
        while not stop.is_set():
            found.append(len(bot.search("stone bridge")))

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(4):
        write("corpus/number.md", f"# Number\n\nThe number is {number}.\n")
        build_index(settings, embedder=embedder)
    stop.set()
    for thread in threads:
        thread.join()

    assert found
    assert min(found) > 0


def test_an_index_that_cannot_be_opened_is_told_once(bot, settings, caplog):
    (settings.index_dir / "CURRENT").write_text("generation-gone")

    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            assert bot.search("bridge")

    assert sum("The new index is not used" in record.message for record in caplog.records) == 1


def test_an_index_that_was_taken_away_is_missed_and_found_again(bot, settings):
    name = (settings.index_dir / "CURRENT").read_text()
    (settings.index_dir / "CURRENT").rename(settings.index_dir / "away")

    with pytest.raises(IndexMissingError):
        bot.search("bridge")

    build_index(settings, embedder=bot.embedder)
    assert bot.search("bridge")
    assert (settings.index_dir / "CURRENT").read_text() != name
