"""Question + open index → what was found and read for it, part by part and side by side."""

from __future__ import annotations

from dataclasses import replace

from briefbot.cite import fold
from briefbot.questions import question_parts
from briefbot.read import Reading, combined
from briefbot.sides import side_questions
from briefbot.wiring import OpenIndex


def consult(question: str, index: OpenIndex, depth: int) -> Reading:
    """Retrieve and read; of a question that asks twice, the second part with the first's answer.

    The title of the document that answered the first part goes with it: the words alone mislead
    where somebody calls a thing "an outside-the-box idea".
    """
    readings: list[Reading] = []
    for part in question_parts(question):
        asked = part
        if readings and readings[0].span is not None:
            span = readings[0].span
            asked = f"{part.rstrip('?')} {fold(span.text)} ({span.chunk.title})?"
        readings.append(index.reader.read(asked, index.retriever.retrieve(asked, top_k=depth)))
    return combined(readings)


def with_sides(reading: Reading, question: str, index: OpenIndex, depth: int) -> Reading:
    """Read for each side of a comparison too, by a question of its own.

    Seldom does one passage answer for both sides: if each has its answer, the whole question has.
    """
    sides = {
        side.name: consult(asked, index, depth) for side, asked in side_questions(question).items()
    }
    weakest = min((side.probability for side in sides.values()), default=0.0)
    return replace(
        reading,
        probability=max(reading.probability, weakest),
        sides={name: side.evidence for name, side in sides.items()},
    )


def judged_by_meaning(reading: Reading) -> Reading:
    """Judge by the embedding model alone where the reader, which knows English, is no judge."""
    cosine = reading.features.get("best_cosine", 0.0)
    return replace(reading, probability=max(reading.probability, cosine), missing=())
