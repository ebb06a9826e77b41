"""Files that are broken, lie about themselves, or cost too much: one sentence each."""

import io
import os
import shutil
import textwrap
import zipfile
from pathlib import Path

import pytest

from briefbot.errors import UnreadableDocumentError, UnsupportedFormatError
from briefbot.load import LOADERS, Limits, load_corpus, load_document
from briefbot.load.process import ParserProcess
from briefbot.load.source import Source
from pdf_files import write_pdf

SAMPLES = Path(__file__).parent / "data" / "formats"
MB = 1_000_000


def refusal(path: Path, root: Path, **limits) -> str:
    with pytest.raises((UnreadableDocumentError, UnsupportedFormatError)) as caught:
        load_document(path, root=root, limits=Limits(**limits))
    return caught.value.message


def packed(parts: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def copied(sample: str, to: Path) -> Path:
    to.parent.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copyfile(SAMPLES / sample, to))


# --- encodings ----------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf16_with_a_byte_order_mark_is_text(write, tmp_path, encoding):
    mark = "" if encoding == "utf-16" else "\ufeff"
    path = write("a.txt", f"{mark}Größe “2”.\n".encode(encoding))

    assert load_document(path, root=tmp_path).text == "Größe “2”.\n"


def test_utf16_without_a_byte_order_mark_is_refused(write, tmp_path):
    path = write("a.txt", "The garden grows roses.".encode("utf-16-le"))

    assert refusal(path, tmp_path) == "a.txt is not text: many of its characters are NUL."


def test_half_a_utf16_character_is_refused(write, tmp_path):
    path = write("a.txt", "Roses.".encode("utf-16")[:-1])

    assert "is not whole UTF-16 text" in refusal(path, tmp_path)


CYRILLIC = (
    "Маяк на мысе Оррин впервые зажгли в октябре. Его башня из серого гранита высотой в сорок один "
    "метр, и каждый вечер смотритель поднимался по ступеням с маслом для лампы."
)


def test_text_in_another_encoding_names_the_likely_one(write, tmp_path):
    path = write("a.csv", f"Текст\n{CYRILLIC}\n".encode("cp1251"))

    with pytest.raises(
        UnreadableDocumentError, match=r"a\.csv is not UTF-8 text \(byte 0"
    ) as error:
        load_document(path, root=tmp_path)

    assert error.value.hint == "It looks like cp1251; save it as UTF-8 and index again."


def test_a_web_page_may_be_in_the_encoding_that_it_names(write, tmp_path):
    page = f"<html><head><meta charset='windows-1251'></head><body><p>{CYRILLIC}</p></body></html>"
    path = write("a.html", page.encode("cp1251"))

    assert CYRILLIC in load_document(path, root=tmp_path).text


@pytest.mark.parametrize("named", ["utf-7x", "shift_jis"])
def test_a_web_page_that_is_not_in_the_encoding_that_it_names_is_refused(write, tmp_path, named):
    path = write("a.html", b"<html><meta charset=%s><p>caf\xe9 \xff\xfd</p>" % named.encode())

    assert refusal(path, tmp_path) == f"a.html is not in the encoding that it names ({named})."


# --- files that are not what their names say ----------------------------------------------------


@pytest.mark.parametrize(
    ("sample", "name", "read_as"),
    [
        ("ferry.pdf", "ferry.txt", ".pdf"),
        ("ferry.pdf", "ferry.docx", ".pdf"),
        ("ferry.pdf", "ferry.md", ".pdf"),
        ("lighthouse.docx", "lighthouse.pdf", ".docx"),
        ("lighthouse.odt", "lighthouse.txt", ".odt"),
        ("lighthouse.epub", "lighthouse.html", ".epub"),
        ("slides.pptx", "slides.rtf", ".pptx"),
        ("slides.pptx", "slides.docx", ".pptx"),
        ("lighthouse.epub", "lighthouse.docx", ".epub"),
        ("tides.xlsx", "tides.csv", ".xlsx"),
        ("lighthouse-pandoc.rtf", "lighthouse.pdf", ".rtf"),
        ("mill.html", "mill.pdf", ".html"),
        ("mill.html", "mill.txt", ".html"),
    ],
)
def test_a_file_with_a_wrong_extension_is_read_as_what_it_is(tmp_path, sample, name, read_as):
    path = copied(sample, tmp_path / name)

    document = load_document(path, root=tmp_path)

    right = load_document(SAMPLES / sample, root=SAMPLES)
    assert document.text == right.text
    ending = Path(name).suffix
    assert document.notes[-1] == f"read as {read_as}, although its name ends in {ending}"


