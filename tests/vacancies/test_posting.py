"""A series, a block, a copied week, a change of what was asked for: all of it or nothing."""

from datetime import date, time, timedelta
from decimal import Decimal

import pytest

from desirepath.audit.models import Event
from desirepath.audit.refusal import Refused
from desirepath.cascade.actions import withdraw_vacancy
from desirepath.clinicians.models import Skill
from desirepath.vacancies import posting
from desirepath.vacancies.actions import choose_pair
from desirepath.vacancies.models import Block, Vacancy
from tests import cast

pytestmark = pytest.mark.django_db

MORNING = (time(8, 30), time(12, 40))
DETAILS = {"role": "gp", "rate_cap": Decimal(95), "duties": "Visits", "contacts": 12}
TUESDAYS = [date(2026, 12, 8) + timedelta(weeks=n) for n in range(4)]


@pytest.fixture
def surgery(clock_at):
    clock_at("2026-12-01 09:00")
    made = cast.practice("Quayside Surgery")
    cast.pool("Saltmarsh pool", made)
    return made


@pytest.fixture
def booker(surgery):
    return cast.booker("Bo Booker", surgery)


def post(surgery, booker, block=None, days=TUESDAYS):
    rows = posting.series(surgery, "gp", days, MORNING)
    return posting.post_series(by=booker, practice=surgery, details=DETAILS, sessions=rows, block=block)


def test_a_series_is_posted(surgery, booker):
    """Each day is a vacancy of its own with what was asked for."""
    made = post(surgery, booker)
    assert [vacancy.day for vacancy in made] == TUESDAYS
    assert {(v.state, v.contacts, v.duties, v.block) for v in made} == {("released", 12, "Visits", None)}


def test_one_that_cannot_be_stops_all(surgery, booker):
    """The day is named, and nothing is kept."""
    with pytest.raises(Refused, match="Mon 30 Nov: The session must start in the future"):
        post(surgery, booker, days=[*TUESDAYS, date(2026, 11, 30)])
    assert not Vacancy.objects.exists()


def test_a_night_without_the_hour(surgery, booker):
    """The preview says which day it is that has no such time; posting it is refused."""
    (row,) = posting.series(surgery, "gp", [date(2027, 3, 28)], (time(1, 30), time(6)))
    assert "the clocks go forward" in row.why_not
    with pytest.raises(Refused, match="clocks go forward"):
        posting.post_series(by=booker, practice=surgery, details=DETAILS, sessions=[row])


def test_what_is_there_already_is_marked(surgery, booker):
    """A second preview of the same series knows the first."""
    post(surgery, booker, days=TUESDAYS[:2])
    assert [row.already for row in posting.series(surgery, "gp", TUESDAYS, MORNING)] == [
        True,
        True,
        False,
        False,
    ]
    assert not any(row.already for row in posting.series(surgery, "nurse", TUESDAYS, MORNING))


def test_a_block(surgery, booker):
    """Its sessions belong together, and no plan of a week takes one out while they do."""
    made = post(surgery, booker, {"title": "", "how": "parts", "least": 2})
    block = Block.objects.get()
    assert (block.state, block.in_parts, block.title) == ("open", True, "4 sessions, Tue 8 Dec to Tue 29 Dec")
    assert set(block.vacancies.all()) == set(made)
    assert not Vacancy.objects.open().exists()
    block.move("let go", by=booker)
    assert Vacancy.objects.open().count() == 4


@pytest.mark.parametrize(
    ("block", "days", "why"),
    [
        ({"title": "", "how": "whole", "least": 1}, TUESDAYS[:1], "at least two sessions"),
        ({"title": "", "how": "parts", "least": 9}, TUESDAYS, "part can't have 9 sessions"),
    ],
)
def test_a_block_that_cannot_be(surgery, booker, block, days, why):
    """Refused in words, nothing kept."""
    with pytest.raises(Refused, match=why):
        post(surgery, booker, block, days)
    assert not Vacancy.objects.exists()


def test_a_copied_week(surgery, booker):
    """Every session with its skills and duties at the same clock time; one that is there is marked."""
    coils = Skill.objects.create(code="coils", name="Fitting coils", role="gp")
    cast.vacancy(surgery, start=cast.at(7), skills=[coils], duties="Coils", by=booker)
    gone = cast.vacancy(surgery, start=cast.at(8), by=booker)
    withdraw_vacancy(by=booker, vacancy=gone)
    cast.vacancy(surgery, start=cast.at(9, 14), by=booker)
    cast.vacancy(surgery, start=cast.at(16, 14), by=booker)
    rows = posting.copied_week(surgery, date(2026, 12, 7), date(2026, 12, 14))
    assert [(row.day, row.already) for row in rows] == [
        (date(2026, 12, 15), False),
        (date(2026, 12, 17), True),
    ]
    (made,) = posting.copy_week(by=booker, practice=surgery, sessions=rows[:1])
    assert (made.day, made.duties, list(made.skills.all())) == (date(2026, 12, 15), "Coils", [coils])


class TestChange:
    def change(self, session, booker, **changes):
        given = {**posting.details_of(session), "start": session.start, "end": session.end, **changes}
        return posting.change_vacancy(by=booker, vacancy=session, **given)

    def test_it_changes(self, surgery, booker):
        """Time, rate and duties; the log says which; a manager's pin was of the old session."""
        session = cast.vacancy(surgery, by=booker)
        asha = cast.clinician("Asha Patel", pool=session.pool)
        choose_pair(by=booker, vacancy=session, clinician=asha, kind="pin", reason="Knows us")
        later = session.start + timedelta(hours=1)
        row = self.change(session, booker, start=later, rate_cap=Decimal(99), duties="Less")
        row.refresh_from_db()
        assert (row.start, row.rate_cap, row.duties) == (later, Decimal(99), "Less")
        assert Event.objects.get(verb="changed").details == {"what": ["duties", "rate_cap", "start"]}
        assert not row.pair_choices.exists()

    def test_not_while_somebody_is_asked(self, surgery, booker):
        """What was offered stays as it was offered."""
        session = cast.vacancy(surgery, by=booker)
        cast.offer(session, cast.clinician("Asha Patel", pool=session.pool))
        with pytest.raises(Refused, match="Somebody is being asked"):
            self.change(session, booker, rate_cap=Decimal(99))

    def test_not_where_a_room_above_objects(self, surgery, booker, monkeypatch):
        """Somebody above may say why not."""
        monkeypatch.setattr(posting, "in_the_way", [lambda vacancy: "Somebody has applied."])
        with pytest.raises(Refused, match="applied"):
            self.change(cast.vacancy(surgery, by=booker), booker, rate_cap=Decimal(99))

    def test_what_cannot_be(self, surgery, booker):
        """A change is judged as a new session is."""
        session = cast.vacancy(surgery, by=booker)
        with pytest.raises(Refused, match="in the future"):
            self.change(session, booker, start=cast.at(-1), end=cast.at(-1, 12))
        coils = Skill.objects.create(code="coils", name="Fitting coils", role="gp")
        with pytest.raises(Refused, match="does not belong to the role"):
            self.change(session, booker, role="nurse", skills=[coils])
