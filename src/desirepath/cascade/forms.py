"""What a manager says of a cascade, and what an approver decides of an agency."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from desirepath.audit.forms import Text
from desirepath.cascade.agency import MOST_FEE
from desirepath.nhsuk.fields import Date, ModelSelect, Money, Radios, Select
from desirepath.nhsuk.forms import Form
from desirepath.organisations.models import Organisation

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
