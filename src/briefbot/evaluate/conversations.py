"""Whole conversations: follow-up turns as typed against the same questions written out in full."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from briefbot.errors import EvaluationCaseError
from briefbot.evaluate.metrics import Metric, mean, proportion
from briefbot.pipeline import BriefBot
from briefbot.types import Answer, AnswerStatus, Turn

HITS_DEPTH = 4


class TalkTurn(BaseModel):
    """One turn of a conversation.

    Attributes:
        question: As typed.
        written_out: The same question standing alone; the same text where it does so as typed.
        evidence: Groups of verbatim quotes, as in `cases.Case`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    question: str
    written_out: str
    answerable: bool
    evidence: tuple[tuple[str, ...], ...] = ()

    @model_validator(mode="after")
    def _evidence_fits(self) -> TalkTurn:
        if self.answerable != bool(self.evidence):
            raise ValueError("an answerable turn has evidence, and no other has")
        return self

    @property
    def stands_alone(self) -> bool:
        """Whether it leaves nothing to the turns before it."""
        return self.question == self.written_out


class Conversation(BaseModel):
    """Some turns, the first of which stands alone."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    split: Literal["dev", "test"]
    about: str = ""
    turns: tuple[TalkTurn, ...] = Field(min_length=2, max_length=5)

    @model_validator(mode="after")
    def _opens(self) -> Conversation:
        if not self.turns[0].stands_alone:
            raise ValueError("the first turn stands alone")
        return self


def load_conversations(path: Path, *, split: str = "all") -> list[Conversation]:
    """Read a JSON Lines file of conversations.

    Args:
        path: The file.
        split: `dev`, `test` or `all`.

    Raises:
        EvaluationCaseError: Naming the first line that is malformed or repeats an id.
    """
    if split not in {"dev", "test", "all"}:
        raise EvaluationCaseError(f"There is no split {split!r}.", hint="Use dev, test or all.")
    try:
        lines = path.read_text("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise EvaluationCaseError(
            f"The conversations {path} cannot be read ({error}).",
            hint="Check the name of the file.",
        ) from error
    found: dict[str, Conversation] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            conversation = Conversation.model_validate(json.loads(line))
        except (json.JSONDecodeError, ValidationError) as error:
            raise EvaluationCaseError(
                f"{path}, line {number} is no conversation ({str(error).splitlines()[0]}).",
                hint="Compare it with the lines around it.",
            ) from error
        if conversation.id in found:
            raise EvaluationCaseError(
                f"{path}, line {number} repeats the id {conversation.id!r}.",
                hint="Give it another.",
            )
        found[conversation.id] = conversation
    return [each for each in found.values() if split in {"all", each.split}]


@dataclass(frozen=True, slots=True)
class TurnResult:
    """A turn, answered as typed within its conversation, and written out without one."""

    conversation: str
    number: int
    turn: TalkTurn
    typed: Answer
    written_out: Answer

    @property
    def is_follow_up(self) -> bool:
        """Whether it leans on the turns before it."""
        return not self.turn.stands_alone

    @property
    def hits(self) -> tuple[bool, bool]:
        """Whether the first passages hold evidence: as typed, and written out."""
        return _hits(self.turn, self.typed), _hits(self.turn, self.written_out)

    @property
    def refused(self) -> tuple[bool, bool]:
        """Whether nothing was answered: as typed, and written out."""
        refusal = AnswerStatus.NOT_IN_DOCUMENTS
        return self.typed.status is refusal, self.written_out.status is refusal

    def as_json(self) -> dict[str, Any]:
        """One line of the report by turn."""
        return {
            "conversation": self.conversation,
            "turn": self.number,
            "question": self.turn.question,
            "understood_as": self.typed.standalone_question,
            "written_out": self.turn.written_out,
            "answerable": self.turn.answerable,
            "hit": dict(zip(("typed", "written_out"), self.hits, strict=True)),
            "refused": dict(zip(("typed", "written_out"), self.refused, strict=True)),
            "answer": self.typed.text,
        }


def _hits(turn: TalkTurn, answer: Answer) -> bool:
    texts = [" ".join(passage.chunk.text.split()) for passage in answer.passages[:HITS_DEPTH]]
    quotes = [" ".join(quote.split()) for group in turn.evidence for quote in group]
    return any(quote in text for quote in quotes for text in texts)


def hold(
    bot: BriefBot,
    conversations: Sequence[Conversation],
    *,
    progress: Callable[[str, int, int], None] | None = None,
) -> list[TurnResult]:
    """Hold each conversation with the bot, whose own answers are its history.

    The written-out questions are asked on their own, without any history.
    """
    results: list[TurnResult] = []
    for done, conversation in enumerate(conversations):
        if progress:
            progress("talking", done, len(conversations))
        history: list[Turn] = []
        for number, turn in enumerate(conversation.turns, start=1):
            typed = bot.ask(turn.question, history)
            alone = bot.ask(turn.written_out)
            results.append(TurnResult(conversation.id, number, turn, typed, alone))
            history.append(Turn(turn.question, typed.text))
    return results


def summarise_talk(results: Sequence[TurnResult]) -> dict[str, Metric]:
    """Sum up the follow-up turns, and what became of turns that change the topic.

    `follow_up_hits@4_lost` is what typing costs: the mean of the differences turn by turn, so its
    interval is that of the pairs. `new_topic_kept` is the share of later turns that stand alone
    and were asked as they are.
    """
    follow_ups = [each for each in results if each.is_follow_up]
    answerable = [each for each in follow_ups if each.turn.answerable]
    refusable = [each for each in follow_ups if not each.turn.answerable]
    later = [each for each in results if each.number > 1 and not each.is_follow_up]
    pairs = [each.hits for each in answerable]
    return {
        "follow_up_hits@4": proportion([typed for typed, _ in pairs]),
        "follow_up_hits@4_written_out": proportion([alone for _, alone in pairs]),
        "follow_up_hits@4_lost": mean([float(alone) - float(typed) for typed, alone in pairs]),
        "follow_up_answered": proportion([not each.refused[0] for each in answerable]),
        "follow_up_answered_written_out": proportion([not each.refused[1] for each in answerable]),
        "follow_up_refusal": proportion([each.refused[0] for each in refusable]),
        "follow_up_refusal_written_out": proportion([each.refused[1] for each in refusable]),
        "new_topic_kept": proportion(
            [each.typed.standalone_question == each.turn.written_out for each in later]
        ),
    }
