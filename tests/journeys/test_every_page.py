"""Every page that an address leads to, as whoever may open it sees it on a phone: accessible, no wider than
the screen, and walked through by Tab from the skip link to its end.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page

from desirepath.accounts.roles import Role
from tests.architecture.access import ACCESS, ANYONE, SIGNED_IN, Access
from tests.architecture.world import Side
from tests.journeys.steps import expect_fits
from tests.journeys.test_keyboard_only import OUTLINED, here

PHONE = {"width": 390, "height": 844}
pytestmark = pytest.mark.django_db(transaction=True)


def opener(access: Access) -> Role | None:
    """One role that a page opens to; what anybody may read is looked at by a clinician."""
    if access.nowhere:
        return None
    if access.only or access.to in (ANYONE, SIGNED_IN):
        return access.only or Role.CLINICIAN
    return min(access.to)


OPENERS = sorted({role for access in ACCESS.values() if (role := opener(access))})


@pytest.mark.parametrize("role", OPENERS)
def test_every_page_of_a_role(role: Role, page: Page, look: Any, sign_in: Any) -> None:
    """Each in a world of its own, so that what is made for one page hides nothing on the next."""
    page.set_viewport_size(PHONE)
    seen = 0
    for number, name in enumerate(sorted(ACCESS)):
        if opener(ACCESS[name]) != role:
            continue
        side = Side(f"{role.value} {number}")
        address = reverse(name, kwargs=ACCESS[name].args(side))
        if not is_a_page(side, role, address):
            continue
        sign_in(page, side.person(role)).goto(address)
        look(page, f"every-{name}")
        expect_fits(page)
        tab_through(page)
        seen += 1
    assert seen, f"no page was looked at as {role.label}"


def is_a_page(side: Side, role: Role, address: str) -> bool:
    """Whether it answers a reader with a page, and not with a file, another address or "send a form"."""
    client = Client()
    client.force_login(side.person(role))
    answer = client.get(address)
    return answer.status_code == 200 and answer["Content-Type"].startswith("text/html")


def tab_through(page: Page) -> None:
    """The skip link comes first, every stop is seen, and after the last the round begins again."""
    stops = page.evaluate(STOPS)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className").startswith("nhsuk-skip-link"), page.url
    for _ in range(stops + 5):
        page.keyboard.press("Tab")
        if page.evaluate(ROUND):
            return
        assert page.evaluate(OUTLINED), f"the focus can't be seen on {page.url}: {here(page)}"
    raise AssertionError(f"Tab does not come out of {page.url}: {here(page)}")


STOPS = """document.querySelectorAll(
  "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']").length"""
# out of the page, or at its beginning again
ROUND = """document.activeElement === document.body
  || document.activeElement.classList.contains("nhsuk-skip-link")"""
