"""What an attacker reads off a page: its forms, with a value in every field that the page would take."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from html.parser import HTMLParser
from typing import Any

from desirepath.audit import clock


@dataclass
class Sent:
    """One form: where it goes, how, and what it sends as the page stands."""

    action: str
    method: str
    values: dict[str, str] = field(default_factory=dict)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Sent] = []
        self._form: Sent | None = None
        self._text = self._select = ""

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Sent(given.get("action", ""), given.get("method", "get").lower())
            self.found.append(self._form)
        if self._form is None:
            return
        name, value = given.get("name", ""), given.get("value", "")
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select and value:
            self._form.values.setdefault(self._select, value)
        elif tag == "textarea":
            self._text = name
            self._form.values[name] = "Fifteen appointments"
        elif tag in ("input", "button") and name:
            kept = self._form.values
            kept.setdefault(name, value or ("1" if given.get("type") == "checkbox" else ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "form":
            self._form = None


def forms_of(html: str) -> list[Sent]:
    """Every form of a page."""
    reader = _Forms()
    reader.feed(html)
    return reader.found


def filled(sent: Sent, day: date | None = None) -> dict[str, str]:
    """The form as somebody who means it would send it: every empty field gets a value of its kind."""
    day = day or clock.today() + timedelta(7)
    known = {
        "day": str(day.day),
        "month": str(day.month),
        "year": str(day.year),
        "name": "Ann Other",
        "email": "ann.other@example.org",
        "start": "8:30am",
        "end": "12:40pm",
        "cap": "90",
        "rate": "90",
        "code": "D82001",
        "postcode": "NR1 3AB",
        "latitude": "52.6281",
        "longitude": "1.2993",
        "near": "Surgery",
        "registration": "7012345",
        "reason": "A reason",
        "password": "three odd words here",
    }
    values = {name: value for name, value in sent.values.items() if name != "csrfmiddlewaretoken"}
    for name, value in values.items():
        if not value:
            key = next((word for word in known if name.endswith((word, f"{word}_at"))), "")
            values[name] = known.get(key, "")
    return values
