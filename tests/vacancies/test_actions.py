"""Post a vacancy; pin or forbid a pair."""

from datetime import timedelta
from decimal import Decimal

import pytest

from desirepath.audit import clock
from desirepath.audit.refusal import Refused
from desirepath.clinicians import actions as clinicians
from desirepath.clinicians.models import Skill
from desirepath.organisations.models import Organisation
from desirepath.pools.models import Pool
from desirepath.vacancies import actions
from desirepath.vacancies.models import PairChoice, Vacancy
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def surgery() -> Organisation:
    return cast.practice("Quayside Surgery")


@pytest.fixture
def pool(surgery: Organisation) -> Pool:
    return cast.pool("Saltmarsh pool", surgery)


def test_posting_releases(pool: Pool, surgery: Organisation) -> None:
    """Posting is the practice's yes: the vacancy is released in the pool the practice belongs to."""
    session = cast.vacancy(surgery)
    assert (session.state, session.pool, session.practice) == ("released", pool, surgery)


def test_a_draft_is_not_planned(pool: Pool, surgery: Organisation) -> None:
    """A draft is not open to the plan."""
    assert cast.vacancy(surgery, draft=True).state == "draft"
    assert not Vacancy.objects.open().exists()


@pytest.mark.parametrize(
    ("minutes", "cap", "days", "why"),
    [
        (-10, 90, 7, "end after it starts"),
        (20, 90, 7, "30 minutes to 13 hours"),
        (14 * 60, 90, 7, "30 minutes to 13 hours"),
        (250, 0, 7, "between £1 and £500"),
        (250, 501, 7, "between £1 and £500"),
        (250, 90, -1, "in the future"),
        (250, 90, 400, "within the next year"),
    ],
)
def test_a_session_that_cannot_be_is_refused(
    pool: Pool, surgery: Organisation, minutes: int, cap: int, days: int, why: str
) -> None:
    """Each impossible session is refused in the practice's words, and nothing is kept."""
    with pytest.raises(Refused, match=why):
        cast.vacancy(surgery, start=cast.at(days), minutes=minutes, rate_cap=Decimal(cap))
    assert not Vacancy.objects.exists()


def test_a_practice_in_no_pool_cannot_post() -> None:
    """It is told whom to ask."""
    with pytest.raises(Refused, match="Ask the pool manager"):
        cast.vacancy(cast.practice())


def test_a_skill_of_another_role_is_refused(pool: Pool, surgery: Organisation) -> None:
    """A GP session cannot ask for a nurse's skill."""
    skill = Skill.objects.create(code="ear-care", name="Ear care", role="nurse")
    with pytest.raises(Refused, match="does not belong to the role GP"):
        cast.vacancy(surgery, skills=[skill])
    assert not Vacancy.objects.exists()


def test_a_pin_outside_her_terms_is_refused(pool: Pool, surgery: Organisation) -> None:
    """Nothing is planned outside somebody's terms, whoever wishes it; her rate is not told."""
    dear = cast.clinician("Dear Locum", pool=pool, rate=140)
    with pytest.raises(Refused, match="outside the terms they have set") as refusal:
        actions.choose_pair(
            by=cast.person(), vacancy=cast.vacancy(surgery), clinician=dear, kind="pin", reason="please"
        )
    assert "140" not in str(refusal.value)
    assert not PairChoice.objects.exists()


def test_a_choice_needs_a_reason_and_a_member(pool: Pool, surgery: Organisation) -> None:
    """No reason, or somebody of another pool: refused."""
    session = cast.vacancy(surgery)
    with pytest.raises(Refused, match="Say why"):
        actions.choose_pair(
            by=cast.person(), vacancy=session, clinician=cast.clinician(pool=pool), kind="pin", reason=" "
        )
    with pytest.raises(Refused, match="not an active member"):
        actions.choose_pair(
            by=cast.person(), vacancy=session, clinician=cast.clinician(), kind="pin", reason="x"
        )


def test_a_new_pin_replaces_the_old(pool: Pool, surgery: Organisation) -> None:
    """A session has one pin at most; taking it back leaves none."""
    session, manager = cast.vacancy(surgery), cast.person()
    ann, bea = cast.clinician(pool=pool), cast.clinician(pool=pool)
    for her in (ann, bea):
        actions.choose_pair(by=manager, vacancy=session, clinician=her, kind="pin", reason="knows us")
    assert PairChoice.objects.get().clinician == bea
    actions.clear_pair(by=manager, vacancy=session, clinician=bea)
    assert not PairChoice.objects.exists()


def test_fit_names_each_rule_in_her_words(pool: Pool, surgery: Organisation) -> None:
    """What keeps her from a session is told to her by rule; others hear no rate, limit or place."""
    from desirepath.vacancies.fit import IN_HER_WORDS, fit

    ann = cast.clinician(pool=pool, rate=120, terms={"max_km": 1}, latitude=52.3, free=None)
    result = fit(ann, cast.vacancy(surgery))
    assert set(result.broken) == {"availability", "distance", "rate"}
    assert all(IN_HER_WORDS[name] in result.why_not for name in result.broken)
    assert result.why_not_for_others == "they are not free then; it is outside the terms they have set"


def test_every_rule_of_the_library_has_words() -> None:
    """A rule added to the library without words for people fails here."""
    from desirepath.matching import rules
    from desirepath.vacancies.fit import IN_HER_WORDS

    assert set(IN_HER_WORDS) == set(rules.PAIR_RULES) | set(rules.TOGETHER_RULES)


def test_worked_before_counts_when_the_work_is_done(pool: Pool, surgery: Organisation) -> None:
    """Preference gains 3 for somewhere she has worked, and not before the session has ended."""
    from desirepath.vacancies.fit import fit

    ann = cast.clinician(pool=pool)
    booking = cast.booking(cast.vacancy(surgery), ann)
    later = cast.vacancy(surgery, start=cast.at(9))
    before = fit(ann, later).preference
    with clock.at(booking.end + timedelta(minutes=1)):
        assert fit(ann, later).preference == before + 3


def test_checks_that_end_before_the_day_keep_her_out(pool: Pool, surgery: Organisation) -> None:
    """She is cleared for the date of the session or not offered it."""
    from desirepath.vacancies.fit import fit

    session = cast.vacancy(surgery)
    cast.wants(pool.organisation)
    just, late, none = (cast.clinician(pool=pool) for _ in range(3))
    cast.verified(just, pool, expires_on=session.day)
    cast.verified(late, pool, expires_on=session.day - timedelta(days=1))
    assert fit(just, session).fits
    for her in (late, none):
        judged = fit(her, session)
        assert judged.broken == ("validity",)
        assert "DBS certificate" in judged.why_not and "DBS certificate" in judged.why_not_for_others


def test_a_paused_member_is_not_considered(pool: Pool, surgery: Organisation) -> None:
    """A membership on pause keeps her out of plans and bookings."""
    from desirepath.vacancies.fit import fit

    ann = cast.clinician(pool=pool)
    ann.memberships.get().move("paused", by=None)
    assert fit(ann, cast.vacancy(surgery)).broken == ("pool",)
    assert clinicians.draft_terms(ann).version is None
