"""The outbox: told once by each channel, and only what was kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from desirepath.audit import clock
from desirepath.messages import actions
from desirepath.messages.models import Channel, Message
from desirepath.messages.sending import send_due
from tests import cast

pytestmark = pytest.mark.django_db


def tell(key: str = "k", **details: Any) -> Any:
    her = details.pop("to", None) or cast.person()
    actions.tell(to=her, subject="Covered: Tue 8 Dec", body="See who.", key=key, **details)
    return her


def test_a_key_tells_once_by_each_channel() -> None:
    """Asked for twice, it is one e-mail and one message in the inbox; what was sent is not kept."""
    her = tell()
    tell(to=her)
    assert not mail.outbox, "it leaves after the transaction was kept"
    assert send_due() == 1
    assert [letter.to for letter in mail.outbox] == [[her.email]]
    rows = Message.objects.values_list("channel", "state", "body").order_by("channel")
    assert list(rows) == [("e-mail", "sent", ""), ("in-app", "sent", "See who.")]
    tell(to=her)
    assert (send_due(), Message.objects.count()) == (0, 2)


@pytest.mark.django_db(transaction=True)
def test_what_was_not_kept_is_not_told() -> None:
    """A change that is rolled back takes its messages with it."""

    class Broken(Exception):
        pass

    def change() -> None:
        with transaction.atomic():
            tell()
            raise Broken

    with pytest.raises(Broken):
        change()
    assert not Message.objects.exists()


def test_invented_people_get_no_mail() -> None:
    """The demo writes to nobody, for its addresses might be somebody's; its people have an inbox."""
    her = tell(to=cast.person(fictional=True, phone="07700 900123"), channels=("e-mail", "in-app", "sms"))
    assert Message.objects.get().channel == Channel.IN_APP
    # one from before, or from before she was known to be invented
    Message.objects.create(to=her, subject="Old", body="", key="old")
    assert send_due() == 0
    assert not mail.outbox
    assert Message.objects.get(key="old").state == "dropped"


def test_nobody_without_a_telephone_gets_a_text() -> None:
    """No number, no message that waits for one."""
    tell(channels=("sms",))
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("subject", "body", "told"),
    [
        (
            "A session today",
            "Answer: https://d.example/offers/1/\n",
            "A session today https://d.example/offers/1/",
        ),
        ("A session today", "No address.", "A session today"),
        ("x" * 200, "See https://d.example/", "x" * 138 + "... https://d.example/"),
        ("y" * 200, f"See https://d.example/{'z' * 200}", "y" * 157 + "..."),
    ],
)
def test_a_text_message_is_short(subject: str, body: str, told: str) -> None:
    """The subject and the first address, within 160 characters; it is the subject that is cut."""
    assert actions.short(subject, body) == told
    assert len(told) <= 160


def test_about_what_nobody_registered_is_a_fault() -> None:
    """A word misspelt is found where it is written, not when the message should leave."""
    with pytest.raises(LookupError):
        tell(about=("ofer", uuid4()))


@pytest.mark.parametrize(
    "wrong",
    [
        {"channel": "in-app", "state": "queued"},
        {"channel": "e-mail", "read_at": clock.now()},
        {"channel": "pigeon"},
        {"about_kind": "offer"},
    ],
    ids=str,
)
def test_the_database_refuses_what_is_no_message(wrong: dict[str, Any]) -> None:
    """An in-app message that waits, an e-mail that was read here, an unknown channel, half an about."""
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.create(to=cast.person(), subject="", body="", key="k", **wrong)


def test_reading_is_hers_and_counts_once(clock_at: Any) -> None:
    """What she opened is read from the first time on; all of hers can be, and nobody else's."""
    now = clock_at("2026-12-08 08:30")
    her, other = tell("one"), tell("two", to=cast.person())
    tell("three", to=her)
    first = Message.objects.for_user(her).get(key="one")
    actions.read(first)
    clock_at(now + timedelta(hours=1))
    actions.read(first)
    first.refresh_from_db()
    assert first.read_at == now
    tell("four", to=her)
    assert actions.read_all(by=her, but=1) == 1
    assert Message.objects.for_user(her).unread().get().key == "four"
    assert actions.read_all(by=her) == 1
    assert not Message.objects.for_user(her).unread().exists()
    assert Message.objects.for_user(other).unread().exists()
