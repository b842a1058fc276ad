"""What pages of the cascade say to a practice: where it stands, and what to do next."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from desirepath.organisations.models import Organisation
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def surgery() -> Organisation:
    return cast.practice("Quayside Surgery")


@pytest.fixture
def booker(surgery: Organisation, sign_in: Any) -> Client:
    cast.pool("", surgery)
    client: Client = sign_in(Client(), cast.booker("Alice Booker", surgery))
    return client


@pytest.mark.parametrize(("days", "today"), [(0, True), (1, False)])
def test_today_is_said_of_today(
    days: int, today: bool, booker: Client, surgery: Organisation, clock_at: Any
) -> None:
    """A session of tomorrow morning is near too, and its button does not call it today's."""
    clock_at("2026-12-07 10:00")
    vacancy = cast.vacancy(surgery, start=cast.at(days, 9 if days else 15))
    text = booker.get(reverse("vacancies:vacancy", args=[vacancy.public_id])).text
    main = text[text.index("<main") :]
    assert reverse("cascade:could-come", args=[vacancy.public_id]) in main
    assert ("Who could come today" in main) is today


def test_no_block_leads_on(booker: Client) -> None:
    """A practice without a block is told how one is made, with the way there and the way back."""
    text = booker.get(reverse("cascade:blocks")).text
    main = text[text.index("<main") :]
    assert reverse("vacancies:ask") in main
    assert reverse("vacancies:practice-week") in text[: text.index("<main")].rsplit("nhsuk-back-link", 1)[-1]


def test_a_practice_reads_no_word_of_ours(booker: Client) -> None:
    """The page of its sessions is called by what it shows."""
    text = booker.get(reverse("cascade:cascades")).text
    assert "<title>Where every session stands - Desirepath</title>" in text
