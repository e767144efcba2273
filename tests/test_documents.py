"""Files of every kind into documents, and files that were made to do harm."""

from __future__ import annotations

import dataclasses
import io
import json
import resource
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from datetime import date
from email.message import EmailMessage
from types import SimpleNamespace

import docx
import openpyxl
import pytest
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from geo.errors import DataError, LimitError, NotTextError
from geo.settings import ROOT, Settings
from geo.sources.documents import archive, rows
from geo.sources.documents.apart import Apart
from geo.sources.documents.document import Opened
from geo.sources.documents.opening import open_file
from tests.web_server import PAGE

SETTINGS = Settings()
TEXT = "Shelling hit a market in Kherson on Wednesday and killed three people, officials said."


def opened(raw: bytes, name: str, settings: Settings = SETTINGS) -> Opened:
    return open_file(raw, name, settings)


# -- files, made here ---------------------------------------------------------------------------


def pdf(*pages: str) -> bytes:
    writer = PdfWriter()
    for line in pages:
        page = writer.add_blank_page(width=600, height=800)
        content = DecodedStreamObject()
        content.set_data(f"BT /F1 12 Tf 50 700 Td ({line}) Tj ET".encode("latin-1"))
        font = DictionaryObject({
            NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        })  # fmt: skip
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})}
        )
        page[NameObject("/Contents")] = writer._add_object(content)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def word(*paragraphs: str, title: str = "") -> bytes:
    made = docx.Document()
    for line in paragraphs:
        made.add_paragraph(line)
    made.core_properties.title = title
    table = made.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "Dead", "three"
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def packed(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return out.getvalue()


def mail(body: str, *attached: tuple[str, bytes], subject: str = "From Kherson") -> bytes:
    made = EmailMessage()
    made["Subject"], made["From"] = subject, "Field Desk <desk@example.org>"
    made["Date"] = "Wed, 03 May 2023 22:10:00 +0300"
    made.set_content(body)
    for name, content in attached:
        made.add_attachment(content, "application", "octet-stream", filename=name)
    return made.as_bytes()


def excel(*lines: tuple[object, ...]) -> bytes:
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# -- what is read -------------------------------------------------------------------------------


def test_a_page_gives_its_article_and_facts_and_nothing_else() -> None:
    (found,) = opened(PAGE.encode(), "page.html").documents
    assert (found.title, found.published, found.publisher) == (
        "Market shelled in Kherson", date(2023, 5, 3), "The Test Post",
    )  # fmt: skip
    assert found.language == "en"
    assert "The café “Zürich” next to it" in found.text
    assert "alert" not in found.text
    assert "Home Sport" not in found.text


@pytest.mark.parametrize(
    ("encoded", "said"),
    [
        (PAGE.encode("cp1252"), "utf-8"),
        (PAGE.encode(), "iso-8859-1"),
        (PAGE.encode("utf-16"), ""),
        (PAGE.encode(), "no-such-charset"),
        (PAGE.encode("cp1252"), "undefined"),  # Python knows it, and it fails on whatever it gets
        (PAGE.encode("cp1252"), "zlib_codec"),
    ],
)
def test_letters_come_out_right_whatever_the_server_says(encoded: bytes, said: str) -> None:
    (found,) = open_file(encoded, "page.html", SETTINGS, charset=said).documents
    assert "The café “Zürich” next to it" in found.text


def test_the_ukrainian_of_old_pages_is_read() -> None:
    line = "Російські війська обстріляли ринок у Херсоні, загинули троє людей. "
    page = f"<html><meta charset=windows-1251><article><p>{line * 8}</p></article></html>"
    (found,) = opened(page.encode("cp1251"), "page.htm").documents
    assert "обстріляли ринок у Херсоні" in found.text
    assert found.language == "uk"


def test_what_is_in_no_language_is_said_to_be_in_none() -> None:
    (found,) = opened(b"b83f7 d0a11c f99e2 k4471 l0bd3 g5528e d1c0f k88a1 " * 9, "a.txt").documents
    assert found.language == ""


def test_a_pdf_gives_the_text_of_its_pages() -> None:
    (found,) = opened(pdf("Shelling hit Kherson.", "Three people died."), "report.pdf").documents
    assert found.text == "Shelling hit Kherson.\n\nThree people died."


def test_pages_beyond_the_limit_are_left_out_and_it_is_said() -> None:
    few = dataclasses.replace(SETTINGS, max_pdf_pages=2)
    (found,) = opened(pdf("One.", "Two.", "Three."), "report.pdf", few).documents
    assert found.text == "One.\n\nTwo."
    assert "DATELINE_MAX_PDF_PAGES" in found.remarks[0]


def test_a_word_document_gives_paragraphs_and_tables() -> None:
    (found,) = opened(word("First.", "Second.", title="Report"), "a.docx").documents
    assert (found.title, found.text) == ("Report", "First.\n\nSecond.\n\nDead; three")


def test_a_mail_gives_its_text_and_what_is_attached() -> None:
    raw = mail(TEXT, ("notes.txt", b"Shells fell on Beryslav on Thursday."), ("x.exe", b"MZ"))
    found = opened(raw, "desk.eml")
    own, attached = found.documents
    assert (own.title, own.publisher, own.published) == (
        "From Kherson", "Field Desk", date(2023, 5, 3),
    )  # fmt: skip
    assert own.text == TEXT
    assert attached.name == "desk.eml/notes.txt"
    assert [one.name for one in found.failures] == ["desk.eml/x.exe"]


def test_tables_and_json_give_an_article_a_row() -> None:
    line = {"Headline": "Market", "Date": "3 May 2023", "body": TEXT, "Source": "Post"}
    table = "Headline;Date;body;Source\n" + ";".join(line.values())
    sheet = excel(tuple(line), (*line.values(),), ("No text", "2023-05-04", None, None))
    for raw, name in (
        (table.encode(), "a.csv"), (sheet, "a.xlsx"), (json.dumps([line]).encode(), "a.json"),
        (json.dumps(line).encode() + b"\nno json\n", "a.jsonl"),
    ):  # fmt: skip
        found = opened(raw, name)
        (one,) = found.documents
        assert (one.title, one.published, one.text, one.publisher, one.language) == (
            "Market", date(2023, 5, 3), TEXT, "Post", "en",
        ), name  # fmt: skip
        assert len(found.failures) == (name in ("a.xlsx", "a.jsonl")), name


def test_a_table_without_text_is_sent_to_the_import_page() -> None:
    with pytest.raises(DataError, match="Import page"):
        opened(b"event_date,latitude\n2023-05-03,46.6\n", "events.csv")


def test_a_day_that_could_be_two_is_none() -> None:
    assert rows.day("03/04/2023") is None
    assert rows.day("13/04/2023") == rows.day("2023-04-13T10:00:00Z") == date(2023, 4, 13)
    assert rows.day("last week") is None
    row = {"text": TEXT, "date": "9999-12-31"}
    assert opened(json.dumps(row).encode(), "a.json").documents[0].published is None


def test_a_zip_gives_all_that_can_be_read() -> None:
    raw = packed(**{"a/one.txt": TEXT.encode(), "two.pdf": b"no pdf", "__MACOSX/._one.txt": b"x"})
    found = opened(raw, "night.zip")
    assert [one.name for one in found.documents] == ["night.zip/one.txt"]
    assert [one.name for one in found.failures] == ["night.zip/two.pdf"]


# -- files made to do harm ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "name", "error", "reason"),
    [
        (b"", "a.txt", DataError, "empty"),
        (b"MZ", "a.exe", DataError, "kind"),
        (b"a" * 21_000_000, "a.txt", LimitError, "DATELINE_MAX_FILE_BYTES"),
        (b"\x00\x01\x02\x03" * 50, "a.txt", NotTextError, "no text"),
        (b"%PDF-1.7 cut off", "a.pdf", DataError, "no PDF"),
        (b"PK\x03\x04 cut off", "a.docx", DataError, "damaged"),
        (b"PK\x03\x04 cut off", "a.zip", DataError, "damaged"),
        (packed(a=b"no word"), "a.docx", DataError, "no Word document"),
        (packed(a=b"no excel"), "a.xlsx", DataError, "no Excel file"),
        (b"{" * 100_000, "a.json", DataError, "no JSON"),
        (b"[" * 100_000, "a.json", DataError, "no JSON"),
        (b"text,title\n", "a.csv", DataError, "holds no article"),
        (b"[]", "a.json", DataError, "holds no article"),
        (packed(), "a.zip", DataError, "holds no article"),
        (b"no headers", "a.eml", DataError, "headers"),
        (b"<html><script>alert(1)</script></html>", "a.html", DataError, "no article"),
    ],
)
def test_what_cannot_be_read_is_an_error_in_words(
    raw: bytes, name: str, error: type[Exception], reason: str
) -> None:
    with pytest.raises(error, match=reason):
        opened(raw, name)


