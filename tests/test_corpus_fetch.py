"""Fetching from a server on this machine that fails in every way that real ones do."""

from __future__ import annotations

import datetime
import json
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from bad_site import ARTICLE, SENTENCE, Site, drip, in_turn, page, pdf, reset, serving, status
from briefbot.cli import main
from briefbot.corpus_fetch import PrimaryFolder, fetch_documents
from briefbot.download import Downloader, Limits, retry_after_s
from briefbot.errors import CorpusError, FetchError
from briefbot.extract import decoded, extract_text
from briefbot.load import load_corpus
from briefbot.primary_list import PrimaryEntry, choose, read_primary

REPO = Path(__file__).parent.parent


class Clock:
    """Time that passes only when somebody sleeps, and `tick_s` at each look."""

    def __init__(self, tick_s: float = 0.0) -> None:
        self.now_s = 0.0
        self.tick_s = tick_s
        self.slept: list[float] = []

    def __call__(self) -> float:
        self.now_s += self.tick_s
        return self.now_s

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 3))
        self.now_s += seconds


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(Site()) as running:
        yield running


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def downloader(clock: Clock) -> Iterator[Downloader]:
    with Downloader(Limits(), sleep=clock.sleep, clock=clock) as visitor:
        yield visitor


def entry(url: str, name: str = "treaty", **values: str) -> PrimaryEntry:
    defaults = {
        "title": "The Harbour Treaty", "publisher": "Port Archive", "date": "1951-09-01",
        "kind": "treaty", "licence": "public domain", "language": "en",
    }  # fmt: skip
    return PrimaryEntry.model_construct(id=name, url=url, tested=False, **(defaults | values))


@pytest.fixture
def fetch(tmp_path: Path, downloader: Downloader) -> Callable[..., str]:
    """Fetch one address; returns why it failed, or the empty string."""

    def run(url: str, **options: bool) -> str:
        folder = PrimaryFolder(tmp_path / "primary", today="2026-11-22")
        report = fetch_documents([entry(url)], folder, downloader, **options)
        return report.failed[0].reason if report.failed else ""

    return run


# --- what goes well -----------------------------------------------------------------------------


def test_a_page_becomes_markdown_with_its_origin_and_without_its_menu(
    site: Site, fetch: Callable[..., str], tmp_path: Path
):
    site.pages["/treaty"] = page(ARTICLE)

    assert fetch(site.url("/treaty")) == ""

    written = (tmp_path / "primary" / "treaty.md").read_text("utf-8")
    _, front, text = written.split("---\n", 2)
    meta = yaml.safe_load(front)
    assert list(meta) == [
        "title", "publisher", "date", "url", "kind", "licence", "language", "retrieved", "sha256",
    ]  # fmt: skip
    assert (meta["title"], meta["retrieved"]) == ("The Harbour Treaty", "2026-11-22")
    assert len(meta["sha256"]) == 64
    assert text.count("Each party undertakes to consult") == 16
    assert "About this site" not in text


def test_what_was_fetched_can_be_indexed(site: Site, fetch: Callable[..., str], tmp_path: Path):
    site.pages["/treaty"] = page(ARTICLE)
    fetch(site.url("/treaty"))

    loaded = load_corpus(tmp_path)

    assert [document.id for document in loaded.documents] == ["primary/treaty.md"]
    assert loaded.documents[0].title == "The Harbour Treaty"
    assert loaded.documents[0].date == "1951-09-01"
    assert loaded.skipped == ()


def test_a_date_that_is_not_known_is_left_out(site: Site, downloader: Downloader, tmp_path: Path):
    site.pages["/treaty"] = page(ARTICLE)
    folder = PrimaryFolder(tmp_path, today="2026-11-22")

    folder.fetch(entry(site.url("/treaty"), date="n.d."), downloader)

    assert "date:" not in (tmp_path / "treaty.md").read_text("utf-8")


def test_a_pdf_becomes_text(site: Site, fetch: Callable[..., str], tmp_path: Path):
    lines = "\n".join(f"Article {n}. {SENTENCE}" for n in range(1, 9))
    site.pages["/treaty.pdf"] = page(pdf(lines), Content_Type="application/octet-stream")

    assert fetch(site.url("/treaty.pdf")) == ""

    written = (tmp_path / "primary" / "treaty.md").read_text("utf-8")
    assert written.count("Each party undertakes to consult") == 8


