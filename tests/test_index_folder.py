import json
import os
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from briefbot.document_store import (
    content_digest,
    corpus_digest,
    read_document,
    write_document,
)
from briefbot.errors import (
    IndexDamagedError,
    IndexMismatchError,
    IndexMissingError,
    IndexWriteError,
)
from briefbot.generation import (
    FORMAT,
    BuildSettings,
    CorpusFiles,
    DocumentRecord,
    Manifest,
    append_vector_keys,
    read_catalog,
    read_files,
    read_manifest,
    require_same_settings,
    vector_keys,
    write_catalog,
    write_files,
    write_manifest,
)
from briefbot.index_folder import (
    clean,
    current_generation,
    discard,
    generations,
    hold_current,
    new_generation,
    publish,
    remove_if_unread,
)
from briefbot.index_lock import Hold
from briefbot.types import Document, Heading, Mark, Skipped

BUILT_WITH = BuildSettings("word-hash", chunk_tokens=192, overlap_sentences=1)
MANIFEST = Manifest(
    format=FORMAT,
    settings=BUILT_WITH,
    dimension=384,
    corpus_digest="abc",
    documents=("a.md", "sub/é.md"),
    passages=12,
    skipped=1,
    created="2025-11-12T10:00:00Z",
)
DOCUMENT = Document(
    id="sub/é.md",
    title="“Title”",
    text="# Head\r\n\0 😀 e\u0301 \u2028 \ufeff\r",
    headings=(Heading(1, "Head", 0, 6),),
    marks=(Mark(0, "p. 1"), Mark(8, "row 2", own_passage=True)),
    left_out=((9, 11),),
    notes=("left out 3 characters",),
)


@pytest.fixture
def generation(tmp_path):
    return new_generation(tmp_path / "index")


# --- generations --------------------------------------------------------------------------------


def test_a_published_generation_is_the_current_one(tmp_path, generation):
    publish(tmp_path / "index", generation)

    assert current_generation(tmp_path / "index") == generation


def test_a_generation_that_is_not_published_is_not_current(tmp_path, generation):
    publish(tmp_path / "index", generation)

    new_generation(tmp_path / "index")

    assert current_generation(tmp_path / "index") == generation


def test_cleaning_keeps_the_current_generation_and_what_is_read(tmp_path):
    made = []
    for _ in range(4):
        made.append(new_generation(tmp_path / "index"))
        publish(tmp_path / "index", made[-1])
    hold = Hold(made[1] / "in-use")

    clean(tmp_path / "index")

    assert generations(tmp_path / "index") == [made[1], made[3]]
    hold.release()
    clean(tmp_path / "index")
    assert generations(tmp_path / "index") == [made[3]]


def test_cleaning_removes_what_killed_builds_left(tmp_path, generation):
    publish(tmp_path / "index", generation)
    new_generation(tmp_path / "index")
    (tmp_path / "index" / ".CURRENT-12ab").write_text("generation-half")
    (tmp_path / "index" / f".going-{generation.name}-old" / "documents").mkdir(parents=True)

    clean(tmp_path / "index")

    assert {path.name for path in (tmp_path / "index").iterdir()} == {"CURRENT", generation.name}


def test_a_generation_that_is_held_is_not_removed(generation):
    hold = Hold(generation / "in-use")

    assert not remove_if_unread(generation)

    hold.release()
    assert remove_if_unread(generation)
    assert not generation.exists()


def test_the_current_generation_is_held_for_a_reader(tmp_path, generation):
    publish(tmp_path / "index", generation)

    held, hold = hold_current(tmp_path / "index")

    assert held == generation
    assert not remove_if_unread(generation)
    hold.release()


def test_an_index_whose_lock_file_is_gone_is_damaged(tmp_path, generation):
    write_manifest(generation, MANIFEST)
    (generation / "in-use").unlink()
    publish(tmp_path / "index", generation)

    with pytest.raises(IndexDamagedError, match="in-use cannot be locked"):
        hold_current(tmp_path / "index")


def test_an_index_of_another_version_has_no_lock_file_and_says_so(tmp_path, generation):
    write_manifest(generation, replace(MANIFEST, format=FORMAT - 1))
    (generation / "in-use").unlink()
    publish(tmp_path / "index", generation)

    with pytest.raises(IndexMismatchError, match="another version"):
        hold_current(tmp_path / "index")


