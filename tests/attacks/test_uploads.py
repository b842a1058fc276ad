"""Documents sent with ill intent: wrong types, two files in one, bombs, huge pictures, names that mislead."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, StreamObject

from desirepath.audit.refusal import Refused
from desirepath.clinicians.credentials.files import MOST_BYTES, checked
from desirepath.clinicians.models import Credential, Document
from tests import cast, papers

SCRIPT = b"<script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def zipped(content: bytes = SCRIPT) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("page.html", content)
    return out.getvalue()


def written(change: Any) -> bytes:
    """A PDF with something in it that ``change`` put there."""
    writer = PdfWriter()
    writer.add_blank_page(width=100, height=100)
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def png_of(width: int, height: int) -> bytes:
    """A PNG whose head promises a size, and whose data is a few bytes of nothing, well packed."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    data = zlib.compress(b"\0" * 1_000_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "content",
    [
        SVG,
        b"<!DOCTYPE html>" + SCRIPT,
        b"GIF89a" + SCRIPT,
        zipped(),
        b"MZ\x90\0" + b"\0" * 100,
        b"\0" * 1000,
        b" %PDF-1.7 not at the beginning",
        b"RIFF\0\0\0\0WEBPVP8 ",
        b"II*\0" + b"\0" * 50,
        b"%!PS-Adobe-3.0",
    ],
)
@pytest.mark.parametrize("name", ["paper.pdf", "paper.png"])
def test_only_the_bytes_say_what_it_is(name, content):
    """Whatever its name says: SVG, HTML, a zip file, a programme and other pictures are refused."""
    with pytest.raises(Refused, match="none of them, whatever its name says"):
        checked(name, content)


@pytest.mark.parametrize("tail", [SCRIPT, zipped(), b"MZ" + b"\0" * 500])
def test_a_pdf_with_something_behind_it_is_refused(tail):
    """A PDF that is a zip file too, or carries a page."""
    with pytest.raises(Refused):
        checked("paper.pdf", papers.pdf() + tail)


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
@pytest.mark.parametrize("tail", [SCRIPT, zipped(), papers.pdf()])
def test_nothing_rides_along_with_a_picture(kind, tail):
    """What stood behind it, in its texts or its profile is gone: the picture is written anew."""
    kept = checked("paper.png", papers.picture(kind) + tail).content
    assert SCRIPT not in kept and b"page.html" not in kept and b"%PDF" not in kept
    Image.open(io.BytesIO(kept)).verify()


def test_texts_and_the_place_are_taken_out_of_pictures():
    """A comment with a script, and where the telephone was when it took the picture."""
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Comment", SCRIPT.decode())
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    exif.get_ifd(0x8825)[1] = "N"
    for content in (papers.picture("PNG", pnginfo=texts), papers.picture("JPEG", exif=exif)):
        kept = checked("x", content).content
        assert SCRIPT not in kept and b"taken at home" not in kept and b"Exif" not in kept
        assert not Image.open(io.BytesIO(kept)).getexif()


@pytest.mark.parametrize("size", [(60_000, 60_000), (12_001, 10), (8_000, 8_000), (2**31 - 1, 2**31 - 1)])
def test_a_huge_picture_is_refused_by_its_head(size):
    """A kilobyte that would be gigabytes: its size is read before anything is unpacked."""
    with pytest.raises(Refused, match=r"too many to be taken|can't be read"):
        checked("x.png", png_of(*size))


def test_a_picture_that_breaks_off_is_refused():
    """Half a picture, and one whose head lies."""
    whole = papers.picture("JPEG", (600, 400))
    for content in (whole[: len(whole) // 2], png_of(500, 500)[:60], whole[:3] + b"\0" * 100):
        with pytest.raises(Refused, match="can't be read"):
            checked("x.jpg", content)


def test_too_many_bytes_and_none():
    """The size is bounded before anything is read."""
    for content, why in ((b"", "empty"), (papers.pdf() + b" " * MOST_BYTES, "smaller than 10 MB")):
        with pytest.raises(Refused, match=why):
            checked("x.pdf", content)


def test_a_pdf_that_runs_something_is_refused():
    """Script on opening, a programme to launch, files inside, actions of a page: found wherever it is."""

    def script(writer: PdfWriter) -> None:
        action = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): NameObject("/x")}
        writer.root_object[NameObject("/OpenAction")] = writer._add_object(DictionaryObject(action))

    def launch(writer: PdfWriter) -> None:
        action = DictionaryObject({NameObject("/S"): NameObject("/Launch")})
        writer.root_object[NameObject("/OpenAction")] = action

    def page_action(writer: PdfWriter) -> None:
        writer.pages[0][NameObject("/AA")] = DictionaryObject()

    changes = (
        script,
        lambda writer: writer.add_attachment("page.html", SCRIPT),
        launch,
        page_action,
    )
    for change in changes:
        with pytest.raises(Refused, match="runs, or other files"):
            checked("x.pdf", written(change))


