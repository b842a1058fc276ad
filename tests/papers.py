"""Documents to send in tests: a PDF, a picture."""

from __future__ import annotations

import io
from functools import cache
from typing import Any

from PIL import Image
from pypdf import PdfWriter


@cache
def pdf(pages: int = 1) -> bytes:
    """A harmless PDF."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(width=200, height=200)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), **more: Any) -> bytes:
    """A picture of one colour."""
    out = io.BytesIO()
    Image.new("RGB", size, "navy").save(out, kind, **more)
    return out.getvalue()
