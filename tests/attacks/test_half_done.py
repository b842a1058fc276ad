"""An action that fails in the middle leaves nothing: what it had written, sent or logged is undone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from desirepath.accounts.models import Person
from desirepath.accounts.roles import Role
from desirepath.audit.models import Event
from desirepath.pools.models import ImportUpload
from tests import cast
from tests.architecture.world import Side
from tests.attacks.test_tenancy import everything

SESSION = {"start": "8:30am", "end": "12:40pm", "rate": "200"}


class Power(Exception):
    """It went out."""


def _post(side: Side) -> tuple[Role, str, dict[str, Any]]:
    sent = {"role": "gp", "date": cast.at(5).date().isoformat(), "start_at": "8:30am", "end_at": "12:40pm"}
    sent |= {"rate_cap": "110", "urgency": "2", "reason": "other", "duties": "x"}
    return Role.PRACTICE_BOOKER, reverse("vacancies:ask"), sent


def _record(side: Side) -> tuple[Role, str, dict[str, Any]]:
    sent = {"who": side.clinician.person.name, "date": cast.at(5).date().isoformat(), **SESSION}
    return Role.PRACTICE_BOOKER, reverse("bookings:record"), sent


def _release(side: Side) -> tuple[Role, str, dict[str, Any]]:
    return Role.POOL_MANAGER, reverse("cascade:release", args=[side.proposal.run.public_id]), {"all": "1"}


def _plan(side: Side) -> tuple[Role, str, dict[str, Any]]:
    assert side.vacancy
    return Role.POOL_MANAGER, reverse("cascade:plan-week"), {"week": cast.at(7).date().isoformat()}


def _accept(side: Side) -> tuple[Role, str, dict[str, Any]]:
    return Role.CLINICIAN, reverse("bookings:accept", args=[side.offer.public_id]), {}


def _decline(side: Side) -> tuple[Role, str, dict[str, Any]]:
    return Role.CLINICIAN, reverse("cascade:decline", args=[side.offer.public_id]), {"reason": "x"}


def _cancel(side: Side) -> tuple[Role, str, dict[str, Any]]:
    return Role.CLINICIAN, reverse("bookings:cancel", args=[side.booking.public_id]), {}


def _withdraw(side: Side) -> tuple[Role, str, dict[str, Any]]:
    assert side.offer
    return Role.PRACTICE_BOOKER, reverse("cascade:withdraw", args=[side.vacancy.public_id]), {}


def _undo(side: Side) -> tuple[Role, str, dict[str, Any]]:
    return Role.POOL_MANAGER, reverse("cascade:undo", args=[side.offer.release.public_id]), {}


def _invite(side: Side) -> tuple[Role, str, dict[str, Any]]:
    sent = {"name": "Ann", "email": "ann@example.org", "role": "practice booker"}
    return Role.POOL_MANAGER, reverse("pools:invite"), {**sent, "place": side.practice.public_id}


def _import(side: Side) -> tuple[Role, str, dict[str, Any]]:
    head = "name,email,role,registration,latitude,longitude,base_rate\n"
    rows = "".join(f"Una {n},una{n}@example.org,GP,765432{n},52.6,1.3,90\n" for n in range(3))
    client = Client()
    client.force_login(side.person(Role.POOL_MANAGER))
    client.post("/people/import/clinicians/", {"file": SimpleUploadedFile("c.csv", (head + rows).encode())})
    address = "/people/import/clinicians/preview"
    return Role.POOL_MANAGER, address, {"upload": ImportUpload.objects.get().public_id}


ACTIONS = (_post, _record, _release, _plan, _accept, _decline, _cancel, _withdraw, _undo, _invite, _import)


@pytest.mark.parametrize("prepare", ACTIONS, ids=lambda made: made.__name__.strip("_"))
def test_a_failure_in_the_middle_leaves_nothing(
    side: Side, prepare: Callable[[Side], Any], monkeypatch: pytest.MonkeyPatch, mailoutbox: list[Any]
) -> None:
    """The power goes out at the first event that is written, at the second, and so on until it is done."""
    role, address, sent = prepare(side)
    client = Client(raise_request_exception=False)
    client.force_login(side.person(role))
    record, people = Event.objects.create, Person.objects.count()
    before = everything()
    for limit in range(40):
        written = []

        def fail(_limit: int = limit, _written: list[int] = written, **values: Any) -> Any:
            if len(_written) == _limit:
                raise Power
            _written.append(1)
            return record(**values)

        with monkeypatch.context() as patch:
            patch.setattr(Event.objects, "create", fail)
            answer = client.post(address, sent)
        if answer.status_code < 500:
            assert limit > 0, "it wrote no event"
            assert everything() != before
            return
        assert everything() == before, f"half done at event {limit + 1}"
        assert Person.objects.count() == people
        assert mailoutbox == []
    pytest.fail("it never ended")
