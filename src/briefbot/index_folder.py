"""The index folder: one folder per build, and a pointer to the one that answers.

index/
  CURRENT                       name of the current generation, replaced in one step
  LOCK                          who builds, see index_lock.py
  vectors.sqlite3               vectors computed before, see vector_cache.py
  generation-20251122-…/        one build, see generation.py
    in-use                      locked by everyone who reads this generation
"""

from __future__ import annotations

import contextlib
import datetime
import os
import shutil
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from briefbot.errors import IndexDamagedError, IndexMissingError
from briefbot.generation import read_manifest
from briefbot.index_lock import Hold, held_by_nobody, unwritable
from briefbot.store import damaged
from briefbot.vector_cache import FILE as VECTORS_FILE

_POINTER = "CURRENT"
_PREFIX = "generation-"
_GOING = ".going-"
"""A generation that is being removed has this before its name, so that nobody opens half of it."""
_IN_USE = "in-use"


def new_generation(index_dir: Path) -> Path:
    """Make a fresh folder for a build.

    Raises:
        IndexWriteError: If the folder cannot be made.
    """
    stamp = datetime.datetime.now(datetime.UTC).strftime("%Y%m%d-%H%M%S-%f")
    folder = index_dir / f"{_PREFIX}{stamp}-{uuid.uuid4().hex[:8]}"
    try:
        (folder / "documents").mkdir(parents=True)
        (folder / _IN_USE).touch()
    except OSError as error:
        raise unwritable(index_dir, error) from error
    return folder


def current_generation(index_dir: Path) -> Path:
    """Find the generation that answers.

    Raises:
        IndexMissingError: If nothing was built there.
        IndexDamagedError: If the pointer leads nowhere.
    """
    folder = _pointed_to(index_dir)
    if not folder.is_dir() and folder == _pointed_to(index_dir):  # not replaced in between
        raise damaged(index_dir, "the build that CURRENT names is missing")
    return folder


def _pointed_to(index_dir: Path) -> Path:
    pointer = index_dir / _POINTER
    try:
        name = pointer.read_text("utf-8").strip()
    except FileNotFoundError as error:
        raise IndexMissingError(
            f"There is no index in {index_dir}.", hint="Run `briefbot index` to build it."
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise damaged(index_dir, f"{_POINTER} cannot be read") from error
    if not name.startswith(_PREFIX) or "/" in name or "\0" in name:
        raise damaged(index_dir, "the build that CURRENT names is missing")
    return index_dir / name


def hold_current(index_dir: Path) -> tuple[Path, Hold]:
    """Find the generation that answers, and keep it in place until the hold is released.

    Raises:
        IndexMissingError: If nothing was built there.
        IndexDamagedError: If the pointer leads nowhere.
        IndexMismatchError: If another version of BriefBot built it.
    """
    for _ in range(_HOLD_ATTEMPTS):
        generation = current_generation(index_dir)
        try:
            hold = Hold(generation / _IN_USE)
        except OSError as error:
            failure: OSError = error
        else:
            if _pointed_to(index_dir) == generation:  # nobody removes what is current
                return generation, hold
            hold.release()
            continue
        time.sleep(_HOLD_PAUSE_S)  # just being removed: CURRENT names the next one by now
    read_manifest(generation)  # tells an index of another version from a damaged one
    raise damaged(index_dir, f"its file {_IN_USE} cannot be locked: {failure}") from failure


_HOLD_ATTEMPTS = 20
_HOLD_PAUSE_S = 0.01


def publish(index_dir: Path, generation: Path) -> None:
    """Make a finished generation the current one, in one rename, once all of it is on the disk."""
    _flush(generation)
    pointer = index_dir / _POINTER
    staged = index_dir / f".{_POINTER}-{uuid.uuid4().hex[:8]}"
    with staged.open("w", encoding="utf-8") as file:
        file.write(generation.name)
        file.flush()
        os.fsync(file.fileno())
    staged.replace(pointer)
    with contextlib.suppress(OSError):  # the switch is made; this is for a power cut right now
        _flush_one(index_dir)


def _flush(folder: Path) -> None:
    """Wait until a folder is on the disk; many files at a time, which a disk does at once."""
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(_flush_one, [folder, *folder.rglob("*")]))


def _flush_one(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def withdraw(index_dir: Path) -> None:
    """Leave no index: for a corpus that its user emptied. Only the one writer may call this."""
    (index_dir / _POINTER).unlink(missing_ok=True)
    clean(index_dir)


def clean(index_dir: Path) -> None:
    """Remove what nobody reads: earlier generations, and what killed builds left.

    Only the one writer may call this: a generation that is being built looks like a leftover.
    """
    try:
        current = _pointed_to(index_dir)
    except (IndexMissingError, OSError):
        current = None
    for path in sorted(index_dir.iterdir()):
        if path.name.startswith(_GOING):
            shutil.rmtree(path, ignore_errors=True)
        elif path.name.startswith(f".{_POINTER}-"):
            path.unlink(missing_ok=True)
        elif path.name.startswith(_PREFIX) and path != current:
            remove_if_unread(path)


def remove_if_unread(generation: Path) -> bool:
    """Remove a generation that is not current, unless someone reads it.

    Returns:
        Whether it is gone.
    """
    with held_by_nobody(generation / _IN_USE) as is_unread:
        if not is_unread:
            return False
        going = generation.with_name(f"{_GOING}{generation.name}")
        with contextlib.suppress(OSError):
            generation.rename(going)
            shutil.rmtree(going, ignore_errors=True)
    return not generation.exists()


def is_current(generation: Path) -> bool:
    """Whether the pointer names this generation."""
    try:
        return _pointed_to(generation.parent) == generation
    except IndexMissingError:
        return False


def generations(index_dir: Path) -> list[Path]:
    """List the generations that are there, oldest first."""
    return sorted(index_dir.glob(f"{_PREFIX}*"))


def discard(generation: Path) -> None:
    """Remove a generation whose build failed; not if it failed after the switch."""
    with contextlib.suppress(IndexMissingError, IndexDamagedError):
        if is_current(generation):
            return
    shutil.rmtree(generation, ignore_errors=True)


def part_sizes(generation: Path) -> dict[str, int]:
    """Add up the bytes of each part of a generation, and of the vector cache beside it."""
    parts = {name: _size(generation / name) for name in ("chroma", "bm25", "documents")}
    cache = sum(_size(path) for path in generation.parent.glob(f"{VECTORS_FILE}*"))
    return {"generation": _size(generation), **parts, "vector_cache": cache}


def _size(path: Path) -> int:
    """Add up the sizes of a file or of all files below; one that just went counts as nothing."""
    total = 0
    for file in (path, *path.rglob("*")):
        with contextlib.suppress(OSError):
            total += file.stat().st_size if file.is_file() else 0
    return total
