"""The agency step, after every tier has had its turn: asked for, approved by another, recorded.

The bank goes on being asked until an agency clinician is recorded: whoever of it says yes first, comes.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from django.db import transaction
from django.urls import reverse

from desirepath.accounts.models import Person
from desirepath.accounts.roles import Role
from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.audit.refusal import Refused
from desirepath.audit.retrying import retried
from desirepath.cascade import rules
from desirepath.cascade.asking import TAKEN, let_go
from desirepath.cascade.models import AgencyRequest, Cascade, CascadePolicy, CascadeStep
from desirepath.cascade.models.agency import UNDECIDED
from desirepath.messages.actions import link, tell
from desirepath.nhsuk.formats import span
from desirepath.pools.models import AgencyRate
from desirepath.vacancies.models import Vacancy

PENNY = Decimal("0.01")
MOST_FEE = Decimal(5000)
Step = CascadeStep.Kind


def costs(vacancy: Vacancy) -> tuple[Decimal, Decimal | None]:
    """Pounds for the session: the most it costs from the bank; by the agency rate, if the pool has one."""
    bank = (vacancy.rate_cap * vacancy.hours).quantize(PENNY, ROUND_HALF_UP)
    rate = AgencyRate.on(vacancy.pool, vacancy.day).get(vacancy.role)
    return bank, None if rate is None else (rate * vacancy.hours).quantize(PENNY, ROUND_HALF_UP)


def want(cascade: Cascade, *, by: Person | None = None, why: str = "") -> AgencyRequest:
    """The bank has had its turn: the practice's approvers are asked for leave to look for an agency."""
    vacancy = cascade.vacancy
    bank, agency = costs(vacancy)
    request = AgencyRequest.objects.create(
        vacancy=vacancy, state="asked", asked_by=by, why_asked=why[:200], bank_cost=bank, agency_cost=agency
    )
    cascade.move("agency wanted", by=by, due_at=cascade.due_at or clock.now(), stopped_because="")
    cascade.note(Step.WANTED, by=by, reason=why)
    when = span(vacancy.start, vacancy.end)
    for person in approvers(vacancy):
        tell(
            to=person,
            subject=f"May an agency be asked? {when}",
            body=(
                f"Nobody of the pool could come so far for {when} at {vacancy.practice}. "
                "The pool goes on asking; an agency may be asked once you have approved it.\n\n"
                f"See what it would cost, and decide: {address(vacancy)}\n"
            ),
            key=f"agency {request.public_id} {person.public_id}",
        )
    return request


def approvers(vacancy: Vacancy) -> list[Person]:
    """The practice's approvers."""
    held = vacancy.practice.role_assignments.current().filter(role=Role.PRACTICE_APPROVER)
    return [assignment.person for assignment in held.select_related("person")]


def address(vacancy: Vacancy) -> str:
    return link(reverse("cascade:agency", args=[vacancy.public_id]))


@retried
@transaction.atomic
def request_agency(*, by: Person, vacancy: Vacancy, why: str) -> AgencyRequest:
    """A person asks for the agency step. Raises Refused while a tier of the bank has not had its turn."""
    if not why.strip():
        raise Refused("Say why, in a few words: the approver reads it.")
    cascade = _held(vacancy)
    if cascade.state in ("agency wanted", "agency approved"):
        raise Refused("The agency step has been asked for already.")
    if not cascade.may("agency wanted"):
        raise Refused("The pool is asked first: this session's cascade is not running.")
    if cascade.tier < rules.last_tier(CascadePolicy.of(cascade.vacancy.pool).rules):
        raise Refused(
            "The pool comes first: wait until every tier is open, or skip those left, with a reason."
        )
    return want(cascade, by=by, why=why.strip())


def open_request(vacancy: Vacancy) -> AgencyRequest | None:
    """The request that is asked for, approved, or has brought somebody."""
    return vacancy.agency_requests.filter(state__in=[*UNDECIDED, "comes"]).first()


def may_not_approve(request: AgencyRequest, person: Person) -> str:
    """Why this person may not decide it; "" where she may."""
    if request.asked_by_id == person.pk:
        return "You asked for the agency yourself: another approver must decide."
    posted = Event.objects.filter(entity="Vacancy", entity_id=request.vacancy.public_id, verb="posted")
    if posted.filter(actor=person.public_id).exists():
        return "You asked for cover of this session yourself: another approver must decide."
    return ""


def approve_agency(*, by: Person, request: AgencyRequest, reason: str) -> None:
    """An agency may be asked. Raises Refused for whoever asked for it or for the cover; without a reason."""
    _decide(by=by, request=request, reason=reason, approved=True)


