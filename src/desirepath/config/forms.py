"""What the log of events can be searched by."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from desirepath.accounts.roles import Role
from desirepath.audit.clock import LONDON
from desirepath.audit.forms import Text
from desirepath.audit.models import Event, Source
from desirepath.config.log import DOORS
from desirepath.nhsuk.fields import Date, Line, Select
from desirepath.nhsuk.forms import Form


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), LONDON)


class SearchEvents(Form):
    entity = Text(
        label="What it happened to", required=False, max_length=60, width=20, help_text="For example, Vacancy"
    )
    verb = Text(
        label="What happened", required=False, max_length=60, width=20, help_text="For example, released"
    )
    id = Line(label="Id of a row or person", required=False, max_length=36, width=30)
    role = Select(label="As which role", choices=Role.choices, empty="Any role", required=False)
    door = Select(label="By which way", choices=DOORS.items(), empty="Any way", required=False)
    address = Text(
        label="From which address",
        required=False,
        max_length=200,
        width=20,
        help_text="An internet address, such as 192.0.2.7, for as long as addresses are kept",
    )
    on = Date(label="Day", required=False)

    def clean_id(self) -> UUID | None:
        try:
            return UUID(self.cleaned_data["id"].strip()) if self.cleaned_data["id"] else None
        except ValueError as error:
            raise ValidationError("Enter a whole id: 32 letters and digits, dashes allowed") from error

    def found(self) -> QuerySet[Event]:
        """Events that match, the newest first; all where nothing is asked, none where it is asked wrong."""
        events = Event.objects.order_by("-id")
        if self.is_bound and not self.is_valid():
            return events.none()
        wanted: dict[str, Any] = self.cleaned_data if self.is_bound else {}
        if wanted.get("entity"):
            events = events.filter(entity__iexact=wanted["entity"].strip())
        if wanted.get("verb"):
            events = events.filter(verb__icontains=wanted["verb"].strip())
        if wanted.get("id"):
            anywhere = Q(entity_id=wanted["id"]) | Q(actor=wanted["id"]) | Q(on_behalf_of=wanted["id"])
            events = events.filter(anywhere | Q(place=wanted["id"]))
        for name in ("role", "door"):
            if wanted.get(name):
                events = events.filter(**{name: wanted[name]})
        if wanted.get("address"):
            known = Source.objects.filter(address=wanted["address"].strip())
            events = events.filter(source__in=known.values("digest"))
        if day := wanted.get("on"):
            events = events.filter(at__gte=_midnight(day), at__lt=_midnight(day + timedelta(days=1)))
        return events
