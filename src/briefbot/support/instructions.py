"""Sentences that tell a chat model what to do, rather than state something (pure)."""

from __future__ import annotations

import re
import unicodedata


def is_instruction(sentence: str) -> bool:
    """Whether a sentence may tell a chat model what to do: nothing is concluded from it."""
    return _found_outside_quotation(_INSTRUCTION, sentence)


def is_command(sentence: str) -> bool:
    """Whether a sentence certainly addresses a chat model: it is not shown as an answer either."""
    return _found_outside_quotation(_COMMAND, sentence)


def without_invisible(text: str) -> str:
    """Take out what no reader sees and what turns text round: it can only hide words."""
    return _INVISIBLE.sub("", text)


_INVISIBLE = re.compile(
    "[\u200b\u2060-\u2064\ufeff"  # zero-width space, word joiner, invisible operators
    "\u202a-\u202e\u2066-\u2069"  # changes of direction
    "\U000e0000-\U000e007f]"  # copies of ASCII
)


def _found_outside_quotation(pattern: re.Pattern[str], sentence: str) -> bool:
    text = unicodedata.normalize("NFKC", without_invisible(sentence))
    match = pattern.search(text)
    if match is None:
        return False
    before = text[: match.start()]
    return before.count("“") <= before.count("”")


# Taken from prompt injections as they are published: orders to drop other orders, roles of a chat,
# chat templates' marks, and a model spoken of or to. `_INSTRUCTION` adds what is an order in most
# documents, but may be an ordinary sentence in some.
_COMMANDS = (
    r"\b(?:ignore|disregard|forget|override|bypass)\b.{0,40}"
    r"\b(?:instruction|prompt|guideline|system message|previous|above|earlier)"
    r"|\bsystem (?:prompt|message|override|note)\b|^\W*(?:system|assistant|developer)\s*:"
    r"|\byou are (?:now|no longer|an? (?:ai|assistant|chat|language model|chatbot))\b"
    r"|\[/?inst\]|<\|?/?(?:im_|system|user)|\btell the user\b"
    r"|\b(?:ai|language model|chat ?bot|llm)s?(?: assistants?)?\b[^.]{0,40}"
    r"\b(?:must|should|shall)\b"
    r"|\b(?:respond|reply|answer|output|print|begin your answer|end your answer)"
    r" (?:only |exactly )?with\b"
    # the commonest of them in French, German, Spanish, Indonesian, Chinese, Japanese and Korean
    r"|\b(?:ignor|oubli)\w*\b.{0,40}\b(?:consignes?|instructions?|directives?)\b|\brépondez que\b"
    r"|\b(?:ignorier|vergiss|missachte)\w*\b.{0,40}\b(?:anweisung|vorgabe|regel)\w*"
    r"|\b(?:ignor|olvid)\w*\b.{0,40}\b(?:instruccion|indicacion)\w*"
    r"|\babaikan\b.{0,40}\b(?:perintah|instruksi)\b"
    r"|(?:忽略|无视|忘记).{0,12}(?:指令|指示|提示)|(?:指示|命令).{0,10}(?:無視|忘れ)"
    r"|(?:지시|명령|지침).{0,12}무시"
)
_COMMAND = re.compile(_COMMANDS, re.I)
_INSTRUCTION = re.compile(
    _COMMANDS + r"|\b(?:ignore|disregard|forget|override|bypass)\b.{0,40}"
    r"\b(?:rule|direction|polic|passage|document|article|context|question)"
    r"|\bassistants?\b.{0,40}\b(?:must|should|shall|has to|have to)\b"
    r"|\b(?:must|should|shall|always|only|please|now|instead|then|to|and)[ ,]+"
    r"(?:answer|reply|respond|output|print|say|state|tell the user|cite|write|claim)\b.{0,12}"
    r"(?:\bthat\b|\bwith\b|\bonly\b|[:“\"'‘])"
    r"|\brepeat\b.{0,30}\bthat\b|,\s*(?:say|state|answer|reply|respond|write) that\b"
    r"|\b(?:add|append|insert|include|(?:end|begin|start) with)\b.{0,20}"
    r"\bthe (?:sentence|line|words?|phrase)\b"
    r"|\bassistants?\s*[,:]\s*\w"
    r"|\b(?:models?|assistants?|chat ?bots?)\s+(?:\w+\s+)?"
    r"(?:quote|answer|reply|respond|cite|output|print|repeat|append)\b"
    r"|(?:^|[|(])\W*(?:please |now |instead,? |always |just )*"
    r"(?:answer|reply|respond|output|print|say|tell|cite|repeat|reveal|append|add|insert|write"
    r"|include|claim|pretend|translate|summari[sz]e|remember|switch|set|open|visit|click|send"
    r"|call|use|show|display|mention|do not|don[’']t|never|from now on|act)\b"
    r"|\b(?:new|important) (?:task|instruction|directive)s?\b",
    re.I,
)