def test_a_zip_bomb_is_not_unpacked() -> None:
    with pytest.raises(LimitError, match="DATELINE_MAX_UNPACKED_BYTES"):
        opened(packed(**{f"{n}.txt": b"\0" * 15_000_000 for n in range(14)}), "bomb.zip")


def test_a_zip_of_too_many_files_is_refused() -> None:
    with pytest.raises(LimitError, match="DATELINE_MAX_ZIP_MEMBERS"):
        opened(packed(**{f"{n}.txt": b"x" for n in range(1001)}), "many.zip")


@pytest.mark.parametrize(
    ("limits", "setting"),
    [
        ({"max_unpacked_bytes": 25_000}, "DATELINE_MAX_UNPACKED_BYTES"),
        ({"max_zip_members": 7}, "DATELINE_MAX_ZIP_MEMBERS"),
    ],
)
def test_zips_in_zips_share_one_limit(limits: dict[str, int], setting: str) -> None:
    """Each of them is small enough alone; what had been read before stays read."""
    inner = packed(**{f"{n}.txt": f"{n} {TEXT * 100}".encode() for n in range(2)})
    raw = packed(**{f"{n}.zip": inner for n in range(4)})
    found = opened(raw, "many.zip", dataclasses.replace(SETTINGS, **limits))
    assert [one.name for one in found.documents] == ["many.zip/0.zip/0.txt", "many.zip/0.zip/1.txt"]
    assert [one.name for one in found.failures] == [f"many.zip/{n}.zip" for n in (1, 2, 3)]
    assert all(setting in one.reason and "before it" in one.reason for one in found.failures)
    assert not opened(raw, "many.zip").failures


