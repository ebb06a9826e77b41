"""The words by which a question points to the turns before it."""

from __future__ import annotations

import re

AND = r"(?:(?:and|but|so|or|ok(?:ay)?|also|then|well)\b[\s,]*)*"
AND_FIRST = re.compile(rf"^\W*(?=\w){AND}", re.I)

PERSON = re.compile(r"\b(?P<word>he|him|his|she|her|hers)\b", re.I)
PERSON_THERE = re.compile(r"\b(?P<word>they|them|their|theirs)\b", re.I)
IT = re.compile(r"\b(?P<word>it|its)\b", re.I)
POINTER = re.compile(
    r"\b(?:they|them|their|theirs|these(?!\s+(?:documents|sources|texts)\b)|those(?!\s+who)"
    r"|this(?!\s+(?:article|document|text|page|paper|book|report|brief|collection|corpus)\b)|instead(?!\s+of)|such\s+an?"
    r"|(?:the|that|this|which|another|other|first|second|third|last)\s+ones?|ones?(?=\W*$|\s+with\b)"
    r"|that(?=\W*$)|(?:(?<=than )|(?<=is )|(?<=was )|(?<=did )|(?<=does )|(?<=of )|(?<=about )"
    r"|(?<=with )|(?<=from )|(?<=after )|(?<=before )|(?<=by )|(?<=for )|(?<=in )|(?<=at )|(?<=on )"
    r"|(?<=under )|(?<=like )|(?<=like )|(?<=Is )|(?<=Was )|(?<=Does )|(?<=Did ))that"
    r"|each(?=\W*$|\s+(?:have|has|had|get|pay|send|give|do|does|did|want|say|said|think|of\s+them)\b)"
    r"|both(?=\W*$|\s+of\s+(?:them|these|those)\b)"
    r"|the\s+(?:former|latter)(?=\W*$|\s+(?:is|was|do|does|did|has|have|say)\b)"
    r"|the\s+(?:others?|other\s+(?:one|two|side)|same\s+(?:one|thing|year|day|time|place))(?=\W|$)"
    r"|(?<!is )(?<!are )(?<!was )(?<!were )(?<!Is )(?<!Are )(?<!Was )(?<!Were )there"
    r"(?!\s+(?:is|are|was|were|a|an|any|no|be)\b))\b",
    re.I,
)
PLURAL_BEFORE = re.compile(r"\b(?!(?:is|was|does|has|this|its|his|us|yes)\b)[a-z]{3,}s\b")
