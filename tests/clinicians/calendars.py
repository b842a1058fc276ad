"""Calendar files as other programs write them, for tests."""

from __future__ import annotations

EVENT = "BEGIN:VEVENT\nUID:{uid}\nSUMMARY:Dentist, the secret one\n{lines}\nEND:VEVENT\n"


def calendar(*events: str) -> bytes:
    """A file of events, each given by its lines; those that share a UID say so by a line of their own."""
    made = [
        EVENT.format(uid=number, lines=lines) if "UID:" not in lines else EVENT.format(uid="", lines=lines)
        for number, lines in enumerate(events)
    ]
    text = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Another program//EN\n" + "".join(made) + "END:VCALENDAR\n"
    return text.replace("UID:\n", "").replace("\n", "\r\n").encode()


def once(start: str, end: str, *more: str) -> str:
    """One event of England's clocks: "20261208T090000"."""
    return "\n".join([f"DTSTART;TZID=Europe/London:{start}", f"DTEND;TZID=Europe/London:{end}", *more])
