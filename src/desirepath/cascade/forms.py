"""What a manager says of a cascade, how her pool asks, and what an approver decides of an agency."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.forms import BoundField

from desirepath.accounts.models import Person
from desirepath.audit.forms import Text
from desirepath.cascade.agency import MOST_FEE
from desirepath.cascade.models import CascadePolicy
from desirepath.cascade.models.policy import LIMITS, RULES
from desirepath.cascade.setting import wrong_with
from desirepath.nhsuk.fields import Date, ModelCheckboxes, ModelSelect, Money, Radios, Select, Tick, Whole
from desirepath.nhsuk.forms import Form
from desirepath.organisations.models import Organisation
from desirepath.pools.models import Pool

SAY_WHY = "Say why, in a few words"
SHOWN = {
    "": "Not covered",
    "nobody": "Nobody is being asked",
    "asked": "Being asked",
    "waiting": "Waiting for the plan",
    "stopped": "Stopped or not begun",
    "agency": "Agency",
    "covered": "Covered",
}


class FindForm(Form):
    """What the Cascade page is narrowed to."""

    state = Select(
        label="How it stands", choices=list(SHOWN.items())[1:], empty="Not covered", required=False
    )
    practice = ModelSelect(
        Organisation.objects.none(), label="Practice", required=False, empty_label="All practices"
    )
    day = Date(label="Day", required=False)

    def __init__(self, *args: Any, practices: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["practice"].queryset = practices  # type: ignore[attr-defined]


class ReasonForm(Form):
    """Why, in a few words."""

    reason = Text(
        label="Why",
        max_length=200,
        help_text="The pool manager and the practice both read it.",
        required_message=SAY_WHY,
    )


class DecideForm(Form):
    """The approver's word."""

    decision = Radios(
        label="May an agency be asked?",
        choices=[("approve", "Yes, an agency may be asked"), ("refuse", "No, only the pool")],
    )
    reason = Text(
        label="Why", max_length=200, help_text="It is kept with the cost.", required_message=SAY_WHY
    )


class OutcomeForm(Form):
    """What the agency said."""

    outcome = Radios(
        label="What came of it?",
        choices=[("comes", "An agency clinician is coming"), ("nobody", "Nobody comes through an agency")],
    )
    who = Text(label="Who comes", max_length=120, required=False)
    fee = Money(
        label="The agency's fee",
        required=False,
        most=MOST_FEE,
        help_text="For the whole session, all charges included.",
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("outcome") == "comes":
            if not cleaned.get("who"):
                self.add_error("who", "Enter the name of the clinician that the agency sends")
            if "fee" in cleaned and not (cleaned["fee"] or Decimal()) > 0:
                self.add_error("fee", "Enter the agency's fee, more than £0")
        return cleaned


# the sections of the policy's page, with the rules in each and their units
SECTIONS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("When it begins", (("head_start_hours", "hours"), ("from_hour", "o'clock"), ("until_hour", "o'clock"))),
    (
        "How long each tier has to itself",
        (
            ("chambers_hours", "hours"),
            ("own_pcn_hours", "hours"),
            ("neighbour_hours", "hours"),
            ("pool_hours", "hours"),
            ("next_pools_hours", "hours"),
            ("share_of_time_left", ""),
        ),
    ),
    (
        "How many people at once",
        (
            ("usual_offers", "people"),
            ("soon_days", "days"),
            ("soon_offers", "people"),
            ("overlap_hours", "hours"),
            ("urgent_hours", "hours"),
            ("urgent_offers", "people"),
        ),
    ),
    (
        "What one clinician is asked",
        (("offer_hours", "hours"), ("most_offers_day", "offers"), ("reserve_length", "people")),
    ),
    ("When nobody is found", (("escalate_days", "days"), ("agency_hours", "hours"))),
)
LABELS = {
    "head_start_hours": "Hours the pool manager has to plan first",
    "from_hour": "People are asked from",
    "until_hour": "People are asked until",
    "chambers_hours": "The chambers of whoever hands a session back",
    "own_pcn_hours": "The practice's own PCN bank",
    "neighbour_hours": "Neighbouring PCNs",
    "pool_hours": "The whole pool",
    "next_pools_hours": "Neighbouring pools",
    "share_of_time_left": "No tier takes more of the time left than one part in",
    "usual_offers": "People asked at once, usually",
    "soon_days": "A session is near this many days before it",
    "soon_offers": "People asked at once when it is near",
    "overlap_hours": "The next is asked beside an offer not answered after",
    "urgent_hours": "A session is urgent this many hours before it",
    "urgent_offers": "People asked at once when it is urgent",
    "offer_hours": "An offer stays open for",
    "most_offers_day": "Most offers to one clinician a day",
    "reserve_length": "People in reserve for a session",
    "escalate_days": "People are told this many days before",
    "agency_hours": "An agency may be asked for this many hours before",
}
HINTS = {
    "head_start_hours": "From posting, and again from each new plan; urgent sessions never wait. 0: at once.",
    "from_hour": "A full hour, 0 to 23. Urgent sessions are asked for at any time.",
    "until_hour": "A full hour, 1 to 24.",
    "share_of_time_left": "Tiers shorten as the session nears: with 6, one of a session in 60 hours has 10.",
    "agency_hours": "And never before every tier has had its turn.",
}
TIERS_AT_ONCE = [
    (0, "The practice's own PCN bank only"),
    (1, "Also neighbouring PCNs"),
    (2, "The whole pool at once"),
    (3, "Neighbouring pools too, where they are asked"),
]


