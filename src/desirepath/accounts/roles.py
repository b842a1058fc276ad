"""Roles, and what each may do.

The roles are DOMAIN's; a role is held at an organisation (see ``organisations.RoleAssignment``) except the
two of ``EVERYWHERE`` and the clinician's own. Requesting, approving and paying are separate permissions.
"""

from collections.abc import Mapping

from django.db import models


class Role(models.TextChoices):
    CLINICIAN = "clinician", "Clinician"
    PRACTICE_BOOKER = "practice booker", "Practice booker"
    PRACTICE_APPROVER = "practice approver", "Practice approver"
    PCN_MANAGER = "pcn manager", "PCN manager"
    POOL_MANAGER = "pool manager", "Pool manager"
    CHAMBERS_LEAD = "chambers lead", "Chambers lead"
    CREDENTIAL_VERIFIER = "credential verifier", "Credential verifier"
    GOVERNANCE_LEAD = "governance lead", "Clinical-governance lead"
    WORKFORCE_ANALYST = "workforce analyst", "ICB workforce analyst"
    WELLBEING_GUARDIAN = "wellbeing guardian", "Wellbeing guardian"
    FINANCE_OFFICER = "finance officer", "Finance officer"
    SYSTEM_ADMINISTRATOR = "system administrator", "System administrator"
    AUDITOR = "auditor", "Auditor"


class Permission(models.TextChoices):
    """What a page asks for before it opens."""

    OWN_WORK = "own work", "See and answer one's own offers, bookings, terms and availability"
    SEE_PRACTICE = "see practice", "See the practice's sessions and who is coming"
    ASK_FOR_COVER = "ask for cover", "Post, change and withdraw the practice's vacancies"
    APPROVE_SPEND = (
        "approve spend",
        "Approve what the practice spends beyond the bank: never one's own request",
    )
    SEE_POOL = "see pool", "See every practice's week in the pool"
    PLAN = "plan", "Plan the week, pin and forbid, release and undo"
    INVITE = "invite", "Invite practices and people, import clinicians and bookings"
    SEE_PCN = "see pcn", "See the week of the practices of the PCN"
    SEE_MEMBERS = "see members", "See the pool's members and until when they are cleared to work"
    SEE_CHAMBERS = "see chambers", "See a chambers' charter and meetings, and keep its meetings"
    LEAD_CHAMBERS = "lead chambers", "Propose a change of a chambers' charter without being a member"
    LOOK_AFTER_MEMBERS = (
        "look after members",
        "Take members in, see to their breaks and returns, found chambers and say who leads them",
    )
    VERIFY = "verify", "Look at what members hold and verify it"
    SET_CHECKS = "set checks", "Say what the pool or the practice asks clinicians to hold"
    SEE_NUMBERS = "see numbers", "See counts of sessions, never people"
    READ_AUDIT = "read audit", "Read the log of events"
    LOOK_AFTER_DATA = "look after data", "Answer what people ask to have put right; keep to the schedule"


class Scope(models.TextChoices):
    """What a personal access token may be used for; never more than the role that it acts in may do."""

    VACANCIES_READ = "vacancies:read", "Read sessions that need cover"
    VACANCIES_WRITE = "vacancies:write", "Post and withdraw sessions"
    OFFERS_READ = "offers:read", "Read offers"
    OFFERS_ANSWER = "offers:answer", "Accept and decline offers"
    APPLICATIONS_READ = "applications:read", "Read applications"
    APPLICATIONS_WRITE = "applications:write", "Apply, and answer applications"
    BOOKINGS_READ = "bookings:read", "Read bookings"
    BOOKINGS_WRITE = "bookings:write", "Confirm and cancel bookings"
    AVAILABILITY_READ = "availability:read", "Read when I am free"
    AVAILABILITY_WRITE = "availability:write", "Say when I am free"
    TERMS_READ = "terms:read", "Read my terms"
    TERMS_WRITE = "terms:write", "Publish my terms"


PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.CLINICIAN: frozenset({Permission.OWN_WORK}),
    Role.PRACTICE_BOOKER: frozenset(
        {Permission.SEE_PRACTICE, Permission.ASK_FOR_COVER, Permission.SET_CHECKS}
    ),
    Role.PRACTICE_APPROVER: frozenset({Permission.SEE_PRACTICE, Permission.APPROVE_SPEND}),
    Role.PCN_MANAGER: frozenset({Permission.SEE_PCN, Permission.SEE_NUMBERS}),
    Role.POOL_MANAGER: frozenset(
        {
            Permission.SEE_POOL,
            Permission.PLAN,
            Permission.INVITE,
            Permission.SEE_MEMBERS,
            Permission.SEE_CHAMBERS,
            Permission.LOOK_AFTER_MEMBERS,
            Permission.SET_CHECKS,
            Permission.SEE_NUMBERS,
        }
    ),
    Role.CHAMBERS_LEAD: frozenset(
        {
            Permission.SEE_MEMBERS,
            Permission.SEE_CHAMBERS,
            Permission.LEAD_CHAMBERS,
            Permission.SEE_NUMBERS,
        }
    ),
    Role.CREDENTIAL_VERIFIER: frozenset({Permission.SEE_MEMBERS, Permission.VERIFY}),
    Role.GOVERNANCE_LEAD: frozenset(
        {Permission.SEE_MEMBERS, Permission.VERIFY, Permission.SET_CHECKS, Permission.SEE_NUMBERS}
    ),
    Role.WORKFORCE_ANALYST: frozenset({Permission.SEE_NUMBERS}),
    Role.WELLBEING_GUARDIAN: frozenset({Permission.SEE_NUMBERS}),
    Role.FINANCE_OFFICER: frozenset({Permission.SEE_NUMBERS}),
    Role.SYSTEM_ADMINISTRATOR: frozenset({Permission.INVITE, Permission.LOOK_AFTER_DATA}),
    Role.AUDITOR: frozenset({Permission.READ_AUDIT}),
}

# roles held at no organisation: a clinician is herself in whatever pool, the other two look after the
# installation
EVERYWHERE = frozenset({Role.CLINICIAN, Role.SYSTEM_ADMINISTRATOR, Role.AUDITOR})

# what a token of a role can be used for at all: a role's form offers no other
SCOPES: Mapping[Role, tuple[Scope, ...]] = {
    Role.CLINICIAN: (
        Scope.OFFERS_READ,
        Scope.OFFERS_ANSWER,
        Scope.APPLICATIONS_READ,
        Scope.APPLICATIONS_WRITE,
        Scope.BOOKINGS_READ,
        Scope.BOOKINGS_WRITE,
        Scope.AVAILABILITY_READ,
        Scope.AVAILABILITY_WRITE,
        Scope.TERMS_READ,
        Scope.TERMS_WRITE,
    ),
    Role.PRACTICE_BOOKER: (
        Scope.VACANCIES_READ,
        Scope.VACANCIES_WRITE,
        Scope.APPLICATIONS_READ,
        Scope.APPLICATIONS_WRITE,
        Scope.BOOKINGS_READ,
        Scope.BOOKINGS_WRITE,
    ),
    Role.PRACTICE_APPROVER: (Scope.VACANCIES_READ, Scope.BOOKINGS_READ),
    Role.POOL_MANAGER: (Scope.VACANCIES_READ, Scope.OFFERS_READ, Scope.BOOKINGS_READ),
}


def sees_others(role: Role) -> bool:
    """Whether a role opens anything but one's own: whoever holds it needs a second factor."""
    return bool(PERMISSIONS[role] - {Permission.OWN_WORK})
