"""What people write is shown as they wrote it: never as markup, a header of a letter, a line of a calendar or
a formula.
"""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from desirepath.accounts.roles import Role
from desirepath.audit.models import Event
from desirepath.bookings.feeds import open_feed
from desirepath.cascade import actions as cascade
from desirepath.messages.actions import tell
from desirepath.messages.models import Message
from desirepath.messages.sending import send_due
from desirepath.pools.importing import IMPORTS, template
from desirepath.pools.spreadsheet import to_csv
from desirepath.vacancies.actions import choose_pair
from tests import cast
from tests.architecture.access import ACCESS
from tests.architecture.world import Side

EVIL = """<b onx=1>'"><script>alert(1)</script>{{7*7}}&lt;"""
BREAKS = ("\r\nBcc: everyone@example.org", "\nX: y", "\rX: y", "\u2028X: y", "\x0bX: y", "\x85X: y")


def test_no_free_text_is_markup(side: Side) -> None:
    """Names, duties, reasons, phones, codes of every row, on every page of every role."""
    her = side.clinician
    booked = side.booking.vacancy
    for vacancy in (side.vacancy, booked):
        vacancy.duties = f"duties{EVIL}"
        vacancy.save(update_fields=["duties"])
    assert side.proposal
    assert side.offer
    gone = cast.offer(cast.vacancy(side.practice, start=cast.at(5)), her)
    cascade.decline_offer(by=her.person, offer=gone, reason=f"reason{EVIL}")
    manager = side.person(Role.POOL_MANAGER)
    choose_pair(by=manager, vacancy=side.vacancy, clinician=her, kind="forbid", reason=f"reason{EVIL}")
    people = [side.person(role) for role in Role]
    for person in people:
        person.name, person.phone = f"name{EVIL}", "<i>07"
        person.save(update_fields=["name", "phone"])
    for place in (side.practice, side.pcn, side.pool.organisation, side.chambers.organisation):
        place.name, place.address = f"place{EVIL}", f"address{EVIL}"
        place.phone = "<i>01"
        place.save(update_fields=["name", "address", "phone"])
    seen = set()
    for role, person in zip(Role, people, strict=True):
        client = Client()
        client.force_login(person)
        for name, access in ACCESS.items():
            if role not in access.to:
                continue
            answer = client.get(reverse(name, kwargs=access.args(side)), {"q": EVIL, "practice": ""})
            if "html" not in answer.headers["Content-Type"]:
                continue
            page = answer.content.decode()
            for raw in ("<b onx", "<script>alert", "<i>0", "49&lt;", "&amp;amp;", "&amp;#39;"):
                assert raw not in page, f"{raw} at {name} for {role}"
            seen |= {
                word for word in ("name", "place", "duties", "reason", "address") if f"{word}&lt;b" in page
            }
    assert seen == {"name", "place", "duties", "reason", "address"}


def test_an_error_repeats_nothing_as_markup(side: Side) -> None:
    """What a form refuses it shows again, escaped."""
    for role, name in (
        (Role.PRACTICE_BOOKER, "vacancies:ask"),
        (Role.POOL_MANAGER, "pools:invite-clinician"),
    ):
        client = Client()
        client.force_login(side.person(role))
        address = reverse(name)
        page = client.get(address).content.decode()
        fields = set(re.findall(r'name="([^"]+)"', page)) - {"csrfmiddlewaretoken"}
        answer = client.post(address, dict.fromkeys(fields, EVIL))
        assert answer.status_code == 422
        assert "<script>alert" not in answer.content.decode()
        assert "<b onx" not in answer.content.decode()


@pytest.mark.parametrize("breaking", BREAKS)
def test_a_name_makes_no_header(side: Side, mailoutbox: list[Any], breaking: str) -> None:
    """A line break in the name of who invites or is invited: one letter leaves, to one address."""
    manager = side.person(Role.POOL_MANAGER)
    client = Client()
    client.force_login(manager)
    client.post("/your-account", {"name": f"Mallory{breaking}", "phone": ""})
    manager.refresh_from_db()
    assert len(manager.name.splitlines()) == 1
    # also one that came by another road than a form
    manager.name = f"Mallory{breaking}"
    manager.save()
    send_due()
    mailoutbox.clear()
    sent = {"name": f"Ann{breaking}", "email": "ann@example.org", "role": "practice booker"}
    answer = client.post("/people/invite", {**sent, "place": side.practice.public_id})
    send_due()
    assert answer.status_code == 302
    (letter,) = mailoutbox
    assert len(letter.subject.splitlines()) == 1
    assert letter.recipients() == ["ann@example.org"]
    assert list(letter.extra_headers) == ["Message-ID"]
    assert Message.objects.get(to__email="ann@example.org").state == "sent"


def test_a_long_subject_is_cut(side: Side) -> None:
    """A practice with a very long name does not undo what its letter was to tell."""
    tell(to=side.person(Role.PRACTICE_BOOKER), subject="x" * 500, body="", key="long")
    assert {len(told.subject) for told in Message.objects.filter(key="long")} == {200}


def test_a_name_makes_no_line_of_a_calendar(side: Side) -> None:
    """iCalendar: a break in a name ends no property and begins no event."""
    wrong = "Quay\r\nEND:VEVENT\r\nBEGIN:VEVENT\nATTENDEE:x;,\\"
    person = side.clinician.person
    person.name = wrong
    person.save()
    side.practice.name = wrong
    side.practice.save()
    for feed in (side.feed, open_feed(by=side.person(Role.PRACTICE_BOOKER), practice=side.practice)):
        text = Client().get(f"/calendar/{feed.token}.ics").content.decode()
        assert text.count("\r\nBEGIN:VEVENT\r\n") == 1
        assert "\r\nATTENDEE" not in text
        assert "\n" not in text.replace("\r\n", "")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", "\n=", "＝", "＋", "－", "＠"])  # noqa: RUF001
def test_no_cell_of_a_download_is_a_formula(start: str) -> None:
    """What begins like one is text, in quotes and after a separator too."""
    evil = f'{start}HYPERLINK("https://evil.example","x")'
    (row,) = csv.reader(io.StringIO(to_csv([[evil, f"a,{evil}", 5, -5]]).decode("utf-8-sig"), newline=""))
    assert row[0].startswith("'")
    assert row[2:] == ["5", "-5"]
    # no template is a formula of ours either
    for what in IMPORTS.values():
        for cells in csv.reader(io.StringIO(template(what, "csv").decode("utf-8-sig"))):
            assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def test_the_log_holds_what_was_done_not_what_was_typed(side: Side) -> None:
    """No password, token, name or reason stands in an event."""
    client = Client()
    client.post("/sign-in", {"email": "who@example.org", "password": "a secret word"})
    client.post("/forgotten-password", {"email": side.person(Role.POOL_MANAGER).email})
    gone = cast.offer(cast.vacancy(side.practice, start=cast.at(5)), side.clinician)
    cascade.decline_offer(by=side.clinician.person, offer=gone, reason="a private reason")
    text = " ".join(map(str, Event.objects.values_list("verb", "entity", "details")))
    for secret in ("a secret word", "a private reason", "@example.org", side.clinician.person.name):
        assert secret not in text