def refuse_agency(*, by: Person, request: AgencyRequest, reason: str) -> None:
    """No agency for this session; the pool goes on asking."""
    _decide(by=by, request=request, reason=reason, approved=False)


@retried
@transaction.atomic
def _decide(*, by: Person, request: AgencyRequest, reason: str, approved: bool) -> None:
    if not reason.strip():
        raise Refused("Say why, in a few words: it is kept with the cost.")
    cascade = _held(request.vacancy)
    request.refresh_from_db()
    if request.state != "asked":
        raise Refused("This has been decided already.")
    if why_not := may_not_approve(request, by):
        raise Refused(why_not)
    request.move(
        "approved" if approved else "refused",
        by=by,
        details={"agency_cost": str(request.agency_cost), "bank_cost": str(request.bank_cost)},
        decided_by=by,
        decided_at=clock.now(),
        reason=reason.strip()[:200],
    )
    if cascade.state == "agency wanted":
        if approved:
            cascade.move("agency approved", by=by)
        else:
            cascade.move("running", by=by, due_at=clock.now())
    cascade.note(Step.APPROVED if approved else Step.REFUSED, by=by, reason=reason.strip())
    _tell_bookers(request, approved)


def _tell_bookers(request: AgencyRequest, approved: bool) -> None:
    vacancy = request.vacancy
    when = span(vacancy.start, vacancy.end)
    held = vacancy.practice.role_assignments.current().filter(role=Role.PRACTICE_BOOKER)
    for assignment in held.select_related("person"):
        tell(
            to=assignment.person,
            subject=f"{'You may ask an agency' if approved else 'No agency'}: {when}",
            body=(
                f"The agency step for {when} was {'approved' if approved else 'not approved'}.\n\n"
                f"See why, and say what came of it: {address(vacancy)}\n"
            ),
            key=f"agency decided {request.public_id} {assignment.person.public_id}",
        )


@retried
@transaction.atomic
def agency_comes(*, by: Person, request: AgencyRequest, who: str, fee: Decimal) -> None:
    """An agency clinician comes, by the name the agency gave, for ``fee`` pounds: nobody else is asked."""
    if not who.strip():
        raise Refused("Enter the name of the clinician that the agency sends.")
    if not 0 < fee <= MOST_FEE:
        raise Refused(f"The agency's fee must be more than £0 and at most £{MOST_FEE:,}.")
    cascade = _held(request.vacancy)
    request.refresh_from_db()
    if request.state != "approved":
        raise Refused("An agency clinician can be recorded once the agency step has been approved.")
    vacancy = Vacancy.objects.select_for_update(of=("self",)).get(pk=request.vacancy_id)
    if not vacancy.may("agency"):
        raise Refused("Somebody of the pool has said yes meanwhile: tell the agency that nobody is needed.")
    vacancy.move("agency", by=by)
    let_go(vacancy=vacancy, by=by, because=TAKEN)
    request.move("comes", by=by, details={"fee": str(fee)}, who_comes=who.strip()[:120], fee=fee)
    if cascade.active or cascade.state == "stopped":
        why = Cascade.Ending.AGENCY
        cascade.move("ended", by=by, due_at=None, ended_because=why, stopped_because="")
        cascade.note(Step.ENDED, by=by, reason=why.label)


@retried
@transaction.atomic
def agency_nobody(*, by: Person, request: AgencyRequest) -> None:
    """No agency clinician comes, or not any more: the session is open again, and the pool goes on asking."""
    cascade = _held(request.vacancy)
    request.refresh_from_db()
    if request.state not in ("approved", "comes"):
        raise Refused("There is no agency clinician to take back.")
    came = request.state == "comes"
    request.move("nobody", by=by)
    if came:
        vacancy = Vacancy.objects.select_for_update(of=("self",)).get(pk=request.vacancy_id)
        vacancy.move("released" if vacancy.start > clock.now() else "unfilled", by=by)
        if vacancy.start > clock.now():
            cascade.move("running", by=by, due_at=clock.now(), ended_because="")
            cascade.note(Step.RESUMED, by=by)
    elif cascade.state == "agency approved":
        cascade.move("running", by=by, due_at=clock.now())


def no_longer_wanted(vacancy: Vacancy) -> None:
    """The session is settled: a request that is open falls away."""
    for request in vacancy.agency_requests.filter(state__in=UNDECIDED):
        request.move("withdrawn", by=None)


def _held(vacancy: Vacancy) -> Cascade:
    """The vacancy's cascade, locked first of all. Raises Refused where it has none."""
    held = Cascade.objects.select_for_update(of=("self",)).filter(vacancy=vacancy)
    cascade = held.select_related("vacancy__pool__organisation", "vacancy__practice").first()
    if cascade is None:
        raise Refused("This session's cascade has not begun: the pool is asked first.")
    return cascade
