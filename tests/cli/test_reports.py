"""What the commands print about a demonstration: its plan, why, and whether all is right."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import transaction
from typer.testing import CliRunner

from desirepath.accounts.roles import Role
from desirepath.bookings.models import Booking
from desirepath.cascade.models import Offer
from desirepath.cli import check, summary
from desirepath.cli.app import app
from desirepath.clinicians.models import CommittedTime
from desirepath.vacancies.models import PlanRun, Vacancy


@pytest.fixture(autouse=True)
def at_the_opening(built, db, clock_at):
    """The clock stands where the demonstration opens."""
    clock_at(built.cast.script.now)


def run(*arguments: str):
    return CliRunner().invoke(app, list(arguments))


def test_the_summary_has_every_figure(built):
    """Sessions needed, filled by tier, gap, pounds against agency."""
    told = "\n".join(summary.figures(built.run))
    for words in (
        "Sessions needed: ",
        "Filled: ",
        "own PCN bank: ",
        "Gap: 0, proven the best possible",
        "Against agency: £",
    ):
        assert words in told
    tiers = sum(built.run.summary["tiers"])
    assert f"Filled: {tiers} (" in told


def test_three_examples_are_sentences(built):
    """Who and why, the next one and why not, in words and not in the planner's numbers."""
    told = list(summary.examples(built.run))
    sessions = [line for line in told if not line.startswith("  ")]
    assert len(sessions) == 3
    assert any("the fee is £" in line for line in told)
    assert not any("busy" in line or "for " + str(Vacancy.objects.first().pk) + "," in line for line in told)
    if built.run.unfilled.exists():
        assert any("Nobody is proposed" in line for line in told)


def test_plan_keeps_a_plan_and_prints_it(built):
    """`desirepath plan --pool WEX` plans the coming week around the offers that are out."""
    before = PlanRun.objects.count()
    answer = run("plan", "--pool", "wex", "--seed", "3")
    assert answer.exit_code == 0, answer.output
    assert f"{len(built.offers)} of them being asked already" in answer.output
    assert PlanRun.objects.count() == before + 1


def test_nothing_to_plan_is_said(built):
    """A week without sessions is no fault, and leaves no plan."""
    before = PlanRun.objects.count()
    answer = run("plan", "--pool", "WEX", "--from", "2031-01-06")
    assert answer.exit_code == 0
    assert "Nothing to plan" in answer.output
    assert PlanRun.objects.count() == before


def test_an_unknown_pool_is_refused_with_those_there_are(built):
    """Exit code 2, and the codes to choose from."""
    answer = run("plan", "--pool", "NOPE")
    assert answer.exit_code == 2
    assert "Pools here: WEX." in answer.stderr


def test_a_second_demo_changes_nothing(built):
    """It says that the demonstration is here, with exit code 0."""
    before = Vacancy.objects.count(), PlanRun.objects.count()
    answer = run("demo")
    assert answer.exit_code == 0
    assert "WEX is here already" in answer.output
    assert (Vacancy.objects.count(), PlanRun.objects.count()) == before


def test_explain_a_proposal(built):
    """Who is proposed, why, and who comes next."""
    proposal = built.run.proposals.filter(vacancy__state="released").first()
    answer = run("explain", "--vacancy", str(proposal.vacancy.public_id))
    assert answer.exit_code == 0, answer.output
    assert f"{proposal.clinician}: comes from" in answer.output


def test_explain_a_booked_session(built):
    """Somebody is booked."""
    booking = Booking.objects.filter(state="worked").first()
    answer = run("explain", "--vacancy", str(booking.vacancy.public_id))
    assert f"{booking.clinician} is booked (worked)" in answer.output


def test_explain_a_session_that_stays_open(built):
    """Why, and what would fill it."""
    unfilled = built.run.unfilled.first()
    if unfilled is None:
        unfilled = PlanRun.objects.filter(unfilled__isnull=False).first().unfilled.first()
    answer = run("explain", "--vacancy", str(unfilled.vacancy.public_id))
    assert answer.exit_code == 0, answer.output


