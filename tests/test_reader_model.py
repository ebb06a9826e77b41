from __future__ import annotations

import json
import shutil

import numpy as np
import pytest

from briefbot.errors import ModelLoadError
from briefbot.reader_model import (
    BUILT_IN_FOLDER,
    ReaderModel,
    built_in_close_reader,
    built_in_reader,
)

BRIDGE = "The stone bridge was built in 1742. Engineer Maria Lindqvist designed its three arches."
ROSES = "The garden grows forty kinds of roses. Volunteers water the roses every evening."


def test_the_passage_that_answers_is_more_relevant_than_one_that_does_not():
    bridge, roses = built_in_reader().read("When was the bridge built?", [BRIDGE, ROSES])

    assert bridge.relevance > roses.relevance
    assert bridge.answerable > roses.answerable
    assert bridge.margin > roses.margin


def test_the_span_is_the_short_answer():
    reading = built_in_reader().read("When was the bridge built?", [BRIDGE])[0]

    assert BRIDGE[slice(*reading.span)] == "1742"


def test_the_sentence_that_answers_has_more_evidence():
    reading = built_in_reader().read("Who designed the arches?", [BRIDGE])[0]

    end = BRIDGE.index("Engineer")
    assert reading.evidence(end, len(BRIDGE)) > reading.evidence(0, end)


def test_a_range_without_tokens_has_next_to_no_evidence():
    reading = built_in_reader().read("Who?", [BRIDGE])[0]

    assert reading.evidence(3, 3) < -10


def test_readings_come_in_the_order_of_the_passages_whatever_their_length():
    years = ["1742", "1803", "1651", "1920"]
    built = [
        f"The stone bridge was built in {year}. " + ROSES * longer
        for year, longer in zip(years, (5, 0, 3, 1), strict=True)
    ]

    readings = built_in_reader().read("When was the bridge built?", [*built, "", "Short."])

    found = [text[slice(*reading.span)] for text, reading in zip(built, readings, strict=False)]
    assert found == years


def test_a_passage_is_read_alike_alone_and_among_others():
    texts = [BRIDGE * 5, "Short.", ROSES * 3, BRIDGE, "", ROSES]
    model = built_in_reader()

    together = model.read("When was the bridge built?", texts)
    alone = [model.read("When was the bridge built?", [text])[0] for text in texts]

    gaps = [abs(a.relevance - b.relevance) for a, b in zip(together, alone, strict=True)]
    assert max(gaps) < 0.6  # int8 rounds by the batch's range


def test_a_passage_without_a_token_holds_no_span():
    reading = built_in_reader().read("Who?", [""])[0]

    assert reading.span == (0, 0)
    assert reading.margin < -10


def test_an_overlong_question_and_passage_are_read_in_part():
    reading = built_in_reader().read("why " * 500, [BRIDGE * 200])[0]

    assert np.isfinite(reading.relevance)


def test_wrong_bytes_are_refused(tmp_path):
    folder = tmp_path / "models"
    shutil.copytree(BUILT_IN_FOLDER, folder)
    (folder / "reader.onnx").write_bytes(b"something else")

    with pytest.raises(ModelLoadError, match=r"reader\.onnx is not the expected one"):
        ReaderModel(folder)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ModelLoadError, match=r"reader\.json cannot be read"):
        ReaderModel(tmp_path)


@pytest.mark.parametrize(("name", "megabytes"), [("reader", 25), ("close-reader", 135)])
def test_the_models_stay_small(name, megabytes):
    sizes = [path.stat().st_size for path in BUILT_IN_FOLDER.glob(f"{name}.*")]

    assert sum(sizes) <= megabytes * 1e6
    assert max(sizes) <= 60e6  # some hosts of repositories take no file over 100 MB


@pytest.mark.parametrize("name", ["reader", "close-reader"])
def test_the_settings_name_the_checksum_of_every_file(name):
    facts = json.loads((BUILT_IN_FOLDER / f"{name}.json").read_text("utf-8"))

    weights = {path.name for path in BUILT_IN_FOLDER.glob(f"{name}.*")} - {f"{name}.json"}
    assert set(facts["sha256"]) == {*weights, "reader-tokenizer.json"}


def test_both_readers_read_the_same_tokens():
    question = "When was the bridge built?"
    (small,) = built_in_reader().read(question, [BRIDGE])
    (close,) = built_in_close_reader().read(question, [BRIDGE])

    assert small.token_spans.tolist() == close.token_spans.tolist()
