"""The chain of the log: sealed by the worker, and whoever changes anything is found out."""

from __future__ import annotations

import json
from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection, connections
from typer.testing import CliRunner

from desirepath.audit import marks, sealing
from desirepath.audit.exporting import check_export, exported
from desirepath.audit.models import Event, Seal, Source
from desirepath.audit.refusal import Refused
from desirepath.audit.sealing import seal_due
from desirepath.audit.sources import source_of
from desirepath.audit.verifying import verify
from desirepath.cli.app import app

pytestmark = pytest.mark.django_db


def happened(*verbs: str) -> list[Event]:
    return [
        Event.objects.create(verb=verb, entity="Test", details={"rate": 92.5, "of": verb}) for verb in verbs
    ]


@pytest.fixture
def unguarded() -> None:
    """The database's own refusal is out of the way, as for somebody who may do anything with it."""
    with connection.cursor() as cursor:
        for rule, table in (
            ("events_are_append_only", "audit_event"),
            ("seals_are_append_only", "audit_seal"),
        ):
            for event in ("update", "delete"):
                on = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER {rule}_{event}{on}")


@pytest.fixture
def sealed() -> list[Event]:
    """Six events under two seals."""
    events = happened("a", "b", "c")
    seal_due()
    events += happened("d", "e", "f")
    seal_due()
    return events


def test_everything_is_sealed_once_in_order(sealed: list[Event]) -> None:
    """Two batches, each event in one of them, and each seal covers the one before."""
    first, second = Seal.objects.all()
    assert [*marks.numbers(first.events), *marks.numbers(second.events)] == [each.pk for each in sealed]
    assert (second.number, second.previous) == (2, first.digest)
    told = verify()
    assert (told.wrong, told.events, told.seals, told.waiting) == ([], 6, 2, 0)
    assert seal_due() == 0


def test_the_tail_is_told_honestly(sealed: list[Event]) -> None:
    """What no seal covers yet is counted, not passed over."""
    happened("g", "h")
    told = verify()
    assert (told.wrong, told.events, told.waiting) == ([], 6, 2)


def test_a_late_transaction_is_sealed_in_a_later_batch(
    monkeypatch: pytest.MonkeyPatch, unguarded: None
) -> None:
    """A row whose number is lower than sealed ones, because its transaction took longer."""
    slow, quick = happened("slow", "quick")
    Event.objects.filter(pk=slow.pk).delete()
    seal_due()
    slow.save(force_insert=True)
    assert seal_due() == 1
    assert [each.events for each in Seal.objects.all()] == [str(quick.pk), str(slow.pk)]
    assert verify().wrong == []


def test_a_row_too_late_is_named(monkeypatch: pytest.MonkeyPatch, unguarded: None) -> None:
    """Further back than any transaction lasts, a row that was never sealed is no late one."""
    for module in ("sealing", "verifying"):
        monkeypatch.setattr(f"desirepath.audit.{module}.REACH", 2)
    late, *_ = happened("late", "a", "b", "c", "d")
    Event.objects.filter(pk=late.pk).delete()
    seal_due()
    late.save(force_insert=True)
    assert seal_due() == 0
    assert verify().wrong == [f"event {late.pk} never sealed, though far younger ones are"]


