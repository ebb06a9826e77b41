"""Kill builders at many moments while other processes ask; run by test_killed_builds.py.

A process of its own, since it forks builders and askers that start at once because everything is
imported here; so it must never open Chroma itself, whose threads do not survive a fork.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path

from briefbot import index_folder
from briefbot.build import build_index, check_index
from briefbot.pipeline import BriefBot
from briefbot.settings import Settings
from fakes import WordHashEmbedder

KILLS_AT_EVENTS = 36
"""Builders that kill themselves at the n-th thing that Python asks of the system."""
KILLS_AT_TIMES = 12
"""Builders killed from outside, wherever they are: in Chroma too."""
ASKERS = 4
NOTICED_WITHIN_S = 2.0


def write_edition(corpus: Path, edition: int) -> None:
    """Write a corpus of which a third names the edition, and one file is only in it."""
    corpus.mkdir(parents=True, exist_ok=True)
    for number in range(12):
        keeper = edition if number % 3 == 0 else 0
        (corpus / f"house{number}.txt").write_text(
            f"House {number} of the old town.\n\nIts keeper is guild member {keeper}.\n", "utf-8"
        )
    for old in corpus.glob("edition*.txt"):
        old.unlink()
    (corpus / f"edition{edition}.txt").write_text(
        f"The lighthouse keeper is guild member {edition}.\n", "utf-8"
    )


def fork(work) -> int:
    """Run a function in a child that ends without Python's farewell; its result is exit 0 or 1."""
    child = os.fork()
    if child:
        return child
    try:
        work()
    except BaseException as error:  # noqa: BLE001 - it is told below
        sys.stderr.write(f"{error!r}\n")
        os._exit(1)
    os._exit(0)


def build(settings: Settings) -> None:
    build_index(settings, embedder=WordHashEmbedder())


def count_events(settings: Settings, told: Path) -> None:
    """Build, and write down how many audit events that took."""
    events = [0]

    def note(*_: object) -> None:
        events[0] += 1

    sys.addaudithook(note)
    build(settings)
    told.write_text(str(events[0]))


def build_until(settings: Settings, last_event: int) -> None:
    """Build, and be killed at an audit event: an opened file, a rename, a database, an import."""
    events = [0]

    def note(*_: object) -> None:
        events[0] += 1
        if events[0] == last_event:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(note)
    build(settings)


def require_whole(settings: Settings) -> None:
    assert check_index(settings).defects == ()


def editions_seen(bot: BriefBot) -> set[int]:
    """Which editions an answer's passages are from; more than one would be a wrong answer."""
    seen = set()
    for passage in bot.search("Which guild member is the keeper of the lighthouse?", top_k=30):
        *_, last = passage.chunk.text.rstrip(".\n").split()
        name = passage.chunk.document
        if name.startswith("edition") or int(name[5:-4]) % 3 == 0:
            seen.add(int(last))
        if name.startswith("edition"):
            seen.add(int(name[7:-4]))
    return seen


def ask_until(settings: Settings, stop: Path, outcome: Path) -> None:
    """Ask until a file appears; write down errors, wrong answers and the edition seen last."""
    errors: list[str] = []
    asked = 0
    seen: set[int] = set()
    bot = BriefBot(settings, embedder=WordHashEmbedder())
    while not stop.exists():
        try:
            seen = editions_seen(bot)
            if asked % 20 == 0:
                assert bot.ask("Which guild member keeps the lighthouse?").statements
        except Exception as error:  # noqa: BLE001 - any error at all is the finding
            errors.append(repr(error))
        if len(seen) != 1:
            errors.append(f"one answer from editions {sorted(seen)}")
        asked += 1
        time.sleep(0.15)
    outcome.write_text(json.dumps({"asked": asked, "errors": errors[:5], "last": sorted(seen)}))


def main(folder: Path) -> None:
    settings = Settings(
        corpus_dir=folder / "corpus",
        index_dir=folder / "index",
        chunk_tokens=32,
        overlap_sentences=0,
        strictness=0.0,
    )
    write_edition(settings.corpus_dir, 1)
    first = os.waitpid(fork(lambda: build(settings)), 0)[1]
    stop = folder / "stop"
    outcomes = [folder / f"asker{number}" for number in range(ASKERS)]
    askers = [fork(lambda out=out: ask_until(settings, stop, out)) for out in outcomes]
    time.sleep(1)  # they are asking now
    write_edition(settings.corpus_dir, 2)
    started = time.monotonic()
    failed = [os.waitpid(fork(lambda: count_events(settings, folder / "events")), 0)[1]]
    whole_s = time.monotonic() - started
    events = int((folder / "events").read_text())
    killed = 0
    for number in range(KILLS_AT_EVENTS + KILLS_AT_TIMES):
        write_edition(settings.corpus_dir, 3 + number)
        if number < KILLS_AT_EVENTS:
            last = 1 + events * number // KILLS_AT_EVENTS
            builder = fork(lambda last=last: build_until(settings, last))
        else:
            builder = fork(lambda: build(settings))
            time.sleep(whole_s * (number - KILLS_AT_EVENTS) / KILLS_AT_TIMES / 2)
            os.kill(builder, signal.SIGKILL)
        killed += os.WIFSIGNALED(os.waitpid(builder, 0)[1])
        if number % 8 == 7:  # a killed build is made up for
            failed.append(os.waitpid(fork(lambda: build(settings)), 0)[1])
    write_edition(settings.corpus_dir, 1000)
    failed.append(os.waitpid(fork(lambda: build(settings)), 0)[1])
    time.sleep(NOTICED_WITHIN_S)
    generations = len(index_folder.generations(settings.index_dir))
    stop.touch()
    ended = [os.waitpid(asker, 0)[1] for asker in askers]
    whole = os.waitpid(fork(lambda: require_whole(settings)), 0)
    print(  # noqa: T201 - its result
        json.dumps(
            {
                "killed": killed,
                "failed": [first, *failed],
                "askers": [json.loads(out.read_text()) for out in outcomes],
                "ended": ended,
                "generations": generations,
                "defects": whole[1],
                "left": sorted(path.name for path in settings.index_dir.iterdir()),
                "events": events,
            }
        )
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
