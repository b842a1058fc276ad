"""From an empty database to a booking: a pool begins, its people come in, a practice records a booking."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from playwright.sync_api import Page, expect

from desirepath.accounts.models import Invitation, Person
from desirepath.bookings.models import Booking
from desirepath.clinicians.models import Clinician
from desirepath.messages.sending import send_due
from tests import cast
from tests.database import address_of_the_database
from tests.journeys.steps import (
    expect_done,
    expect_error,
    expect_fits,
    fill_date,
    follow,
    go,
    link_in,
    menu,
    press,
    set_up_an_app,
    sign_out,
)

PASSWORD = "walnut lantern gravel"
COLUMNS = (
    "name,email,role,registration,latitude,longitude,cleared_until,base_rate,mon,tue,wed,thu,fri,sat,sun"
)
FREE = ",".join(["08:00-18:30"] * 7)
GOOD = f"Clara Cole,clara@example.org,GP,7012345,52.62,1.29,31/3/2099,95,{FREE}"
ALSO_GOOD = f"Nadia Noor,nadia@example.org,nurse,18I2345E,52.60,1.31,31/3/2099,48,{FREE}"


@pytest.fixture
def began(live: str, transactional_db: None, tmp_path: Path, settings: Any) -> Any:
    """``desirepath start`` as a host types it, on the very database that the pages are served from."""
    settings.SITE_URL = live
    env = {**os.environ, "DESIREPATH_URL": live, "DESIREPATH_HOME": str(tmp_path)}
    env["DATABASE_URL"] = address_of_the_database()
    given = ["--pool-name", "Seaside Pool", "--code", "sea", "--name", "Ada First", "--email"]
    program = str(Path(sys.executable).with_name("desirepath"))
    connection.close()

    def typed(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [program, *command], env=env, capture_output=True, text=True, timeout=120, check=False
        )

    started = typed("start", *given, "ada@example.org")
    # letters leave by the worker
    assert typed("worker", "--once").returncode == 0
    return started


def test_a_real_pool_begins(page: Page, look, began, tmp_path, mailoutbox):
    """Given an empty database, when Ada begins a pool, adds a practice by hand and brings in its clinicians
    from a spreadsheet, then its booker records what was agreed by phone and the clinician confirms it.
    """
    ada_begins(page, look, began, tmp_path)
    ada_adds_a_practice(page, look)
    ada_imports_clinicians(page, look)
    clara_publishes_her_terms(page, look, mailoutbox)
    alice_records_what_was_agreed(page, look, mailoutbox)
    clara_confirms(page, look, mailoutbox)


def ada_begins(page: Page, look: Any, began: Any, home: Path) -> None:
    """The link on the terminal is the one in the letter, and leads in."""
    assert began.returncode == 0, began.stderr
    (letter,) = (home / "mail").iterdir()
    link = re.search(r"http\S+/invitation/\S+", began.stdout)
    assert link and link.group() in letter_text(letter)
    page.goto(urlsplit(link.group()).path)
    look(page, "invitation")
    page.get_by_label("New password", exact=True).fill("short")
    press(page, "Accept and begin")
    expect(page).to_have_title(re.compile("^Error: "))
    look(page, "invitation-wrong")
    accept_invitation(page)
    set_up_an_app(page)
    follow(page, "People")
    expect(page.get_by_role("cell", name="Ada First").first).to_be_visible()
    look(page, "people")


def letter_text(file: Path) -> str:
    """The body of the first letter in a file of Django's mail folder."""
    letter = message_from_bytes(file.read_bytes(), policy=policy.default)
    return str(letter.get_content())


def accept_invitation(page: Page) -> None:
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    press(page, "Accept and begin")
    expect_done(page, "Welcome to Desirepath")


def ada_adds_a_practice(page: Page, look: Any) -> None:
    """No import knows it: she makes it by hand, and invites who books for it in the same step."""
    follow(page, "Practices of the pool")
    expect(page.get_by_text("No practice is in the pool yet")).to_be_visible()
    look(page, "pool-practices-empty")
    press(page, "Add a practice")
    page.get_by_label("Find a practice").fill("Quayside")
    press(page, "Search")
    expect(page.get_by_text("No practice is known by “Quayside”")).to_be_visible()
    look(page, "add-practice-unknown")
    follow(page, "Make a practice by hand")
    look(page, "new-practice")
    typed = {"Code": "D82999", "Name of the practice": "Quayside Surgery", "Postcode": "NR1 1AA"}
    typed |= {
        "Longitude": "1.2993",
        "Name of who books for it (optional)": "Alice Archer",
        "Latitude": "526281",
    }
    for label, value in typed.items():
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_label("E-mail address of who books for it").fill("alice@example.org")
    press(page, "Add the practice")
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.get_by_label("Name of who books for it")).to_have_value("Alice Archer")
    look(page, "new-practice-wrong")
    page.get_by_label("Latitude").fill("52.6281")
    press(page, "Add the practice")
    expect_done(page, "Quayside Surgery is in the pool, and Alice Archer is invited to book for it")
    look(page, "pool-practices")