def test_a_pdf_without_an_extension_is_read_by_its_content(tmp_path):
    path = copied("ferry.pdf", tmp_path / "ferry")

    assert load_document(path, root=tmp_path).notes == ("read as .pdf, by its content",)


def test_something_may_stand_before_the_first_line_of_a_pdf(write, tmp_path):
    path = write("ferry.pdf", b"\r\n\r\n" + (SAMPLES / "ferry.pdf").read_bytes())

    assert "A battery ferry" in load_document(path, root=tmp_path).text


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n", "a PNG image"),
        (b"\xff\xd8\xff\xe0", "a JPEG image"),
        (b"\x7fELF\x02", "a program"),
        (b"\x1f\x8b\x08", "a gzip archive"),
    ],
)
@pytest.mark.parametrize("name", ["a.pdf", "a.docx", "a.txt"])
def test_a_file_of_a_foreign_kind_is_named(write, tmp_path, name, start, kind):
    path = write(name, start + b"\0" * 50)

    assert refusal(path, tmp_path) == f"{name} is {kind}, whatever its name says."


def test_an_archive_under_another_name_is_named(write, tmp_path):
    path = write("a.pdf", packed({"a.txt": "Text."}))

    assert refusal(path, tmp_path) == "a.pdf is a zip archive, whatever its name says."


@pytest.mark.parametrize("name", ["a.doc", "a.docx"])
def test_an_old_office_file_is_named(write, tmp_path, name):
    path = write(name, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)

    assert refusal(path, tmp_path) == f"{name} is in the old Office format (.doc, .xls or .ppt)."


# --- protected, empty, cut short ----------------------------------------------------------------


def test_an_encrypted_pdf_is_named():
    message = refusal(SAMPLES / "encrypted.pdf", SAMPLES)

    assert message == "encrypted.pdf is protected with a password."


def test_an_encrypted_office_file_is_named(write, tmp_path):
    start = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
    path = write("a.docx", start + "EncryptedPackage".encode("utf-16-le"))

    assert refusal(path, tmp_path) == "a.docx is protected with a password."


def test_an_encrypted_open_document_is_named(write, tmp_path):
    manifest = "<manifest><encryption-data/></manifest>"
    parts = {
        "mimetype": "application/vnd.oasis.opendocument.text",
        "META-INF/manifest.xml": manifest,
        "content.xml": b"\x8f\x01",
    }
    path = write("a.odt", packed(parts))

    assert refusal(path, tmp_path) == "a.odt is protected with a password."


def test_a_book_with_copy_protection_is_named(tmp_path):
    path = tmp_path / "a.epub"
    with zipfile.ZipFile(SAMPLES / "lighthouse.epub") as book, zipfile.ZipFile(path, "w") as locked:
        for entry in book.infolist():
            locked.writestr(entry, book.read(entry))
        locked.writestr(
            "META-INF/encryption.xml",
            '<encryption><Method Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/>'
            "</encryption>",
        )

    assert refusal(path, tmp_path) == "a.epub is protected with a password."


@pytest.mark.parametrize("extension", sorted(set(LOADERS) - {".md", ".markdown", ".txt"}))
def test_a_file_of_zero_bytes_is_empty(write, tmp_path, extension):
    path = write(f"a{extension}", b"")

    assert refusal(path, tmp_path) == f"a{extension} is empty (0 bytes)."


@pytest.mark.parametrize(
    "sample",
    [
        "ferry.pdf",
        "lighthouse.docx",
        "lighthouse.epub",
        "lighthouse.odt",
        "slides.pptx",
        "tides.xlsx",
    ],
)
@pytest.mark.parametrize("share", [0.05, 0.5, 0.95])
def test_a_file_that_is_cut_short_is_named(write, tmp_path, sample, share):
    whole = (SAMPLES / sample).read_bytes()
    path = write(sample, whole[: int(len(whole) * share)])

    message = refusal(path, tmp_path)

    assert sample in message
    assert "is damaged" in message


@pytest.mark.parametrize("name", ["a.srt", "a.vtt"])
def test_subtitles_without_a_time_are_named(write, tmp_path, name):
    path = write(name, "Just a sentence that nobody timed.\n")

    assert "format of subtitles" in refusal(path, tmp_path)


