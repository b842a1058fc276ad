"""How a pool asks, as its manager changes it: one part for each tier, each number inside its sentence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.forms import BoundField

from desirepath.accounts.models import Person
from desirepath.cascade.models import CascadePolicy
from desirepath.cascade.models.policy import LIMITS, RULES
from desirepath.cascade.setting import wrong_with
from desirepath.nhsuk.fields import ModelCheckboxes, Radios, Tick, Whole
from desirepath.nhsuk.forms import Form
from desirepath.pools.models import Pool

TIERS_AT_ONCE = [
    (0, "The practice's own PCN bank only"),
    (1, "Also neighbouring PCNs"),
    (2, "The whole pool at once"),
    (3, "Neighbouring pools too, where they are asked"),
]


@dataclass(frozen=True, slots=True)
class Rule:
    """One number: what it is called where it stands alone, and the words before and behind its box."""

    name: str
    label: str
    before: str
    behind: str


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the page: what it is about, its rules, and where it is folded up what it says now."""

    heading: str
    about: str
    rules: tuple[Rule, ...]
    more: tuple[str, ...] = ()
    now: str = ""

    @property
    def fields(self) -> list[str]:
        """Names of its fields in the order of the page."""
        return [*(rule.name for rule in self.rules), *self.more]


TIERS = (
    Part(
        "First: time to plan",
        "From posting, and again from each new plan, nobody is asked while you plan. Urgent sessions never "
        "wait. 0: people are asked at once.",
        (Rule("head_start_hours", "Hours the pool manager has to plan first", "Wait for", "hours"),),
        ("automatic",),
    ),
    Part(
        "Tier 1: the practice's own PCN bank",
        "Clinicians in the bank of the practice's own PCN are asked first.",
        (Rule("own_pcn_hours", "The practice's own PCN bank has", "After", "hours, neighbouring PCNs too"),),
    ),
    Part(
        "Tier 2: neighbouring PCNs",
        "Then the banks of the PCNs beside it. Whoever is nearer is still asked first.",
        (Rule("neighbour_hours", "Neighbouring PCNs have", "After", "hours, the whole pool too"),),
    ),
    Part(
        "Tier 3: the whole pool",
        "Then every clinician of the pool. Neighbouring pools follow only where you ask them.",
        (
            Rule(
                "pool_hours",
                "The whole pool has",
                "After",
                "hours, neighbouring pools too",
            ),
        ),
    ),
    Part(
        "Tier 4: neighbouring pools",
        "Last, clinicians of neighbouring pools, where you ask them. After every tier an agency may be asked "
        "for.",
        (Rule("next_pools_hours", "Neighbouring pools have", "After", "hours, every tier is over"),),
        ("next_pools",),
    ),
)
HANDED_BACK = "The chambers of whoever hands a session back"
FOLDED = (
    Part(
        "When a session is handed back",
        f"{HANDED_BACK} is asked before anybody else. After that it is open to others, or still hers, as she "
        "chose.",
        (
            Rule(
                "chambers_hours",
                f"{HANDED_BACK} has",
                "They have",
                "hours",
            ),
        ),
        now="its chambers first, for {chambers_hours} hours",
    ),
    Part(
        "When a session is near",
        "Tiers get shorter as a session nears: with one part in 6, no tier of a session in 60 hours takes "
        "more than 10. A near session is put to more people at once; an urgent one to more again.",
        (
            Rule(
                "share_of_time_left",
                "No tier takes more of the time left than one part in",
                "At most 1 part in",
                "of the time left",
            ),
            Rule("soon_days", "Days before it from which a session is near", "Near from", "days before"),
            Rule(
                "urgent_hours",
                "Hours before it from which a session is urgent",
                "Urgent from",
                "hours before",
            ),
        ),
        ("urgent_tier",),
        "near {soon_days} days before, urgent {urgent_hours} hours before",
    ),
    Part(
        "How many people are asked at once",
        "The first to say yes is booked; the others are told at once that it is taken.",
        (
            Rule("usual_offers", "People asked at once, usually", "Usually", "at once"),
            Rule("soon_offers", "People asked at once when a session is near", "When near", "at once"),
            Rule("urgent_offers", "People asked at once when a session is urgent", "When urgent", "at once"),
            Rule(
                "overlap_hours",
                "Hours after which the next is asked beside an offer not answered",
                "One more after",
                "hours unanswered",
            ),
            Rule("reserve_length", "People in reserve for a session", "In reserve", "people"),
        ),
        now="{usual_offers} usually, {soon_offers} when near, {urgent_offers} when urgent",
    ),
    Part(
        "What one clinician is asked",
        "Her own choices always come first: quiet hours, fewer offers, a pause. People are asked between two "
        "full hours of the day, for example 8 and 20; urgent sessions are asked for at any time.",
        (
            Rule("offer_hours", "Hours an offer stays open", "Open for", "hours"),
            Rule("most_offers_day", "Most offers to one clinician a day", "At most", "offers a day"),
            Rule("from_hour", "People are asked from", "Asked from", "o'clock"),
            Rule("until_hour", "People are asked until", "Asked until", "o'clock"),
        ),
        now="open for {offer_hours} hours, at most {most_offers_day} a day, from {from_hour} to {until_hour} "
        "o'clock",
    ),
    Part(
        "When nobody is found",
        "People are told in time. An agency may be asked for only once every tier has had its turn.",
        (
            Rule("escalate_days", "Days before it on which people are told", "Tell people", "days before"),
            Rule(
                "agency_hours",
                "Hours before a session from which an agency may be asked for",
                "Agency from",
                "hours before",
            ),
        ),
        ("escalate_to",),
        "people are told {escalate_days} days before, an agency from {agency_hours} hours before",
    ),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A part with its fields; ``open`` where it is wrong, so that the error is seen."""

    heading: str
    about: str
    now: str
    fields: list[BoundField]
    open: bool


class PolicyForm(Form):
    """How the pool asks. ``values`` is what ``setting.set_policy`` takes."""

    automatic = Tick(label="Ask for every session by itself, as soon as it is posted", required=False)
    next_pools = Tick(
        label="Ask neighbouring pools after the whole pool, and before any agency", required=False
    )
    urgent_tier = Radios(label="An urgent session is asked of", choices=TIERS_AT_ONCE)
    escalate_to = ModelCheckboxes(
        Person.objects.none(),
        label="Who is told",
        help_text="Nobody ticked: the pool's managers.",
        required=False,
    )

    def __init__(self, *args: Any, pool: Pool, **kwargs: Any) -> None:
        policy = CascadePolicy.of(pool)
        told = list(policy.escalate_to.values_list("public_id", flat=True)) if policy.pk else []
        kwargs.setdefault("initial", {**policy.values, "escalate_to": told})
        super().__init__(*args, **kwargs)
        self.policy, usual = policy, CascadePolicy.usual(pool).values
        for part in (*TIERS, *FOLDED):
            for rule in part.rules:
                least, most = LIMITS[rule.name]
                self.fields[rule.name] = Whole(
                    label=rule.label,
                    help_text=f"Usually {usual[rule.name]}",
                    least=least,
                    most=most,
                    prefix=rule.before,
                    suffix=rule.behind,
                )
        held = Person.objects.filter(roles__organisation=pool.organisation).distinct().order_by("name")
        self.fields["escalate_to"].queryset = held  # type: ignore[attr-defined]

    def tiers(self) -> Iterator[Shown]:
        """What is always seen: the order in which people are asked."""
        return (self._shown(part) for part in TIERS)

    def folded(self) -> Iterator[Shown]:
        """The rest, each with what it says now."""
        return (self._shown(part) for part in FOLDED)

    def _shown(self, part: Part) -> Shown:
        fields = [self[name] for name in part.fields]
        wrong = any(field.errors for field in fields)
        return Shown(part.heading, part.about, part.now.format(**self.policy.values), fields, wrong)

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
