import json
import shutil
import sqlite3

import pytest

from briefbot import index_folder
from briefbot.build import build_index, check_index
from briefbot.errors import IndexMissingError
from briefbot.verify_index import verify
from fakes import WordHashEmbedder


@pytest.fixture
def generation(settings, corpus, embedder, tmp_path):
    """A copy of a built generation, to be damaged: Chroma keeps open folders in memory."""
    build_index(settings, embedder=embedder)
    shutil.copytree(settings.index_dir, tmp_path / "copy")
    return index_folder.current_generation(tmp_path / "copy")


def documents_by_path(generation):
    return {
        json.loads(path.read_text("utf-8"))["document"]["id"]: path
        for path in (generation / "documents").iterdir()
    }


def change_stored_text(generation):
    path = documents_by_path(generation)["garden.md"]
    path.write_text(path.read_text("utf-8").replace("forty", "fifty"), "utf-8")


def move_a_passage(generation):
    path = documents_by_path(generation)["garden.md"]
    stored = json.loads(path.read_text("utf-8"))
    stored["passages"][0][1] += 1000
    path.write_text(json.dumps(stored), "utf-8")


def lose_a_document(generation):
    documents_by_path(generation)["garden.md"].unlink()


def in_chroma(generation, statement):
    database = sqlite3.connect(generation / "chroma" / "chroma.sqlite3")
    with database:
        database.execute(statement)
    database.close()


def change_a_passage_in_chroma(generation):
    in_chroma(
        generation,
        "UPDATE embedding_metadata SET string_value = replace(string_value, 'forty', 'fifty') "
        "WHERE key = 'text'",
    )


def lose_a_passage_in_chroma(generation):
    in_chroma(generation, "DELETE FROM embeddings WHERE id = (SELECT max(id) FROM embeddings)")


def swap_bm25_rows(generation):
    path = generation / "bm25" / "rows.json"
    rows = json.loads(path.read_text("utf-8"))
    rows["ids"].reverse()
    path.write_text(json.dumps(rows), "utf-8")


def flip_a_bm25_score(generation):
    path = generation / "bm25" / "data.csc.index.npy"
    data = bytearray(path.read_bytes())
    data[-2] ^= 0x40
    path.write_bytes(bytes(data))


def remove_chroma(generation):
    shutil.rmtree(generation / "chroma")


def lose_the_catalog(generation):
    (generation / "catalog.json").unlink()


def shorten_the_catalog(generation):
    path = generation / "catalog.json"
    path.write_text("".join(path.read_text("utf-8").splitlines(keepends=True)[:-1]), "utf-8")


DAMAGES = {
    change_stored_text: "The stored text of garden.md is not the one that was indexed.",
    move_a_passage: "A passage of garden.md lies outside its text.",
    lose_a_document: "it does not hold 'garden.md'",
    change_a_passage_in_chroma: "another one in Chroma",
    lose_a_passage_in_chroma: "passages in Chroma, not 4.",
    swap_bm25_rows: "The BM25 index holds other passages than the documents.",
    flip_a_bm25_score: "The files of the BM25 index are not the ones that were written.",
    remove_chroma: "the Chroma database is missing",
    lose_the_catalog: "its catalog cannot be read",
    shorten_the_catalog: "The catalog and the manifest list other documents.",
}


def test_a_built_generation_has_no_defects(generation):
    assert verify(generation).sentences == ()


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_defect_is_told_in_a_sentence(generation, damage):
    damage(generation)

    assert any(DAMAGES[damage] in sentence for sentence in verify(generation).sentences)


def test_passages_with_each_others_vectors_are_not_found_by_their_own(generation):
    def reversed_vectors(chunks):
        texts = [f"{c.context}\n{c.text}" for c in chunks]
        return WordHashEmbedder().embed_documents(texts)[::-1]

    verdict = verify(generation, vectors_of=reversed_vectors)

    assert verdict.defects == ()
    assert len(verdict.lost) == 4
    assert "is not found by its own vector" in verdict.sentences[0]


def test_many_defects_are_counted(generation):
    verdict = verify(generation)

    many = type(verdict)(tuple(f"Defect {n}." for n in range(50))).sentences
    assert (len(many), many[-1]) == (21, "30 more defects were found.")


def test_a_check_reports_what_it_checked(settings, corpus, embedder):
    build_index(settings, embedder=embedder)

    found = check_index(settings)

    assert (found.documents, found.passages, found.defects) == (3, 4, ())
    assert found.generation.startswith("generation-")


def test_there_is_nothing_to_check_without_an_index(settings):
    with pytest.raises(IndexMissingError):
        check_index(settings)