def test_an_office_file_without_its_main_part_is_damaged(write, tmp_path):
    for name in ("a.docx", "a.pptx", "a.xlsx", "a.odt", "a.epub"):
        path = write(name, packed({"other.xml": "<a/>"}))

        assert "is damaged or cut short" in refusal(path, tmp_path)


def test_bad_files_of_every_kind_stop_no_other(write, tmp_path):
    copied("ferry.pdf", tmp_path / "corpus" / "good.pdf")
    copied("encrypted.pdf", tmp_path / "corpus" / "locked.pdf")
    write("corpus/empty.docx", b"")
    write("corpus/broken.odt", b"PK\x03\x04 mimetypeapplication/vnd.oasis.opendocument.text")
    write("corpus/latin.csv", b"a,b\ncaf\xe9,1")
    write("corpus/zz.html", "<html><body><p>The last page is read too.</p></body></html>")

    loaded = load_corpus(tmp_path / "corpus")

    assert [document.id for document in loaded.documents] == ["good.pdf", "zz.html"]
    skipped = {item.path: item.reason for item in loaded.skipped}
    assert sorted(skipped) == ["broken.odt", "empty.docx", "latin.csv", "locked.pdf"]
    assert all(reason.startswith(name) for name, reason in skipped.items())


# --- sizes --------------------------------------------------------------------------------------


def test_five_hundred_pages_are_read(tmp_path):
    pages = [[(40, 500, f"Page {n} tells of barrel number {n} in the cellar.")] for n in range(500)]
    path = write_pdf(tmp_path / "long.pdf", pages)

    document = load_document(path, root=tmp_path)

    assert len(document.marks) == 500
    assert document.marks[499].label == "p. 500"
    assert document.text[document.marks[499].start :].startswith("Page 499 tells of barrel")


def test_more_pages_than_allowed_are_refused():
    message = refusal(SAMPLES / "ferry.pdf", SAMPLES, max_pages=2)

    assert message == "ferry.pdf has 3 pages; 2 are the most."
    assert refusal(SAMPLES / "slides.pptx", SAMPLES, max_pages=2).endswith(
        "4 slides; 2 are the most."
    )
    assert refusal(SAMPLES / "pages.odt", SAMPLES, max_pages=2).endswith("3 pages; 2 are the most.")


def test_a_file_larger_than_allowed_is_refused(write, tmp_path):
    path = write("a.md", b"word " * 300_000)

    assert refusal(path, tmp_path, max_file_mb=1) == "a.md has 1.5 MB; 1 are the most."


def test_more_text_than_any_document_has_is_refused(write, tmp_path):
    path = write("a.csv", b"name\n" + b"x" * 120_000 + b"\n" + (b"y" * 100_000 + b"\n") * 205)

    assert refusal(path, tmp_path) == "a.csv holds more than 20,000,000 characters."


# --- archives -----------------------------------------------------------------------------------


def test_the_documents_of_an_archive_are_loaded_under_its_name(write, tmp_path):
    write(
        "corpus/papers.zip",
        packed(
            {
                "notes/garden.md": "# Garden\n\nRoses grow there.\n",
                "ferry.pdf": (SAMPLES / "ferry.pdf").read_bytes(),
                "__MACOSX/notes/._garden.md": b"\0",
                ".hidden.txt": "Hidden.",
                "photo.png": b"\x89PNG\r\n\x1a\n",
            }
        ),
    )

    loaded = load_corpus(tmp_path / "corpus")

    assert [(d.id, d.title) for d in loaded.documents] == [
        ("papers.zip/ferry.pdf", "Ferry report 2023"),
        ("papers.zip/notes/garden.md", "Garden"),
    ]
    (skipped,) = loaded.skipped
    assert skipped.path == "papers.zip/photo.png"
    assert skipped.reason.startswith("photo.png: files of type .png are not supported.")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../evil.md", "Its path leads out of the archive."),
        ("a/../../evil.md", "Its path leads out of the archive."),
        ("/etc/evil.md", "Its path leads out of the archive."),
        ("C:/evil.md", "Its path leads out of the archive."),
        ("..\\evil.md", "Its path leads out of the archive."),
        ("inner.zip", "inner.zip is an archive within an archive."),
    ],
)
def test_a_member_that_could_do_harm_is_left_out(write, tmp_path, name, reason):
    write("corpus/a.zip", packed({name: "Text.", "good.md": "Text."}))
    before = sorted(tmp_path.rglob("*"))

    loaded = load_corpus(tmp_path / "corpus")

    assert [document.id for document in loaded.documents] == ["a.zip/good.md"]
    (skipped,) = loaded.skipped
    assert skipped.reason.startswith(reason)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_member_with_a_password_is_left_out(write, tmp_path):
    raw = bytearray(packed({"a.md": "Text.", "b.md": "Text."}))
    raw[6] |= 1  # the flag of the first member's header, and of its entry in the list
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    write("corpus/a.zip", bytes(raw))

    loaded = load_corpus(tmp_path / "corpus")

    assert [document.id for document in loaded.documents] == ["a.zip/b.md"]
    assert loaded.skipped[0].reason.startswith("a.md is protected with a password.")


