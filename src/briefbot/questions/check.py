"""A question as typed → tidied, or refused where it cannot be one (pure)."""

from __future__ import annotations

from briefbot.errors import QuestionError


def check_question(question: str, *, max_chars: int) -> str:
    """Refuse what cannot be a question, and tidy its white space.

    Raises:
        QuestionError: If it is empty, too long, or holds no letter or digit.
    """
    tidy = " ".join(question.replace("\0", " ").split())
    if not tidy:
        raise QuestionError("The question is empty.", hint="Type a question about the documents.")
    if len(tidy) > max_chars:
        raise QuestionError(
            f"The question has {len(tidy):,} characters; {max_chars:,} are the most.",
            hint="Shorten it to the point in question.",
        )
    if not any(character.isalnum() for character in tidy):
        raise QuestionError(
            "The question holds no words.", hint="Type it in words, for example “What is an RAA?”"
        )
    try:
        tidy.encode("utf-8")
    except UnicodeEncodeError as error:
        raise QuestionError(
            "The question is not valid Unicode text.", hint="Type it as plain UTF-8 text."
        ) from error
    unprintable = sum(not character.isprintable() or character == "\ufffd" for character in tidy)
    if unprintable > _UNPRINTABLE_SHARE * len(tidy):
        raise QuestionError(
            "The question is binary data, not text.", hint="Type it as plain UTF-8 text."
        )
    return tidy


_UNPRINTABLE_SHARE = 0.1