def test_texts_are_bounded_alone_and_together() -> None:
    few = dataclasses.replace(SETTINGS, max_article_chars=300, max_file_chars=500)
    lines = [json.dumps({"text": ("Kherson" * 50)[:size]}) for size in (250, 301, 200, 51, 50, 1)]
    found = opened("\n".join(lines).encode(), "a.jsonl", few)
    assert [len(one.text) for one in found.documents] == [250, 200, 50]
    assert [one.name for one in found.failures] == [f"a.jsonl, row {n}" for n in (2, 4, 6)]
    assert ["ARTICLE" in one.reason for one in found.failures] == [True, False, False]
    assert "DATELINE_MAX_FILE_CHARS" in found.failures[1].reason


def test_a_mail_of_too_many_files_keeps_its_text() -> None:
    raw = mail(TEXT, *((f"{n}.txt", b"x") for n in range(4)))
    found = opened(raw, "a.eml", dataclasses.replace(SETTINGS, max_zip_members=3))
    assert [one.text for one in found.documents] == [TEXT]
    assert [one.name for one in found.failures] == ["a.eml"]
    assert "DATELINE_MAX_ZIP_MEMBERS" in found.failures[0].reason


def test_a_size_that_lies_gives_out_no_more_than_it_says() -> None:
    raw = packed(**{"a.txt": b"Kherson. " * 100_000})
    lied = raw.replace((900_000).to_bytes(4, "little"), (9).to_bytes(4, "little"))
    assert lied != raw
    found = opened(lied, "lies.zip")
    assert all(len(one.text) <= 9 for one in found.documents)
    assert found.failures or found.documents


