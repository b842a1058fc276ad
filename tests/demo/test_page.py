"""The demonstration's sign-in page in a real browser."""

from __future__ import annotations

from datetime import date

from desirepath.demo.actions import build_wexbridge
from desirepath.demo.writing import Size


def test_one_click_from_the_front_page(page, live, look, settings):
    """The front page leads to the sample people; one click signs in as one of them, in that role."""
    settings.DEMO = True
    build_wexbridge(seed=1, today=date(2026, 11, 18), size=Size(6, 6, weeks_ahead=1))
    page.goto("/")
    page.get_by_role("link", name="fictional people").click()
    look(page, "demo-people")
    page.get_by_role("button", name="Sign in as Pool manager").click()
    page.get_by_text("Pool manager").first.wait_for()
    assert "/demo/" not in page.url
