from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from briefbot import model_files
from briefbot.cli import main

REPO = Path(__file__).parent.parent
GOLDEN = Path(__file__).parent / "golden"
COMMANDS = (
    "index", "list", "remove", "add", "ask", "search", "chat", "serve", "info", "eval",
    "corpus", "corpus check", "corpus fetch", "model",
)  # fmt: skip


class Outcome(NamedTuple):
    code: int
    out: str
    err: str


Cli = Callable[..., Outcome]


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    def run(*arguments: str | Path) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["briefbot", *map(str, arguments)])
        code = 0
        try:
            main()
        except SystemExit as exit_:
            code = int(exit_.code or 0)
        return Outcome(code, *capsys.readouterr())

    return run


def test_ask_prints_one_object_whose_quotes_stand_at_their_offsets(cli: Cli, article_index: Path):
    outcome = cli("ask", "What did Ishiba propose, and why?", "--index", article_index, "--json")

    answer = json.loads(outcome.out)
    text = (REPO / "corpus" / answer["citations"][0]["document"]).read_text("utf-8")
    assert outcome.code == 0
    assert answer["status"] == "answered"
    assert [text[c["start"] : c["end"]] for c in answer["citations"]] == [
        c["quote"] for c in answer["citations"]
    ]


def test_ask_gives_the_keys_of_the_contract(cli: Cli, article_index: Path):
    outcome = cli("ask", "What is the capital of Peru?", "--index", article_index, "--json")

    answer = json.loads(outcome.out)
    assert set(answer) == {
        "question", "standalone_question", "status", "answer", "statements", "citations",
        "passages", "confidence", "notes", "answerer", "seconds", "short_answer", "verification",
        "kind", "request",
        "usage",
    }  # fmt: skip
    assert set(answer["passages"][0]) == {
        "document", "title", "heading", "text", "start", "end", "url", "date", "score",
    }  # fmt: skip
    assert answer["status"] == "not_in_documents"
    assert answer["citations"] == []


def test_an_answer_marks_every_sentence(cli: Cli, article_index: Path):
    outcome = cli("ask", "What did Ishiba propose, and why?", "--index", article_index, "--json")

    answer = json.loads(outcome.out)
    marks = [f"{s['text']} [{s['citations'][0]}]" for s in answer["statements"]]
    assert answer["answer"] == " ".join(marks)


def test_ask_without_json_shows_answer_and_sources(cli: Cli, article_index: Path):
    outcome = cli("ask", "Who is Elbridge Colby?", "--index", article_index)

    assert outcome.code == 0
    assert "Colby" in outcome.out
    assert "(beyond-hub-and-spoke.md:" in outcome.out


def test_a_batch_answers_good_lines_names_bad_ones_and_exits_1(
    cli: Cli, article_index: Path, tmp_path: Path
):
    batch, output = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    batch.write_text(
        '{"id": 1, "question": "What did Ishiba propose?"}\n'
        "not json\n"
        '{"id": "b", "question": ""}\n'
        '{"id": "c", "question": "And Colby?", "history": ["What did Ishiba propose?"]}\n',
        "utf-8",
    )

    outcome = cli("ask", "--batch", batch, "--output", output, "--index", article_index)

    answers = [json.loads(line) for line in output.read_text("utf-8").splitlines()]
    assert [answer["id"] for answer in answers] == [1, "c"]
    assert answers[1]["standalone_question"] == "What did Colby propose?"
    assert "line 2: it is not JSON" in outcome.err
    assert "line 3: The question is empty." in outcome.err
    assert outcome.code == 1


def test_a_search_batch_returns_passages_only(cli: Cli, article_index: Path, tmp_path: Path):
    batch = tmp_path / "in.jsonl"
    batch.write_text('{"id": 7, "question": "rare earth elements"}\n', "utf-8")

    outcome = cli("search", "--batch", batch, "--top-k", "2", "--index", article_index)

    found = json.loads(outcome.out)
    assert (found["id"], len(found["passages"])) == (7, 2)


def test_search_returns_as_many_passages_as_asked(cli: Cli, article_index: Path):
    outcome = cli("search", "critical minerals", "--top-k", "3", "--json", "--index", article_index)

    found = json.loads(outcome.out)
    assert found["query"] == "critical minerals"
    assert len(found["passages"]) == 3
    assert "twelve essential Critical Raw Materials" in found["passages"][0]["text"]


