"""A clinician reads what she was told."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from desirepath.cascade.actions import decline_offer
from tests import cast


def test_an_offer_is_found_among_the_messages(page: Page, look, sign_in):
    """Given two offers, one of them gone, when she opens her messages, then she sees which is still open and
    it leads her there.
    """
    practice = cast.practice("Quayside Surgery")
    her = cast.clinician("Ann Able", pool=cast.pool("Coast Pool", practice))
    gone, standing = (cast.offer(cast.vacancy(practice, start=cast.at(days)), her) for days in (7, 8))
    decline_offer(by=her.person, offer=gone)

    sign_in(page, her.person)
    page.goto("/")
    page.get_by_role("link", name=re.compile(r"Messages \(2")).click()
    expect(page.get_by_text("2 unread messages")).to_be_visible()
    expect(page.get_by_text("No longer open")).to_have_count(1)
    look(page, "messages")

    page.get_by_role("link", name="A session is offered to you").first.click()
    look(page, "message")
    page.get_by_role("link", name="See what it is and answer").click()
    expect(page).to_have_url(f"/offers/{standing.public_id}/")

    page.get_by_role("link", name=re.compile(r"Messages \(1")).click()
    page.get_by_role("link", name="A session is offered to you").last.click()
    expect(page.get_by_text("There is nothing for you to do")).to_be_visible()
    look(page, "message-gone")
    page.get_by_role("link", name="Messages", exact=True).first.click()
    expect(page.get_by_text("You have read all your messages")).to_be_visible()
    look(page, "messages-read")