def test_a_locked_pdf_and_one_of_many_pages():
    """A password, or a book."""
    with pytest.raises(Refused, match="locked with a password"):
        checked("x.pdf", written(lambda writer: writer.encrypt("secret")))
    with pytest.raises(Refused, match="between 1 and 50 pages"):
        checked("x.pdf", papers.pdf(51))
    assert checked("x.pdf", papers.pdf(50))


def test_a_packed_stream_that_never_ends_is_not_unpacked():
    """A compressed object stream of a gigabyte: refused without its bytes ever being made."""
    bomb = zlib.compress(b"\0" * 60_000_000, 9)
    stream = (
        b"%PDF-1.5\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
        b"3 0 obj\n<</Type/XRef/W[1 4 1]/Size 10000000/Root 1 0 R/Filter/FlateDecode/Length "
        + str(len(bomb)).encode()
        + b">>\nstream\n"
        + bomb
    )
    at = stream.index(b"3 0 obj")
    with pytest.raises(Refused, match="can't be read"):
        checked("x.pdf", stream + b"\nendstream\nendobj\nstartxref\n" + str(at).encode() + b"\n%%EOF")


def test_a_page_full_of_nothing_is_kept_unread():
    """What a page draws is never unpacked here: a bomb there harms nobody but who opens it."""

    def fill(writer: PdfWriter) -> None:
        made = StreamObject()
        made.set_data(b"\0" * 1_000)
        writer.pages[0][NameObject("/Contents")] = writer._add_object(made)

    assert checked("x.pdf", written(fill)).kind == "application/pdf"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../../etc/passwd", "passwd.pdf"),
        ("C:\\Windows\\system32\\evil.exe", "evil.pdf"),
        ("a\r\nSet-Cookie: x=1.pdf", "a Set-Cookie x 1.pdf"),
        ('quote".pdf', "quote.pdf"),
        ("<script>.pdf", "script.pdf"),
        ("..", "document.pdf"),
        ("", "document.pdf"),
        ("\u202efdp.exe", "fdp.pdf"),
        ("x" * 5000 + ".pdf", "x" * 80 + ".pdf"),
        ("nul\0byte.pdf", "nul byte.pdf"),
        ("patient 943 476 5919.pdf", "document.pdf"),
    ],
)
def test_a_name_leads_nowhere(name, kept):
    """No folder, no line break, no ending that lies; always a plain name."""
    assert checked(name, papers.pdf()).name == kept


@given(st.binary(max_size=400), st.sampled_from([b"%PDF-1.7\n", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"]))
def test_whatever_comes_is_taken_or_refused_in_words(rubbish, head):
    """Never any other fault."""
    with pytest.raises(Refused):
        checked("x", head + rubbish + b"%%EOF")


@pytest.mark.django_db
def test_an_attack_through_the_page_leaves_nothing(sign_in: Any) -> None:
    """422 and a reason for each; no row, no file."""
    pool = cast.pool("Saltmarsh pool", cast.practice())
    cast.wants(pool.organisation)
    ann = cast.clinician("Ann Locum", pool=pool)
    client = sign_in(Client(), ann.person)
    for content in (SVG, zipped(), png_of(60_000, 60_000), papers.pdf() + zipped()):
        file = SimpleUploadedFile("paper.pdf", content, "application/pdf")
        answer = client.post(reverse("clinicians:send-credential"), {"item": "dbs", "file": file})
        assert answer.status_code == 422
    assert not Credential.objects.exists() and not Document.objects.exists()