def test_names_that_are_paths_are_only_names() -> None:
    raw = packed(**{"../../etc/cron.d/evil.txt": TEXT.encode(), "/abs/olute.txt": TEXT.encode()})
    assert [one.name for one in opened(raw, "../../x/slip.zip").documents] == [
        "../../x/slip.zip/evil.txt", "../../x/slip.zip/olute.txt",
    ]  # fmt: skip
    assert archive.plain_name("..\\..\\windows\\a\x00b\n.txt") == "a b .txt"
    assert archive.plain_name("../..") == "unnamed"


@pytest.mark.parametrize("most", [0, 3])
def test_files_in_files_in_files_come_to_an_end(most: int) -> None:
    raw = TEXT.encode()
    name = "core.txt"
    for depth in range(3):
        raw, name = packed(**{name: raw}), f"{depth}.zip"
        raw, name = mail(TEXT, (name, raw)), f"{depth}.eml"
    found = opened(raw, name, dataclasses.replace(SETTINGS, max_nested=most))
    assert len(found.documents) == 1 + most // 2
    assert [one.name.count("/") for one in found.failures] == [most + 1]
    assert "DATELINE_MAX_NESTED" in found.failures[0].reason


def test_facts_are_no_longer_than_anybody_reads() -> None:
    row = {"text": TEXT, "title": "t" * 10**6, "publisher": "p" * 10**6, "url": "h" * 10**6}
    (found,) = opened(json.dumps(row).encode(), "long.json").documents
    assert (len(found.title), len(found.publisher), found.url) == (300, 300, "")
    assert len(found.article(SETTINGS).publisher) == 300


@pytest.mark.parametrize("link", ["http://[", "https://a:b@[x]/", "javascript:alert(1)", "n/a"])
def test_what_is_no_link_is_left_out_of_a_file_and_refused_of_a_person(link: str) -> None:
    (found,) = opened(json.dumps({"text": TEXT, "url": link}).encode(), "a.json").documents
    assert found.url == ""
    with pytest.raises(DataError, match=r"must be like https://example\.org"):
        dataclasses.replace(found, url=link).article(SETTINGS)


LEAK = '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
BOMB = '<!DOCTYPE r [<!ENTITY e0 "aaaaaaaaaa">' + "".join(
    f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10)
) + '<!ENTITY x "&e9;">]>'  # fmt: skip