def test_two_members_of_one_name_are_one_document(write, tmp_path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.md", "First.")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("a.md", "Second.")
    write("corpus/a.zip", buffer.getvalue())

    loaded = load_corpus(tmp_path / "corpus")

    assert [document.id for document in loaded.documents] == ["a.zip/a.md"]
    assert "two files of this name" in loaded.skipped[0].reason


@pytest.mark.parametrize("name", ["bomb.zip", "bomb.docx", "bomb.epub", "bomb.xlsx", "bomb.odt"])
def test_a_zip_bomb_is_refused_unopened(write, tmp_path, name):
    write("corpus/good.md", "Text.")
    write(f"corpus/{name}", packed({"word/document.xml": b" " * (30 * MB), "good.md": "Text."}))

    loaded = load_corpus(tmp_path / "corpus")

    assert [document.id for document in loaded.documents] == ["good.md"]
    assert "which is what a zip bomb does" in loaded.skipped[0].reason


def test_an_archive_is_not_one_document(write, tmp_path):
    path = write("a.zip", packed({"good.md": "Text."}))

    assert refusal(path, tmp_path) == "a.zip is an archive of documents."


def test_an_office_file_that_holds_another_one_is_what_its_name_says(write, tmp_path):
    raw = (SAMPLES / "tides.xlsx").read_bytes()
    path = write("tides.xlsx", raw)
    with zipfile.ZipFile(path, "a") as book:
        book.writestr("xl/embeddings/a.docx", (SAMPLES / "lighthouse.docx").read_bytes())

    document = load_document(path, root=tmp_path)

    assert document.text.startswith("Port: Orrin")
    assert document.notes == ()


def test_an_archive_of_too_many_parts_is_refused(write, tmp_path):
    write("corpus/a.zip", packed({f"{n}.md": "" for n in range(20_001)}))
    write("corpus/good.md", "Text.")

    (skipped,) = load_corpus(tmp_path / "corpus").skipped

    assert "in 20,001 parts" in skipped.reason


def test_what_is_no_archive_but_named_so_is_named(write, tmp_path):
    write("corpus/a.zip", b"PK\x03\x04 and then nothing")
    write("corpus/good.md", "Text.")

    (skipped,) = load_corpus(tmp_path / "corpus").skipped

    assert skipped.reason.startswith("a.zip is damaged or cut short")


# --- XML ----------------------------------------------------------------------------------------

BOMB = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)
LEAK = '<!DOCTYPE x [<!ENTITY i SYSTEM "file:///etc/passwd">]>'


