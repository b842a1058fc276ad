"""The outbox: once, after the change was kept, and not to people who do not exist."""

from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.db import transaction

from desirepath.messages import actions
from desirepath.messages.models import Message
from tests import cast

pytestmark = pytest.mark.django_db


def queue(key: str = "k", **details: Any) -> Any:
    her = details.pop("to", None) or cast.person()
    actions.tell(to=her, subject="Covered: Tue 8 Dec", body="See who.", key=key)
    return her


def test_a_key_is_sent_once(django_capture_on_commit_callbacks: Any) -> None:
    """Asked for twice, it is one e-mail; what was sent is not kept."""
    with django_capture_on_commit_callbacks(execute=True):
        her = queue()
        queue(to=her)
    assert [letter.to for letter in mail.outbox] == [[her.email]]
    assert (Message.objects.get().state, Message.objects.get().body) == ("sent", "")


@pytest.mark.django_db(transaction=True)
def test_what_was_not_kept_is_not_told() -> None:
    """A change that is rolled back takes its e-mail with it."""

    class Broken(Exception):
        pass

    def change() -> None:
        with transaction.atomic():
            queue()
            raise Broken

    with pytest.raises(Broken):
        change()
    assert not mail.outbox
    assert not Message.objects.exists()


def test_a_silent_mail_server_leaves_it_for_the_worker(
    django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stays queued and is sent when the server answers again; after five tries it has failed."""

    def silent(self: EmailMessage, **_: Any) -> int:
        raise SMTPServerDisconnected("gone")

    with monkeypatch.context() as broken:
        broken.setattr(EmailMessage, "send", silent)
        with django_capture_on_commit_callbacks(execute=True):
            queue("one")
            queue("two")
        assert set(Message.objects.values_list("state", "tries")) == {("queued", 1)}
        Message.objects.filter(key="two").update(tries=actions.MOST_TRIES - 1)
        assert actions.send_due() == 0
    assert Message.objects.get(key="two").state == "failed"
    assert actions.send_due() == 1
    assert Message.objects.get(key="one").state == "sent"
    assert len(mail.outbox) == 1


def test_two_workers_send_one(django_capture_on_commit_callbacks: Any) -> None:
    """Whoever moves the row first sends it; the other finds it gone."""
    with django_capture_on_commit_callbacks(execute=False):
        queue()
    first, second = Message.objects.get(), Message.objects.get()
    assert actions.deliver(first)
    assert not actions.deliver(second)
    assert len(mail.outbox) == 1


def test_invented_people_get_no_mail(django_capture_on_commit_callbacks: Any) -> None:
    """The demo writes to nobody: its addresses might be somebody's."""
    with django_capture_on_commit_callbacks(execute=True):
        queue(to=cast.person(fictional=True))
    assert actions.send_due() == 0
    assert not mail.outbox