@pytest.mark.parametrize("doctype", [LEAK, BOMB], ids=["leak", "bomb"])
@pytest.mark.parametrize(
    ("name", "part"), [("xxe.docx", "word/document.xml"), ("xxe.xlsx", "xl/worksheets/sheet1.xml")]
)
def test_entities_of_office_files_are_not_resolved(name: str, part: str, doctype: str) -> None:
    made = word("BEFORE") if name == "xxe.docx" else excel(("text",), ("BEFORE",))
    out, hit = io.BytesIO(), 0
    with zipfile.ZipFile(io.BytesIO(made)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == part:
                hit = content.count(b"BEFORE")
                content = content.replace(b"BEFORE", b"BEFORE &x;")
                start = content.index(b"?>") + 2 if content.startswith(b"<?") else 0
                content = content[:start] + doctype.encode() + content[start:]
            new.writestr(entry, content)
    assert hit
    if doctype == LEAK and name == "xxe.docx":
        (found,) = opened(out.getvalue(), name).documents
        assert found.text.startswith("BEFORE")
        assert "root:" not in found.text
    else:
        with pytest.raises(DataError, match=rf"{name} is no .* that can be read"):
            opened(out.getvalue(), name)


# -- in a process of its own ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def apart() -> Iterator[Apart]:
    with Apart(dataclasses.replace(SETTINGS, parse_s=20.0)) as running:
        yield running


def test_a_file_opened_apart_gives_the_same(apart: Apart) -> None:
    raw = packed(**{"a.html": PAGE.encode(), "b.txt": TEXT.encode(), "c.pdf": b"no"})
    assert apart.open_file(raw, "x.zip") == opened(raw, "x.zip")


def test_the_clock_stops_before_an_answer_is_taken_in(
    apart: Apart, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A long answer takes long to take in, which must not have the process killed for the next."""
    others = set(threading.enumerate())
    running = []

    def loads(answer: str) -> object:
        running.extend(set(threading.enumerate()) - others)
        return json.loads(answer)

    monkeypatch.setattr("geo.sources.documents.apart.json", SimpleNamespace(loads=loads))
    assert apart.open_file(TEXT.encode(), "a.txt").documents
    assert running == []


def test_errors_come_through(apart: Apart) -> None:
    with pytest.raises(LimitError, match="DATELINE_MAX_FILE_BYTES"):
        apart.open_file(b"a" * 21_000_000, "a.txt")


def test_tags_100_000_deep_are_borne(apart: Apart) -> None:
    deep = f"<html><body>{'<div>' * 100_000}{TEXT}{'</div>' * 100_000}</body></html>"
    with pytest.raises(DataError, match=r"deep\.html: no article"):
        apart.open_file(deep.encode(), "deep.html")


def endless_pdf() -> bytes:
    """A page tree that claims a million pages, each the same."""
    kids = b"3 0 R " * 1_000_000
    parts = [
        b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n",
        b"2 0 obj<</Type/Pages/Count 1000000/Kids[" + kids + b"]>>endobj\n",
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n",
    ]
    out, places = b"%PDF-1.4\n", []
    for part in parts:
        places.append(len(out))
        out += part
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + (
        b"xref\n0 4\n0000000000 65535 f \n" + table
        + b"trailer<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(out)
    )  # fmt: skip


def test_a_pdf_of_a_million_pages_is_borne(apart: Apart) -> None:
    with pytest.raises(DataError, match=r"endless\.pdf"):
        apart.open_file(endless_pdf(), "endless.pdf")


def test_what_takes_too_long_is_killed_and_the_next_file_is_read() -> None:
    # Each attribute is compared with all before it: minutes on any machine.
    slow = b"<p " + b" ".join(b"a%d=1" % number for number in range(600_000)) + b">"
    with Apart(dataclasses.replace(SETTINGS, parse_s=3.0)) as hurried:
        with pytest.raises(LimitError, match="DATELINE_PARSE_S"):
            hurried.open_file(slow, "slow.html")
        assert hurried.open_file(TEXT.encode(), "a.txt").documents[0].text == TEXT


def feed_bombs() -> None:
    """Open what swells, with little memory allowed, and print the most that a child took [kB]."""
    small = dataclasses.replace(SETTINGS, max_parse_bytes=700_000_000, parse_s=20.0)
    bomb = packed(**{f"{n}.json": b'["' + b"x" * 18_000_000 + b'"]' for n in range(10)})
    with Apart(small) as running:
        with pytest.raises(DataError):
            running.open_file(endless_pdf() * 2, "endless.pdf")
        running.open_file(bomb, "bomb.zip")
    print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)


def test_memory_is_bounded() -> None:
    # In a process of its own, whose children are these alone.
    code = "from tests.test_documents import feed_bombs; feed_bombs()"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True,
        timeout=180,
    )  # fmt: skip
    assert 0 < int(done.stdout) * 1024 < 700_000_000
