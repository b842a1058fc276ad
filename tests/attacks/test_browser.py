"""Stored script, tried in a real browser: what people wrote is shown and never run."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from desirepath.accounts.roles import Role
from tests import cast
from tests.architecture.access import ACCESS
from tests.architecture.world import Side

pytestmark = pytest.mark.django_db(transaction=True)
RUN = "window.ran=(window.ran||0)+1"
EVIL = f"""'"><script>{RUN}</script><img src=x onerror="{RUN}"><svg onload="{RUN}"></svg>"""
PAGES = {
    Role.CLINICIAN: (
        "bookings:your-week",
        "cascade:offers",
        "bookings:booking",
        "messages:inbox",
        "bookings:find-work",
    ),
    Role.PRACTICE_BOOKER: (
        "vacancies:practice-week",
        "vacancies:vacancy",
        "bookings:booking",
        "vacancies:preferred",
    ),
    Role.POOL_MANAGER: ("vacancies:pool-week", "clinicians:members", "pools:people", "vacancies:vacancy"),
}


@pytest.mark.parametrize("role", sorted(PAGES))
def test_what_was_stored_is_never_run(role: Role, page: Page, sign_in: Any) -> None:
    """Names, places, duties and reasons that hold a script: on every page the text is there and nothing ran;
    and were it markup, the policy of the page would not run it either.
    """
    side = Side("Quayside")
    assert side.offer
    side.booking = cast.booking(cast.vacancy(side.practice, start=cast.at(9)), side.clinician)
    assert side.preferred
    for person in (side.person(role), side.clinician.person, side.person(Role.PRACTICE_BOOKER)):
        person.name = f"Eve {EVIL}"[:120]
        person.save(update_fields=["name"])
    for place in (side.practice, side.pool.organisation):
        place.name = f"Surgery {EVIL}"
        place.save(update_fields=["name"])
    side.vacancy.duties = f"Duties {EVIL}"
    side.vacancy.save(update_fields=["duties"])
    sign_in(page, side.person(role))
    shown = 0
    for name in PAGES[role]:
        page.goto(reverse(name, kwargs=ACCESS[name].args(side)))
        assert page.evaluate("window.ran") is None, name
        shown += "<script>" in page.inner_text("body")
    assert shown
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.ran=1\">')")
    page.wait_for_timeout(200)
    assert page.evaluate("window.ran") is None