class PolicyForm(Form):
    """How the pool asks. ``values`` is what ``setting.set_policy`` takes."""

    automatic = Tick(label="Ask for every session by itself, as soon as it is posted", required=False)
    next_pools = Tick(
        label="Ask neighbouring pools after the whole pool, and before any agency", required=False
    )
    urgent_tier = Radios(label="An urgent session is asked of", choices=TIERS_AT_ONCE)
    escalate_to = ModelCheckboxes(Person.objects.none(), label="Who is told", required=False)

    def __init__(self, *args: Any, pool: Pool, **kwargs: Any) -> None:
        policy = CascadePolicy.of(pool)
        told = list(policy.escalate_to.values_list("public_id", flat=True)) if policy.pk else []
        kwargs.setdefault("initial", {**policy.values, "escalate_to": told})
        super().__init__(*args, **kwargs)
        for _, rows in SECTIONS:
            for name, unit in rows:
                least, most = LIMITS[name]
                self.fields[name] = Whole(
                    label=LABELS[name],
                    help_text=HINTS.get(name, ""),
                    least=least,
                    most=most,
                    suffix=unit,
                )
        held = Person.objects.filter(roles__organisation=pool.organisation).distinct().order_by("name")
        self.fields["escalate_to"].queryset = held  # type: ignore[attr-defined]
        self.fields["escalate_to"].help_text = "Nobody ticked: the pool's managers."

    def sections(self) -> Iterator[tuple[str, list[BoundField]]]:
        """The page's parts: heading, and the fields under it."""
        more = {
            "When it begins": ["automatic"],
            "How long each tier has to itself": ["next_pools"],
            "How many people at once": ["urgent_tier"],
            "When nobody is found": ["escalate_to"],
        }
        for heading, rows in SECTIONS:
            names = [name for name, _ in rows]
            extra = more.get(heading, [])
            yield (
                heading,
                [self[name] for name in (extra + names if heading == "When it begins" else names + extra)],
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned["urgent_tier"] = int(cleaned.get("urgent_tier") or 0)
        if all(name in cleaned for name in RULES):
            for name, why in wrong_with(cleaned).items():
                self.add_error(name, why)
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in RULES}