def test_index_reports_documents_passages_and_what_it_skipped(cli: Cli, tmp_path: Path):
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "good.md").write_text("# Pact\n\nThe pact was signed in Manila.\n", "utf-8")
    (corpus / "bad.txt").write_bytes(b"caf\xe9 \xff")
    (corpus / "picture.png").write_bytes(b"\x89PNG")

    outcome = cli("index", "--corpus", corpus, "--index", tmp_path / "index", "--json")

    report = json.loads(outcome.out)
    assert outcome.code == 0
    assert (report["documents"], report["passages"]) == (1, 1)
    assert [skipped["path"] for skipped in report["skipped"]] == ["bad.txt", "picture.png"]
    assert "not UTF-8" in report["skipped"][0]["reason"]


def test_strict_indexing_fails_on_a_skipped_file(cli: Cli, tmp_path: Path):
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "good.md").write_text("# Pact\n\nThe pact was signed in Manila.\n", "utf-8")
    (corpus / "bad.txt").write_bytes(b"\xff")

    outcome = cli("index", "--corpus", corpus, "--index", tmp_path / "index", "--strict")

    assert outcome.code == 1
    assert "skipped bad.txt" in outcome.err


def test_indexing_again_if_needed_does_nothing(cli: Cli, article_index: Path, article_corpus: Path):
    before = (article_index / "CURRENT").read_text()

    outcome = cli("index", "--if-needed", "--corpus", article_corpus, "--index", article_index)

    assert "up to date" in outcome.out
    assert (article_index / "CURRENT").read_text() == before


def test_the_raw_capture_loses_its_advertising_and_the_report_says_so(cli: Cli, tmp_path: Path):
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    capture = (Path(__file__).parent / "data" / "raw-capture.txt").read_text("utf-8")
    (corpus / "capture.txt").write_text(capture, "utf-8")

    report = cli("index", "--corpus", corpus, "--index", tmp_path / "index")
    outcome = cli(
        "ask", "What are the benefits of Lion's Mane?", "--json", "--index", tmp_path / "index"
    )

    assert "characters of advertising" in report.out
    assert json.loads(outcome.out)["status"] == "not_in_documents"
    assert "mushroom" not in outcome.out.lower()


# --- add ----------------------------------------------------------------------------------------

SAMPLES = REPO / "tests" / "data" / "formats"


def test_added_files_are_copied_indexed_and_cited_by_page(cli: Cli, tmp_path: Path):
    corpus, index = tmp_path / "corpus", tmp_path / "index"

    outcome = cli("add", SAMPLES / "ferry.pdf", "--corpus", corpus, "--index", index)

    assert outcome.code == 0
    assert outcome.out.splitlines()[0] == (
        f"{SAMPLES / 'ferry.pdf'} → {corpus / 'uploads' / 'ferry.pdf'}"
    )
    assert "1 document, 3 passages, 0 skipped" in outcome.out
    question = "When will a battery ferry be tried?"
    answer = json.loads(cli("ask", question, "--index", index, "--strictness", "0", "--json").out)
    cited = {c["quote"]: c["location"] for c in answer["citations"]}
    assert cited["A battery ferry will be tried in the summer of 2026."] == "p. 3"
    shown = cli("ask", question, "--index", index, "--strictness", "0").out
    assert re.search(r"Ferry report 2023 › Plans \(uploads/ferry\.pdf:\d+, p\. 3\)", shown)


def test_added_again_a_file_is_there_already(cli: Cli, tmp_path: Path):
    arguments = ("add", SAMPLES / "tides.csv", "--corpus", tmp_path, "--no-index")
    cli(*arguments)

    outcome = cli(*arguments)

    saved = tmp_path / "uploads" / "tides.csv"
    assert outcome.out == f"{SAMPLES / 'tides.csv'} is there already as {saved}\n"


def test_what_cannot_be_added_is_named_and_the_rest_is_added(cli: Cli, tmp_path: Path):
    (tmp_path / "a.exe").write_bytes(b"MZ")
    (tmp_path / "a.md").write_text("Text.")

    outcome = cli(
        "add",
        tmp_path / "missing.md",
        tmp_path / "a.exe",
        "http://127.0.0.1:1/a.md",
        "ftp://a.example/b.md",
        tmp_path / "a.md",
        "--corpus",
        tmp_path / "corpus",
        "--no-index",
    )

    assert outcome.code == 1
    errors = [line for line in outcome.err.splitlines() if line.startswith("Error: ")]
    assert errors == [
        f"Error: {tmp_path / 'missing.md'} cannot be read (No such file or directory).",
        "Error: a.exe: files of this type are not supported.",
        "Error: 127.0.0.1 is this machine or lies in a private network.",
        "Error: ftp://a.example/b.md is not a web address.",
    ]
    assert [path.name for path in (tmp_path / "corpus" / "uploads").iterdir()] == ["a.md"]


