"""A charter, its votes and a chambers' meetings, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from desirepath.chambers.actions.charter import members_of, needed, tally
from desirepath.chambers.actions.meetings import Governance
from desirepath.chambers.models import Charter
from desirepath.nhsuk.formats import day_and_year, plural

COLOURS = {
    "proposed": "blue",
    "in force": "green",
    "not adopted": "grey",
    "withdrawn": "grey",
    "superseded": "grey",
    "planned": "blue",
    "held": "green",
    "called off": "grey",
}


def settings_in_words(charter: Charter) -> list[tuple[str, str]]:
    """What each setting says: what it is about, and a sentence."""
    day, notice, first = charter.invoice_day, charter.minimum_notice_hours, charter.first_refusal_hours
    return [
        (
            "Invoices",
            f"Members send them on day {day} of each month" if day else "Everyone chooses their own day",
        ),
        (
            "Least notice",
            f"Members expect at least {plural(notice, 'hour')}; at shorter notice they are warned"
            if notice
            else "Nothing is agreed",
        ),
        (
            "First refusal",
            "As long as the pool gives colleagues"
            if first is None
            else f"Colleagues have a session that is handed back first, for {plural(first, 'hour')}"
            if first
            else "A session that is handed back is open to everyone at once",
        ),
    ]


def changes(new: Charter, old: Charter | None) -> list[tuple[str, str, str]]:
    """The settings that a proposed version changes: what about, before, afterwards."""
    before = settings_in_words(old) if old else []
    after = settings_in_words(new)
    if not before:
        return [(about, "Nothing was agreed", words) for about, words in after]
    return [
        (about, was, words) for (about, was), (_, words) in zip(before, after, strict=True) if was != words
    ]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a vote stands: ``voted`` of ``members`` have, ``yes`` of them for it, and ``needed`` would do."""

    yes: int
    no: int
    abstain: int
    members: int
    needed: int

    @property
    def voted(self) -> int:
        return self.yes + self.no + self.abstain


def standing_of(charter: Charter) -> Standing:
    counted, members = tally(charter), len(members_of(charter.chambers))
    return Standing(counted["yes"], counted["no"], counted["abstain"], members, needed(members))


def meetings_in_words(governance: Governance, today: date) -> str:
    """ "3 of at least 4 meetings held in the last 12 months. The next is due by Thu 4 Mar 2027"."""
    told = f"{governance.held} of at least {plural(governance.least, 'meeting')} held in the last 12 months"
    if governance.planned:
        return f"{told}. The next is planned for {day_and_year(governance.planned)}"
    due = "was due by" if governance.due_by < today else "is due by"
    return f"{told}. The next {due} {day_and_year(governance.due_by)}"
