from __future__ import annotations

import json
from pathlib import Path

import pytest

from briefbot.language import ENGLISH, NAMES, kind_refusal, language_of

EVALUATION = Path(__file__).parent.parent / "evaluation"
QUESTIONS = {
    "ja": "石破首相は何を提案しましたか?",
    "ko": "이시바는 무엇을 제안했습니까?",
    "zh": "石破茂提出了什么建议?",
    "ru": "Что предложил Исиба?",
    "ar": "ماذا اقترح إيشيبا؟",
    "he": "מה קרה לגשר?",
    "th": "อิชิบะเสนออะไร",
    "el": "Τι πρότεινε ο Ισίμπα;",
    "hi": "इशिबा ने क्या प्रस्ताव रखा?",
    "fr": "Qu’est-ce que Ishiba a proposé, et pourquoi ?",
    "de": "Was hat Ishiba vorgeschlagen und warum?",
    "es": "¿Qué propuso Ishiba y por qué?",
    "it": "Che cosa ha proposto Ishiba e perché?",
    "pt": "O que Ishiba propôs e por quê?",
    "nl": "Wat heeft Ishiba voorgesteld en waarom?",
    "id": "Apa yang diusulkan Ishiba dan mengapa?",
    "tr": "Ishiba ne önerdi ve neden?",
    "vi": "Ishiba đã đề xuất gì và tại sao?",
    "sv": "Vad har Ishiba föreslagit och varför?",
    "pl": "Co zaproponował Ishiba i dlaczego?",
}


@pytest.mark.parametrize(("language", "question"), QUESTIONS.items(), ids=QUESTIONS)
def test_a_question_in_another_language_is_recognised(language: str, question: str):
    assert language_of(question) == language


def test_no_question_of_the_evaluation_is_taken_for_another_language():
    files = [EVALUATION / "article.jsonl", EVALUATION / "corpus.jsonl"]
    cases = [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]
    asked = [question for case in cases for question in (case["question"], *case["history"])]

    assert len(asked) > 400
    assert [question for question in asked if language_of(question) != ENGLISH] == []


@pytest.mark.parametrize(
    "question",
    [
        "Why?", "RAA", "NATO", "1742", "Why 😀?", "de Gaulle?", "Who was Charles de Gaulle?",
        "La Paz", "Osama bin Laden", "What is 協力?", "And the Garden?", "In Lund?",
        "die hard", "Who is on an island in the Sea of Japan?", "Los Angeles?", "stone bridge",
        "Was Ishiba in Kyoto in May?", "", "?!",
    ],
)  # fmt: skip
def test_a_short_english_question_stays_english(question: str):
    assert language_of(question) == ENGLISH


@pytest.mark.parametrize("language", NAMES)
def test_the_refusal_names_the_language_and_the_setting(language: str):
    refusal = kind_refusal(language)

    assert NAMES[language] in refusal
    assert "embedding_model" in refusal


def test_the_refusal_adds_a_sentence_in_that_language():
    assert kind_refusal("fr").endswith("Veuillez poser votre question en anglais.")
    assert kind_refusal("ja").endswith("英語で質問してください。")