def test_the_limits_of_the_settings_count(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("BRIEFBOT_MAX_PAGES", "2")
    (tmp_path / "a.md").write_text("Text.")
    (tmp_path / "ferry.pdf").write_bytes((SAMPLES / "ferry.pdf").read_bytes())

    outcome = cli("index", "--corpus", tmp_path, "--index", tmp_path / ".index", "--strict")

    assert outcome.code == 1
    assert "skipped ferry.pdf: ferry.pdf has 3 pages; 2 are the most." in outcome.err


# --- the rest -----------------------------------------------------------------------------------


def test_info_describes_the_index(cli: Cli, article_index: Path):
    outcome = cli("info", "--index", article_index, "--json")

    info = json.loads(outcome.out)
    assert info["documents"] == ["beyond-hub-and-spoke.md"]
    assert info["embedding_model"] == "all-MiniLM-L6-v2"
    assert info["dimension"] == 384


def test_chat_understands_a_follow_up(
    cli: Cli, article_index: Path, monkeypatch: pytest.MonkeyPatch
):
    lines = iter(["What does Germany specialize in within NATO?", "And Turkey?", "☃", ""])
    monkeypatch.setattr("builtins.input", lambda _: next(lines))

    outcome = cli("chat", "--index", article_index)

    assert "(understood as: What does Turkey specialize in within NATO?)" in outcome.out
    assert "The question holds no words." in outcome.err


def test_a_quote_keeps_its_number_throughout_a_chat(
    cli: Cli, article_index: Path, monkeypatch: pytest.MonkeyPatch
):
    germany, turkey = "What does Germany specialize in?", "Which mission does Turkey command?"
    lines = iter([germany, turkey, germany, ""])
    monkeypatch.setattr("builtins.input", lambda _: next(lines))

    outcome = cli("chat", "--index", article_index)

    quotes = re.findall(r"^\[(\d+)\] .*\n\s+“(.*)”$", outcome.out, re.M)
    numbers = {quote: {n for n, other in quotes if other == quote} for _, quote in quotes}
    assert len(quotes) > len(numbers) > 1
    assert all(len(found) == 1 for found in numbers.values())
    assert len({n for n, _ in quotes}) == len(numbers)


def test_eval_reports_metrics_and_breaks_on_a_floor(cli: Cli, article_index: Path, tmp_path: Path):
    cases, floors, lines = tmp_path / "c.jsonl", tmp_path / "f.json", tmp_path / "out.jsonl"
    cases.write_text(
        '{"id": "a", "kind": "off_topic", "split": "dev", "question": "Who won the World Cup?",'
        ' "answerable": false}\n',
        "utf-8",
    )
    floors.write_text(
        '{"cases_sha256": "", "corpus_digest": "", "at_least": {"refusal": 1.1}, "at_most": {}}'
    )

    outcome = cli(
        "eval", "--cases", cases, "--floors", floors, "--output", lines, "--index", article_index
    )

    assert outcome.code == 1
    assert "refusal/off_topic" in outcome.out
    assert "below its floor of 1.1" in outcome.err
    assert json.loads(lines.read_text())["refused"] is True


def test_eval_of_a_set_indexes_its_documents_for_the_run(cli: Cli, tmp_path: Path):
    documents = tmp_path / "set" / "docs"
    documents.mkdir(parents=True)
    sentence = "The stone bridge was built in 1742."
    (documents / "bridge.txt").write_text(f"{sentence} A ferry ran there before.\n", "utf-8")
    question = {
        "id": "q1",
        "question": "When was the stone bridge built?",
        "answers": ["1742"],
        "evidence": [{"doc": "bridge.txt", "text": sentence, "start": 0, "end": len(sentence)}],
        "answerable": True,
    }
    (documents.parent / "questions.jsonl").write_text(json.dumps(question) + "\n", "utf-8")
    lines = tmp_path / "predictions.jsonl"

    done = cli("eval", "--set", documents.parent, "--output", lines, "--json")

    summary = json.loads(done.out)
    assert summary["hits@1"]["value"] == 1.0
    assert summary["token_recall@5"]["value"] == 1.0
    assert summary["short_exact"]["value"] == 1.0
    prediction = json.loads(lines.read_text("utf-8"))
    assert prediction["citations"][0] == {"doc": "bridge.txt", "text": sentence}


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("ask",), 2, "either a question or --batch"),
        (("ask", "hi", "--batch", "x.jsonl"), 2, "either a question or --batch"),
        (("ask", "hi", "--top-k", "many"), 2, "valid integer"),
        (("nonsense",), 2, "No such command"),
        (("ask", "hi", "--index", "no-such-folder"), 1, "There is no index in no-such-folder."),
        (("ask", "hi", "--top-k", "0"), 1, "top_k"),
        (("index", "--corpus", "no-such-folder"), 1, "no-such-folder does not exist"),
        (("eval", "--set", "no-such-folder"), 1, "questions.jsonl cannot be read"),
        (("eval", "--split", "train"), 1, "There is no split 'train'."),
        (("eval", "--cases", "no-such-file"), 1, "no-such-file cannot be read"),
    ],
)
def test_wrong_input_gets_a_clear_sentence_and_its_exit_code(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments, code: int, message: str
):
    monkeypatch.chdir(tmp_path)

    outcome = cli(*arguments)

    assert outcome.code == code
    assert message in outcome.err