def with_part(sample: str, part: str, doctype: str) -> bytes:
    """A sample whose main part declares entities and uses one in its text."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(SAMPLES / sample) as old, zipfile.ZipFile(buffer, "w") as new:
        for entry in old.infolist():
            raw = old.read(entry)
            if entry.filename == part:
                start = raw.index(b"?>") + 2 if raw.startswith(b"<?xml") else 0
                raw = raw[:start] + doctype.encode() + raw[start:]
                assert b"The lamp" in raw or b"Orrin" in raw
                raw = raw.replace(b"The lamp", b"The &i; lamp").replace(b">Orrin<", b">&i; Orrin<")
            new.writestr(entry, raw)
    return buffer.getvalue()


@pytest.mark.parametrize("doctype", [BOMB, LEAK], ids=["bomb", "leak"])
@pytest.mark.parametrize(
    ("sample", "part"),
    [
        ("lighthouse.docx", "word/document.xml"),
        ("lighthouse.odt", "content.xml"),
        ("tides.xlsx", "xl/sharedStrings.xml"),
    ],
)
def test_entities_are_not_expanded(write, tmp_path, sample, part, doctype):
    path = write(sample, with_part(sample, part, doctype))

    try:
        text = load_document(path, root=tmp_path, limits=Limits(parse_timeout_s=20)).text
    except UnreadableDocumentError as error:
        text = error.message

    assert "Orrin" in text or "is damaged" in text
    assert "hahaha" not in text
    assert "root:" not in text


# --- the process that parses --------------------------------------------------------------------


@pytest.fixture
def parsers(tmp_path, monkeypatch):
    """Loaders that misbehave, reachable by the parsing process as modules of the package."""
    (tmp_path / "sitecustomize.py").write_text(
        textwrap.dedent(
            f"""
            import briefbot.load
            briefbot.load.__path__.append({str(tmp_path / "loaders")!r})
            """
        )
    )
    folder = tmp_path / "loaders"
    folder.mkdir()
    behaviours = {
        "crashing": "os.abort()",
        "quitting": "os._exit(0)",
        "hanging": "time.sleep(60)",
        "greedy": "blocks = [bytearray(10**8) for _ in range(1000)]",
        "failing": "raise ZeroDivisionError",
        "endless": "deep(source)",
        "noisy": "print('noise'); os.write(1, b'noise'); return Draft2(source)",
    }
    for name, body in behaviours.items():
        (folder / f"{name}.py").write_text(
            "import os, time\n"
            "from briefbot.load.draft import Draft\n"
            "def deep(source): return deep(source)\n"
            "def Draft2(source):\n"
            "    draft = Draft(source); draft.paragraph('Words.'); return draft.document()\n"
            f"def load(source):\n    {body}\n"
        )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    return tmp_path


@pytest.mark.parametrize(
    ("module", "message"),
    [
        ("crashing", "a.pdf is damaged: the parser crashed on it."),
        ("quitting", "a.pdf is damaged: the parser crashed on it."),
        ("hanging", "a.pdf could not be read within 4 seconds."),
        ("greedy", "a.pdf needs more than 600 MB of memory to be read."),
        ("failing", "a.pdf is damaged: the parser failed (ZeroDivisionError) on it."),
        ("endless", "a.pdf is damaged: the parser failed (RecursionError) on it."),
    ],
)
def test_a_parser_that_misbehaves_costs_only_its_own_file(parsers, module, message):
    limits = Limits(parse_timeout_s=4 if module == "hanging" else 60, parse_memory_mb=600)
    bad = Source("a.pdf", parsers / "a.pdf", limits)

    with ParserProcess(limits) as parser:
        parser.load("table", Source("tides.csv", SAMPLES / "tides.csv", limits))
        with pytest.raises(UnreadableDocumentError) as caught:
            parser.load(module, bad)
        document = parser.load("table", Source("tides.csv", SAMPLES / "tides.csv", limits))

    assert caught.value.message == message
    assert document.title == "tides"


def test_what_a_parser_prints_is_no_reply(parsers):
    source = Source("a.pdf", parsers / "a.pdf", Limits())

    with ParserProcess(Limits()) as parser:
        document = parser.load("noisy", source)

    assert document.text == "Words.\n"


def test_one_process_reads_many_files():
    with ParserProcess(Limits()) as parser:
        for name in ("ferry.pdf", "tides.csv", "lighthouse.docx"):
            source = Source(name, SAMPLES / name, Limits())
            parser.load(LOADERS[source.suffix], source)
            if name == "ferry.pdf":
                first = parser._running().pid

        assert parser._running().pid == first


def test_the_process_ends_with_the_block():
    with ParserProcess(Limits()) as parser:
        parser.load("table", Source("tides.csv", SAMPLES / "tides.csv", Limits()))
        process = parser._running()

    assert process.poll() is not None


def test_a_corpus_of_markdown_starts_no_process_and_imports_no_format(write, tmp_path):
    import subprocess  # noqa: PLC0415 - only this test needs another Python
    import sys  # noqa: PLC0415

    write("corpus/a.md", "Text.")
    write("corpus/b.txt", "Text.")
    code = f"""
import sys, subprocess
from pathlib import Path
from briefbot.load import load_corpus
started = []
subprocess.Popen = lambda *a, **k: started.append(a)
load_corpus(Path({str(tmp_path / "corpus")!r}))
heavy = "trafilatura lxml pypdfium2 docx pptx openpyxl striprtf webvtt pytesseract urllib3"
print(started, [name for name in heavy.split() if name in sys.modules])
"""

    printed = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    ).stdout

    assert printed == "[] []\n"
