"""The page of a plan under way: how far it is, stopping it, leaving it, and what nothing came of."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from desirepath.accounts.models import Person
from desirepath.accounts.roles import Role
from desirepath.cascade.actions import make_asked
from desirepath.pools.models import Pool
from desirepath.vacancies.models import PlanRun, Proposal
from tests import cast

pytestmark = pytest.mark.django_db
WEEK = "2026-12-15"


@pytest.fixture(autouse=True)
def now(clock_at: Any) -> Any:
    """A Tuesday morning; call it to jump."""
    return clock_at("2026-12-08 08:00")


@pytest.fixture
def pool(quayside: Any) -> Pool:
    made = cast.pool("Coast Pool", quayside)
    cast.clinician("Asha Patel", pool=made)
    cast.vacancy(quayside, start=cast.at(7))
    return made


@pytest.fixture
def manager(pool: Pool) -> Person:
    made = cast.person("Mary Manager")
    cast.role(made, Role.POOL_MANAGER, pool.organisation)
    return made


@pytest.fixture
def her(client: Client, sign_in: Any, manager: Person) -> Client:
    """The manager's browser."""
    signed_in: Client = sign_in(client, manager)
    return signed_in


def press(client: Client, name: str, *args: Any, **data: Any) -> str:
    answer = client.post(reverse(name, args=args), data, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def read(client: Client, run: PlanRun, **query: Any) -> str:
    answer = client.get(reverse("cascade:plan", args=[run.public_id]), query)
    assert answer.status_code == 200
    return answer.content.decode()


def week(client: Client) -> str:
    return client.get(reverse("vacancies:pool-week"), {"week": WEEK}).content.decode()


def test_pressing_asks_for_a_plan(her: Client, manager: Person) -> None:
    """The answer comes at once, before anything is planned; pressing again shows the same."""
    found = press(her, "cascade:plan-week", week=WEEK)
    run = PlanRun.objects.get()
    assert (run.state, run.made_by, run.seconds) == ("asked", manager, 600)
    assert not Proposal.objects.exists()
    assert "Waiting to begin" in found
    assert "Stop and use the best plan so far" in found
    press(her, "cascade:plan-week", week=WEEK)
    assert PlanRun.objects.count() == 1
    assert make_asked() == 1
    assert "Asha Patel" in read(her, run)


def test_the_home_page_leads_back_to_it(her: Client, now: Any, clock_at: Any) -> None:
    """While it is made, in seconds; when it is made, as the newest plan."""
    press(her, "cascade:plan-week", week=WEEK)
    run = PlanRun.objects.get()
    run.take()
    run.renew({"phase": "check", "share": 0.0})
    clock_at("2026-12-08 08:00:12")
    found = week(her)
    assert "checking the plan by every rule, 12 seconds so far" in found
    assert reverse("cascade:plan", args=[run.public_id]) in found
    assert "The newest plan" not in found
    run.give_back()
    make_asked()
    assert "is being made" not in week(her)
    assert "The newest plan, made Tue 8 Dec, 8am" in week(her)


def test_it_keeps_itself_current_until_told_not_to(her: Client, now: Any, clock_at: Any) -> None:
    """With and without scripts, seldomer the longer it takes; made, failed or standing still, not at all."""
    press(her, "cascade:plan-week", week=WEEK)
    run = PlanRun.objects.get()
    refresh = '<noscript><meta http-equiv="refresh" content="{}"></noscript>'
    assert refresh.format(3) in read(her, run)
    assert 'data-watch="3"' in read(her, run)
    clock_at("2026-12-08 08:05")
    assert refresh.format(15) in read(her, run)
    for still in (read(her, run, watch="no"),):
        assert "http-equiv" not in still
        assert "planning.js" not in still
        assert "data-watch" not in still
    make_asked()
    assert "http-equiv" not in read(her, run)


def test_only_the_phase_is_read_aloud(her: Client) -> None:
    """One live region, without a figure in it."""
    press(her, "cascade:plan-week", week=WEEK)
    run = PlanRun.objects.get()
    run.take()
    run.renew({"phase": "search", "share": 0.5, "gap": 0.01, "filled": 0.5})
    found = read(her, run)
    assert found.count('role="status"') == 1
    region = found.split('role="status"')[1].split("</p>")[0]
    assert "Searching for the best plan" in region
    assert "%" not in region
    assert "second" not in region


def test_stopping(her: Client) -> None:
    """Before it begins it is called off; while it is made, the worker is told; a made one stays."""
    press(her, "cascade:plan-week", week=WEEK)
    run = PlanRun.objects.get()
    assert "It was called off before it began" in press(her, "cascade:stop-plan", run.public_id)
    press(her, "cascade:plan-week", week=WEEK)
    run = PlanRun.objects.latest()
    run.take()
    found = press(her, "cascade:stop-plan", run.public_id)
    assert "Stopping with the best plan so far" in found
    assert "<button" not in found.split("<main")[1].split("</main")[0]
    run.give_back()
    make_asked()
    press(her, "cascade:stop-plan", run.public_id)
    run.refresh_from_db()
    assert run.state == "proposed"


def test_a_stopped_plan_says_so(her: Client) -> None:
    """It may be released like any other, and says that its search was stopped."""
    press(her, "cascade:plan-week", week=WEEK)
    make_asked()
    run = PlanRun.objects.get()
    PlanRun.objects.filter(pk=run.pk).update(state="stopped", summary={**run.summary, "gap": 0.02})
    found = read(her, run)
    assert "Proven within 2.00% of the best possible, as it was when the search was stopped." in found
    assert "Release all" in found


def test_a_failed_plan(her: Client) -> None:
    """What happened, what to do, and the number to give to whoever looks after it; the older plan counts."""
    press(her, "cascade:plan-week", week=WEEK)
    make_asked()
    press(her, "cascade:plan-week", week=WEEK)
    run = PlanRun.objects.latest()
    run.take()
    run.fail(PlanRun.Failure.FAULT)
    found = read(her, run)
    assert "The planner found a fault in itself" in found
    assert str(run.public_id) in found
    assert "Plan again" in found
    assert "There is a newer plan" not in read(her, PlanRun.objects.earliest())
    listed = her.get(reverse("vacancies:plans")).content.decode()
    assert "Not made. The planner found a fault in itself" in listed
    assert "1 of 1" in listed


def test_one_broken_plan_does_not_stop_the_next(
    her: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The worker logs the fault and goes on."""
    from desirepath import matching

    press(her, "cascade:plan-week", week=WEEK)
    press(her, "cascade:plan-week", week="2026-12-22")
    solve, first = matching.solve, [True]

    def once(*given: Any, **named: Any) -> Any:
        if first:
            first.clear()
            raise matching.UnsoundPlanError("two at once")
        return solve(*given, **named)

    monkeypatch.setattr(matching, "solve", once)
    assert make_asked() == 1
    assert sorted(PlanRun.objects.values_list("state", flat=True)) == ["failed", "proposed"]
    assert "could not be made" in caplog.text


def test_an_answer_between_asking_and_planning_is_old(pool: Pool, now: Any, clock_at: Any) -> None:
    """She declined before the plan read the rows: a proposal made later is not shown as declined."""
    from desirepath.cascade import presenters
    from desirepath.vacancies.planning import ask_for_plan

    session = pool.vacancies.get()
    her = pool.memberships.get().clinician
    run = ask_for_plan(pool=pool, first_day=session.day)
    clock_at("2026-12-08 09:00")
    offer = cast.offer(session, her)
    offer.move("expired", by=None)
    session.refresh_from_db()
    session.move("released", by=None)
    clock_at("2026-12-08 10:00")
    assert make_asked() == 1
    (line,) = [presenters.line(row) for row in presenters.sorted_proposals(run)]
    assert (line.status, line.may_release) == ("Proposed", True)