def test_vector_keys_are_read_as_they_were_noted(generation):
    append_vector_keys(generation, [b"a" * 16, b"b" * 16])
    append_vector_keys(generation, [b"c" * 16])

    assert list(vector_keys(generation)) == [b"a" * 16, b"b" * 16, b"c" * 16]


def test_a_generation_that_noted_no_vector_keys_has_none(generation):
    assert list(vector_keys(generation)) == []


def test_a_catalog_is_read_as_it_was_written(generation):
    records = (
        DocumentRecord(("a.md", "copy/a.md"), "12", "“A”", "article", "2024", 3, "ff"),
        DocumentRecord(("b.md",), "34", "B", "", "", 1, notes=("page 3 has no text", "é")),
    )

    write_catalog(generation, records)

    assert read_catalog(generation) == records


@pytest.mark.parametrize("content", ["garbage", "[]", "{}", '{"paths": 5}', "null"])
def test_a_catalog_of_garbage_is_damage(generation, content):
    (generation / "catalog.json").write_text(content)

    with pytest.raises(IndexDamagedError, match="its catalog cannot be read"):
        read_catalog(generation)


def test_the_files_of_a_corpus_are_read_as_they_were_noted(generation):
    files = CorpusFiles({"é/a.md": "12", "b\udce9.pdf": ""}, (Skipped("b?.pdf", "It is “empty”."),))

    write_files(generation, files)

    assert read_files(generation) == files


def test_an_index_of_before_files_were_noted_knows_none(generation):
    assert read_files(generation) == CorpusFiles({}, ())


@pytest.mark.parametrize("content", ["garbage", "[]", "{}", '{"digests": [], "skipped": [1]}'])
def test_a_list_of_files_of_garbage_is_damage(generation, content):
    (generation / "files.json").write_text(content)

    with pytest.raises(IndexDamagedError, match="its list of files cannot be read"):
        read_files(generation)


def test_content_stays_the_same_wherever_the_file_stands():
    moved = replace(DOCUMENT, id="b.md", title="B", notes=())

    assert content_digest(moved) == content_digest(DOCUMENT)
    assert content_digest(replace(DOCUMENT, text="x")) != content_digest(DOCUMENT)


def test_publishing_leaves_only_the_pointer_and_generations(tmp_path, generation):
    publish(tmp_path / "index", generation)

    names = {path.name for path in (tmp_path / "index").iterdir()}
    assert names == {"CURRENT", generation.name}


def test_all_of_a_build_is_on_the_disk_before_it_is_current(tmp_path, generation, monkeypatch):
    (generation / "chroma").mkdir()
    (generation / "chroma" / "data.bin").write_bytes(b"vectors")
    pointer = generation.parent / "CURRENT"
    synced = []

    def sync(descriptor, sync=os.fsync):
        synced.append((Path(f"/proc/self/fd/{descriptor}").readlink(), pointer.exists()))
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", sync)
    publish(generation.parent, generation)

    before = {path for path, is_current in synced if not is_current}
    assert before > {generation, *generation.rglob("*")}  # and the pointer's own text
    assert [path for path, is_current in synced if is_current] == [generation.parent]


def test_a_discarded_generation_is_gone(generation):
    discard(generation)

    assert not generation.exists()


def test_a_generation_that_answers_is_not_discarded(tmp_path, generation):
    publish(tmp_path / "index", generation)

    discard(generation)

    assert current_generation(tmp_path / "index") == generation


def test_discarding_twice_is_no_error(generation):
    discard(generation)

    discard(generation)


def test_a_folder_without_an_index_says_how_to_build_one(tmp_path):
    with pytest.raises(IndexMissingError) as caught:
        current_generation(tmp_path)

    assert caught.value.message == f"There is no index in {tmp_path}."
    assert "briefbot index" in caught.value.hint


def test_a_missing_index_folder_is_a_missing_index(tmp_path):
    with pytest.raises(IndexMissingError):
        current_generation(tmp_path / "nowhere")


@pytest.mark.parametrize(
    "pointer", ["", "generation-gone", "../elsewhere", "generation-/../..", "other", "\0"]
)
def test_a_pointer_that_leads_nowhere_is_damage(tmp_path, generation, pointer):
    (tmp_path / "index" / "CURRENT").write_text(pointer)

    with pytest.raises(IndexDamagedError, match="the build that CURRENT names is missing"):
        current_generation(tmp_path / "index")


