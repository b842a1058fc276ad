"""What a person says of a token that her programs are to use, and of her practice to whoever comes."""

from __future__ import annotations

from typing import Any

from desirepath.accounts.roles import SCOPES, Role
from desirepath.audit.forms import LongText, Text
from desirepath.nhsuk.fields import Checkboxes, Date, Radios, Select
from desirepath.nhsuk.forms import Form
from desirepath.organisations.models import InductionPack


class TokenForm(Form):
    """A name, what it may be used for, and for how long."""

    name = Text(
        label="What it is for",
        help_text="A name to know it by, such as “Rota at the surgery”",
        max_length=80,
        required_message="Enter what it is for",
    )
    scopes = Checkboxes(
        label="What it may do",
        help_text="Choose no more than the program needs",
        required_message="Choose at least one thing that the token may do",
    )
    days = Radios(
        label="How long it works",
        choices=[("30", "30 days"), ("90", "90 days"), ("365", "A year")],
        initial="90",
    )

    def __init__(self, *args: Any, role: Role, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scopes"].choices = [(s.value, s.label) for s in SCOPES.get(role, ())]  # type: ignore[attr-defined]


def _part(label: str, help_text: str) -> LongText:
    return LongText(label=label, help_text=help_text, rows=4, max_length=4000, required=False)


class PackForm(Form):
    """One version of a practice's induction pack; a part is empty where there is nothing to say."""

    parking = _part("Parking and the way in", "For example, bays 1 to 4 behind the surgery; ring at the side")
    ask_for = _part("Who to ask for", "For example, Priya at reception, or Tom, the duty manager")
    system = Select(
        label="Clinical system", choices=InductionPack.System.choices, empty="Not said", required=False
    )
    logins = _part("Logins", "How to get one on the day, and who helps. Never a password")
    rooms = _part("Rooms", "For example, consulting room 3, upstairs on the left")
    contacts = _part("Contacts and telephone numbers", "For example, the duty doctor on extension 204")
    emergency = _part("Emergency equipment", "For example, defibrillator and drugs behind reception")
    referrals = _part("Referral pathways", "For example, two-week waits by the form in the system")
    other = _part("Anything else", "For example, coffee at 11am in the staff room")
    review_on = Date(label="Read it again by", help_text="You are reminded then. For example, 8 12 2027")
