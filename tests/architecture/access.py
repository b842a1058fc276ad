"""Who may open what: every address of Desirepath by its name. A test refuses an address that is missing here.

``to`` names the roles that a page opens to; ANYONE and SIGNED_IN say so of everybody. ``args`` gives the
address's own parts out of the world of the tests, whose outsiders must be refused them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from desirepath.accounts.roles import Role
from tests import cast
from tests.architecture.world import Side

ANYONE = frozenset({"anyone"})
SIGNED_IN = frozenset({"signed in"})

CLINICIAN = frozenset({Role.CLINICIAN})
BOOKER = frozenset({Role.PRACTICE_BOOKER})
APPROVER = frozenset({Role.PRACTICE_APPROVER})
PRACTICE = frozenset({Role.PRACTICE_BOOKER, Role.PRACTICE_APPROVER})
POOL_MANAGER = frozenset({Role.POOL_MANAGER})
INVITERS = frozenset({Role.POOL_MANAGER, Role.SYSTEM_ADMINISTRATOR})
PCN_MANAGER = frozenset({Role.PCN_MANAGER})
MEMBERS = frozenset({Role.POOL_MANAGER, Role.CHAMBERS_LEAD, Role.CREDENTIAL_VERIFIER, Role.GOVERNANCE_LEAD})
NUMBERS = frozenset(
    {
        Role.PCN_MANAGER,
        Role.POOL_MANAGER,
        Role.CHAMBERS_LEAD,
        Role.GOVERNANCE_LEAD,
        Role.WORKFORCE_ANALYST,
        Role.WELLBEING_GUARDIAN,
        Role.FINANCE_OFFICER,
    }
)
AUDITOR = frozenset({Role.AUDITOR})
CHAMBERS = frozenset({Role.CLINICIAN, Role.CHAMBERS_LEAD, Role.POOL_MANAGER})
KEEPERS = frozenset({Role.CHAMBERS_LEAD, Role.POOL_MANAGER})
PROPOSERS = frozenset({Role.CLINICIAN, Role.CHAMBERS_LEAD})
ADMINISTRATOR = frozenset({Role.SYSTEM_ADMINISTRATOR})
VERIFIERS = frozenset({Role.CREDENTIAL_VERIFIER, Role.GOVERNANCE_LEAD})
SETTERS = frozenset({Role.PRACTICE_BOOKER, Role.POOL_MANAGER, Role.GOVERNANCE_LEAD})


def _nothing(side: Side) -> dict[str, Any]:
    return {}


def _booking(side: Side) -> dict[str, Any]:
    return {"booking": side.booking.public_id}


def _application(side: Side) -> dict[str, Any]:
    return {"application": side.application.public_id}


def _role(side: Side) -> dict[str, Any]:
    return {"role": side.person(Role.PRACTICE_BOOKER).roles.get().public_id}


def _agreement(side: Side) -> dict[str, Any]:
    return {"agreement": side.agreement.public_id}


def _chambers(side: Side) -> dict[str, Any]:
    return {"chambers": side.chambers_joined.public_id}


def _charter(side: Side) -> dict[str, Any]:
    return {"charter": side.charter.public_id}


def _membership(side: Side) -> dict[str, Any]:
    return {"membership": side.clinician.memberships.get(pool=side.pool).public_id}


def _mandate(side: Side) -> dict[str, Any]:
    return {"mandate": side.mandate.public_id}


def _block(side: Side) -> dict[str, Any]:
    return {"block": side.block.public_id}


def _block_offer(side: Side) -> dict[str, Any]:
    return {"offer": side.block_offer.public_id}


def _credential(side: Side) -> dict[str, Any]:
    return {"credential": side.credential.public_id}


@dataclass(frozen=True)
class Access:
    """``hers``: it leads everybody to her own. ``nowhere``: there only in a demonstration, or where a
    provider is set up: not in the world of the tests.

    ``only``: what is addressed belongs to the person in this role, and to nobody else.
    """

    to: frozenset[Any]
    args: Callable[[Side], dict[str, Any]] = _nothing
    hers: bool = False
    nowhere: bool = False
    only: Role | None = None


ACCESS: dict[str, Access] = {
    "home": Access(ANYONE),
    "accessibility": Access(ANYONE),
    "privacy": Access(ANYONE),
    "api-reference": Access(ANYONE),
    "audit-log": Access(AUDITOR),
    "audit-log-file": Access(AUDITOR),
    "accounts:sign-in": Access(ANYONE),
    "accounts:second-factor": Access(ANYONE),
    "accounts:sign-out": Access(ANYONE),
    "accounts:invitation": Access(ANYONE, lambda side: {"token": "unknown"}),
    "accounts:new-password": Access(ANYONE, lambda side: {"uid": "unknown", "token": "unknown"}),
    "accounts:your-account": Access(SIGNED_IN),
    "accounts:change-password": Access(SIGNED_IN),
    "privacy:own-data": Access(SIGNED_IN),
    "privacy:own-data-file": Access(SIGNED_IN),
    "privacy:corrections": Access(ADMINISTRATOR),
    "privacy:answer-correction": Access(
        ADMINISTRATOR, lambda side: {"correction": side.correction.public_id}, hers=True
    ),
    "privacy:retention": Access(ADMINISTRATOR),
    "accounts:sessions": Access(SIGNED_IN),
    "accounts:confirm": Access(SIGNED_IN),
    "accounts:second-factors": Access(SIGNED_IN),
    "accounts:set-up-app": Access(SIGNED_IN),
    "accounts:recovery-codes": Access(SIGNED_IN),
    "accounts:add-passkey": Access(SIGNED_IN),
    "accounts:passkey-to-make": Access(SIGNED_IN),
    "accounts:show-passkey": Access(ANYONE),
    "accounts:identities": Access(SIGNED_IN),
    # the world of the tests has no provider: tests/accounts/test_providers.py begins one
    "accounts:go-to-provider": Access(ANYONE, lambda side: {"provider": "none"}, nowhere=True),
    "accounts:link-identity": Access(SIGNED_IN, lambda side: {"provider": "none"}, nowhere=True),
    "openid_connect_callback": Access(ANYONE, lambda side: {"provider_id": "none"}, nowhere=True),
    "accounts:passkey-question": Access(ANYONE),
    "messages:forgotten-password": Access(ANYONE),
    "messages:inbox": Access(SIGNED_IN),
    "messages:read-all": Access(SIGNED_IN),
    "messages:message": Access(
        SIGNED_IN, lambda side: {"message": side.message.public_id}, only=Role.CLINICIAN
    ),
    "organisations:induction-pack": Access(BOOKER),
    "organisations:write-pack": Access(BOOKER),
    "bookings:induction": Access(CLINICIAN | PRACTICE | POOL_MANAGER, _booking),
    "organisations:change-role": Access(SIGNED_IN),
    "organisations:tokens": Access(SIGNED_IN),
    "clinicians:choices": Access(CLINICIAN),
    "clinicians:terms": Access(CLINICIAN),
    "clinicians:terms-history": Access(CLINICIAN),
    "clinicians:terms-version": Access(CLINICIAN, lambda side: {"version": 1}, hers=True),
    "clinicians:publish-terms": Access(CLINICIAN),
    "clinicians:forget-terms": Access(CLINICIAN),
    "clinicians:terms-preview": Access(CLINICIAN),
    "clinicians:terms-part": Access(CLINICIAN, lambda side: {"part": "conditions"}, hers=True),
    "bookings:last-month": Access(CLINICIAN),
    "bookings:rates-history": Access(CLINICIAN),
    "clinicians:free": Access(CLINICIAN),
    "clinicians:free-day": Access(CLINICIAN, lambda side: {"day": cast.at(7).date().isoformat()}, hers=True),
    "clinicians:paint": Access(CLINICIAN),
    "clinicians:copy-week": Access(CLINICIAN),
    "clinicians:bank-holidays": Access(CLINICIAN),
    "clinicians:busy": Access(CLINICIAN),
    "clinicians:busy-look": Access(CLINICIAN),
    "clinicians:busy-remove": Access(CLINICIAN, lambda side: {"source": side.busy_source.public_id}),
    "clinicians:practices": Access(CLINICIAN),
    "clinicians:standing-yes": Access(CLINICIAN, lambda side: {"practice": side.practice.public_id}),
    "clinicians:asked": Access(CLINICIAN),
    "clinicians:credentials": Access(CLINICIAN),
    "clinicians:send-credential": Access(CLINICIAN),
    "clinicians:share-credentials": Access(CLINICIAN, lambda side: {"pool": side.pool.public_id}),
    "clinicians:passport": Access(CLINICIAN),
    "clinicians:take-passport": Access(CLINICIAN),
    "clinicians:share-passport": Access(CLINICIAN),
    "clinicians:revoke-passport": Access(CLINICIAN, lambda side: {"passport": side.passport.public_id}),
    "clinicians:bring-passport": Access(CLINICIAN, lambda side: {"pool": side.pool.public_id}),
    # whoever has the link: it is hers to give, and to end
    "clinicians:shown-passport": Access(ANYONE, lambda side: {"token": side.passport_token}),
    "clinicians:passport-issuer": Access(ANYONE),
    "clinicians:document": Access(CLINICIAN | VERIFIERS, _credential),
    "clinicians:queue": Access(VERIFIERS),
    "clinicians:verify": Access(VERIFIERS, _credential),
    "clinicians:reject": Access(VERIFIERS, _credential),
    "clinicians:revoke": Access(VERIFIERS, lambda side: {"credential": side.verified.public_id}),
    "clinicians:member-checks": Access(VERIFIERS, lambda side: {"clinician": side.clinician.public_id}),
    "clinicians:requirements": Access(SETTERS),
    "clinicians:ask-for-check": Access(SETTERS),
    "clinicians:drop-check": Access(SETTERS),
    "clinicians:members": Access(MEMBERS),
    "chambers:all": Access(KEEPERS),
    "chambers:one": Access(CHAMBERS, _chambers),
    "chambers:settings": Access(POOL_MANAGER, _chambers),
    "chambers:leave": Access(CLINICIAN, _chambers),
    "chambers:charter": Access(CHAMBERS, _chambers),
    "chambers:propose": Access(PROPOSERS, _chambers),
    "chambers:change": Access(CHAMBERS, _charter),
    "chambers:withdraw-charter": Access(PROPOSERS, _charter),
    "chambers:meetings": Access(CHAMBERS, _chambers),
    "chambers:plan-meeting": Access(KEEPERS, _chambers),
    "chambers:meeting": Access(CHAMBERS, lambda side: {"meeting": side.meeting.public_id}),
    "chambers:task-done": Access(CHAMBERS, lambda side: {"task": side.task.public_id}),
    "chambers:mandates": Access(CLINICIAN),
    "chambers:end-mandate": Access(CLINICIAN, _mandate),
    "chambers:held": Access(POOL_MANAGER),
    "bookings:for-her": Access(POOL_MANAGER, _mandate),
    "memberships:open-pools": Access(ANYONE),
    "memberships:confirm": Access(ANYONE, lambda side: {"token": side.join_request.token}),
    "memberships:join": Access(ANYONE, lambda side: {"pool": side.pool.code}),
    "memberships:pools": Access(CLINICIAN),
    # whoever is a clinician may ask to join any pool
    "memberships:apply": Access(CLINICIAN, lambda side: {"pool": side.pool.public_id}, hers=True),
    "memberships:withdraw": Access(CLINICIAN, _membership),
    "memberships:break": Access(CLINICIAN, _membership),
    "memberships:back": Access(CLINICIAN, _membership),
    "memberships:leave": Access(CLINICIAN, _membership),
    "memberships:queue": Access(POOL_MANAGER),
    "memberships:member": Access(POOL_MANAGER, _membership),
    "vacancies:practice-week": Access(PRACTICE),
    "vacancies:ask": Access(BOOKER),
    "vacancies:copy-week": Access(BOOKER),
    "vacancies:practice-month": Access(PRACTICE),
    "vacancies:preferred": Access(BOOKER),
    "vacancies:change-preferred": Access(BOOKER, lambda side: {"preferred": side.preferred.public_id}),
    "vacancies:sessions": Access(BOOKER),
    "vacancies:sessions-template": Access(BOOKER, lambda side: {"ending": "csv"}, hers=True),
    "vacancies:sessions-preview": Access(BOOKER),
    "vacancies:sessions-discard": Access(BOOKER),
    "vacancies:change": Access(BOOKER, lambda side: {"vacancy": side.vacancy.public_id}),
    "vacancies:fill": Access(BOOKER),
    "vacancies:vacancy": Access(PRACTICE | POOL_MANAGER, lambda side: {"vacancy": side.vacancy.public_id}),
    "vacancies:pool-week": Access(POOL_MANAGER),
    "vacancies:shortage": Access(POOL_MANAGER),
    "vacancies:plans": Access(POOL_MANAGER),
    "vacancies:pcn-week": Access(PCN_MANAGER),
    "vacancies:numbers": Access(NUMBERS),
    "cascade:cascades": Access(PRACTICE | POOL_MANAGER),
    "cascade:policy": Access(POOL_MANAGER),
    "cascade:start": Access(POOL_MANAGER, lambda side: {"vacancy": side.vacancy.public_id}),
    "cascade:stop": Access(POOL_MANAGER, lambda side: {"vacancy": side.vacancy.public_id}),
    "cascade:skip": Access(POOL_MANAGER, lambda side: {"vacancy": side.vacancy.public_id}),
    "cascade:agency": Access(PRACTICE | POOL_MANAGER, lambda side: {"vacancy": side.vacancy.public_id}),
    "cascade:ask-agency": Access(BOOKER | POOL_MANAGER, lambda side: {"vacancy": side.vacancy.public_id}),
    "cascade:decide": Access(APPROVER, lambda side: {"vacancy": side.vacancy.public_id}),
    "cascade:outcome": Access(PRACTICE, lambda side: {"vacancy": side.vacancy.public_id}),
    "cascade:plan-week": Access(POOL_MANAGER),
    "cascade:plan": Access(POOL_MANAGER, lambda side: {"run": side.proposal.run.public_id}),
    "cascade:stop-plan": Access(POOL_MANAGER, lambda side: {"run": side.proposal.run.public_id}),
    "cascade:release": Access(POOL_MANAGER, lambda side: {"run": side.proposal.run.public_id}),
    "cascade:undo": Access(POOL_MANAGER, lambda side: {"release": side.offer.release.public_id}),
    "cascade:choose": Access(POOL_MANAGER, lambda side: {"vacancy": side.vacancy.public_id}),
    "cascade:withdraw": Access(BOOKER, lambda side: {"vacancy": side.vacancy.public_id}),
    "cascade:today": Access(BOOKER),
    "cascade:could-come": Access(BOOKER, lambda side: {"vacancy": side.vacancy.public_id}),
    "cascade:stand-by": Access(CLINICIAN, lambda side: {"vacancy": side.vacancy.public_id}),
    "cascade:stand-down": Access(CLINICIAN, lambda side: {"vacancy": side.vacancy.public_id}),
    "cascade:blocks": Access(PRACTICE | POOL_MANAGER),
    "cascade:block": Access(PRACTICE | POOL_MANAGER, _block),
    "cascade:offer-block": Access(POOL_MANAGER, _block),
    "cascade:let-go": Access(POOL_MANAGER, _block),
    "cascade:withdraw-block": Access(BOOKER, _block),
    "cascade:block-offer": Access(CLINICIAN, _block_offer),
    "cascade:decline-block": Access(CLINICIAN, _block_offer),
    "cascade:take-back-block": Access(POOL_MANAGER, _block_offer),
    "bookings:accept-block": Access(CLINICIAN, _block_offer),
    "cascade:offers": Access(CLINICIAN),
    "cascade:offer": Access(CLINICIAN, lambda side: {"offer": side.offer.public_id}),
    "cascade:decline": Access(CLINICIAN, lambda side: {"offer": side.offer.public_id}),
    "bookings:your-week": Access(CLINICIAN),
    "bookings:find-work": Access(CLINICIAN),
    "bookings:session": Access(CLINICIAN, lambda side: {"vacancy": side.vacancy.public_id}),
    "bookings:apply": Access(CLINICIAN, lambda side: {"vacancy": side.vacancy.public_id}),
    "bookings:not-for-me": Access(CLINICIAN, lambda side: {"vacancy": side.vacancy.public_id}),
    "bookings:for-me": Access(CLINICIAN, lambda side: {"vacancy": side.vacancy.public_id}),
    "bookings:withdraw-application": Access(CLINICIAN, _application),
    "bookings:confirm-application": Access(BOOKER, _application),
    "bookings:decline-application": Access(BOOKER, _application),
    "bookings:accept": Access(CLINICIAN, lambda side: {"offer": side.offer.public_id}),
    "bookings:booking": Access(CLINICIAN | PRACTICE | POOL_MANAGER, _booking),
    "bookings:confirm": Access(CLINICIAN, _booking),
    "bookings:not-agreed": Access(CLINICIAN, _booking),
    "bookings:cancel": Access(CLINICIAN | BOOKER, _booking),
    "bookings:no-show": Access(BOOKER, _booking),
    "bookings:turned-away": Access(CLINICIAN, _booking),
    "bookings:at-once": Access(BOOKER, lambda side: {"vacancy": side.vacancy.public_id}),
    "bookings:hand-back": Access(CLINICIAN, _booking),
    "bookings:keep": Access(CLINICIAN, _booking),
    "bookings:propose-swap": Access(CLINICIAN, _booking),
    "bookings:take-over": Access(CLINICIAN, lambda side: {"ask": side.hand_back_ask.public_id}),
    "bookings:swap": Access(CLINICIAN, lambda side: {"swap": side.swap.public_id}),
    "bookings:withdraw-swap": Access(CLINICIAN, lambda side: {"swap": side.swap_proposed.public_id}),
    "bookings:record": Access(BOOKER),
    "bookings:flagged": Access(POOL_MANAGER),
    "bookings:calendar": Access(CLINICIAN | PRACTICE),
    "bookings:feeds": Access(CLINICIAN | PRACTICE),
    # whoever knows the secret: calendars on telephones do not sign in
    "bookings:feed": Access(ANYONE, lambda side: {"token": side.feed.token}),
    "pools:people": Access(INVITERS),
    "pools:choose": Access(INVITERS),
    "pools:invite": Access(INVITERS),
    "pools:invite-clinician": Access(INVITERS),
    "pools:end-role": Access(INVITERS, _role),
    "pools:forget-second-factor": Access(INVITERS, _role),
    "pools:resend": Access(INVITERS, _role),
    "pools:withdraw": Access(INVITERS, _role),
    "pools:import": Access(INVITERS, lambda side: {"kind": "clinicians"}, hers=True),
    "pools:template": Access(INVITERS, lambda side: {"kind": "clinicians", "ending": "csv"}, hers=True),
    "pools:preview": Access(INVITERS, lambda side: {"kind": "clinicians"}, hers=True),
    "pools:discard": Access(INVITERS, lambda side: {"kind": "clinicians"}, hers=True),
    "pools:neighbours": Access(POOL_MANAGER),
    "pools:answer-neighbour": Access(POOL_MANAGER, _agreement),
    "pools:end-neighbour": Access(POOL_MANAGER, _agreement),
    "pools:practices": Access(INVITERS),
    "pools:add-practice": Access(INVITERS),
    "pools:new-practice": Access(INVITERS),
    "demo:people": Access(ANYONE, nowhere=True),
    "demo:sign-in": Access(ANYONE, nowhere=True),
}
