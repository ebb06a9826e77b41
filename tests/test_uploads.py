"""Files and web pages handed in: safe names, nothing overwritten, no private address."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefbot.errors import UnsupportedFormatError, UploadError
from briefbot.load import load_document
from briefbot.uploads import find_upload, safe_name, save_upload
from briefbot.web import fetch_url, is_url

SAMPLES = Path(__file__).parent / "data" / "formats"


# --- names --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("report.pdf", "report.pdf"),
        ("Größe 協力 שלום.md", "Größe 協力 שלום.md"),
        ("re\u0301sume\u0301.txt", "résumé.txt"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\papers\\a.md", "a.md"),
        ("..\\..\\a.md", "a.md"),
        ("/a.md", "a.md"),
        (".hidden.md", "hidden.md"),
        ("...md", "md"),
        (".md", "md"),
        ("***.md", "upload.md"),
        ("a\0b\n.md", "a_b_.md"),
        ("a?b*c<d>.md", "a_b_c_d_.md"),
        ("a\u202efdp.md", "a_fdp.md"),
        ("con.md", "_con.md"),
        ("LPT1.txt", "_LPT1.txt"),
        ("aux.backup.txt", "_aux.backup.txt"),
        ("a.md. .", "a.md"),
        ("", "upload"),
    ],
)
def test_a_name_is_made_safe(name, safe):
    assert safe_name(name) == safe


@given(st.one_of(st.text(), st.text(st.characters(exclude_categories=[]))))
def test_a_safe_name_is_a_single_visible_name_of_a_file(name):
    safe = safe_name(name)

    assert safe
    assert safe == safe_name(safe)
    assert not safe.startswith(".")
    assert not set(safe) & set('/\\:*?"<>|\0\n')
    assert len(safe.encode("utf-8")) <= 130


def test_a_long_name_is_cut_and_keeps_its_extension():
    safe = safe_name("協" * 300 + ".pdf")

    assert safe.endswith("協.pdf")
    assert len(safe.encode("utf-8")) <= 120


# --- saving -------------------------------------------------------------------------------------


def test_an_upload_is_saved_below_the_corpus(tmp_path):
    path = save_upload("../a.md", b"Text.", tmp_path / "corpus")

    assert path == tmp_path / "corpus" / "uploads" / "a.md"
    assert path.read_bytes() == b"Text."


def test_another_file_of_the_same_name_gets_a_number(tmp_path):
    paths = [save_upload("a.md", f"Text {n}.".encode(), tmp_path) for n in range(3)]

    assert [path.name for path in paths] == ["a.md", "a-2.md", "a-3.md"]
    assert [path.read_text() for path in paths] == ["Text 0.", "Text 1.", "Text 2."]


def test_the_same_content_is_saved_once_whatever_its_name(tmp_path):
    first = save_upload("a.md", b"Text.", tmp_path)

    assert find_upload(b"Text.", tmp_path) == first
    assert save_upload("b.md", b"Text.", tmp_path) == first
    assert [path.name for path in first.parent.iterdir()] == ["a.md"]


def test_a_link_in_the_folder_is_not_written_through(tmp_path):
    target = tmp_path / "precious.md"
    (tmp_path / "uploads").mkdir()
    (tmp_path / "uploads" / "a.md").symlink_to(target)

    path = save_upload("a.md", b"Text.", tmp_path)

    assert path.name == "a-2.md"
    assert not target.exists()


def test_two_at_once_never_share_a_name(tmp_path):
    threads = [
        threading.Thread(target=save_upload, args=("a.md", f"Text {n}.".encode(), tmp_path))
        for n in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    saved = [path.read_text() for path in (tmp_path / "uploads").iterdir()]
    assert sorted(saved) == sorted(f"Text {n}." for n in range(20))


@pytest.mark.parametrize("name", ["a.exe", "a", "..", "a.md/evil.sh"])
def test_a_type_that_no_loader_knows_is_refused(tmp_path, name):
    with pytest.raises(UnsupportedFormatError, match="not supported"):
        save_upload(name, b"Text.", tmp_path)

    assert not (tmp_path / "uploads").exists()


def test_a_folder_that_cannot_be_written_is_one_sentence(write, tmp_path):
    write("uploads", "a file, not a folder")

    with pytest.raises(UploadError, match=r"a\.md cannot be saved in .*uploads"):
        save_upload("a.md", b"Text.", tmp_path)


# --- the web ------------------------------------------------------------------------------------


@dataclass
class Site:
    """A web server on this machine: path → (status, headers, body)."""

    url: str
    pages: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def page(self, path: str, kind: str, body: bytes, status: int = 200, **headers: str) -> str:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.pages[path] = (status, {"Content-Type": kind, **named}, body)
        return self.url + path


@pytest.fixture
def site() -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.requests.append((self.path, dict(self.headers)))
            status, headers, body = made.pages.get(self.path, (404, {}, b"gone"))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            for start in range(0, len(body), 100_000):
                if stopped.wait(float(headers.get("X-Wait", 0))):
                    return
                self.wfile.write(body[start : start + 100_000])
                self.wfile.flush()

        def log_message(self, *_args: object) -> None:
            """Keep quiet."""

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:
                """The client had enough."""

    stopped = threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    made = Site(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield made
    stopped.set()
    server.shutdown()
    server.server_close()
    thread.join()


def fetched(url: str, **options):
    return fetch_url(url, allow_private=True, **options)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://a.example", True),
        ("HTTP://a.example/b", True),
        ("file:///etc/passwd", True),
        ("a.md", False),
        ("C:\\a.md", False),
        ("./http:/a", False),
    ],
)
def test_an_address_is_told_from_a_path(text, expected):
    assert is_url(text) is expected


def test_a_page_is_fetched_with_where_it_comes_from(site, tmp_path):
    url = site.page(
        "/news/mill?id=1", "text/html; charset=utf-8", (SAMPLES / "mill.html").read_bytes()
    )

    upload = fetched(url)

    assert upload.name == "mill.html"
    path = save_upload(upload.name, upload.data, tmp_path)
    document = load_document(path, root=tmp_path)
    assert document.url == url
    assert document.title == "The mill at Brook End"
    assert "retrieved" not in document.text
    assert b"retrieved: 20" in upload.data
    (_, headers), *_ = site.requests
    assert headers["User-Agent"].startswith("BriefBot")
    assert headers["Host"] == url.split("/")[2]


@pytest.mark.parametrize(("kind", "name"), [("text/plain", "a.txt"), ("text/markdown", "a.md")])
def test_a_text_gets_front_matter(site, tmp_path, kind, name):
    upload = fetched(site.page("/a", kind, b"\xef\xbb\xbfThe garden grows roses.\n"))

    document = load_document(save_upload(upload.name, upload.data, tmp_path), root=tmp_path)

    assert upload.name == name
    assert document.url == f"{site.url}/a"
    assert document.text[document.body_start :] == "The garden grows roses.\n"


def test_front_matter_that_is_there_stays(site):
    body = b"---\ntitle: T\n---\nText.\n"

    assert fetched(site.page("/a.md", "text/markdown", body)).data == body


def test_a_pdf_is_fetched_as_it_is(site):
    raw = (SAMPLES / "ferry.pdf").read_bytes()

    upload = fetched(site.page("/files/Ferry%20report.pdf", "application/pdf", raw))

    assert (upload.name, upload.data) == ("Ferry report.pdf", raw)


def test_a_type_that_says_nothing_leaves_it_to_the_address(site):
    raw = (SAMPLES / "ferry.pdf").read_bytes()

    assert fetched(site.page("/a.pdf", "application/octet-stream", raw)).name == "a.pdf"


def test_an_encoding_that_the_server_names_becomes_utf8(site):
    url = site.page("/a.txt", "text/plain; charset=iso-8859-1", "Größe".encode("latin-1"))

    assert fetched(url).data.endswith("Größe".encode())


def test_a_packed_answer_is_unpacked(site):
    body = gzip.compress(b"The garden grows roses.")

    upload = fetched(site.page("/a.txt", "text/plain", body, Content_Encoding="gzip"))

    assert upload.data.endswith(b"The garden grows roses.")


@pytest.mark.parametrize("kind", ["image/png", "video/mp4", ""])
def test_a_type_that_no_loader_knows_is_not_fetched(site, kind):
    with pytest.raises(UnsupportedFormatError, match="which is not supported"):
        fetched(site.page("/a", kind, b"bytes"))


def test_a_page_that_is_missing_says_its_status(site):
    with pytest.raises(UploadError, match="answers with status 404"):
        fetched(f"{site.url}/nothing")


@pytest.mark.parametrize(
    "url", ["ftp://a.example/b", "file:///etc/passwd", "http://", "http://a:99999/"]
)
def test_other_than_web_addresses_are_refused(url):
    with pytest.raises(UploadError, match="is not a web address"):
        fetched(url)


def test_redirects_are_followed_five_times(site):
    last = site.page("/5", "text/plain", b"Text.")
    for n in range(5):
        site.page(f"/{n}", "", b"", 302, Location=f"/{n + 1}")

    assert fetched(f"{site.url}/0").url == last


def test_a_sixth_redirect_is_refused(site):
    site.page("/", "", b"", 301, Location="/")

    with pytest.raises(UploadError, match="redirects more than 5 times"):
        fetched(f"{site.url}/")
    assert len(site.requests) == 6


def test_a_redirect_to_another_scheme_is_refused(site):
    url = site.page("/", "", b"", 302, Location="file:///etc/passwd")

    with pytest.raises(UploadError, match="file:///etc/passwd is not a web address"):
        fetched(url)


@pytest.mark.parametrize("packing", ["", "gzip"])
def test_more_than_the_limit_is_not_read(site, packing):
    body = b"word " * 1_000_000
    headers = {"Content_Encoding": packing} if packing else {}
    url = site.page("/a.txt", "text/plain", gzip.compress(body) if packing else body, **headers)

    with pytest.raises(UploadError, match=r"is larger than 0\.5 MB"):
        fetched(url, max_bytes=500_000)


def test_a_server_that_drips_is_given_up(site):
    url = site.page("/a.txt", "text/plain", b"x" * 5_000_000, X_Wait="0.2")

    with pytest.raises(UploadError, match="it took too long"):
        fetched(url, timeout_s=0.6)


def test_a_server_that_is_not_there_is_one_sentence(site):
    site_port = site.url.rpartition(":")[2]

    with pytest.raises(UploadError, match="cannot be fetched"):
        fetched(f"https://127.0.0.1:{site_port}/")  # it speaks no TLS


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "10.1.2.3",
        "192.168.1.1",
        "172.16.0.1",
        "169.254.169.254",
        "0.0.0.0",
        "100.64.0.1",
        "224.0.0.1",
        "2130706433",
        "0x7f000001",
        "[::1]",
        "[fe80::1]",
        "[fc00::1]",
        "[::ffff:127.0.0.1]",
        "[2002:7f00:1::]",
    ],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_an_address_in_a_private_network_is_refused(scheme, host):
    with pytest.raises(UploadError, match="this machine or lies in a private network"):
        fetch_url(f"{scheme}://{host}:1/")


def test_a_redirect_into_a_private_network_is_refused(site, monkeypatch):
    """A public name that resolves to this machine once, and redirects to its number."""
    from briefbot import web  # noqa: PLC0415 - its resolver stands for a public name server

    url = site.page("/", "", b"", 302, Location=f"{site.url}/secret")
    site.page("/secret", "text/plain", b"secret")
    resolve = web._resolve

    def public_once(host: str, port: int, *, allow_private: bool) -> list[str]:
        return resolve(host, port, allow_private=allow_private or not site.requests)

    monkeypatch.setattr(web, "_resolve", public_once)

    with pytest.raises(UploadError, match="private network"):
        fetch_url(url)
    assert [path for path, _ in site.requests] == ["/"]


def test_the_next_number_of_a_host_is_tried(site, monkeypatch):
    from briefbot import web  # noqa: PLC0415 - its resolver stands for a name with two numbers

    monkeypatch.setattr(web, "_resolve", lambda *_, **__: ["::1", "127.0.0.1"])

    assert fetch_url(site.page("/a.txt", "text/plain", b"Text.")).data.endswith(b"Text.")


def test_an_address_cannot_end_the_comment_that_names_it(site, tmp_path):
    page = b"<html><body><p>It grows roses.</p></body></html>"
    site.page("/a--%3E%22?x=--%3E", "text/html", page)

    upload = fetched(f"{site.url}/a--%3E%22?x=-->")

    assert upload.data.count(b"-->") == 1
    document = load_document(save_upload(upload.name, upload.data, tmp_path), root=tmp_path)
    assert document.text == "It grows roses.\n"
    assert document.url.startswith(f"{site.url}/a")


def test_a_page_fetched_on_two_days_is_saved_once(site, tmp_path):
    upload = fetched(site.page("/a.txt", "text/plain", b"Text."))
    earlier = upload.data.replace(b"retrieved: 20", b"retrieved: 19")

    first = save_upload(upload.name, earlier, tmp_path)

    assert save_upload(upload.name, upload.data, tmp_path) == first