def test_plain_text_stays_as_it_is(site: Site, fetch: Callable[..., str], tmp_path: Path):
    site.pages["/treaty.txt"] = page(SENTENCE * 9 + "\r\n1 < 2", Content_Type="text/plain")

    assert fetch(site.url("/treaty.txt")) == ""

    assert (tmp_path / "primary" / "treaty.md").read_text("utf-8").endswith("\n1 < 2\n")


def test_the_visitor_says_who_it_is(site: Site, fetch: Callable[..., str]):
    site.pages["/treaty"] = page(ARTICLE)

    fetch(site.url("/treaty"))

    assert all(agent.startswith("BriefBot/") for agent in site.agents)


def test_a_redirect_is_followed_to_its_end(site: Site, fetch: Callable[..., str]):
    site.pages["/old"] = status(301, Location="/new")
    site.pages["/new"] = page(ARTICLE)

    assert fetch(site.url("/old")) == ""
    assert site.visits == ["/robots.txt", "/old", "/new"]


# --- politeness ---------------------------------------------------------------------------------


def test_a_host_gets_one_request_a_second(
    site: Site, downloader: Downloader, clock: Clock, tmp_path: Path
):
    entries = [entry(site.url(f"/{name}"), name) for name in ("one", "two", "three")]
    site.pages |= {f"/{name}": page(ARTICLE) for name in ("one", "two", "three")}

    fetch_documents(entries, PrimaryFolder(tmp_path, today="2026-11-22"), downloader)

    assert site.visits == ["/robots.txt", "/one", "/two", "/three"]
    assert clock.slept == [1.0, 1.0, 1.0]


def test_a_longer_pause_that_robots_txt_asks_for_is_kept(
    site: Site, downloader: Downloader, clock: Clock
):
    site.pages["/robots.txt"] = page("User-agent: *\nCrawl-delay: 7\n", Content_Type="text/plain")
    site.pages["/one"] = site.pages["/two"] = page(ARTICLE)

    downloader.get(site.url("/one"))
    downloader.get(site.url("/two"))

    assert clock.slept == [1.0, 7.0]


@pytest.mark.parametrize("agent", ["*", "BriefBot"])
def test_what_robots_txt_forbids_is_not_asked_for(
    site: Site, fetch: Callable[..., str], agent: str
):
    rules = f"User-agent: {agent}\nDisallow: /private/\n"
    site.pages["/robots.txt"] = page(rules, Content_Type="text/plain")
    site.pages["/private/treaty"] = page(ARTICLE)

    assert "robots.txt forbids" in fetch(site.url("/private/treaty"))
    assert site.visits == ["/robots.txt"]


def test_a_redirect_does_not_lead_around_robots_txt(site: Site, fetch: Callable[..., str]):
    rules = "User-agent: *\nDisallow: /private/\n"
    site.pages["/robots.txt"] = page(rules, Content_Type="text/plain")
    site.pages["/open"] = status(302, Location="/private/treaty")
    site.pages["/private/treaty"] = page(ARTICLE)

    assert "robots.txt forbids" in fetch(site.url("/open"))
    assert "/private/treaty" not in site.visits


@pytest.mark.parametrize(("code", "reason"), [(403, "robots.txt forbids"), (404, "")])
def test_refused_rules_close_a_site_and_missing_ones_open_it(
    site: Site, fetch: Callable[..., str], code: int, reason: str
):
    site.pages["/robots.txt"] = status(code)
    site.pages["/treaty"] = page(ARTICLE)

    assert reason in (why := fetch(site.url("/treaty")))
    assert bool(why) == bool(reason)


def test_a_site_that_cannot_tell_its_rules_is_asked_for_them_once_only(
    site: Site, fetch: Callable[..., str]
):
    site.pages["/robots.txt"] = status(500)
    site.pages["/treaty"] = page(ARTICLE)

    assert "answers 500" in fetch(site.url("/treaty"))
    assert "answers 500" in fetch(site.url("/treaty"))
    assert site.visits == ["/robots.txt"] * 4  # four attempts, then no more of this host


def test_rules_that_move_are_found(site: Site, fetch: Callable[..., str]):
    site.pages["/robots.txt"] = status(301, Location="/rules")
    site.pages["/rules"] = page("User-agent: *\nDisallow: /\n", Content_Type="text/plain")

    assert "robots.txt forbids" in fetch(site.url("/treaty"))


def test_rules_that_move_in_a_circle_allow_all(site: Site, fetch: Callable[..., str]):
    site.pages["/robots.txt"] = status(301, Location="/robots.txt")
    site.pages["/treaty"] = page(ARTICLE)

    assert fetch(site.url("/treaty")) == ""


