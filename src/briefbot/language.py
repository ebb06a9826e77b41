"""Which language a question is written in: by script, else by common words (pure)."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

ENGLISH = "en"

_SCRIPTS = (
    ("ja", re.compile(r"[\u3041-\u3096\u30a1-\u30fa]")),
    ("ko", re.compile(r"[\uac00-\ud7a3\u1100-\u11ff\u3131-\u318e]")),
    ("zh", re.compile(r"[\u4e00-\u9fff\u3400-\u4dbf]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("ar", re.compile(r"[\u0600-\u06ff\u0750-\u077f]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
)
_LETTER = re.compile(r"[^\W\d_]")
_SCRIPT_SHARE = 0.3
"""Share of its letters from which a question is in that script: names may stand in Latin ones."""

_COMMON_WORDS = {
    "en": """the of and to in is are was were be been what who whom whose when where which
        why how did does do has have had can could will would should may might must that
        this these those it its he she they his her their for with from by on at as an a
        not or but if about into than then there between us you your me my we our any
        all many much more most some""",
    "fr": """le la les un une des du de et est sont était ont qui que quoi quel quelle
        quels quelles quand où pourquoi comment combien dans sur pour par avec sans ce
        cette ces son sa ses leur leurs au aux ne pas plus il elle ils elles nous vous
        je tu a été qu l d est-ce entre selon""",
    "de": """der die das den dem des ein eine einen einem einer und ist sind war waren wer
        wen wem was wann wo warum wieso wie wird wurde wurden werden hat haben hatte
        kann nicht mit von vom für auf aus bei nach zu zum zur im in an ich er sie es
        wir welche welcher welches zwischen""",
    "es": """el la los las un una unos unas de del y es son fue fueron qué quién quiénes
        cuándo dónde cómo cuál cuáles cuánto cuántos por para con sin en que se su sus
        al lo no más ha han era está están entre según propuso sobre""",
    "it": """il lo la i gli le un uno una di del della dello dei delle e è sono era chi
        che cosa quando dove perché come quale quali quanto quanti per con senza in nel
        nella su al alla ha hanno non più si suo sua tra fra secondo""",
    "pt": """o a os as um uma uns umas de do da dos das e é são foi foram quem que quê
        quando onde como qual quais quanto quantos por para com sem em no na nos nas se
        seu sua ao à não mais tem têm porquê entre segundo""",
    "nl": """de het een en is zijn was waren wie wat wanneer waar waarom hoe welke welk
        werd worden heeft hebben had kan niet met van voor op uit bij naar te in aan ik
        hij zij ze wij tussen""",
    "id": """yang dan di ke dari ini itu adalah apa siapa kapan mengapa kenapa bagaimana
        berapa mana dimana oleh untuk dengan tidak pada dalam akan telah sudah bisa
        dapat para atau juga sebagai antara menurut tentang apakah""",
    "tr": """ve bir bu şu ne kim neden niçin nasıl hangi kaç nerede zaman için ile mi mı
        mu mü değil olan olarak var yok daha çok""",
    "vi": """là của và có không những các một được cho với ai gì khi nào sao tại đâu thế
        như này trong về đã sẽ người""",
    "sv": """och är var vem vad när hur varför vilken vilket vilka det den ett en som för
        med av på till från inte har hade kan""",
    "pl": """i jest są był była kto co kiedy gdzie dlaczego jak który która które w na z
        do od nie się oraz przez dla o""",
}  # fmt: skip
_WORDS = {language: frozenset(words.split()) for language, words in _COMMON_WORDS.items()}
_LEAST_WORDS = 2
"""Common words of another language that a question must hold at least."""

NAMES = {
    "ja": "Japanese", "ko": "Korean", "zh": "Chinese", "ru": "Russian", "ar": "Arabic",
    "he": "Hebrew", "th": "Thai", "el": "Greek", "hi": "Hindi", "fr": "French", "de": "German",
    "es": "Spanish", "it": "Italian", "pt": "Portuguese", "nl": "Dutch", "id": "Indonesian",
    "tr": "Turkish", "vi": "Vietnamese", "sv": "Swedish", "pl": "Polish",
}  # fmt: skip
_ASK_IN_ENGLISH = {
    "ja": "英語で質問してください。",
    "ko": "영어로 질문해 주세요.",
    "zh": "请用英语提问。",
    "ru": "Пожалуйста, задайте вопрос на английском языке.",
    "fr": "Veuillez poser votre question en anglais.",
    "de": "Bitte stellen Sie Ihre Frage auf Englisch.",
    "es": "Por favor, haga su pregunta en inglés.",
    "it": "Per favore, faccia la domanda in inglese.",
    "pt": "Por favor, faça a sua pergunta em inglês.",
    "nl": "Stel uw vraag alstublieft in het Engels.",
    "id": "Silakan ajukan pertanyaan Anda dalam bahasa Inggris.",
    "tr": "Lütfen sorunuzu İngilizce sorun.",
    "sv": "Ställ gärna din fråga på engelska.",
    "pl": "Proszę zadać pytanie po angielsku.",
}


def language_of(text: str) -> str:
    """Tell a question's language by its script, else by its common words.

    Returns:
        An ISO 639-1 code; English wherever nothing speaks clearly for another language.
    """
    folded = unicodedata.normalize("NFC", text).casefold()
    return _by_script(folded) or _by_words(folded)


def _by_script(text: str) -> str:
    letters = len(_LETTER.findall(text))
    counts = {language: len(pattern.findall(text)) for language, pattern in _SCRIPTS}
    if not letters or sum(counts.values()) < _SCRIPT_SHARE * letters:
        return ""
    if counts["ja"]:
        return "ja"  # Japanese mixes its own letters with the Chinese ones
    return max(counts, key=lambda language: counts[language])


def _by_words(text: str) -> str:
    words = Counter(re.findall(r"[^\W\d_]+(?:-ce)?", text))
    counts = {
        language: sum(number for word, number in words.items() if word in common)
        for language, common in _WORDS.items()
    }
    # names such as "La Paz" or "de Gaulle" bring words of other languages into English questions
    best = max(counts, key=lambda language: (counts[language], language == ENGLISH))
    is_clear = counts[best] >= max(_LEAST_WORDS, 2 * counts[ENGLISH])
    return best if is_clear else ENGLISH


def kind_refusal(language: str) -> str:
    """Say kindly, in English and where possible in the question's language, what can be done."""
    name = NAMES.get(language, "another language")
    in_english = (
        f"The question seems to be in {name}; the built-in model reads English only. Ask in "
        "English, or set embedding_model to a multilingual model and rebuild the index."
    )
    return f"{in_english} {_ASK_IN_ENGLISH.get(language, '')}".rstrip()
