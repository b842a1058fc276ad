"""The form with which a practice asks for cover, and the one with which a manager has her say."""

from datetime import date, datetime, time
from decimal import Decimal

import pytest

from desirepath.audit import clock
from desirepath.clinicians.models import Skill
from desirepath.pools.models import ClinicianRole
from desirepath.vacancies.forms import AskForm, ChooseForm, as_last_time
from tests import cast

pytestmark = pytest.mark.django_db

GIVEN = {
    "role": "gp",
    "date-day": "8",
    "date-month": "12",
    "date-year": "2026",
    "start_at": "8:30am",
    "end_at": "12:40pm",
    "duties": "15 appointments, 2 visits",
    "rate_cap": "95",
    "urgency": "2",
    "reason": "sickness",
}


@pytest.fixture
def skills(db):
    Skill.objects.create(code="coils", name="Fitting coils", role=ClinicianRole.GP)
    Skill.objects.create(code="smears", name="Cervical screening", role=ClinicianRole.NURSE)


def test_what_is_asked_for(skills):
    """The session in London's time, pounds as a decimal, the skills of the role."""
    form = AskForm({**GIVEN, "skills_gp": ["coils"]})
    assert form.is_valid(), form.errors
    wanted = form.wanted()
    assert wanted["start"] == datetime(2026, 12, 8, 8, 30, tzinfo=clock.LONDON)
    assert wanted["end"] == datetime(2026, 12, 8, 12, 40, tzinfo=clock.LONDON)
    assert wanted["rate_cap"] == Decimal(95)
    assert [skill.code for skill in wanted["skills"]] == ["coils"]
    assert wanted["urgency"] == 2


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"end_at": "8am"}, "end_at", "The end must be after the start"),
        ({"role": "porter"}, "role", "porter"),
        ({"rate_cap": "0"}, "rate_cap", "£1 or more"),
        ({"rate_cap": "5000"}, "rate_cap", "£500 or less"),
        ({"duties": "See 943 476 5919 first"}, "duties", "NHS number"),
        ({"duties": "x" * 1001}, "duties", "1000"),
        ({"date-day": "31", "date-month": "2"}, "date", "real date"),
        ({"urgency": "4"}, "urgency", "4"),
        ({"skills_nurse": ["smears"]}, "skills_nurse", "Cervical screening is not asked of a GP"),
        ({"skills_gp": ["juggling"]}, "skills_gp", "juggling"),
    ],
)
def test_what_cannot_be_asked_for(skills, change, field, words):
    """Each mistake is told beside its field, in words."""
    form = AskForm({**GIVEN, **change})
    assert not form.is_valid()
    assert words in str(form.errors[field])


def test_skills_are_grouped_by_role(skills):
    """Each role that has skills has its own group; a role without any has none."""
    assert [name for name in AskForm().fields if name.startswith("skills_")] == ["skills_gp", "skills_nurse"]


def test_as_last_time(skills, quayside, clock_at):
    """The next form begins with what was asked for last, but for the date and how much it matters."""
    clock_at("2026-12-01 09:00")
    cast.pool("", quayside)
    assert as_last_time(quayside) == {}
    start = datetime(2026, 12, 8, 9, 0, tzinfo=clock.LONDON)
    cast.vacancy(quayside, start=start, duties="Visits", skills=[Skill.objects.get(code="coils")], urgency=3)
    found = as_last_time(quayside)
    assert found["start_at"] == time(9)
    assert found["end_at"] == time(13, 10)
    assert found["skills_gp"] == ["coils"]
    assert (found["duties"], found["urgency"], found["rate_cap"]) == ("Visits", 1, Decimal(110))
    assert "date" not in found
    assert date(2026, 12, 8) not in found.values()


@pytest.fixture
def session(quayside):
    cast.pool("", quayside)
    return cast.vacancy(quayside)


def test_a_manager_says_why(session):
    """Keeping and ruling out need a reason, taking back needs none."""
    her = cast.clinician("Asha Patel", pool=session.pool)
    given = {"clinician": str(her.public_id), "kind": "forbid", "reason": " "}
    assert "reason" in ChooseForm(given, vacancy=session).errors
    assert ChooseForm({**given, "reason": "Asked not to"}, vacancy=session).is_valid()
    assert ChooseForm({**given, "kind": ChooseForm.TAKE_BACK}, vacancy=session).is_valid()
    assert "reason" in ChooseForm({**given, "reason": "About 9434765919"}, vacancy=session).errors
    assert "reason" in ChooseForm({**given, "reason": "x" * 201}, vacancy=session).errors


def test_only_members_of_the_role_can_be_chosen(session):
    """Somebody of another role, or of another pool, is not in the list."""
    nurse = cast.clinician("Nora Nurse", pool=session.pool, role=ClinicianRole.NURSE)
    stranger = cast.clinician("Stella Stranger", pool=cast.pool())
    for somebody in (nurse, stranger):
        given = {"clinician": str(somebody.public_id), "kind": "pin", "reason": "Why not"}
        assert "clinician" in ChooseForm(given, vacancy=session).errors
