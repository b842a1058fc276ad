"""Forms of how she is asked: her quiet choices, and her standing yes to one practice."""

from __future__ import annotations

from typing import Any

from desirepath.audit import clock
from desirepath.clinicians.choosing import CHOICES
from desirepath.clinicians.forms import WEEKDAYS
from desirepath.clinicians.models import QuietChoices, StandingYes
from desirepath.nhsuk.fields import Checkboxes, Date, Phone, Radios, Tick, Time, Whole
from desirepath.nhsuk.forms import Form

SESSIONS, PERCENT = "sessions", "percent"
BOTH_ENDS = "Enter both the start and the end of your quiet hours, or neither"
NUMBER_FIRST = "Enter your telephone number, or untick what needs it"


class QuietForm(Form):
    """Her quiet choices; ``columns`` are the values as ``set_quiet_choices`` takes them."""

    most_offers_day = Whole(
        label="Most offers a day", least=1, most=50, required=False, prefix="At most", suffix="offers a day"
    )
    quiet_from = Time(label="Quiet hours, from", required=False, prefix="From", width=10)
    quiet_until = Time(label="Quiet hours, until", required=False, prefix="until", width=10)
    digest_at = Time(label="One message a day, at", required=False, prefix="Once a day, at", width=10)
    paused_until = Date(
        label="Ask me for nothing until",
        help_text="The first day on which you may be asked again",
        required=False,
    )
    standby = Tick(
        label="Ask me only if a practice is stuck: the session is near and nobody else has said yes",
        required=False,
    )
    phone = Phone(label="Your telephone number", required=False)
    phone_allowed = Tick(
        label="A practice that has nobody today may see my number, if I could come", required=False
    )
    sms = Tick(label="Send me urgent offers as a text message too", required=False)
    next_pools = Tick(
        label="Neighbouring pools may ask me too, once their own clinicians have been asked", required=False
    )

    def __init__(self, data: Any = None, *, choices: QuietChoices, phone: str) -> None:
        super().__init__(data, initial={name: getattr(choices, name) for name in CHOICES} | {"phone": phone})

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        start, end = data.get("quiet_from"), data.get("quiet_until")
        if (start is None) != (end is None) and not {"quiet_from", "quiet_until"} & set(self.errors):
            self.add_error("quiet_from" if start is None else "quiet_until", BOTH_ENDS)
        elif start is not None and start == end:
            self.add_error("quiet_until", "Your quiet hours must end at another time than they start")
        if (
            (data.get("phone_allowed") or data.get("sms"))
            and not data.get("phone")
            and "phone" not in self.errors
        ):
            self.add_error("phone", NUMBER_FIRST)
        if (
            (until := data.get("paused_until"))
            and until <= clock.today()
            and self.fields["paused_until"].has_changed(self.initial["paused_until"], until)
        ):
            self.add_error("paused_until", "The day on which you are asked again must be in the future")
        return data

    @property
    def columns(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in CHOICES}


class StandingYesForm(Form):
    """The limits of a standing yes; ``limits`` are what ``give_standing_yes`` takes."""

    days = Checkboxes(label="On these days", choices=list(enumerate(WEEKDAYS)), inline=True)
    least_notice_hours = Whole(
        label="Least notice, in hours", least=0, most=672, prefix="At least", suffix="hours before it starts"
    )
    most = Whole(label="Most a week", least=1, most=100, prefix="At most")
    unit = Radios(
        label="Counted as",
        choices=[(SESSIONS, "sessions a week"), (PERCENT, "% of the sessions a week I wish for")],
        inline=True,
    )

    def __init__(self, data: Any = None, *, given: StandingYes | None) -> None:
        kept = given or StandingYes(most_sessions=2)
        super().__init__(
            data,
            initial={
                "days": [str(day) for day in kept.days],
                "least_notice_hours": kept.least_notice_hours,
                "most": kept.most_sessions or kept.most_percent,
                "unit": SESSIONS if kept.most_sessions else PERCENT,
            },
        )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("unit") == SESSIONS and (data.get("most") or 0) > 20:
            self.add_error("most", "Most a week must be between 1 and 20 sessions")
        return data

    @property
    def limits(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "days": [int(day) for day in data["days"]],
            "least_notice_hours": data["least_notice_hours"],
            "most_sessions": data["most"] if data["unit"] == SESSIONS else None,
            "most_percent": data["most"] if data["unit"] == PERCENT else None,
        }
