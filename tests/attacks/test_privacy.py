"""What a practice or a manager can read, on any page, in any letter or by asking again and again, of a
clinician: never her home, distance, limits, choices of practices, or where else she works.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from desirepath.accounts.roles import Role
from desirepath.clinicians import actions as clinicians
from desirepath.clinicians.models import Clinician
from desirepath.messages.models import Message
from desirepath.pools.models import ClinicianRole
from desirepath.vacancies.could_come import could_come
from desirepath.vacancies.fit import IN_OTHERS_WORDS, OUTSIDE_HER_TERMS
from desirepath.vacancies.models import Vacancy
from tests import cast
from tests.architecture.access import ACCESS
from tests.architecture.world import Side
from tests.attacks.pages import filled, forms_of
from tests.tokens import without_tokens

# figures that stand nowhere else on any page
HOME, RATE, KM, MINUTES, WISHED = (52.01737, 1.01939), 87, 61, 1873, 13
SECRETS = ("52.017", "1.0193", "87.00", "£87", "61 km", "61 kilometres", "1,873", "1873", "31 hours 13")


def others_of(side: Side) -> list[Any]:
    return [side.person(role) for role in Role if role != Role.CLINICIAN]


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def close_lipped(side: Side) -> Clinician:
    """A clinician whose every figure is her own affair, and who works at another pool too."""
    made = cast.clinician(
        "Quiet One",
        pool=side.pool,
        rate=RATE,
        latitude=HOME[0],
        longitude=HOME[1],
        terms={"max_km": KM, "max_minutes_week": MINUTES, "wished_sessions_week": WISHED},
    )
    clinicians.set_practice_preference(
        by=made.person, clinician=made, practice=side.practice, kind="preferred"
    )
    return made


def pages_of(person: Any, side: Side, role: Role, **asked: str) -> dict[str, str]:
    """Every page that opens to a role, as text."""
    client, found = signed_in(person), {}
    for name, access in ACCESS.items():
        if role not in access.to:
            continue
        answer = client.get(reverse(name, kwargs=access.args(side)), asked)
        if answer.status_code == 200 and "html" in answer.headers["Content-Type"]:
            found[name] = answer.content.decode()
    return found


def test_nobody_reads_what_is_hers(side: Side) -> None:
    """Every page of every other role, while she is proposed, offered and booked."""
    her = close_lipped(side)
    offered = cast.vacancy(side.practice, start=cast.at(3))
    side.vacancy = offered
    side.proposal = cast.proposal(offered, her)
    side.offer = cast.offer(offered, her)
    booked = cast.vacancy(side.practice, start=cast.at(4))
    side.booking = cast.booking(booked, her)
    for role in Role:
        if role == Role.CLINICIAN:
            continue
        for name, page in pages_of(side.person(role), side, role).items():
            text = without_tokens(page)
            told = [secret for secret in SECRETS if secret in text]
            assert told == [], f"{role.label} reads {told} at {name}"
            assert "prefers" not in page, f"{role.label} at {name}"


def test_letters_hold_nothing_of_hers(side: Side) -> None:
    """Nothing in the outbox to anybody else names her figures; her name is on the page, not in the letter."""
    her = close_lipped(side)
    assert side.person(Role.PRACTICE_BOOKER)
    cast.booking(cast.vacancy(side.practice, start=cast.at(4)), her)
    for message in Message.objects.exclude(to=her.person):
        text = without_tokens(message.subject + message.body)
        assert not [secret for secret in (*SECRETS, "Quiet One") if secret in text], text


def test_the_other_pool_is_never_named(side: Side, elsewhere: Side) -> None:
    """She works at both: each sees that she is busy, and no more, whatever it asks."""
    her = close_lipped(side)
    clinicians.join_pool(by=None, clinician=her, pool=elsewhere.pool)
    there = cast.booking(cast.vacancy(elsewhere.practice, start=cast.at(5)), her)
    here = cast.vacancy(side.practice, start=cast.at(5))
    side.vacancy = here
    manager, booker = signed_in(side.person(Role.POOL_MANAGER)), signed_in(side.person(Role.PRACTICE_BOOKER))
    choose = reverse("cascade:choose", args=[here.public_id])
    kept = manager.post(choose, {"clinician": her.public_id, "kind": "pin", "reason": "x"}).content.decode()
    assert IN_OTHERS_WORDS["overlap"] in kept
    sent = {"date": cast.at(5).date().isoformat(), "start": "8:30am", "end": "12:40pm", "rate": "200"}
    recorded = booker.post(reverse("bookings:record"), {"who": her.person.name, **sent}).content.decode()
    texts = [kept, recorded]
    for role in Role:
        if role not in (Role.CLINICIAN, Role.SYSTEM_ADMINISTRATOR, Role.AUDITOR):
            pages = pages_of(side.person(role), side, role)
            if listed := pages.get("pools:neighbours"):
                # every other pool may be proposed to, whoever works where: its name once, in that list
                option = f'<option value="{elsewhere.pool.public_id}">{elsewhere.pool}</option>'
                assert listed.count(option) == 1
                pages["pools:neighbours"] = listed.replace(option, "")
            texts += pages.values()
    for text in texts:
        assert "Hilltop" not in text
        assert str(there.public_id) not in text
    assert manager.get(reverse("bookings:booking", args=[there.public_id])).status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        {"max_km": 1},
        {"max_sessions_day": 0},
        {"max_minutes_week": 60},
        {"base_rate": Decimal(400)},
        "blocked",
    ],
)
def test_every_term_of_hers_refuses_in_the_same_words(side: Side, change: Any) -> None:
    """A practice that records and a manager who keeps her cannot tell one term of hers from another."""
    her = cast.clinician("Same Words", pool=side.pool, latitude=52.2, rate=90)
    if change == "blocked":
        clinicians.set_practice_preference(
            by=her.person, clinician=her, practice=side.practice, kind="blocked"
        )
    else:
        values = {"base_rate": Decimal(90), **change}
        clinicians.publish_terms(by=her.person, clinician=her, values=values)
    sent = {"date": cast.at(5).date().isoformat(), "start": "8:30am", "end": "12:40pm", "rate": "200"}
    booker, manager = signed_in(side.person(Role.PRACTICE_BOOKER)), signed_in(side.person(Role.POOL_MANAGER))
    recorded = booker.post(reverse("bookings:record"), {"who": her.person.name, **sent}).content.decode()
    assert f": {OUTSIDE_HER_TERMS}." in recorded
    choose = reverse("cascade:choose", args=[side.vacancy.public_id])
    kept = manager.post(choose, {"clinician": her.public_id, "kind": "pin", "reason": "x"}).content.decode()
    assert f": {OUTSIDE_HER_TERMS}." in kept


def test_rates_cannot_be_read_by_asking_penny_by_penny(side: Side) -> None:
    """However the most a practice pays is moved, the counts change on a grid of £5 only."""
    for rate in (83, 86, 88, 91, 94, 97):
        cast.clinician(pool=side.pool, rate=rate)
    made = cast.vacancy(side.practice, start=cast.at(6))
    told = {}
    for pence in range(8000, 10001, 50):
        made.rate_cap = Decimal(pence) / 100
        counted = could_come(made)
        told[pence] = (counted.now, counted.dearer)
    steps = [
        pence for before, pence in zip(told, list(told)[1:], strict=False) if told[before] != told[pence]
    ]
    assert steps
    assert all(pence % 500 == 0 for pence in steps), steps


def test_few_are_not_counted(side: Side) -> None:
    """One or two who could come are never told as one or two, nor as none."""
    made = cast.vacancy(side.practice, start=cast.at(6))
    told = {could_come(made).sentence}
    for _ in range(1):  # beside the one who is there
        cast.clinician(pool=side.pool, rate=90)
        told.add(could_come(made).sentence)
    assert told == {"Fewer than 3 clinicians could come as it stands."}


def test_asking_leaves_nothing(side: Side) -> None:
    """A check of how many could come posts nothing, however often."""
    client = signed_in(side.person(Role.PRACTICE_BOOKER))
    page = client.get(reverse("vacancies:ask")).content.decode()
    sent = next(filled(form) for form in forms_of(page) if "rate_cap" in form.values)
    before = Vacancy.objects.count()
    sent = {**sent, "role": ClinicianRole.GP.value, "urgency": "2", "reason": "other", "check": "1"}
    for _ in range(3):
        client.post(reverse("vacancies:ask"), sent)
    assert Vacancy.objects.count() == before


def test_the_front_door_knows_nobody(side: Side) -> None:
    """A wrong password for somebody and for nobody, a forgotten one for each: the same answers."""
    known, unknown = side.person(Role.PRACTICE_BOOKER).email, "nobody@example.org"
    for address, more in (("/sign-in", {"password": "wrong"}), ("/forgotten-password", {})):
        answers = []
        for email in (known, unknown):
            answer = Client().post(address, {"email": email, **more})
            page = answer.content.decode().replace(email, "")
            answers.append((answer.status_code, without_tokens(page)))
        assert answers[0] == answers[1]
