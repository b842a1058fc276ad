"""What leaves the outbox: at least once, recognisably, and nothing that does not stand any more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from smtplib import SMTPServerDisconnected
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core import mail
from django.core.mail import EmailMessage

from desirepath.audit.models import Event
from desirepath.messages import sending, standing
from desirepath.messages.actions import tell
from desirepath.messages.models import Message
from desirepath.messages.sending import send_due
from tests import cast

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """Stands in for SIGKILL: nothing that follows is run, whatever it catches."""


@pytest.fixture
def standing_things(monkeypatch: pytest.MonkeyPatch) -> set[UUID]:
    """A kind of thing that messages may be about; those in the set stand."""
    things: set[UUID] = set()
    monkeypatch.setattr(standing, "_kinds", dict(standing._kinds))
    standing.register("thing", lambda ids: things & set(ids), one="thing for you", many="things for you")
    return things


def told(subject: str = "What happened", key: str = "", **details: Any) -> Message:
    """One person is told one thing by e-mail."""
    key = key or str(uuid4())
    wanted = {"to": details.pop("to", None) or cast.person(), "channels": ("e-mail",), "body": "See it."}
    tell(subject=subject, key=key, **{**wanted, **details})
    return Message.objects.get(key=key)


def subjects() -> list[str]:
    return [letter.subject for letter in mail.outbox]


def test_a_sender_killed_before_its_mark_is_followed_by_another(
    clock_at: Callable[..., datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the claim lasts nobody else sends it; afterwards it goes again, under the same Message-ID."""
    now = clock_at("2026-12-08 08:30")
    message = told()

    def killed(*_: Any, **__: Any) -> None:
        raise Killed

    with monkeypatch.context() as dying:
        dying.setattr(sending, "_close", killed)
        with pytest.raises(Killed):
            send_due()
    assert send_due() == 0
    clock_at(now + sending.LEASE)
    assert send_due() == 1
    first, second = mail.outbox
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"] == message.message_id
    message.refresh_from_db()
    assert (message.state, message.claimed_until) == ("sent", None)


def test_two_senders_send_one() -> None:
    """Whoever claims the row sends it; the other finds nothing to claim."""
    told()
    mine = sending.claim()
    late = Message.objects.get()
    assert mine is not None
    assert sending.claim() is None
    assert sending.deliver(mine, mail.get_connection()) == "sent"
    # one whose lease ran out before it had sent finds it closed, and leaves it so
    assert sending.deliver(late, mail.get_connection()) == "sent"
    assert Event.objects.filter(verb="queued > sent").count() == 1


def test_what_is_due_first_leaves_first(clock_at: Callable[..., datetime]) -> None:
    """A machine that was off for hours catches up in the order of time, and sends nothing early."""
    now = clock_at("2026-12-08 08:30")
    for hours in (3, 1, 7, 2):
        told(f"at {hours}", due_at=now + timedelta(hours=hours))
    clock_at(now + timedelta(hours=6))
    assert send_due() == 3
    assert subjects() == ["at 1", "at 2", "at 3"]


