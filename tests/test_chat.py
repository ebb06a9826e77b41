from __future__ import annotations

import json
from pathlib import Path

import pytest

from briefbot import prompts
from briefbot.chat import ChatAnswerer
from briefbot.chat_models import load_chat_model
from briefbot.errors import ChatModelError, MissingExtraError, SettingsError
from briefbot.pipeline import BriefBot
from briefbot.types import Answer, AnswerStatus, Usage, Verdict
from fakes import ScriptedChatModel
from servers import OpenAiServer, openai_server

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
    ("invented", "reason"),
    [
        ("The bridge was built in 1742 [99].", "no_citation"),
        ("Queen Victoria opened the new railway station [{n}].", "name"),
        ("The moon is made of cheese.", "words"),
    ],
)
def test_what_its_passage_does_not_support_is_withheld_and_counted(bot, invented, reason):
    n = number_of(bot, BUILT)

    answer = ask(bot, f"{DESIGNED} [{n}]. {invented.format(n=n)}")

    assert [s.text for s in answer.statements] == [f"{DESIGNED}."]
    assert "1 sentence was withheld" in answer.notes[-1]
    assert [check.reason for check in answer.verification] == ["", reason]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ("The bridge was built in 1724 [{n}].", "number"),
        ("The bridge was not built in 1742 [{n}].", "negation"),
        ("The wooden bridge was built in 1742 [{n}].", "words"),
    ],
)
def test_a_changed_sentence_gives_way_to_the_documents_own(bot, changed, reason):
    n = number_of(bot, BUILT)

    answer = ask(bot, changed.format(n=n))

    assert [s.text for s in answer.statements] == [f"{BUILT}."]
    assert "1 sentence was replaced by the sentence of the document" in answer.notes[-1]
    assert [check.reason for check in answer.verification] == [reason]


def test_a_sentence_without_marks_is_shown_with_the_source_that_bears_it_out(bot):
    answer = ask(bot, "The bridge was built in 1742.")

    assert answer.text == "The bridge was built in 1742. [1]"
    assert answer.citations[0].quote == f"{BUILT}."


def test_an_answer_of_which_nothing_is_supported_is_no_answer(bot):
    answer = ask(bot, "The moon is made of cheese [1].")

    assert answer.status is AnswerStatus.NOT_IN_DOCUMENTS
    assert answer.citations == ()


def test_marks_without_words_point_to_the_sentence_that_answers_best(bot):
    n = number_of(bot, BUILT)

    answer = ask(bot, f"[{n}]")

    assert answer.text == f"{BUILT}. [1]"
    assert answer.verification[0].verdict is Verdict.VERIFIED


@pytest.mark.parametrize("reply", ["[99]", "...", "- [0]"])
def test_a_reply_without_words_or_a_passage_is_no_answer(bot, reply):
    assert ask(bot, reply).status is AnswerStatus.NOT_IN_DOCUMENTS


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
    assert [str(messages[0].content) for messages in model.prompts] == 2 * [prompts.system_prompt()]


def test_a_model_with_little_time_reads_only_the_best_sentences(bot):
    model = ScriptedChatModel(replies=["The bridge was built in 1742 [1]."])
    answerer = ChatAnswerer(model, name="scripted:test", most_chars=len(BUILT) + 1)

    answer = BriefBot(bot.settings, embedder=bot.embedder, answerer=answerer).ask(QUESTION)

    asked = str(model.prompts[0][1].content)
    assert f"{BUILT}." in asked
    assert DESIGNED not in asked
    assert [c.quote for c in answer.citations] == [f"{BUILT}."]


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


# --- a server on this machine, through the real client ------------------------------------------


def ask_server(bot: BriefBot, server: OpenAiServer, **changes) -> list[Answer]:
    settings = replace_settings(bot, model="openai:any", model_url=server.url, **changes)
    return list(BriefBot(settings, embedder=bot.embedder).stream(QUESTION))


def as_data(*statements: tuple[str, list[int]]) -> str:
    return json.dumps({"statements": [{"text": text, "citations": n} for text, n in statements]})


@pytest.fixture(autouse=True)
def _no_key(monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)


def test_a_model_that_can_replies_with_data_and_each_statement_is_shown_when_it_is_complete(bot):
    n = number_of(bot, BUILT)
    reply = as_data((f"{BUILT}.", [n]), (f"{DESIGNED} [{n}].", []), ("It is made of gold.", [n]))

    with openai_server(reply=reply) as server:
        answers = ask_server(bot, server)

    assert [len(answer.statements) for answer in answers] == [1, 2, 2, 2]
    assert [s.text for s in answers[-1].statements] == [f"{BUILT}.", f"{DESIGNED}."]
    assert answers[-1].answerer == "openai:any"
    (request,) = server.requests
    assert request["response_format"]["type"] == "json_schema"
    assert request["temperature"] == 0


def test_no_statements_are_a_refusal(bot):
    with openai_server(reply=as_data()) as server:
        answer = ask_server(bot, server)[-1]

    assert answer.status is AnswerStatus.NOT_IN_DOCUMENTS
    assert answer.answerer == "openai:any"


@pytest.mark.parametrize(
    "item", ['"text"', '{"text": "The moon is cheese."}', '{"citations": [1]}', "3"]
)
def test_a_statement_of_another_form_is_none_or_without_a_source(bot, item):
    with openai_server(reply=f'{{"statements": [{item}]}}') as server:
        answer = ask_server(bot, server)[-1]

    assert answer.statements == ()