# --- busy servers -------------------------------------------------------------------------------


def test_a_server_that_names_a_time_is_asked_again_after_it(
    site: Site, fetch: Callable[..., str], clock: Clock
):
    site.pages["/treaty"] = in_turn(status(429, Retry_After="37"), page(ARTICLE))

    assert fetch(site.url("/treaty")) == ""
    assert 37.0 in clock.slept


def test_a_busy_server_is_asked_again_after_longer_and_longer(
    site: Site, fetch: Callable[..., str], clock: Clock
):
    site.pages["/treaty"] = status(503)

    reason = fetch(site.url("/treaty"))

    assert "answers 503 Service Unavailable after 4 attempts" in reason
    assert [seconds for seconds in clock.slept if seconds > 1] == [2.0, 4.0, 8.0]
    assert site.visits.count("/treaty") == 4


def test_a_server_that_asks_for_an_hour_is_left_alone(site: Site, fetch: Callable[..., str]):
    site.pages["/treaty"] = status(429, Retry_After="3600")

    assert "asks to wait 3600 s" in fetch(site.url("/treaty"))
    assert site.visits.count("/treaty") == 1


def test_a_retry_time_may_be_seconds_a_date_or_nonsense():
    now = datetime.datetime(2026, 11, 22, 12, 0, 0, tzinfo=datetime.UTC)

    assert retry_after_s("8") == 8.0
    assert retry_after_s("Sun, 22 Nov 2026 12:01:30 GMT", now=now) == 90.0
    assert retry_after_s("Sun, 22 Nov 2026 11:00:00 -0000", now=now) == 0.0
    assert retry_after_s("soon") is None
    assert retry_after_s("") is None


def test_a_connection_that_breaks_is_tried_again(site: Site, fetch: Callable[..., str]):
    site.pages["/treaty"] = in_turn(reset, page(ARTICLE))

    assert fetch(site.url("/treaty")) == ""


def test_a_connection_that_always_breaks_is_named(site: Site, fetch: Callable[..., str]):
    site.pages["/treaty"] = reset

    reason = fetch(site.url("/treaty"))

    assert reason.startswith("The connection failed")
    assert "after 4 attempts" in reason


def test_a_server_that_is_not_there_is_named(fetch: Callable[..., str]):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    assert "The connection failed" in fetch(f"http://127.0.0.1:{port}/treaty")


