"""What every page shows about whoever is signed in: whom she acts for, her home, the links of her role."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from desirepath.accounts.roles import Role
from desirepath.messages.models import Message

# the first link of a role is its home
LINKS: dict[Role, tuple[tuple[str, str], ...]] = {
    Role.CLINICIAN: (
        ("bookings:your-week", "Your week"),
        ("cascade:offers", "Offers"),
        ("bookings:find-work", "Find work"),
        ("bookings:calendar", "Calendar"),
        ("clinicians:choices", "My choices"),
    ),
    Role.PRACTICE_BOOKER: (
        ("vacancies:practice-week", "This week"),
        ("vacancies:ask", "Ask for cover"),
        ("cascade:today", "Who could come today"),
        ("bookings:calendar", "Who is coming"),
    ),
    Role.PRACTICE_APPROVER: (
        ("vacancies:practice-week", "This week"),
        ("bookings:calendar", "Who is coming"),
    ),
    Role.PCN_MANAGER: (("vacancies:pcn-week", "The week"), ("vacancies:numbers", "Numbers")),
    Role.POOL_MANAGER: (
        ("vacancies:pool-week", "The week"),
        ("vacancies:plans", "Plans"),
        ("cascade:cascades", "Cascade"),
        ("clinicians:members", "Members"),
        ("bookings:flagged", "Checks"),
        ("chambers:all", "Chambers"),
        ("pools:people", "People"),
        ("vacancies:numbers", "Numbers"),
    ),
    Role.CHAMBERS_LEAD: (
        ("chambers:all", "Chambers"),
        ("clinicians:members", "Members"),
        ("vacancies:numbers", "Numbers"),
    ),
    Role.CREDENTIAL_VERIFIER: (("clinicians:queue", "To verify"), ("clinicians:members", "Members")),
    Role.GOVERNANCE_LEAD: (
        ("clinicians:queue", "To verify"),
        ("clinicians:members", "Members"),
        ("clinicians:requirements", "What is asked for"),
        ("vacancies:numbers", "Numbers"),
    ),
    Role.WORKFORCE_ANALYST: (("vacancies:numbers", "Numbers"),),
    Role.WELLBEING_GUARDIAN: (("vacancies:numbers", "Numbers"),),
    Role.FINANCE_OFFICER: (("vacancies:numbers", "Numbers"),),
    Role.SYSTEM_ADMINISTRATOR: (
        ("pools:people", "People"),
        ("privacy:corrections", "Corrections"),
        ("privacy:retention", "How long things are kept"),
    ),
    Role.AUDITOR: (("audit-log", "Log of events"),),
}


@dataclass(frozen=True)
class Link:
    """One entry of the menu; ``current`` on the page it leads to, or a page under it."""

    href: str
    text: str
    current: bool


def home_of(role: Role) -> str:
    """The address of the page that answers "what needs me now?" for a role."""
    return reverse(LINKS[role][0][0])


def menu(role: Role, path: str) -> list[Link]:
    """The role's links; the one whose address is the longest beginning of ``path`` is current."""
    found = [(reverse(name), text) for name, text in LINKS[role]]
    within = [href for href, _ in found if path.startswith(href)]
    here = max(within, key=len, default="")
    return [Link(href, text, href == here) for href, text in found]


def page_context(request: HttpRequest) -> dict[str, Any]:
    """Context processor of every page."""
    acting = getattr(request, "acting", None)
    fictional = bool(
        acting and (acting.person.fictional or (acting.organisation and acting.organisation.fictional))
    )
    user = getattr(request, "user", None)
    return {
        "user": user,
        # asked by the header, and so only by pages that have one
        "unread_messages": lambda: Message.objects.for_user(user).unread().count() if user else 0,
        "acting": acting,
        "held_up": getattr(request, "held_up", False),
        "roles_held": getattr(request, "roles_held", []),
        "navigation": menu(acting.role, request.path) if acting else [],
        "fictional": settings.DEMO or fictional,
        "demo": settings.DEMO,
    }
