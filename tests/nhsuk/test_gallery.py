"""Every field and every part of our style sheet in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.urls("tests.nhsuk.gallery")


def test_every_field_is_accessible(page: Any, look: Callable[..., None]) -> None:
    """A form with one of each kind of field breaks no rule, empty or full of errors."""
    page.goto("/gallery/form")
    look(page, "gallery-form")
    page.get_by_role("button", name="Send").click()
    look(page, "gallery-errors")


def test_errors_take_the_focus_and_lead_to_their_field(page: Any, live: str) -> None:
    """The summary has the focus, the title says "Error:", and a line of it leads into the field."""
    page.goto("/gallery/form")
    page.get_by_role("button", name="Send").click()
    assert page.title() == "Error: Gallery of fields - Desirepath"
    page.wait_for_function("document.activeElement.className == 'nhsuk-error-summary'")
    for text, field in [
        ("Enter the title", "id_title"),
        ("Enter the date", "id_day"),
        ("Choose the reason", "id_reason"),
    ]:
        page.get_by_role("link", name=text, exact=True).click()
        assert page.evaluate("document.activeElement.id") == field


def test_what_was_typed_is_kept(page: Any) -> None:
    """A form sent with errors shows everything typed again."""
    page.goto("/gallery/form")
    page.get_by_label("Title").fill("Tuesday morning")
    page.get_by_label("Day", exact=True).fill("31")
    page.get_by_label("Month", exact=True).fill("feb")
    page.get_by_label("Year", exact=True).fill("2026")
    page.get_by_label("Start").fill("half past")
    page.get_by_role("button", name="Send").click()
    assert page.get_by_label("Title").input_value() == "Tuesday morning"
    assert page.get_by_label("Month", exact=True).input_value() == "feb"
    assert page.get_by_label("Start").input_value() == "half past"
    assert page.get_by_role("link", name="Date must be a real date").count() == 1


def test_our_own_parts_are_accessible(page: Any, look: Callable[..., None]) -> None:
    """Week, heat, month, timeline, figures, tags and cards have contrast and structure."""
    page.goto("/gallery/parts")
    look(page, "gallery-parts")


def test_no_page_is_wider_than_a_phone(page: Any) -> None:
    """Nothing but the week's own box scrolls sideways at 320 pixels, as 400% zoom demands (WCAG 1.4.10)."""
    page.set_viewport_size({"width": 320, "height": 700})
    for address in ("/", "/sign-in", "/gallery/form", "/gallery/parts"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, address