def test_a_silent_server_is_left(site: Site, clock: Clock, tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as server:  # accepts, and never answers
        limits = Limits(silence_s=0.05, attempts=2)
        url = f"http://127.0.0.1:{server.getsockname()[1]}/treaty"
        with (
            Downloader(limits, sleep=clock.sleep, clock=clock) as downloader,
            pytest.raises(FetchError, match=r"silent for 0\.05 s after 2 attempts"),
        ):
            downloader.get(url)


def test_a_host_that_does_not_exist_is_named_at_once(
    downloader: Downloader, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    with pytest.raises(FetchError, match=r"host no-such\.example is not known"):
        downloader.get("http://no-such.example/treaty")
    assert clock.slept == []


# --- what is no document ------------------------------------------------------------------------


@pytest.mark.parametrize("code", [401, 403, 404, 410])
def test_a_refusal_is_named_and_not_repeated(site: Site, fetch: Callable[..., str], code: int):
    site.pages["/treaty"] = status(code)

    assert f"answers {code}" in fetch(site.url("/treaty"))
    assert site.visits.count("/treaty") == 1


def test_a_redirect_loop_ends(site: Site, fetch: Callable[..., str]):
    site.pages["/a"] = status(302, Location="/b")
    site.pages["/b"] = status(302, Location="/a")

    assert "redirects in a circle" in fetch(site.url("/a"))
    assert site.visits == ["/robots.txt", "/a", "/b"]


def test_endless_redirects_end(site: Site, fetch: Callable[..., str]):
    for step in range(20):
        site.pages[f"/{step}"] = status(302, Location=f"/{step + 1}")

    assert "redirects more than 8 times" in fetch(site.url("/0"))


@pytest.mark.parametrize("target", ["ftp://127.0.0.1/a", "file:///etc/passwd"])
def test_a_redirect_out_of_the_web_is_refused(site: Site, fetch: Callable[..., str], target: str):
    site.pages["/treaty"] = status(302, Location=target)

    assert "is no web address" in fetch(site.url("/treaty"))


def test_five_megabytes_of_nothing_are_no_document(site: Site, fetch: Callable[..., str]):
    site.pages["/treaty"] = page(b" " * 5_000_000)

    assert "too little text (0 words)" in fetch(site.url("/treaty"))


def test_an_answer_above_the_limit_is_cut_off(site: Site, clock: Clock):
    site.pages["/treaty"] = page(b"a" * 2_000_000)
    limits = Limits(max_bytes=1_000_000)

    with (
        Downloader(limits, sleep=clock.sleep, clock=clock) as downloader,
        pytest.raises(FetchError, match="larger than 1 MB"),
    ):
        downloader.get(site.url("/treaty"))


def test_a_server_that_drips_is_left_after_a_while(site: Site):
    site.pages["/treaty"] = drip
    clock = Clock(tick_s=1.0)

    with (
        Downloader(Limits(total_s=60), sleep=clock.sleep, clock=clock) as downloader,
        pytest.raises(FetchError, match="longer than 60 s"),
    ):
        downloader.get(site.url("/treaty"))


def test_bytes_that_are_not_what_they_claim_are_named(site: Site, fetch: Callable[..., str]):
    site.pages["/treaty"] = page(b"not gzip at all", Content_Encoding="gzip")

    assert "The answer cannot be read" in fetch(site.url("/treaty"))


@pytest.mark.parametrize(
    "title",
    [
        "404 - Page Not Found", "Error", "Page not found | Port Archive", "Access Denied",
        "Just a moment...", "This page no longer exists", "403 Forbidden", "Are you a robot?",
    ],
)  # fmt: skip
def test_an_error_page_that_says_200_is_recognised(
    site: Site, fetch: Callable[..., str], title: str
):
    site.pages["/treaty"] = page(ARTICLE.replace("<title>The Harbour Treaty", f"<title>{title}"))

    assert "is an error page" in fetch(site.url("/treaty"))


@pytest.mark.parametrize(
    "title",
    ["The error of 1914", "Public Law 404: Harbours", "Treaty of 501 islands", "No robots at sea"],
)
def test_a_title_that_only_sounds_like_an_error_is_none(
    site: Site, fetch: Callable[..., str], title: str
):
    site.pages["/treaty"] = page(ARTICLE.replace("<title>The Harbour Treaty", f"<title>{title}"))

    assert fetch(site.url("/treaty")) == ""


def test_a_page_with_too_little_text_is_no_document(site: Site, fetch: Callable[..., str]):
    site.pages["/treaty"] = page("<html><body><p>This page needs a script.</p></body></html>")

    assert "too little text" in fetch(site.url("/treaty"))


def test_a_pdf_without_text_is_named(site: Site, fetch: Callable[..., str]):
    site.pages["/scan.pdf"] = page(pdf(""), Content_Type="application/pdf")

    assert "too little text (0 words)" in fetch(site.url("/scan.pdf"))


def test_a_damaged_pdf_is_named(site: Site, fetch: Callable[..., str]):
    site.pages["/bad.pdf"] = page(b"%PDF-1.7 and then nothing", Content_Type="application/pdf")

    assert "PDF cannot be read" in fetch(site.url("/bad.pdf"))


def test_a_picture_is_no_document(site: Site, fetch: Callable[..., str]):
    site.pages["/treaty"] = page(b"\x89PNG", Content_Type="image/png")

    assert "of type image/png, not HTML, PDF or text" in fetch(site.url("/treaty"))


def test_a_failure_does_not_stop_the_others_and_is_reported(
    site: Site, downloader: Downloader, tmp_path: Path
):
    site.pages["/good"] = page(ARTICLE)
    entries = [entry(site.url("/gone"), "gone"), entry(site.url("/good"), "good")]

    report = fetch_documents(entries, PrimaryFolder(tmp_path, today="2026-11-22"), downloader)

    assert report.fetched == ("good",)
    assert [(failure.id, failure.url) for failure in report.failed] == [("gone", site.url("/gone"))]
    assert "404 Not Found" in report.failed[0].reason


# --- encodings ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-8", "utf-8"),
        ("utf-8", "iso-8859-1"),
        ("utf-8", ""),
        ("utf-8-sig", "latin-1"),
        ("cp1252", "utf-8"),
        ("cp1252", "no-such-charset"),
        ("cp1252", ""),
        ("utf-16", "utf-8"),
        ("shift-jis", "shift-jis"),
    ],
)
def test_a_wrong_charset_does_not_spoil_the_text(encoding: str, declared: str):
    text = "協定の本文" if encoding == "shift-jis" else "Signé à Manille — “done”"

    assert decoded(text.encode(encoding), declared) == text


