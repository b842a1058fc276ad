"""Her terms as rows: a draft in parts, versions that never change."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from desirepath.audit.refusal import Refused
from desirepath.clinicians import actions
from desirepath.clinicians.models import CONDITIONS, LIMITS, RATES, Clinician, Terms
from tests import cast

pytestmark = pytest.mark.django_db

CHANGED: dict[str, Any] = {
    "practice_cancels": [[7, 50]],
    "clinician_cancels": [[1, 20]],
    "payment_days": 14,
    "most_patients": 15,
    "shortest_appointment": 15,
    "home_visits": 1,
    "extras": [["Coil fitting", "25.00"]],
    "session_types": [["Duty doctor", "Only with a second doctor in the building", False]],
    "statement": "I like complicated patients.",
}


@pytest.fixture
def ann() -> Clinician:
    return cast.clinician("Ann Locum")


def publish(ann: Clinician, **values: Any) -> Terms:
    return actions.publish_terms(by=ann.person, clinician=ann, values=values)


def test_every_condition_is_changed_here() -> None:
    """The table of this file names each condition."""
    assert set(CHANGED) == set(CONDITIONS)


@pytest.mark.parametrize("name", [*RATES, *LIMITS, *CONDITIONS])
def test_what_is_published_never_changes(ann: Clinician, name: str) -> None:
    """The database refuses to change any rate, limit or condition of a version, published or superseded."""
    first = ann.current_terms
    assert first
    publish(ann, base_rate=Decimal(91))
    value = CHANGED.get(name, 3)
    for terms in ann.terms.all():
        with pytest.raises(DatabaseError, match="published_terms_are_frozen"), transaction.atomic():
            Terms.objects.filter(pk=terms.pk).update(**{name: value})
    with pytest.raises(DatabaseError, match="published_terms_are_frozen"), transaction.atomic():
        Terms.objects.filter(pk=first.pk).delete()


def test_a_draft_is_kept_in_parts_and_published_whole(ann: Clinician) -> None:
    """Each part is kept without being in force; publishing takes them all, and starts from the last version
    again.
    """
    for name, value in CHANGED.items():
        actions.save_draft(by=ann.person, clinician=ann, values={name: value})
    assert ann.current_terms and ann.current_terms.practice_cancels == []
    made = publish(ann)
    assert {name: made.values[name] for name in CONDITIONS} == CHANGED
    assert (made.version, made.base_rate) == (2, 90)
    assert actions.draft_terms(ann).values == made.values


def test_a_draft_can_be_dropped(ann: Clinician) -> None:
    """What was not published is forgotten."""
    actions.save_draft(by=ann.person, clinician=ann, values={"most_patients": 9})
    actions.drop_draft(by=ann.person, clinician=ann)
    assert actions.draft_terms(ann).most_patients is None


def test_she_may_begin_with_her_conditions() -> None:
    """Somebody who has no terms yet may keep a part before her rate, and publishes once she has one."""
    new = actions.register_clinician(
        by=None, person=cast.person("New"), role="gp", registration="7654321", latitude=52.0, longitude=1.0
    )
    actions.save_draft(by=new.person, clinician=new, values={"payment_days": 14})
    with pytest.raises(Refused, match="base_rate"):
        publish(new)
    assert publish(new, base_rate=Decimal(90)).payment_days == 14


@pytest.mark.parametrize(
    "wrong",
    [
        {"practice_cancels": [[2, 10], [7, 50]]},
        {"extras": [["Coil fitting", "-1"]]},
        {"session_types": [["A", "about 943 476 5919", True]]},
        {"statement": "Ask for 943 476 5919"},
        {"most_patients": 0},
        {"payment_days": 400},
    ],
)
def test_what_can_not_be_is_refused(ann: Clinician, wrong: dict[str, Any]) -> None:
    """Neither kept nor published, and the column is named."""
    for act in (actions.save_draft, actions.publish_terms):
        with pytest.raises(Refused, match=next(iter(wrong))):
            act(by=ann.person, clinician=ann, values=wrong)
    assert not ann.terms.filter(state="draft").exists()


def test_nobody_else_changes_them(ann: Clinician) -> None:
    """Only she keeps, drops or publishes."""
    other = cast.person("Other")
    for act in (actions.save_draft, actions.publish_terms):
        with pytest.raises(PermissionError):
            act(by=other, clinician=ann, values={})
    with pytest.raises(PermissionError):
        actions.drop_draft(by=other, clinician=ann)


def test_versions_from_before_promise_nothing(ann: Clinician) -> None:
    """A version without a word on conditions costs nothing to cancel, either way."""
    from datetime import timedelta

    terms = ann.current_terms
    assert terms
    assert terms.cancellation_percent(notice=timedelta(0), by="practice") == 0
    assert terms.cancellation_percent(notice=timedelta(0), by="clinician") == 0