@pytest.mark.parametrize("question", ["", "   ", "x " * 5000, "😀🎉", "\x00\x01\x02a"])
def test_what_is_no_question_gets_one_clear_sentence(cli: Cli, article_index: Path, question: str):
    outcome = cli("ask", question, "--index", article_index)

    message, hint = outcome.err.strip().splitlines()
    assert outcome.code == 1
    assert message.startswith("Error: The question")
    assert hint


def test_a_missing_extra_names_the_pip_command_and_the_built_in_answerer_answers(
    cli: Cli, article_index: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("importlib.util.find_spec", lambda *_: None)

    outcome = cli(
        "ask", "What did Ishiba propose?", "--json", "--index", article_index,
        "--model", "anthropic:some-model",
    )  # fmt: skip

    answer = json.loads(outcome.out)
    assert answer["status"] == "answered"
    assert "pip install 'briefbot[anthropic]'" in answer["notes"][0]
    assert "built-in answerer" in answer["notes"][0]


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_is_as_documented(command: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLUMNS", "100")
    arguments = [sys.executable, "-m", "briefbot.cli", *command.split(), "--help"]

    shown = subprocess.run(arguments, capture_output=True, text=True, check=True).stdout

    golden = GOLDEN / f"{'-'.join(['help', *command.split()])}.txt"
    assert shown.replace("python -m briefbot.cli", "briefbot") == golden.read_text("utf-8")


def test_help_imports_no_heavy_library():
    code = "import sys, briefbot.cli; print(*sys.modules)"

    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    heavy = {"torch", "gradio", "chromadb", "transformers", "langchain_core", "numpy"}
    assert heavy & set(loaded.stdout.split()) == set()


def test_model_list_names_what_can_be_fetched(cli: Cli, tmp_path: Path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    plain = cli("model", "list")
    (listed,) = json.loads(cli("model", "list", "--json").out)

    assert "local:qwen2.5-coder-1.5b  1.1 GB  Apache-2.0  not fetched" in plain.out
    assert listed["fetched"] is False
    assert listed["file"].startswith(str(tmp_path))


def test_model_fetch_says_how_to_use_what_is_there(cli: Cli, tmp_path: Path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    model = model_files.MODELS[0]
    folder = model_files.models_folder()
    folder.mkdir(parents=True)
    with (folder / model.file).open("wb") as file:
        file.truncate(model.size_bytes)  # sparse: only its length is compared

    outcome = cli("model", "fetch")

    assert outcome.code == 0
    assert "--model local:qwen2.5-coder-1.5b" in outcome.out
    assert "  fetched" in cli("model", "list").out


def test_fetching_an_unknown_model_names_the_known_ones(cli: Cli):
    outcome = cli("model", "fetch", "gpt")

    assert outcome.code == 1
    assert "qwen2.5-coder-1.5b" in outcome.err