def test_the_charset_of_the_page_itself_is_used():
    body = '<meta charset="windows-1251"><p>Договор</p>'.encode("cp1251")

    assert "Договор" in decoded(body, "")


def test_bytes_of_no_encoding_are_read_as_well_as_may_be():
    assert decoded(b"pact \x81 end", "utf-8") == "pact \ufffd end"


def test_a_page_with_a_wrong_charset_is_fetched_whole(
    site: Site, fetch: Callable[..., str], tmp_path: Path
):
    body = ARTICLE.replace("threatened", "menacée").encode("cp1252")
    site.pages["/treaty"] = page(body, Content_Type="text/html; charset=utf-8")

    assert fetch(site.url("/treaty")) == ""
    assert "menacée" in (tmp_path / "primary" / "treaty.md").read_text("utf-8")


def test_a_word_that_a_pdf_breaks_at_a_line_end_is_whole_again():
    lines = "\n".join([SENTENCE] * 8) + "\nThe members meet for consul-\ntation each year."

    assert "for consultation each year." in extract_text(pdf(lines))


# --- runs that go on ----------------------------------------------------------------------------


def test_a_second_run_fetches_nothing_twice(site: Site, fetch: Callable[..., str]):
    site.pages["/treaty"] = page(ARTICLE)
    fetch(site.url("/treaty"))
    site.visits.clear()

    assert fetch(site.url("/treaty")) == ""
    assert site.visits == []


def test_an_interrupted_run_goes_on_where_it_stopped(
    site: Site, downloader: Downloader, tmp_path: Path
):
    names = ("one", "two", "three")
    site.pages |= {f"/{name}": page(ARTICLE) for name in names}
    entries = [entry(site.url(f"/{name}"), name) for name in names]

    def interrupt(name: str, _done: int, _of: int) -> None:
        if name == "three":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch_documents(
            entries, PrimaryFolder(tmp_path, today="2026-11-22"), downloader, progress=interrupt
        )
    site.visits.clear()

    report = fetch_documents(entries, PrimaryFolder(tmp_path, today="2026-11-22"), downloader)

    assert (report.fetched, report.kept) == (("three",), ("one", "two"))
    assert site.visits == ["/three"]


def test_a_failure_is_tried_again_in_the_next_run(site: Site, fetch: Callable[..., str]):
    site.pages["/treaty"] = status(404)
    fetch(site.url("/treaty"))
    site.pages["/treaty"] = page(ARTICLE)

    assert fetch(site.url("/treaty")) == ""


def test_a_changed_address_or_file_is_fetched_again(
    site: Site, fetch: Callable[..., str], tmp_path: Path
):
    site.pages["/old"] = site.pages["/new"] = page(ARTICLE)
    fetch(site.url("/old"))
    fetch(site.url("/new"))
    (tmp_path / "primary" / "treaty.md").write_text("cut off", "utf-8")

    assert fetch(site.url("/new")) == ""
    assert site.visits == ["/robots.txt", "/old", "/new", "/new"]
    assert "undertakes" in (tmp_path / "primary" / "treaty.md").read_text("utf-8")


def test_force_fetches_again_and_leaves_an_unchanged_document_as_it_is(
    site: Site, downloader: Downloader, tmp_path: Path
):
    site.pages["/treaty"] = page(ARTICLE)
    treaty = entry(site.url("/treaty"))
    fetch_documents([treaty], PrimaryFolder(tmp_path, today="2026-11-22"), downloader)

    later = PrimaryFolder(tmp_path, today="2027-01-01")
    report = fetch_documents([treaty], later, downloader, force=True)

    assert report.kept == ("treaty",)
    assert site.visits.count("/treaty") == 2
    assert "retrieved: '2026-11-22'" in (tmp_path / "treaty.md").read_text("utf-8")


def test_force_replaces_a_document_that_changed(site: Site, downloader: Downloader, tmp_path: Path):
    site.pages["/treaty"] = in_turn(page(ARTICLE), page(ARTICLE.replace("Article 8", "Annex A")))
    treaty = entry(site.url("/treaty"))
    fetch_documents([treaty], PrimaryFolder(tmp_path, today="2026-11-22"), downloader)

    later = PrimaryFolder(tmp_path, today="2027-01-01")
    report = fetch_documents([treaty], later, downloader, force=True)

    assert report.fetched == ("treaty",)
    assert "Annex A" in (tmp_path / "treaty.md").read_text("utf-8")


