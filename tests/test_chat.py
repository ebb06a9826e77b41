from __future__ import annotations

import pytest

from briefbot import prompts
from briefbot.chat import ChatAnswerer, load_chat_model
from briefbot.errors import ChatModelError, MissingExtraError, SettingsError
from briefbot.pipeline import BriefBot
from briefbot.types import Answer, AnswerStatus
from fakes import ScriptedChatModel

QUESTION = "When was the stone bridge built, and by whom?"
BUILT = "The stone bridge was built in 1742"
DESIGNED = "Engineer Maria Lindqvist designed its three arches"


def ask(bot: BriefBot, *replies: str | Exception) -> Answer:
    model = ScriptedChatModel(replies=list(replies))
    with_model = BriefBot(
        bot.settings, embedder=bot.embedder, answerer=ChatAnswerer(model, name="scripted:test")
    )
    return with_model.ask(QUESTION)


def number_of(bot: BriefBot, words: str) -> int:
    passages = bot.ask(QUESTION).passages
    return next(n for n, p in enumerate(passages, start=1) if words in p.chunk.text)


def test_a_supported_sentence_is_shown_with_the_quote_behind_it(bot):
    n = number_of(bot, BUILT)

    answer = ask(bot, f"The bridge was built in 1742 [{n}].")

    assert answer.text == "The bridge was built in 1742. [1]"
    assert answer.citations[0].quote == f"{BUILT}."
    assert answer.answerer == "scripted:test"


def test_marks_behind_the_full_stop_belong_to_the_sentence_before(bot):
    n = number_of(bot, BUILT)

    answer = ask(bot, f"The stone bridge was built in 1742. [{n}] {DESIGNED}. [{n}]")

    assert [s.text for s in answer.statements] == [f"{BUILT}.", f"{DESIGNED}."]
    assert [s.citations for s in answer.statements] == [(1,), (2,)]


@pytest.mark.parametrize(
    "invented",
    [
        "The bridge was built in 1724 [{n}].",
        "The bridge was not built in 1742 [{n}].",
        "The bridge was built in 1742 [99].",
        "The bridge was built in 1742.",
        "Queen Victoria opened the new railway station [{n}].",
    ],
)
def test_what_its_passage_does_not_support_is_withheld_and_counted(bot, invented: str):
    n = number_of(bot, BUILT)

    answer = ask(bot, f"{DESIGNED} [{n}]. {invented.format(n=n)}")

    assert [s.text for s in answer.statements] == [f"{DESIGNED}."]
    assert "1 sentence was withheld" in answer.notes[-1]


def test_an_answer_of_which_nothing_is_supported_is_no_answer(bot):
    answer = ask(bot, "The moon is made of cheese [1].")

    assert answer.status is AnswerStatus.NOT_IN_DOCUMENTS
    assert answer.citations == ()


def test_the_models_refusal_is_a_refusal(bot):
    answer = ask(bot, prompts.REFUSAL)

    assert answer.status is AnswerStatus.NOT_IN_DOCUMENTS
    assert answer.notes == ()


def test_a_model_that_cannot_be_reached_gives_way_to_the_built_in_answerer(bot):
    answer = ask(bot, ConnectionError("connection refused"))

    assert answer.status is AnswerStatus.ANSWERED
    assert answer.answerer == "extractive"
    assert "connection refused" in answer.notes[0]
    assert "built-in answerer" in answer.notes[0]


def test_sentences_are_shown_as_they_are_completed(bot):
    n = number_of(bot, BUILT)
    model = ScriptedChatModel(replies=[f"{BUILT} [{n}]. {DESIGNED} [{n}]."])
    with_model = BriefBot(
        bot.settings, embedder=bot.embedder, answerer=ChatAnswerer(model, name="scripted:test")
    )

    counts = [len(answer.statements) for answer in with_model.stream(QUESTION)]

    assert counts == sorted(counts)
    assert {1, 2} <= set(counts)


def test_the_model_is_not_asked_where_the_gate_refuses(bot):
    model = ScriptedChatModel(replies=[])
    strict = replace_settings(bot, strictness=1.0)
    with_model = BriefBot(
        strict, embedder=bot.embedder, answerer=ChatAnswerer(model, name="scripted:test")
    )

    answer = with_model.ask(QUESTION)

    assert answer.status is AnswerStatus.NOT_IN_DOCUMENTS
    assert model.prompts == []


def replace_settings(bot: BriefBot, **changes: float):
    return bot.settings.model_copy(update=changes)


def test_the_passages_are_fenced_by_a_string_of_their_own_each_time(bot):
    model = ScriptedChatModel(replies=[prompts.REFUSAL, prompts.REFUSAL])
    with_model = BriefBot(
        bot.settings, embedder=bot.embedder, answerer=ChatAnswerer(model, name="scripted:test")
    )

    with_model.ask(QUESTION)
    with_model.ask(QUESTION)

    fences = [str(messages[1].content).splitlines()[0] for messages in model.prompts]
    assert fences[0] != fences[1]
    assert str(model.prompts[0][0].content) == prompts.system_prompt(fences[0])


@pytest.mark.parametrize("name", ["gpt", "openai:", "nobody:model"])
def test_a_malformed_model_name_says_what_is_expected(name: str):
    with pytest.raises(SettingsError, match="provider:name"):
        load_chat_model(name, timeout_s=5)


def test_a_missing_package_names_the_pip_command(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda *_: None)

    with pytest.raises(MissingExtraError, match=r"pip install 'briefbot\[ollama\]'"):
        load_chat_model("ollama:any", timeout_s=5)


@pytest.mark.parametrize(
    ("name", "key"), [("openai:any", "OPENAI_API_KEY"), ("anthropic:any", "ANTHROPIC_API_KEY")]
)
def test_a_missing_key_names_the_variable(monkeypatch, name: str, key: str):
    monkeypatch.delenv(key, raising=False)

    with pytest.raises(ChatModelError, match=f"Set {key}"):
        load_chat_model(name, timeout_s=5)


def test_a_server_that_does_not_run_is_one_clear_sentence(bot, monkeypatch):
    monkeypatch.setenv("OLLAMA_HOST", "http://127.0.0.1:9")
    settings = replace_settings(bot, model="ollama:any")

    answer = BriefBot(settings, embedder=bot.embedder).ask(QUESTION)

    assert answer.status is AnswerStatus.ANSWERED
    assert "The chat model 'ollama:any' gave no answer" in answer.notes[0]


def test_a_model_that_fails_midway_leaves_nothing_of_its_answer(bot):
    class Breaking(ScriptedChatModel):
        def _stream(self, *arguments, **options):
            yield from super()._stream(*arguments, **options)
            raise ConnectionError("connection lost")

    n = number_of(bot, BUILT)
    model = Breaking(replies=[f"{BUILT} [{n}]. {DESIGNED} [{n}]."])
    answer = BriefBot(
        bot.settings, embedder=bot.embedder, answerer=ChatAnswerer(model, name="scripted:test")
    ).ask(QUESTION)

    quotes = {citation.quote for citation in answer.citations}
    assert answer.answerer == "extractive"
    assert {statement.text for statement in answer.statements} == quotes
    assert "connection lost" in answer.notes[0]
