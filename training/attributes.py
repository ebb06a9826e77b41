"""Questions about attributes of a subject: those a passage gives, and those it does not."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

from data import Example, Paragraph, plain_title
from near_misses import MONTHS, Donors, mentions
from pairs import cut, random_title

DATE = rf"(?:\d{{1,2}} (?:{'|'.join(MONTHS)}) \d{{4}}|(?:{'|'.join(MONTHS)}) \d{{1,2}}, \d{{4}})"
WHEN = rf"(?:{DATE}|(?:(?:early|late|mid)[- ])?\d{{4}}s?)"
WHO = r"[A-Z][\w.'’-]+(?: (?:[A-Z][\w.'’-]+|de|von|van|of|the)){0,4}(?<! of)(?<! the)(?<! de)"
PLACE = r"[A-Z][\w'’-]+(?: [A-Z][\w'’-]+){0,3}(?:, [A-Z][\w'’-]+(?: [A-Z][\w'’-]+){0,2}){0,2}"
NATION = (
    r"(?:North |South )?[A-Z][a-z]+(?:an|ish|ese|ian|ch|ic|i)(?:[- ][A-Z][a-z]+(?:an|ish|ese|ch))?"
)


@dataclass(frozen=True)
class Attribute:
    """Something one can ask of a subject.

    Attributes:
        kinds: Kinds of subject that have it ("" stands for unknown).
        questions: Ways to ask, with `{x}` for the subject.
        given: Pattern whose group 1 is the answer; empty where no passage is read for it.
        sign: Pattern that may point to an answer; where it is found nothing is said to be missing.
    """

    kinds: str
    questions: tuple[str, ...]
    given: str
    sign: str


def _attribute(kinds: str, questions: str, given: str, sign: str) -> Attribute:
    return Attribute(kinds, tuple(q.strip() for q in questions.split("|")), given, sign)


ATTRIBUTES = (
    _attribute(
        "person",
        "When was {x} born?|What is {x}'s date of birth?|{x} birthday|On what date was {x} born?|"
        "What year was {x} born?|how old is {x}",
        rf"\((?:[^()]*?; ?)?(?:born )?({DATE})",
        r"\bborn\b|\bbirth|\([^)]*\d{4}",
    ),
    _attribute(
        "person",
        "When did {x} die?|What is the date of {x}'s death?|In what year did {x} pass away?|"
        "when was {x} killed",
        rf"\([^()]*\d{{4}} ?[–-] ?({DATE})",
        r"\bdie[ds]?\b|\bdeath|\bkill|assassin|murder|executed|\d{4}\)? ?[–-]|\blate\b",
    ),
    _attribute(
        "person",
        "Where was {x} born?|What is {x}'s birthplace?|where is {x} from|"
        "In which city was {x} born?|What is the hometown of {x}?",
        rf"\b[Bb]orn (?:and raised )?in ({PLACE})",
        r"\bborn\b.{0,40}\b(?:in|at|near|to)\b|\bfrom [A-Z]|native|raised|hometown|grew up|birth",
    ),
    _attribute(
        "person",
        "What nationality is {x}?|What is the nationality of {x}?|Which country is {x} from?",
        rf"\b(?:is|was) an? (?:former |retired |professional )?({NATION}) ",
        rf"\b{NATION}\b|\bborn\b|\bfrom [A-Z]",
    ),
    _attribute(
        "person",
        "Who was {x} married to?|Who is {x}'s wife?|Who is {x}'s husband?|who did {x} marry|"
        "Who is {x} dating?|name of {x}'s spouse",
        rf"\b(?:married to|married|wife of|husband of|wife,|husband,) ({WHO})",
        r"marr|\bwife|husband|spouse|widow|divorce|dating|girlfriend|boyfriend|partner|engaged",
    ),
    _attribute(
        "person",
        "Who is {x}'s father?|Who were {x}'s parents?|What is the name of {x}'s mother?|"
        "Whose child is {x}?",
        rf"\b(?:son|daughter) of (?:the )?(?:[a-z]+ )*({WHO})",
        r"\bsons?\b|daughter|father|mother|parents?|child|\bborn to\b",
    ),
    _attribute(
        "person",
        "How many children does {x} have?|What are the names of {x}'s children?|"
        "does {x} have any children",
        "",
        r"child|\bsons?\b|daughter|father|mother|kids|famil",
    ),
    _attribute(
        "person",
        "What school did {x} attend?|Where did {x} go to college?|Which university did "
        "{x} graduate "
        "from?|where did {x} study|What did {x} study at university?",
        rf"\b(?:graduated from|attended|studied at|educated at|alumnus of) (?:the )?({WHO})",
        r"universit|college|school|graduat|stud|educat|alum|degree|academy",
    ),
    _attribute(
        "person",
        "Which team does {x} play for?|What team did {x} play for?|who does {x} play for",
        rf"\b(?:plays|played) for (?:the )?(?:[a-z-]+ )*({WHO})",
        r"\bplay|team|club|sign|league",
    ),
    _attribute(
        "person",
        "What is {x} best known for?|What is {x} famous for?|Why is {x} famous?",
        r"\bknown for ((?:his|her|their|the|being|playing|writing|\w+ing)? "
        r"?[^.;,]{6,70}?)(?=[.,;])",
        r"known|fam(?:ous|ed)|noted|notable|best|renowned|celebrated|remembered",
    ),
    _attribute(
        "person",
        "What award did {x} win?|Which prize did {x} receive?|what awards has {x} won|"
        "In what year did {x} win a Grammy?|When did {x} win the Nobel Prize?",
        r"\b(?:won|received|awarded) (?:an?|the) ((?:[A-Z][\w'’]+ )(?:for |of |in |[A-Z][\w'’]+ ?)*"
        r"(?:Award|Prize|Medal|Emmy|Oscar|Grammy))",
        r"award|prize|medal|w[io]n|honou?r|receiv|recipient|Oscar|Grammy|Emmy|nominat",
    ),
    _attribute(
        "person",
        "How tall is {x}?|What is {x}'s net worth?|What religion is {x}?|What is {x}'s salary?|"
        "How much does {x} earn?|How much does {x} weigh?|Where does {x} live?|"
        "What instrument does {x} play?|What languages does {x} speak?|"
        "What was {x}'s cause of death?|where is {x} buried|What is the real name of {x}?|"
        "When did {x} retire?|What was the title of {x}'s autobiography?|"
        "Who succeeded {x}?|How many books did {x} write?|What was {x}'s first job?",
        "",
        r"\btall\b|height|worth|Christ|Jew|Muslim|Cathol|relig|salar|earn|weigh|liv|resid|play|"
        r"guitar|piano|drum|speak|langu|death|died|buried|\bborn [A-Z]|name|known as|retir|"
        r"autobiog|memoir|succe|follow|book|novel|wrote|author|first|began|start|home|singer|bass",
    ),
    _attribute(
        "film",
        "Who directed {x}?|Who is the director of {x}?|{x} director|Who was {x} directed by?",
        rf"\b[Dd]irected by ({WHO})",
        r"direct|\bby [A-Z]|film-?maker|helm|creat",
    ),
    _attribute(
        "film",
        "Who stars in {x}?|Who plays the lead in {x}?|Which actors appear in {x}?|{x} cast|"
        "who starred in the film {x}",
        rf"\b(?:starring|stars|star) ({WHO}(?:, {WHO})*(?:,? and {WHO})?)",
        r"\bstar|cast|play|portray|feature|lead|act|role|voice|by [A-Z]",
    ),
    _attribute(
        "film",
        "Who produced {x}?|Which company produced {x}?|Who was the producer of {x}?",
        rf"\b[Pp]roduced by ({WHO})",
        r"produc|studio|by [A-Z]|compan|creat",
    ),
    _attribute(
        "film",
        "Who wrote {x}?|Who wrote the screenplay of {x}?|Who is the writer of {x}?",
        rf"\b[Ww]ritten (?:and directed )?by ({WHO})",
        r"writ|wrote|screenplay|script|creat|author|by [A-Z]",
    ),
    _attribute(
        "film music book",
        "When was {x} released?|What is the release date of {x}?|What year did {x} come out?|"
        "when did {x} come out|When was {x} published?",
        rf"\b(?:released|premiered|published)(?: [a-z]+){{0,4}} (?:on|in) ({WHEN})",
        r"\d{4}|releas|publish|premier",
    ),
    _attribute(
        "film music book",
        "What is the budget of {x}?|How much did {x} cost to make?|How much money did {x} make?|"
        "What was the box office gross of {x}?|How many copies did {x} sell?|"
        "How much did {x} earn worldwide?",
        r"\b(?:budget of|gross(?:ed|ing)|sold|earned) ((?:over |about |nearly )?[$£€]?[\d.,]+"
        r"(?: (?:million|billion|copies))*)",
        r"[$£€]|budget|gross|sold|copies|million|cost|sales|earn|box office|billion",
    ),
    _attribute(
        "film book",
        "What is {x} based on?|Which book is {x} based on?|What inspired {x}?",
        r"\b[Bb]ased (?:up)?on (?:the )?((?:[^.,;(]|\"[^\"]*\"){4,60}?)(?=[.,;(])",
        r"based|adapt|inspir|novel|story|book|remake|life",
    ),
    _attribute(
        "film music",
        "How long is {x}?|What is the running time of {x}?|Who composed the music for {x}?|"
        "Where was {x} filmed?|Where was {x} recorded?|What did critics think of {x}?|"
        "How many awards did {x} win?|Who sang the theme song of {x}?|What is the plot "
        "of {x} about?|"
        "how many episodes of {x} are there|What is the sequel to {x} called?|"
        "What rating did {x} receive?",
        "",
        r"minut|hour|long|length|music|compos|score|film(?:ed|ing)|shot|record|critic|review|recep|"
        r"award|won|nomin|theme|plot|story|about|follow|episode|sequel|rat(?:ed|ing)|song|"
        r"sang|locat",
    ),
    _attribute(
        "music",
        "Who sang {x}?|Which artist recorded {x}?|Who is the singer of {x}?|who sings {x}|"
        "What band released {x}?",
        rf"\b(?:album|song|single|EP|track)(?: [a-z]+){{0,4}} by (?:(?:[A-Z]?[a-z-]+) )*?({WHO})",
        r"\bby\b|sang|sing|record|band|artist|perform|'s\b|group|duo",
    ),
    _attribute(
        "music",
        "Who produced {x}?|Who was the producer of the album {x}?",
        rf"\b[Pp]roduced by ({WHO})",
        r"produc",
    ),
    _attribute(
        "music",
        "Which record label released {x}?|What label was {x} released on?",
        rf"\b(?:through|by|on|via) ({WHO} Records)",
        r"record|label|releas",
    ),
    _attribute(
        "music",
        "Who wrote {x}?|Who composed {x}?|who was {x} written by",
        rf"\b[Ww]ritten by ({WHO}(?:(?:,| and|, and) {WHO})*)",
        r"writ|wrote|compos|by [A-Z]|lyric",
    ),
    _attribute(
        "book",
        "Who wrote {x}?|Who is the author of {x}?|{x} author",
        rf"\b(?:written|novel|book|novella|play|poem) by (?:[A-Z]?[a-z-]+ ){{0,3}}?({WHO})",
        r"writ|wrote|author|\bby\b|novelist|edit|'s\b",
    ),
    _attribute(
        "band body",
        "When was {x} founded?|What year was {x} formed?|When was {x} established?|"
        "founding date of {x}",
        rf"\b(?:founded|formed|established|created|incorporated|opened)(?: [a-z]+){{0,3}} "
        rf"in ({WHEN})",
        r"\d{4}|found|form|establ|creat|incorpor|open|centur|origin",
    ),
    _attribute(
        "band body",
        "Who founded {x}?|Who is the founder of {x}?|who started {x}|Who established {x}?",
        rf"\b(?:founded|formed|established|created|started)(?: in \d{{4}})? by (?:[a-z-]+ "
        rf")*({WHO})",
        r"found|form|establ|creat|start|begun|began|by [A-Z]|member|consist",
    ),
    _attribute(
        "band",
        "Who is the lead singer of {x}?|Who plays drums in {x}?|How many members does {x} have?|"
        "What is the name of the bass player of {x}?|What was {x}'s first single?|"
        "Why did {x} break up?|How many albums has {x} sold?",
        "",
        r"sing|vocal|drum|member|consist|bass|singl|debut|first|broke|disband|split|album|"
        r"sold|form|"
        r"lineup|line-up|compris",
    ),
    _attribute(
        "body",
        "Where is {x} located?|In what city is {x}?|where is {x}|Where is {x} based?|"
        "Where is the headquarters of {x}?|{x} headquarters",
        rf"\b(?:located|based|headquartered|headquarters)(?: is| are)? in ({PLACE})",
        r"\bin [A-Z]|\bof [A-Z]|\bat [A-Z]|\bnear|locat|based|headquart",
    ),
    _attribute(
        "body",
        "Who is the CEO of {x}?|How many employees does {x} have?|Who owns {x}?|"
        "What is the annual revenue of {x}?|How many students attend {x}?|Who is the president of "
        "{x}?|What is the motto of {x}?|How many members does {x} have?|"
        "What does it cost to join {x}?|What is the phone number of {x}?|What is the logo of {x}?|"
        "How much is the tuition at {x}?|Who designed the building of {x}?",
        "",
        r"CEO|chief|employ|own|revenue|turnover|[$£€]|student|enrol|presid|motto|member|cost|phone|"
        r"chair|head|manag|direct|pupil|staff|logo|emblem|design|archit|tuition|fee|led|subsid|"
        r"\d{2,}",
    ),
    _attribute(
        "body",
        "Who owns {x}?|Which company owns {x}?|What is the parent company of {x}?",
        rf"\b(?:owned by|subsidiary of|division of) (?:the )?({WHO})",
        r"own|subsid|division|parent|part of|belong|acqui|bought|purchas",
    ),
    _attribute(
        "place",
        "What is the population of {x}?|How many people live in {x}?|{x} population|"
        "How many inhabitants does {x} have?",
        r"\bpopulation (?:was|of|is)(?: (?:about|approximately|around))? (\d[\d,.]*\d)",
        r"populat|inhabit|people|resident|census|\d,\d{3}",
    ),
    _attribute(
        "place",
        "In which county is {x}?|What state is {x} in?|Where is {x} located?|where is {x}|"
        "Which country is {x} in?",
        rf"\b(?:in|of) ({PLACE})",
        r"\bin [A-Z]|\bof [A-Z]|\bnear|locat|\bthe [A-Z]",
    ),
    _attribute(
        "place",
        "What is the area of {x}?|How large is {x}?|How high is {x}?|What is the elevation of {x}?|"
        "How long is {x}?",
        r"\b(?:area|elevation|length|height) of ((?:about |approximately )?[\d,.]+ ?"
        r"(?:sq mi|square miles|km2|km|m|ft|mi|feet|metres|meters|miles)\b)",
        r"area|elevat|square|\bsq\b|km|mile|feet|metre|meter|acre|hectare|\bft\b|\d m\b",
    ),
    _attribute(
        "place",
        "Who is the mayor of {x}?|Who was {x} named after?|What is the zip code of {x}?|"
        "When was {x} founded?|What language is spoken in {x}?|What is the main industry of {x}?|"
        "What is the unemployment rate in {x}?|How did {x} get its name?|Who founded {x}?|"
        "What is the average temperature in {x}?|Which river flows through {x}?|"
        "When was {x} incorporated?|What is the median income in {x}?",
        "",
        r"mayor|nam(?:e|ing)|code|found|settl|incorpor|langu|spoke|speak|industr|econom|employ|"
        r"temper|climat|river|creek|stream|establ|income|agric|mining|flow|\b1[6-9]\d{2}\b|after",
    ),
    _attribute(
        "place body band",
        "What is {x} named after?|Where does the name {x} come from?|who was {x} named for",
        rf"\bnamed (?:after|for|in honou?r of) (?:the )?(?:[a-z]+ )*({WHO})",
        r"nam(?:e|ing)|after|called|honou?r|etymolog",
    ),
)


def ask(attribute: Attribute, subject: str, rng: random.Random) -> str:
    """Word a question about an attribute."""
    return rng.choice(attribute.questions).replace("{x}", subject)


def given_attributes(
    paragraph: Paragraph, kind: str
) -> list[tuple[Attribute, int, tuple[int, int]]]:
    """Find what a paragraph says of its subject: attribute, sentence number, character range."""
    found = []
    for attribute in ATTRIBUTES:
        if not attribute.given or kind not in attribute.kinds.split():
            continue
        for number, sentence in enumerate(paragraph.sentences[:4]):
            match = re.search(attribute.given, sentence)
            if match and match.group(1):
                found.append((attribute, number, match.span(1)))
                break
    return found


def given_example(paragraph: Paragraph, kind: str, rng: random.Random) -> Example | None:
    """Ask for an attribute that the paragraph gives."""
    found = given_attributes(paragraph, kind)
    if not found:
        return None
    attribute, number, (start, end) = rng.choice(found)
    sentences, chosen = cut(paragraph, {0, number}, rng)
    answer = (chosen.index(number), start, end)
    evidence = frozenset({chosen.index(number)})
    question = ask(attribute, plain_title(paragraph.title), rng)
    title = random_title(paragraph.title, rng)
    return Example(question, title, sentences, (answer,), evidence, True, True, "attribute")


def missing_example(paragraph: Paragraph, kind: str, rng: random.Random) -> Example | None:
    """Ask for an attribute that the paragraph does not give."""
    lacking = [
        attribute
        for attribute in ATTRIBUTES
        if kind in attribute.kinds.split() and not re.search(attribute.sign, paragraph.text)
    ]
    if not lacking:
        return None
    sentences, _ = cut(paragraph, {0}, rng)
    question = ask(rng.choice(lacking), plain_title(paragraph.title), rng)
    title = random_title(paragraph.title, rng)
    return Example(question, title, sentences, (), frozenset(), False, None, "attribute missing")


def removed_example(paragraph: Paragraph, kind: str, rng: random.Random) -> Example | None:
    """Ask for an attribute whose sentence was removed."""
    found = [
        (attribute, number)
        for attribute, number, _ in given_attributes(paragraph, kind)
        if number > 0
    ]
    if not found:
        return None
    attribute, number = rng.choice(found)
    sentences, _ = cut(paragraph, {0}, rng, drop=frozenset({number}))
    if re.search(attribute.sign, " ".join(sentences)):
        return None
    question = ask(attribute, plain_title(paragraph.title), rng)
    title = random_title(paragraph.title, rng)
    return Example(question, title, sentences, (), frozenset(), False, None, "attribute removed")


def other_subject_example(
    paragraph: Paragraph, kind: str, donors: Donors, rng: random.Random
) -> Example | None:
    """Ask for a given attribute, but of another name: one in the passage, or one of its kind."""
    found = given_attributes(paragraph, kind)
    if not found:
        return None
    attribute, number, (start, end) = rng.choice(found)
    sentences, _ = cut(paragraph, {0, number}, rng)
    text = " ".join(sentences)
    answer = paragraph.sentences[number][start:end]
    own = set(plain_title(paragraph.title).lower().split())
    near = [
        name
        for name in mentions(text)
        if donors.kind(name) == kind and not own & set(name.lower().split()) and name not in answer
    ]
    pool = near if near and rng.random() < 0.6 else donors.names[kind]
    other = rng.choice(pool)
    if _is_asked_of(attribute, other, text) or own & set(other.lower().split()):
        return None
    title = random_title(paragraph.title, rng)
    question = ask(attribute, other, rng)
    return Example(question, title, sentences, (), frozenset(), False, None, "attribute of another")


def _is_asked_of(attribute: Attribute, name: str, text: str) -> bool:
    """Say whether the attribute stands close to the name."""
    return any(
        re.search(attribute.given, text[max(0, match.start() - 60) : match.end() + 90])
        for match in re.finditer(re.escape(name), text)
    )