def test_explain_a_session_that_no_plan_has_seen(built):
    """It names the command that plans it."""
    vacancy = Vacancy.objects.filter(proposals=None, unfilled=None, state="released").first()
    assert "desirepath plan --pool WEX" in run("explain", "--vacancy", str(vacancy.public_id)).output


def test_explain_a_clinician(built):
    """The sessions she could work, and what rules out the rest."""
    hers = built.cast.clinicians[built.cast.script.address(Role.CLINICIAN)]
    answer = run("explain", "--clinician", str(hers.public_id))
    assert answer.exit_code == 0
    assert "could work: " in answer.output
    assert "ruled out first by: role" in answer.output


def test_explain_a_pair(built):
    """Every rule of the two, passed or not, with the pool by its name."""
    hers = built.cast.clinicians[built.cast.script.address(Role.CLINICIAN)]
    vacancy = Vacancy.objects.filter(state="released", role="nurse").first()
    answer = run("explain", "--vacancy", str(vacancy.public_id), "--clinician", str(hers.public_id))
    assert "no   The session asks for a nurse; the clinician's is GP." in answer.output
    assert "Wexbridge and the Coast flexible staff pool" in answer.output


@pytest.mark.parametrize("option", ["--vacancy", "--clinician"])
def test_an_unknown_id_is_refused(built, option):
    """Exit code 2, one line."""
    answer = run("explain", option, "1b4e28ba-2fa1-41d2-883f-0016d3cca427")
    assert answer.exit_code == 2
    assert len(answer.stderr.strip().splitlines()) == 1


def test_check_finds_nothing_in_a_sound_database(built):
    """Every rule is right, exit code 0."""
    answer = run("check")
    assert answer.exit_code == 0
    # one line more: no message was given up
    assert answer.output.count("right  ") == len(check.RULES) + 1


def standing():
    return Booking.objects.filter(state="worked", origin="offer")


def wrong_rate():
    standing().update(rate=Decimal("500.00"))


def wrong_fee():
    standing().update(fee=Decimal("1.00"))


def too_far():
    standing().update(km=900.0)


def another_time():
    row = standing().first()
    CommittedTime.objects.filter(booking=row).update(
        start=row.start.replace(hour=3), end=row.start.replace(hour=4)
    )


def only_held():
    CommittedTime.objects.filter(booking__state="worked").update(kind="hold")


def offer_of_nothing():
    Vacancy.objects.filter(state="offered").update(state="released")


def nobody_asked():
    Offer.objects.filter(state="sent").update(state="expired")


def moved_session():
    row = standing().first()
    Vacancy.objects.filter(bookings=row).update(start=row.start.replace(hour=3))


def not_yet_worked():
    Vacancy.objects.filter(state="completed").update(state="filled")


def cover_of_none():
    time = CommittedTime.objects.filter(booking__state="provisional").first()
    row = time.booking
    CommittedTime.objects.create(
        clinician=row.clinician,
        pool=row.pool,
        practice=row.practice,
        kind="hold",
        start=row.start.replace(year=2031),
        end=row.end.replace(year=2031),
    )


@pytest.mark.parametrize(
    ("spoil", "rule"),
    [
        (wrong_rate, "every booking is within the terms it was made under"),
        (wrong_fee, "every booking is within the terms it was made under"),
        (too_far, "every booking is within the terms it was made under"),
        (another_time, "a booking's committed time is the booking's own"),
        (only_held, "a booking's committed time is the booking's own"),
        (offer_of_nothing, "somebody is asked exactly while a session is being offered"),
        (nobody_asked, "somebody is asked exactly while a session is being offered"),
        (moved_session, "a booking is at the time and place of its session"),
        (not_yet_worked, "a booking that stands fills its session"),
        (cover_of_none, "committed time belongs to a booking"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_check_finds_what_is_wrong(built, spoil, rule):
    """Each kind of contradiction is found by its rule, and ends with exit code 1."""
    with transaction.atomic():
        spoil()
        answer = run("check")
        transaction.set_rollback(True)
    assert answer.exit_code == 1
    assert f"wrong  {rule}" in answer.output