def test_a_server_without_structured_replies_is_asked_for_text(bot):
    n = number_of(bot, BUILT)

    with openai_server(reply=f"{BUILT} [{n}].", refuses_schema=True) as server:
        answer = ask_server(bot, server)[-1]

    assert [s.text for s in answer.statements] == [f"{BUILT}."]
    assert ["response_format" in request for request in server.requests] == [True, False]


def test_a_reply_that_is_no_data_is_asked_for_again_as_text(bot):
    n = number_of(bot, BUILT)

    with openai_server(reply=f"{BUILT} [{n}].") as server:
        answer = ask_server(bot, server)[-1]

    assert [s.text for s in answer.statements] == [f"{BUILT}."]
    assert len(server.requests) == 2


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_transient_failure_is_asked_again_once(bot, status):
    n = number_of(bot, BUILT)

    with openai_server(reply=as_data((f"{BUILT}.", [n])), statuses=[status]) as server:
        answer = ask_server(bot, server)[-1]

    assert answer.answerer == "openai:any"
    assert len(server.requests) == 2


def test_a_second_failure_leaves_the_answer_to_the_built_in_answerer(bot):
    with openai_server(statuses=[503, 503, 503]) as server:
        answer = ask_server(bot, server)[-1]

    assert answer.answerer == "extractive"
    assert "'openai:any' gave no answer" in answer.notes[0]
    assert len(server.requests) == 2


def test_a_wrong_key_is_not_asked_again(bot):
    with openai_server(statuses=[401, 401]) as server:
        answer = ask_server(bot, server)[-1]

    assert answer.answerer == "extractive"
    assert len(server.requests) == 2  # once as data, once as text


def test_a_reply_that_takes_too_long_gives_way_to_the_built_in_answerer(bot):
    with openai_server(reply="word " * 400, pause_s=0.05) as server:
        answer = ask_server(bot, server, model_timeout_s=0.3)[-1]

    assert answer.answerer == "extractive"
    assert "longer than 0.3 seconds" in answer.notes[0]


def test_tokens_are_counted_and_priced_where_prices_are_set(bot):
    n = number_of(bot, BUILT)
    reply = as_data((f"{BUILT}.", [n]))

    with openai_server(reply=reply) as server:
        free = ask_server(bot, server)[-1]
        priced = ask_server(bot, server, model_price_input=2.0, model_price_output=10.0)[-1]

    assert free.usage == Usage(1000, 50, None)
    assert priced.usage == Usage(1000, 50, 0.0025)


def test_the_built_in_answerer_consumes_nothing(bot):
    assert bot.ask(QUESTION).usage is None


@pytest.mark.parametrize(
    ("model", "url"),
    [
        ("openai:any", "localhost:8000"),
        ("openai:any", "file:///etc"),
        ("anthropic:any", "http://x"),
    ],
)
def test_an_address_that_cannot_be_used_says_so(monkeypatch, model, url):
    monkeypatch.setenv("ANTHROPIC_API_KEY", "none")

    with pytest.raises(SettingsError, match="cannot be used"):
        load_chat_model(model, timeout_s=5, url=url)


def test_another_ollama_server_can_be_named():
    model = load_chat_model("ollama:any", timeout_s=5, url="http://127.0.0.1:9")

    assert "127.0.0.1:9" in str(model)


def test_every_local_model_that_is_missing_says_how_to_get_it(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    with pytest.raises(ChatModelError, match=r"briefbot model fetch qwen2\.5-coder-1\.5b"):
        load_chat_model("local:qwen2.5-coder-1.5b", timeout_s=5)
    with pytest.raises(ChatModelError, match="Check the path"):
        load_chat_model(f"local:{tmp_path / 'none.gguf'}", timeout_s=5)
    with pytest.raises(SettingsError, match="no local model"):
        load_chat_model("local:other", timeout_s=5)


# --- below the strictness -----------------------------------------------------------------------


def ask_refused(bot: BriefBot, *replies: str | Exception, wanted: bool = True) -> Answer:
    model = ScriptedChatModel(replies=list(replies))
    strict = replace_settings(bot, strictness=1.0, ask_model_when_refused=wanted)
    answerer = ChatAnswerer(model, name="scripted:test")
    return BriefBot(strict, embedder=bot.embedder, answerer=answerer).ask(QUESTION)


def test_the_model_is_asked_below_the_strictness_if_so_set(bot):
    n = number_of(bot, BUILT)

    answer = ask_refused(bot, f"{BUILT} [{n}].")

    assert [s.text for s in answer.statements] == [f"{BUILT}."]


@pytest.mark.parametrize("reply", [prompts.REFUSAL, ConnectionError("refused")])
def test_a_model_that_does_not_answer_below_the_strictness_leaves_a_refusal(bot, reply):
    answer = ask_refused(bot, reply)

    assert answer.status is AnswerStatus.NOT_IN_DOCUMENTS
    assert answer.statements == ()


def test_the_built_in_answerer_never_answers_below_the_strictness(bot):
    strict = replace_settings(bot, strictness=1.0, ask_model_when_refused=True)

    assert BriefBot(strict, embedder=bot.embedder).ask(QUESTION).statements == ()