def test_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than a batch is sealed in several, all in one round."""
    monkeypatch.setattr(sealing, "BATCH", 2)
    happened(*"abcde")
    assert seal_due() == 5
    assert Seal.objects.count() == 3
    assert verify().wrong == []


def change(events: list[Event]) -> str:
    Event.objects.filter(pk=events[1].pk).update(verb="other")
    return f"seal 1: event {events[1].pk} changed"


def change_details(events: list[Event]) -> str:
    Event.objects.filter(pk=events[4].pk).update(details={"rate": 93.5})
    return f"seal 2: event {events[4].pk} changed"


def remove(events: list[Event]) -> str:
    Event.objects.filter(pk=events[2].pk).delete()
    return f"seal 1: event {events[2].pk} taken out"


def insert(events: list[Event]) -> str:
    row = Event(verb="never happened", entity="Test", mark="0" * 64)
    super(Event, row).save()
    return f"event {row.pk} put in"


def insert_a_copy(events: list[Event]) -> str:
    """A copy of a genuine row, mark and all, under a public id of its own."""
    row = Event.objects.get(pk=events[0].pk)
    row.pk, row.public_id = None, "00000000-0000-4000-8000-000000000000"
    row._state.adding = True
    super(Event, row).save(force_insert=True)
    return f"event {row.pk} put in"


def insert_into_a_seal(events: list[Event]) -> str:
    row = happened("later")[0]
    Seal.objects.filter(number=1).update(events=marks.spans([*[each.pk for each in events[:3]], row.pk]))
    return "seal 1: its events"


def reorder(events: list[Event]) -> str:
    """Two genuine rows change places."""
    one, other = events[0], events[1]
    Event.objects.filter(pk__in=[one.pk, other.pk]).delete()
    one.pk, other.pk = other.pk, one.pk
    for row in (one, other):
        row.save(force_insert=True)
    return "seal 1: its events"


def reorder_seals(events: list[Event]) -> str:
    for number, to in ((1, 9), (2, 1), (9, 2)):
        Seal.objects.filter(number=number).update(number=to)
    return "seal 1 does not follow the one before it"


def remove_a_seal(events: list[Event]) -> str:
    Seal.objects.filter(number=1).delete()
    return "seal 1 is missing"


def write_the_chain_anew(events: list[Event]) -> str:
    """Without the key, but with everything else that the code knows."""
    Event.objects.filter(pk=events[5].pk).update(verb="other")
    seal = Seal.objects.get(number=2)
    rows = Event.objects.filter(pk__in=marks.numbers(seal.events)).order_by("pk")
    digest = marks.seal_digest(
        number=2, made_at=seal.made_at, previous=seal.previous, lines=[marks.line(row) for row in rows]
    )
    Seal.objects.filter(number=2).update(digest=digest)
    return "seal 2 was not made by this installation"


TAMPERING: list[Callable[[list[Event]], str]] = [
    change,
    change_details,
    remove,
    insert,
    insert_a_copy,
    insert_into_a_seal,
    reorder,
    reorder_seals,
    remove_a_seal,
    write_the_chain_anew,
]


@pytest.mark.parametrize("tampering", TAMPERING, ids=lambda each: each.__name__)
def test_tampering_is_found(sealed: list[Event], unguarded: None, tampering: Any) -> None:
    """Whoever can do anything with the database but has no key is found out, by the row."""
    expected = tampering(sealed)
    seal_due()
    assert [each for each in verify().wrong if each.startswith(expected)], verify().wrong


def test_a_row_without_our_mark_is_not_sealed(sealed: list[Event], unguarded: None) -> None:
    """Sealing makes nothing genuine; what is genuine beside it is sealed all the same."""
    insert(sealed)
    happened("g")
    assert seal_due() == 1
    told = verify()
    assert (told.events, told.waiting) == (7, 1)


def test_the_end_cut_off_shows_against_a_head(sealed: list[Event], unguarded: None) -> None:
    """From within, nobody sees it; a head that was kept elsewhere shows it."""
    head = verify().head
    assert verify(head).wrong == []
    Seal.objects.filter(number=2).delete()
    Event.objects.filter(pk__in=[each.pk for each in sealed[3:]]).delete()
    assert verify().wrong == []
    (told,) = verify(head).wrong
    assert told.startswith(f"the chain does not hold {head}")


@pytest.mark.parametrize("swapped", ["address", "browser", "digest"])
def test_the_side_table_swapped(swapped: str) -> None:
    """Two addresses that change places, or a row that is given another hash."""
    for address in ("192.0.2.1", "192.0.2.2"):
        source_of(address, f"Browser of {address}")
    one, other = Source.objects.order_by("pk")
    values = getattr(one, swapped), getattr(other, swapped)
    Source.objects.filter(pk=one.pk).update(**{swapped: "elsewhere"})
    Source.objects.filter(pk=other.pk).update(**{swapped: values[0]})
    Source.objects.filter(pk=one.pk).update(**{swapped: values[1]})
    (told,) = verify().wrong
    assert told.startswith(f"the side table: source {one.pk}, {other.pk}")


def test_addresses_may_be_erased(sealed: list[Event]) -> None:
    """The chain stands without them, and says how many it knows only by their hash."""
    digest = source_of("192.0.2.1", "")
    Event.objects.create(verb="came", entity="Test", source=digest)
    seal_due()
    assert verify().erased == 0
    Source.objects.all().delete()
    told = verify()
    assert (told.wrong, told.erased) == ([], 1)


def test_another_key(sealed: list[Event], settings: Any) -> None:
    """Under a new key the log is no longer ours, unless the old one is named beside it."""
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another key"
    assert len(verify().wrong) == 2
    settings.SECRET_KEY_FALLBACKS = [old]
    assert verify().wrong == []


def test_an_export_is_checked_without_the_key(sealed: list[Event], settings: Any) -> None:
    """The same head comes out of the file; a line changed, lost or moved is found."""
    lines = list(exported())
    settings.SECRET_KEY = "of somebody else"
    assert check_export(lines) == (verify().head, [])
    for wrong in (
        [line.replace('\\"a\\"', '\\"z\\"') for line in lines],
        lines[:2] + lines[3:],
        [lines[0], lines[2], lines[1], *lines[3:]],
        lines[4:],
    ):
        assert wrong != lines
        assert check_export(wrong)[1]


@pytest.mark.parametrize("line", ["", "no JSON", '{"event": "x"}', "[]", '{"seal": {"number": "x"}}'])
def test_what_is_no_export_is_refused(line: str) -> None:
    """One sentence, with the line's number."""
    with pytest.raises(Refused, match="Line 1 "):
        check_export([line])