def test_a_damaged_state_says_what_to_do(tmp_path: Path):
    (tmp_path / ".fetched.json").write_text("[1, 2]", "utf-8")

    with pytest.raises(CorpusError, match="Remove it"):
        PrimaryFolder(tmp_path, today="2026-11-22")


def test_a_document_that_cannot_be_written_is_an_error(
    site: Site, downloader: Downloader, tmp_path: Path
):
    site.pages["/treaty"] = page(ARTICLE)
    (tmp_path / "treaty.md").mkdir()  # a folder in the way

    with pytest.raises(CorpusError, match="cannot be written"):
        PrimaryFolder(tmp_path, today="2026-11-22").fetch(entry(site.url("/treaty")), downloader)


# --- the list -----------------------------------------------------------------------------------


def test_the_list_of_this_project_can_be_read():
    entries = read_primary(REPO / "corpus")

    assert len(entries) == 68
    assert 0 < sum(each.tested for each in entries) < 68


def test_documents_are_chosen_by_id_and_kind():
    entries = [
        entry("https://a.example/1", "one", kind="treaty"),
        entry("https://a.example/2", "two", kind="report"),
    ]

    assert choose(entries) == entries
    assert [each.id for each in choose(entries, kind="report")] == ["two"]
    assert [each.id for each in choose(entries, ids=["one"])] == ["one"]
    assert choose(entries, ids=["one"], kind="report") == []
    with pytest.raises(CorpusError, match="id 'three'"):
        choose(entries, ids=["three"])
    with pytest.raises(CorpusError, match="kind 'song'"):
        choose(entries, kind="song")


def test_a_list_that_is_missing_or_malformed_is_an_error(tmp_path: Path):
    with pytest.raises(CorpusError, match="cannot be read"):
        read_primary(tmp_path)
    (tmp_path / "primary-sources.yaml").write_text("documents:\n  - id: A b\n", "utf-8")
    with pytest.raises(CorpusError, match="line 2"):
        read_primary(tmp_path)


# --- the command --------------------------------------------------------------------------------


@pytest.fixture
def cli(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, site: Site
) -> Callable[..., tuple[int, str, str]]:
    """Run `briefbot corpus fetch` on a list of two documents."""
    monkeypatch.setattr("time.sleep", lambda _: None)
    documents = [
        entry(site.url("/treaty"), "treaty").model_dump(),
        entry(site.url("/gone"), "gone", kind="report").model_dump(),
    ]
    listed = yaml.safe_dump({"documents": documents}).replace("127.0.0.1", "127.0.0.1")
    (tmp_path / "primary-sources.yaml").write_text(listed, "utf-8")
    site.pages["/treaty"] = page(ARTICLE)

    def run(*arguments: str) -> tuple[int, str, str]:
        command = ["briefbot", "corpus", "fetch", "--corpus", str(tmp_path), *arguments]
        monkeypatch.setattr(sys, "argv", command)
        try:
            main()
        except SystemExit as exit_:
            return (int(exit_.code or 0), *capsys.readouterr())
        return (0, *capsys.readouterr())

    return run


def test_the_command_reports_what_failed_and_why(cli, site: Site):
    code, out, err = cli()

    assert code == 1
    assert "1 fetched, 0 there already, 1 failed" in out
    assert "gone: The server answers 404 Not Found. " in err
    assert site.url("/gone") in err


def test_the_command_succeeds_where_nothing_fails(cli):
    code, out, err = cli("--id", "treaty")

    assert (code, err.strip()) == (0, "")
    assert "Run `briefbot index`" in out


def test_the_command_lists_without_fetching(cli, site: Site):
    cli("--id", "treaty")
    site.visits.clear()

    code, out, _ = cli("--list")

    assert code == 0
    assert out.splitlines()[0].split("\t") == [
        "treaty", "treaty", "1951-09-01", "fetched", "The Harbour Treaty",
    ]  # fmt: skip
    assert out.splitlines()[1].split("\t")[3] == "-"
    assert site.visits == []


def test_the_command_prints_json(cli):
    _, out, _ = cli("--kind", "treaty", "--json")
    _, listed, _ = cli("--list", "--json")

    assert json.loads(out) == {"fetched": ["treaty"], "kept": [], "failed": []}
    assert [each["fetched"] for each in json.loads(listed)] == [True, False]


def test_the_command_can_be_forced(cli, site: Site):
    cli("--id", "treaty")
    cli("--id", "treaty", "--force")

    assert site.visits.count("/treaty") == 2