def ada_imports_clinicians(page: Page, look: Any) -> None:
    """A wrong cell keeps everybody out, and is named; put right, both are invited."""
    menu(page, "People")
    follow(page, "Clinicians from a spreadsheet")
    look(page, "import")
    press(page, "Look at the rows")
    expect_error(page, "Choose the spreadsheet")
    wrong = ALSO_GOOD.replace(",48,", ",forty-eight,")
    send(page, GOOD, wrong)
    bad_cell = page.get_by_role("row").filter(has_text="Nadia Noor").locator(".nhsuk-error-message")
    expect(bad_cell).to_contain_text("base_rate")
    expect(page.get_by_role("button", name="Confirm")).to_have_count(0)
    expect_fits(page)
    look(page, "preview-wrong")
    assert not Clinician.objects.exists()
    assert not Person.objects.filter(email="clara@example.org").exists()
    press(page, "Send the corrected file")
    send(page, GOOD, ALSO_GOOD)
    expect(page.locator(".nhsuk-error-message")).to_have_count(0)
    look(page, "preview")
    press(page, "Confirm: take 2 rows")
    expect_done(page, "2 clinicians joined the pool; 2 of them are new and invited by e-mail")
    look(page, "people-invited")
    sign_out(page)


def send(page: Page, *rows: str) -> None:
    body = "\n".join([COLUMNS, *rows]).encode()
    page.locator("input[type='file']").set_input_files(
        {"name": "clinicians.csv", "mimeType": "text/csv", "buffer": body}
    )
    press(page, "Look at the rows")


def letter_to(mailoutbox: list[Any], address: str, words: str) -> Any:
    """The last letter to somebody that holds a link with these words in it, once a worker has been round."""
    send_due()
    return [mail for mail in mailoutbox if mail.to == [address] and words in mail.body][-1]


def clara_publishes_her_terms(page: Page, look: Any, mailoutbox: list[Any]) -> None:
    """Her rates are a draft from the spreadsheet until she has looked at them."""
    page.goto(link_in(letter_to(mailoutbox, "clara@example.org", "/invitation/"), "/invitation/"))
    look(page, "invitation-clinician")
    accept_invitation(page)
    look(page, "your-week-no-terms")
    press(page, "Publish your terms")
    expect(page.get_by_text("£95 an hour")).to_be_visible()
    look(page, "terms-draft")
    press(page, "Publish your terms")
    expect_done(page, "Your terms are published: version 1")
    sign_out(page)


def alice_records_what_was_agreed(page: Page, look: Any, mailoutbox: list[Any]) -> None:
    """She comes in by her letter; what she and Clara agreed by phone is held until Clara confirms."""
    page.goto(link_in(letter_to(mailoutbox, "alice@example.org", "/invitation/"), "/invitation/"))
    accept_invitation(page)
    set_up_an_app(page)
    look(page, "practice-week-first")
    follow(page, "Record a booking agreed by phone")
    look(page, "record")
    agreed = cast.at(9)
    page.get_by_label("Who comes").fill("cole")
    fill_date(page, agreed.date())
    page.get_by_label("Start").fill("8:30am")
    page.get_by_label("End").fill("8am")
    page.get_by_label("The rate you agreed").fill("97.50")
    press(page, "Record the booking")
    expect_error(page, "Choose who comes")
    expect(page.get_by_role("link", name="The end must be after the start")).to_be_visible()
    look(page, "record-wrong")
    page.get_by_label("Clara Cole, GP").check(force=True)
    page.get_by_label("End").fill("12:40pm")
    press(page, "Record the booking")
    expect_done(page, "Recorded. Clara Cole has been asked to confirm it")
    look(page, "booking-recorded")
    sign_out(page)
    assert not Invitation.objects.filter(state="sent", person__email="alice@example.org").exists()


def clara_confirms(page: Page, look: Any, mailoutbox: list[Any]) -> None:
    """The link in her letter leads to the booking after she has signed in; one tap and it stands."""
    page.goto(link_in(letter_to(mailoutbox, "clara@example.org", "/booking/"), "/booking/"))
    page.get_by_label("E-mail address").fill("clara@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page, "Sign in")
    expect(page.get_by_text("has recorded that you agreed to this")).to_be_visible()
    look(page, "booking-to-confirm")
    menu(page, "Your week")
    look(page, "your-week-to-confirm")
    go(page, page.get_by_role("button", name="Confirm"))
    expect_done(page, "Confirmed: ")
    expect(page.get_by_text("£406.25")).to_be_visible()
    look(page, "booking-confirmed")
    booking = Booking.objects.get()
    assert (booking.state, booking.origin, booking.clinician.person.name) == (
        "confirmed",
        "phone",
        "Clara Cole",
    )
