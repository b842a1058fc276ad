"""What an uploaded file truly is: its bytes decide, never its name or what the browser says of it.

A picture is decoded within bounds and written anew, so that nothing rides along with it: no place where it
was taken, no second file behind the first. A PDF is read as far as its structure; one that runs something,
holds other files, is locked, or has something before or behind it is refused.
"""

from __future__ import annotations

import io
import re
import warnings
from dataclasses import dataclass

from desirepath.audit.privacy import nhs_numbers_in
from desirepath.audit.refusal import Refused

MOST_BYTES = 10_000_000
# a page of paper at 600 dots an inch has 35 million
MOST_PIXELS = 40_000_000
MOST_SIDE = 12_000
MOST_PAGES = 50
# what one stream of a PDF may become when it is unpacked
MOST_UNPACKED = 20_000_000
MOST_OBJECTS = 20_000

PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
ENDINGS = {PDF: "pdf", JPEG: "jpg", PNG: "png"}
WRONG_KIND = "Send a PDF, or a picture as JPEG or PNG. This file is none of them, whatever its name says."
BROKEN = "This file can't be read. Save it again, or take a picture of the document."
# what makes a PDF do something when it is opened, or carry something else
ACTIVE = ("/JavaScript", "/JS", "/EmbeddedFiles", "/EF", "/RichMedia", "/XFA", "/AA")
ACTIONS = ("/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/Rendition")
NAME = re.compile(r"[^A-Za-z0-9 ._()-]+")


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that may be kept."""

    kind: str
    name: str
    content: bytes


def checked(name: str, content: bytes) -> Checked:
    """The file as it may be kept. Raises Refused with the reason."""
    if not content:
        raise Refused("The file is empty.")
    if len(content) > MOST_BYTES:
        raise Refused(f"The file must be smaller than {MOST_BYTES // 1_000_000} MB.")
    if content.startswith(b"%PDF-"):
        _check_pdf(content)
        return Checked(PDF, _plain(name, PDF), content)
    if content.startswith(b"\xff\xd8\xff"):
        return Checked(JPEG, _plain(name, JPEG), _picture(content, "JPEG"))
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return Checked(PNG, _plain(name, PNG), _picture(content, "PNG"))
    raise Refused(WRONG_KIND)


def _plain(name: str, kind: str) -> str:
    """A name without a folder, an ending that lies, or anything a file system or a header might read."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0]
    words = " ".join(NAME.sub(" ", last).replace(".", " ").split())[:80]
    if nhs_numbers_in(words):
        words = ""
    return f"{words or 'document'}.{ENDINGS[kind]}"


def _picture(content: bytes, kind: str) -> bytes:
    from PIL import Image, ImageOps

    try:
        with warnings.catch_warnings():
            # its own warning of a bomb begins above ours
            warnings.simplefilter("error")
            # only the reader of that kind is tried; the size stands in the head, before anything is decoded
            with Image.open(io.BytesIO(content), formats=[kind]) as found:
                if max(found.size) > MOST_SIDE or found.width * found.height > MOST_PIXELS:
                    raise Refused(
                        f"The picture has {found.width:,} by {found.height:,} points, too many to be taken. "
                        "Make it smaller."
                    )
                found.load()
                turned = ImageOps.exif_transpose(found)
        out = io.BytesIO()
        # without its profile, its texts and where it was taken
        plain = Image.new("RGB", turned.size, "white")
        plain.paste(turned.convert("RGBA"), mask=turned.convert("RGBA").getchannel("A"))
        plain.save(out, kind, **({"quality": 88} if kind == "JPEG" else {"compress_level": 6}))
    except Refused:
        raise
    except Exception as error:
        # a broken picture fails in as many ways as it can be broken
        raise Refused(BROKEN) from error
    return out.getvalue()


def _check_pdf(content: bytes) -> None:
    end = content.rfind(b"%%EOF")
    if end < 0 or content[end + 5 :].strip(b"\r\n\t \x00"):
        raise Refused(BROKEN)
    import pypdf

    bounds = pypdf.Configuration(
        zlib_maximum_output_length=MOST_UNPACKED,
        lzw_maximum_output_length=MOST_UNPACKED,
        stream_decoding_work_maximum_length=2 * MOST_UNPACKED,
        page_tree_maximum_entries=MOST_OBJECTS,
        page_tree_maximum_page_entries=MOST_OBJECTS,
    )
    try:
        with pypdf.apply_configuration(bounds):
            reader = pypdf.PdfReader(
                io.BytesIO(content),
                strict=False,
                root_object_recovery_limit=100,
                xref_stream_maximum_entries=MOST_OBJECTS,
            )
            if reader.is_encrypted:
                raise Refused("The PDF is locked with a password. Save it without one.")
            pages = len(reader.pages)
            found = _active(reader)
    except Refused:
        raise
    except Exception as error:
        raise Refused(BROKEN) from error
    if not 0 < pages <= MOST_PAGES:
        raise Refused(f"The PDF must have between 1 and {MOST_PAGES} pages.")
    if found:
        raise Refused(
            "The PDF holds something that runs, or other files. Print it to a new PDF and send that."
        )


def _active(reader: object) -> bool:
    """Whether any object of it runs something or carries a file; every object is looked at, each once."""
    from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

    waiting = [reader.trailer]  # type: ignore[attr-defined]
    seen: set[tuple[int, int]] = set()
    while waiting:
        each = waiting.pop()
        if isinstance(each, IndirectObject):
            if (each.idnum, each.generation) in seen:
                continue
            seen.add((each.idnum, each.generation))
            each = each.get_object()
        if isinstance(each, DictionaryObject):
            if any(name in each for name in ACTIVE) or ("/S" in each and str(each["/S"]) in ACTIONS):
                return True
            waiting += list(each.values())
        elif isinstance(each, ArrayObject):
            waiting += list(each)
    return False
