"""Each field: what it reads, what it says, how it is shown."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms import formset_factory
from django.test import RequestFactory

from desirepath.nhsuk.components import error_lines
from desirepath.nhsuk.pages import respond
from tests.nhsuk.gallery import Everything

GOOD = {
    "title": "Tuesday",
    "email": "a@example.org",
    "role": "gp",
    "reason": "nurse",
    "answer": "y",
    "day-day": "8",
    "day-month": "12",
    "day-year": "2026",
    "start": "8:30am",
    "rate": "92.50",
    "agree": "on",
}


def sent(files: Any = None, **changes: Any) -> Everything:
    """The whole form, sent with changes; a value of None is left out."""
    data = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    return Everything(data, files)


def said(field: str, **changes: Any) -> list[str]:
    """The errors of one field."""
    return [str(error) for error in sent(**changes).errors.get(field, [])]


def test_everything_reads() -> None:
    """Each field gives the type it promises."""
    form = sent(contacts="12", duties=["gp", "nurse"], phone="01632 960 001")
    assert form.is_valid(), form.errors
    read = form.cleaned_data
    assert (read["day"], read["start"], read["rate"]) == (date(2026, 12, 8), time(8, 30), Decimal("92.50"))
    assert (read["contacts"], read["duties"], read["agree"]) == (12, ["gp", "nurse"], True)


def test_a_date_in_one_piece() -> None:
    """A link may carry an ISO date under the field's own name."""
    pieces = {"day-day": None, "day-month": None, "day-year": None}
    form = sent(**pieces, day="2026-12-08")
    assert form.is_valid()
    assert form.cleaned_data["day"] == date(2026, 12, 8)
    assert said("day", **pieces, day="soon") == ["Date must be a real date"]
    assert 'value="soon"' in sent(**pieces, day="soon")["day"].as_field_group()


@pytest.mark.parametrize(
    ("changes", "field", "error"),
    [
        ({"title": ""}, "title", "Enter the title"),
        ({"role": ""}, "role", "Choose the role"),
        ({"reason": None}, "reason", "Choose the reason"),
        ({"answer": None}, "answer", "Answer: Is it urgent?"),
        ({"agree": None}, "agree", "Tick: I have read it"),
        ({"day-day": "", "day-month": "", "day-year": ""}, "day", "Enter the date"),
        ({"day-month": ""}, "day", "Date must include a month"),
        ({"day-day": "31", "day-month": "2"}, "day", "Date must be a real date"),
        ({"start": "half past"}, "start", "Start must be a time, like 8:30am or 17:30"),
        ({"rate": "lots"}, "rate", "Rate must be an amount of money, like 92 or 92.50"),
        ({"rate": "19.99"}, "rate", "Rate must be £20 or more"),
        ({"rate": "300.01"}, "rate", "Rate must be £300 or less"),
        ({"contacts": "26"}, "contacts", "Contacts must be between 1 and 25"),
        ({"contacts": "2.5"}, "contacts", "Enter a whole number, like 4"),
        ({"email": "a@"}, "email", "Enter an e-mail address, like name@example.nhs.uk"),
        ({"phone": "call me"}, "phone", "Enter a telephone number, like 01632 960 001"),
    ],
)
def test_what_is_said(changes: dict[str, Any], field: str, error: str) -> None:
    """An error names the field and says what to do."""
    assert said(field, **changes) == [error]


def test_the_edges_are_within() -> None:
    """Least and most are themselves allowed."""
    assert sent(rate="20").is_valid()
    assert sent(rate="300", contacts="25").is_valid()


def test_a_file_too_large_or_empty() -> None:
    """A file above its limit, or with nothing in it, is refused."""
    large = SimpleUploadedFile("a.csv", b"x" * 1_000_001)
    assert sent({"sheet": large}).errors["sheet"] == ["The file must be smaller than 1 MB"]
    assert sent({"sheet": SimpleUploadedFile("a.csv", b"")}).errors["sheet"] == ["The file is empty"]


def test_values_begun_with_are_shown_as_people_read_them() -> None:
    """Initial values appear in boxes the way they would be typed."""
    form = Everything(
        initial={"day": date(2026, 12, 8), "start": time(8, 30), "rate": Decimal("92"), "role": "gp"}
    )
    assert 'value="2026"' in form["day"].as_field_group()
    assert 'value="8:30am"' in form["start"].as_field_group()
    assert 'value="92"' in form["rate"].as_field_group()
    assert 'value="gp" selected' in form["role"].as_field_group()


def test_nothing_is_ticked_beforehand() -> None:
    """No choice is made for anybody."""
    html = str(Everything())
    assert " checked" not in html


def test_optional_fields_say_so() -> None:
    """What may be left empty is labelled, what must be filled is not."""
    form = Everything()
    assert "Code (optional)" in form["code"].as_field_group()
    assert "(optional)" not in form["title"].as_field_group()


def test_words_of_people_are_escaped() -> None:
    """What somebody typed never becomes markup."""
    shown = sent(title="<script>alert(1)</script>", email="<b>").as_div()
    html = str(sent(title="<script>alert(1)</script>", note="<b>hello</b>")) + str(shown)
    assert "<script>" not in html
    assert "<b>hello" not in html


def test_a_password_is_never_sent_back() -> None:
    """A form shown again does not hold the password that was typed."""
    assert "correct horse" not in str(sent(secret="correct horse", title=""))


def test_the_summary_links_to_each_field() -> None:
    """Every line leads to the box it is about; a line about the whole form leads nowhere."""
    form = sent(title="")
    form.add_error(None, "Somebody was faster")
    assert error_lines(form) == [
        {"text": "Enter the title", "href": "#id_title"},
        {"text": "Somebody was faster"},
    ]
    assert error_lines(Everything()) == []


def test_the_summary_of_several_forms() -> None:
    """A formset's errors are listed in one summary."""
    many = formset_factory(Everything, extra=1, min_num=1, validate_min=True)
    sent_forms = many(
        {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-title": "", "form-0-email": "a@b.org"}
    )
    assert {"text": "Enter the title", "href": "#id_form-0-title"} in error_lines(sent_forms)


@pytest.mark.django_db
def test_a_form_with_errors_answers_422() -> None:
    """A page with errors is no success, also for machines."""
    request = RequestFactory().post("/")
    good, bad = (
        respond(request, "errors/404.jinja", form=sent()),
        respond(request, "errors/404.jinja", form=sent(title="")),
    )
    assert (good.status_code, bad.status_code) == (200, 422)
    assert "<title>Error: " in bad.content.decode()