def test_a_pointer_that_is_not_text_is_damage(tmp_path, generation):
    (tmp_path / "index" / "CURRENT").write_bytes(b"\xff\xfe")

    with pytest.raises(IndexDamagedError, match="CURRENT cannot be read"):
        current_generation(tmp_path / "index")


def test_a_pointer_that_is_a_folder_is_damage(tmp_path, generation):
    (tmp_path / "index" / "CURRENT").mkdir()

    with pytest.raises(IndexDamagedError, match="CURRENT cannot be read"):
        current_generation(tmp_path / "index")


def test_an_index_folder_that_cannot_be_made_is_an_error(write, tmp_path):
    write("index", "a file in its place")

    with pytest.raises(IndexWriteError, match="cannot be written") as caught:
        new_generation(tmp_path / "index")

    assert str(tmp_path / "index") in caught.value.message


# --- manifests ----------------------------------------------------------------------------------


def test_a_manifest_is_read_as_it_was_written(generation):
    write_manifest(generation, MANIFEST)

    assert read_manifest(generation) == MANIFEST


def test_a_manifest_of_another_format_is_a_mismatch(generation):
    write_manifest(generation, replace(MANIFEST, format=FORMAT + 1))

    with pytest.raises(IndexMismatchError, match="another version of BriefBot"):
        read_manifest(generation)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "garbage",
        "null",
        "[]",
        "{}",
        '"text"',
        json.dumps({"format": FORMAT}),
        json.dumps(asdict(MANIFEST) | {"settings": {"wrong": 1}}),
        json.dumps(asdict(MANIFEST) | {"settings": None}),
        json.dumps(asdict(MANIFEST) | {"documents": 5}),
        json.dumps(asdict(MANIFEST) | {"surplus": 5}),
        "[" * 100_000,
    ],
    ids=range(12),
)
def test_a_manifest_of_garbage_is_damage(generation, content):
    (generation / "manifest.json").write_text(content)

    with pytest.raises(IndexDamagedError, match="its manifest cannot be read"):
        read_manifest(generation)


def test_a_missing_manifest_is_damage(generation):
    with pytest.raises(IndexDamagedError, match="its manifest cannot be read"):
        read_manifest(generation)


def test_an_index_built_with_the_same_settings_is_accepted(tmp_path):
    require_same_settings(MANIFEST, replace(BUILT_WITH), tmp_path)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"embedding_model": "other"}, "embedding_model 'word-hash', now 'other'"),
        ({"chunk_tokens": 64}, "chunk_tokens 192, now 64"),
        ({"overlap_sentences": 0}, "overlap_sentences 1, now 0"),
    ],
)
def test_an_index_built_with_other_settings_names_the_setting(tmp_path, change, named):
    with pytest.raises(IndexMismatchError) as caught:
        require_same_settings(MANIFEST, replace(BUILT_WITH, **change), tmp_path)

    assert f"({named})" in caught.value.message
    assert "rebuild" in caught.value.hint


# --- documents ----------------------------------------------------------------------------------


def test_a_document_is_read_as_it_was_written(generation):
    write_document(generation, DOCUMENT)

    assert read_document(generation, DOCUMENT.id) == DOCUMENT


@pytest.mark.parametrize("document_id", ["unknown.md", "../../etc/passwd", ""])
def test_a_document_that_the_index_does_not_hold_is_damage(generation, document_id):
    with pytest.raises(IndexDamagedError) as caught:
        read_document(generation, document_id)

    assert f"it does not hold {document_id!r}" in caught.value.message


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", "null", '{"headings": [1]}'])
def test_a_document_of_garbage_is_damage(generation, content):
    write_document(generation, DOCUMENT)
    (stored,) = (generation / "documents").iterdir()
    stored.write_text(content)

    with pytest.raises(IndexDamagedError, match="it does not hold"):
        read_document(generation, DOCUMENT.id)


def test_the_digest_of_the_same_documents_is_the_same():
    assert corpus_digest([DOCUMENT]) == corpus_digest([replace(DOCUMENT)])


@pytest.mark.parametrize(
    "documents",
    [[], [replace(DOCUMENT, text="x")], [replace(DOCUMENT, id="b.md")], [DOCUMENT, DOCUMENT]],
    ids=["none", "text", "id", "more"],
)
def test_the_digest_of_other_documents_is_another(documents):
    assert corpus_digest(documents) != corpus_digest([DOCUMENT])
