"""Induction packs of the invented practices: the same for the same practices, whatever the seed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from desirepath.audit import clock
from desirepath.organisations.induction import make_current, write_draft
from desirepath.organisations.models import InductionPack, Organisation

PARKING = (
    "Bays 1 to 4 behind the surgery are for staff. The side door opens with the bell until 8am.",
    "No parking of our own: the council's car park in Mill Lane is two minutes away and free after 6pm.",
    "The car park in front is shared with the library. Leave your number plate at reception.",
)
ASK_FOR = ("The duty manager, at the desk behind reception.", "The reception team: they expect you.")
LOGINS = (
    "Bring your smartcard. The duty manager gives you a session on the spot, before the first patient.",
    "A login for the day waits in a sealed envelope at reception. Sign for it.",
)
ROOMS = (
    "Consulting room 2, on the ground floor.",
    "Room 5, upstairs on the left; the lift is by the entrance.",
)
SYSTEMS = (InductionPack.System.EMIS, InductionPack.System.SYSTMONE)
EMERGENCY = "Defibrillator, oxygen and the box of drugs are behind reception. Press the red key for help."
REFERRALS = "By the forms in the clinical system. The secretaries send them the same day."
OTHER = "Coffee is at 11am in the staff room, and you are welcome."


def write_packs(practices: Sequence[Organisation]) -> None:
    """A current pack for each practice."""
    for number, practice in enumerate(practices):
        values = {
            "parking": PARKING[number % len(PARKING)],
            "ask_for": ASK_FOR[number % len(ASK_FOR)],
            "system": SYSTEMS[number % len(SYSTEMS)],
            "logins": LOGINS[number % len(LOGINS)],
            "rooms": ROOMS[number % len(ROOMS)],
            "emergency": EMERGENCY,
            "referrals": REFERRALS,
            "other": OTHER,
            "review_on": clock.today() + timedelta(days=365),
        }
        make_current(by=None, pack=write_draft(by=None, practice=practice, values=values))