def test_a_silent_server_is_tried_again_later_and_in_the_end_no_more(
    clock_at: Callable[..., datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each try waits longer than the one before; then it has failed, and says so."""
    now = clock_at("2026-12-08 08:30")
    message = told()

    def silent(self: EmailMessage, **_: Any) -> int:
        raise SMTPServerDisconnected("gone")

    with monkeypatch.context() as broken:
        broken.setattr(EmailMessage, "send", silent)
        for wait in sending.BACK_OFF:
            assert send_due() == 0
            message.refresh_from_db()
            assert (message.state, message.due_at, message.claimed_until) == ("queued", now + wait, None)
            now = clock_at(now + wait)
        send_due()
    message.refresh_from_db()
    assert (message.state, message.tries) == ("failed", len(sending.BACK_OFF) + 1)
    assert send_due() == 0


def test_one_that_cannot_be_sent_does_not_hold_up_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is wrong with a letter; but a server that answers nobody is left alone for this round."""
    told("good")
    for _ in range(sending.MOST_FAILURES + 2):
        told("bad")
    told("late")
    send = EmailMessage.send

    def choosy(self: EmailMessage, **given: Any) -> int:
        if self.subject == "bad":
            raise UnicodeError("no such letter")
        return send(self, **given)

    monkeypatch.setattr(EmailMessage, "send", choosy)
    assert send_due() == 1
    assert Message.objects.filter(tries=1).count() == sending.MOST_FAILURES
    assert send_due() == 1
    assert subjects() == ["good", "late"]


def test_nothing_stale_is_sent(standing_things: set[UUID]) -> None:
    """What it was about fell between the telling and the sending: dropped, and an event says why."""
    good, bad = uuid4(), uuid4()
    standing_things.add(good)
    told("stands", about=("thing", good))
    message = told("fell", about=("thing", bad))
    assert send_due() == 1
    assert subjects() == ["stands"]
    message.refresh_from_db()
    assert (message.state, message.body) == ("dropped", "")
    event = Event.objects.get(entity_id=message.public_id)
    assert (event.verb, "does not stand" in event.details["because"]) == ("queued > dropped", True)


def test_a_digest_is_one_letter_of_what_still_stands(
    clock_at: Callable[..., datetime], standing_things: set[UUID]
) -> None:
    """It leaves at its time, says what and how many, leaves out what fell, and leaves once."""
    now = clock_at("2026-12-08 08:30")
    evening = now + timedelta(hours=9)
    her, ids = cast.person(), [uuid4() for _ in range(3)]
    rows = [
        told(f"thing {n}", to=her, about=("thing", public_id), digest_at=evening)
        for n, public_id in enumerate(ids)
    ]
    told("news", to=her, digest_at=evening, key="news")
    told("news", to=her, digest_at=evening, key="news")
    told("hers", digest_at=evening)
    standing_things |= set(ids[:2])
    assert send_due() == 0
    clock_at(evening)
    assert send_due() == 2
    letter = next(letter for letter in mail.outbox if letter.to == [her.email])
    assert letter.subject == "2 things for you, 1 other message"
    assert [word in letter.body for word in ("thing 0", "thing 1", "thing 2", "news")] == [1, 1, 0, 1]
    states = [Message.objects.get(pk=row.pk).state for row in rows]
    assert states == ["sent", "sent", "dropped"]
    assert "hers" in subjects(), "a digest of one is that one"
    assert send_due() == 0


def test_an_empty_digest_stays_at_home(clock_at: Callable[..., datetime], standing_things: set[UUID]) -> None:
    """Nothing of it stands: no letter."""
    now = clock_at("2026-12-08 08:30")
    told(about=("thing", uuid4()), digest_at=now)
    assert send_due() == 0
    assert set(Message.objects.values_list("state", flat=True)) == {"dropped"}


def test_a_digest_killed_is_the_same_letter_again(
    clock_at: Callable[..., datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is told while it is leaving goes by itself: nothing is lost, nothing comes in two letters."""
    now = clock_at("2026-12-08 08:30")
    her = cast.person()
    told("one", to=her, digest_at=now)
    told("two", to=her, digest_at=now)

    def killed(*_: Any, **__: Any) -> None:
        raise Killed

    with monkeypatch.context() as dying:
        dying.setattr(sending, "_close", killed)
        with pytest.raises(Killed):
            send_due()
    told("three", to=her, digest_at=now)
    clock_at(now + sending.LEASE)
    assert send_due() == 2
    ids = [letter.extra_headers["Message-ID"] for letter in mail.outbox]
    assert (len(ids), len(set(ids))) == (3, 2)
    assert sum("three" in letter.body + letter.subject for letter in mail.outbox) == 1
    told("four", to=her, digest_at=now)
    assert send_due() == 1


def test_what_joins_a_digest_that_fails_leaves_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """The letter that gathered it could not be sent: what it held is not lost with it."""
    message = told(digest_at=cast.at(0, hour=0))
    digest = Message.objects.get(pk=message.digest_id)
    Message.objects.filter(pk=digest.pk).update(tries=len(sending.BACK_OFF))
    with monkeypatch.context() as broken:
        broken.setattr(EmailMessage, "send", lambda self, **_: 1 / 0)
        claimed = sending.claim()
        assert claimed == digest
        assert sending.deliver(claimed, mail.get_connection()) == ""
    digest.refresh_from_db()
    assert digest.state == "failed"
    assert send_due() == 1


def test_a_text_message_is_a_file(tmp_path: Path, settings: Any) -> None:
    """Where nobody named a sender: who, what and where, once however often it is sent."""
    settings.HOME = tmp_path
    message = told("A session today", to=cast.person(phone="07700 900123"), channels=("sms",))
    assert send_due() == 1
    (file,) = (tmp_path / "sms").iterdir()
    assert file.name == f"{message.public_id}.txt"
    assert file.read_text() == "To: 07700 900123\n\nA session today\n"


def test_a_sender_may_be_named(settings: Any) -> None:
    """A sender of one's own gets the number, the text and an id; one that raises is called again later."""
    settings.SMS_SENDER = f"{__name__}.unwilling"
    message = told("A session today", to=cast.person(phone="07700 900123"), channels=("sms",))
    assert send_due() == 0
    (given,) = asked
    assert given == {"phone": "07700 900123", "text": "A session today", "message_id": f"{message.public_id}"}
    message.refresh_from_db()
    assert (message.state, message.tries) == ("queued", 1)


asked: list[dict[str, str]] = []


def unwilling(**given: str) -> None:
    """A sender of text messages whose provider does not answer."""
    asked.append(given)
    raise TimeoutError


def test_what_is_void_before_it_left_is_never_heard_of(clock_at: Callable[..., datetime]) -> None:
    """Asked and taken within her quiet hours: no letter of either. Asked before, she hears it is over."""
    now = clock_at("2026-12-08 03:30")
    her = cast.person()
    told("an offer", to=her, key="early")
    assert send_due() == 1
    told("an offer", to=her, key="late", due_at=now + timedelta(hours=4))
    for key in ("early", "late"):
        tell(to=her, subject=f"{key} is over", body="", key=f"over {key}", takes_back=key)
    clock_at(now + timedelta(hours=4))
    assert send_due() == 1
    assert subjects() == ["an offer", "early is over"]
    assert Message.objects.for_user(her).count() == 2, "her inbox tells both"
    assert Message.objects.get(key="late").state == "dropped"
