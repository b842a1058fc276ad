"""Text messages, where nobody has named a way of sending them: one file each, in the home folder."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings


def to_file(*, phone: str, text: str, message_id: str) -> None:
    """Write one message into HOME/sms, under its own id: sent twice, it is the same file.

    This is what a sender of ``DESIREPATH_SMS`` looks like. It raises where it could not send, and is then
    called again later; ``message_id`` is the same each time, for a provider that can tell a repeat by it.
    """
    folder = Path(settings.HOME) / "sms"
    folder.mkdir(parents=True, exist_ok=True)
    half = folder / f".{message_id}"
    half.write_text(f"To: {phone}\n\n{text}\n", encoding="utf-8")
    half.replace(folder / f"{message_id}.txt")