def test_the_command(sealed: list[Event], unguarded: None, tmp_path: Any) -> None:
    """Right: exit code 0 and the head; wrong: exit code 1 and what it is; a file is read as well."""
    run = CliRunner().invoke
    told = run(app, ["audit", "verify"])
    assert told.exit_code == 0, told.output
    assert "6 events under 2 seals" in told.output and f"head   {verify().head}" in told.output
    file = tmp_path / "log.jsonl"
    assert "8 lines written" in run(app, ["audit", "export", str(file)]).output
    assert run(app, ["audit", "verify", str(file)]).exit_code == 0
    expected = change(sealed)
    told = run(app, ["audit", "verify"])
    assert told.exit_code == 1 and f"wrong  {expected}" in told.output
    file.write_text("nothing of the kind")
    assert run(app, ["audit", "verify", str(file)]).exit_code == 2
    assert run(app, ["audit", "verify", str(tmp_path)]).exit_code == 2


NUMBERS = [1e22, 1.0, 1e-7, 0.1, -0.0, 10**20, True, None, "é\u2028", {"b": [1.5, {"a": 2.0}], "a": ""}]


@pytest.mark.parametrize("value", NUMBERS, ids=repr)
def test_a_mark_holds_after_storing(value: Any) -> None:
    """However an engine writes numbers and keys, what comes back bears its mark."""
    made = Event.objects.create(verb="figure", entity="Test", details={"value": value})
    assert marks.is_marked(Event.objects.get(pk=made.pk))
    assert json.loads(marks.written(made)) == json.loads(marks.written(Event.objects.get(pk=made.pk)))


def test_many_at_once_are_marked() -> None:
    """Rows that are made in bulk bear their marks too."""
    Event.objects.bulk_create([Event(verb=verb, entity="Test") for verb in "abc"])
    seal_due()
    assert (verify().wrong, verify().events) == ([], 3)


@pytest.mark.django_db(transaction=True)
def test_two_workers_seal_at_once() -> None:
    """However often they meet, one chain comes out, each event in it once."""
    for _ in range(5):
        happened(*"abcdefgh")
        ready = Barrier(2)

        def seal(ready: Barrier = ready) -> None:
            ready.wait()
            seal_due()
            connections.close_all()

        threads = [Thread(target=seal) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seal_due()
    told = verify()
    assert (told.wrong, told.events, told.waiting) == ([], 40, 0)
