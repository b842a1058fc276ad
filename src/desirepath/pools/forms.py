"""Forms of a pool's people, practices and spreadsheets."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q

from desirepath.accounts.roles import Role
from desirepath.audit import clock
from desirepath.audit.forms import Text
from desirepath.nhsuk.fields import (
    Date,
    Email,
    Hidden,
    ModelRadios,
    ModelSelect,
    Radios,
    Select,
    Upload,
)
from desirepath.nhsuk.forms import Form
from desirepath.organisations.models import Kind, Organisation
from desirepath.pools import cells
from desirepath.pools.actions.inviting import FOR_THE_INSTALLATION, HELD_AT
from desirepath.pools.models import ClinicianRole, Pool
from desirepath.pools.spreadsheet import MOST_BYTES

MOST_NEAR = 10
COLUMNS_OF_ONE = ("name", "email", "role", "registration", "latitude", "longitude", "pcn")
NOT_HERS = {"autocomplete": "off"}
DEGREES_HINT = "Degrees with a decimal point, as a map shows them when you press on the place. For example, "


class Parsed(Text):
    """One line read by a parser of ``cells``, whose complaint follows the label."""

    def __init__(self, parse: Callable[[str], Any], **kwargs: Any) -> None:
        self.parse = parse
        super().__init__(**{"max_length": 254, **kwargs})

    def clean(self, value: Any) -> Any:
        text = str(super().clean(value))
        if not text:
            return text
        try:
            return self.parse(" ".join(text.split()))
        except ValueError as error:
            raise ValidationError(f"{self.label} {error}", code="invalid") from error


class PlaceSelect(ModelSelect):
    """Practices, PCNs and chambers, each with its kind and code: two may have one name."""

    def label_from_instance(self, place: Organisation) -> str:
        return f"{place.name} ({place.get_kind_display()} {place.code})"


class InvitePerson(Form):
    """Who is invited as what, where."""

    name = Text(label="Full name", max_length=120, **NOT_HERS)
    email = Email(label="E-mail address", **NOT_HERS)
    role = Select(label="Role")
    place = PlaceSelect(
        Organisation.objects.none(),
        label="Where",
        required=False,
        help_text="The practice, PCN or chambers. Leave it for a role in the pool itself",
    )
    starts_on = Date(label="First day", required=False, help_text="Leave it for today")
    last_day = Date(
        label="Last day", required=False, help_text="Leave it where the role goes on. For example, 31 3 2027"
    )

    def __init__(self, *args: Any, pool: Pool, for_installation: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pool = pool
        roles = [*HELD_AT, *(FOR_THE_INSTALLATION if for_installation else ())]
        self.fields["role"].choices = [("", "Choose"), *((role.value, role.label) for role in roles)]  # type: ignore[attr-defined]
        places = pool.organisations().exclude(kind=Kind.POOL).order_by("name", "code")
        self.fields["place"].queryset = places  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The place a role of the pool itself is held at is the pool's organisation."""
        given: dict[str, Any] = super().clean() or {}
        role, place = given.get("role"), given.get("place")
        if not role or "place" in self.errors:
            return given
        kind = HELD_AT.get(Role(role))
        if kind == Kind.POOL and place is None:
            given["place"] = self.pool.organisation
        elif kind is not None and (place is None or place.kind != kind):
            where = kind.label if kind.label.isupper() else kind.label.lower()
            self.add_error("place", f"Choose the {where} at which the role {Role(role).label} is held")
        return given


class EndRole(Form):
    """When a role ends."""

    when = Radios(label="When does it end?", choices=[("now", "Now"), ("later", "After a last day")])
    last_day = Date(
        label="Last day", required=False, help_text="Only if it does not end now. For example, 31 3 2027"
    )

    @property
    def chosen_day(self) -> date | None:
        """The last day, or None for an end at once."""
        return self.cleaned_data["last_day"] if self.cleaned_data["when"] == "later" else None

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("when") == "later" and not given.get("last_day") and "last_day" not in self.errors:
            self.add_error("last_day", "Enter the last day")
        return given


class WithBooker(Form):
    """The person who will book for the practice, invited in the same step."""

    booker_name = Text(label="Name of who books for it", max_length=120, required=False, **NOT_HERS)
    booker_email = Email(
        label="E-mail address of who books for it",
        required=False,
        help_text="Invited by e-mail as practice booker",
        **NOT_HERS,
    )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        name, email = given.get("booker_name"), given.get("booker_email")
        if name and not email and "booker_email" not in self.errors:
            self.add_error("booker_email", "Enter the e-mail address of who books for it")
        if email and not name and "booker_name" not in self.errors:
            self.add_error("booker_name", "Enter the name of who books for it")
        return given


class SearchPractices(Form):
    q = Text(
        label="Find a practice",
        help_text="Its name, code or postcode: at least 3 letters",
        min_length=3,
        max_length=80,
    )


class PracticeRadios(ModelRadios):
    def label_from_instance(self, practice: Organisation) -> str:
        return ", ".join(part for part in (f"{practice.name} ({practice.code})", practice.postcode) if part)


class AddPractice(WithBooker):
    """One of the practices found joins the pool."""

    field_order = ("practice", "since", "booker_name", "booker_email", "q")
    practice = PracticeRadios(Organisation.objects.none(), label="Practice", empty_label=None)
    since = Date(label="In the pool since", help_text="Leave it as it is for today")
    q = Hidden(required=False)

    def __init__(self, *args: Any, found: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["practice"].queryset = found  # type: ignore[attr-defined]


class NewPractice(WithBooker):
    """A practice that no publisher's file knows."""

    field_order = ("code", "name", "postcode", "latitude", "longitude", "booker_name", "booker_email")
    code = Parsed(
        cells.code("practice"), label="Code", help_text="A letter and 5 digits, like D82001", width=10
    )
    name = Text(label="Name of the practice", max_length=200)
    postcode = Parsed(cells.postcode, label="Postcode", width=10)
    latitude = Parsed(cells.latitude, label="Latitude", help_text=f"{DEGREES_HINT}52.6281", width=10)
    longitude = Parsed(cells.longitude, label="Longitude", help_text=f"{DEGREES_HINT}1.2993", width=10)


class SendFile(Form):
    file = Upload(
        label="Spreadsheet", accept=".csv,.xlsx", most_mb=MOST_BYTES // 1_000_000, help_text="CSV or XLSX"
    )


def near_by_words(pool: Pool, words: str) -> list[Organisation]:
    """Practices with a place that ``words`` name, the pool's own first; at most one more than may be shown.

    A whole name, code or postcode means that practice alone.
    """
    words = " ".join(words.replace("\x00", "").split())
    if len(words) < 2:
        return []
    known = Organisation.objects.practices().open_on(clock.today()).exclude(latitude=None)
    known = known if pool.fictional else known.filter(fictional=False)
    for field in ("code", "postcode", "name"):
        whole = known.filter(**{f"{field}__iexact": words}).order_by("name", "code")[: MOST_NEAR + 1]
        if whole:
            return list(whole)
    own = set(pool.practices().values_list("pk", flat=True))
    meant = known.filter(Q(name__icontains=words) | Q(postcode__istartswith=words))
    hers = list(meant.filter(pk__in=own).order_by("name", "code")[: MOST_NEAR + 1])
    return hers or list(meant.order_by("name", "code")[: MOST_NEAR + 1])


class InviteClinician(Form):
    """One clinician, as a row of the spreadsheet; ``practice`` is asked where ``near`` fits several."""

    name = Text(label="Full name", max_length=120, **NOT_HERS)
    email = Email(label="E-mail address", **NOT_HERS)
    role = Radios(label="Role", choices=ClinicianRole.choices)
    registration = Text(
        label="Registration number",
        max_length=20,
        width=10,
        help_text="GMC number (7 digits), or NMC, GPhC or HCPC",
    )
    near = Text(
        label="Near which practice does the clinician live?",
        max_length=80,
        width=20,
        autocomplete="off",
        help_text="Any practice in England: its name or code, or a postcode as far as you know it, like NR1",
        required_message="Enter a practice near which the clinician lives, or the exact place",
    )
    pcn = Select(label="PCN whose bank the clinician is in", required=False, empty="None")
    latitude = Text(
        label="Latitude", max_length=20, width=10, required=False, help_text=f"{DEGREES_HINT}52.6281"
    )
    longitude = Text(
        label="Longitude", max_length=20, width=10, required=False, help_text="For example, 1.2993"
    )

    field_order = ("name", "email", "role", "registration", "near", "practice", "pcn")

    def __init__(self, data: Any = None, *, pool: Pool) -> None:
        super().__init__(data)
        pcns = pool.organisations().filter(kind=Kind.PCN).order_by("name")
        self.fields["pcn"].choices = [("", "None"), *((pcn.code, f"{pcn.name} ({pcn.code})") for pcn in pcns)]  # type: ignore[attr-defined]
        self.found = near_by_words(pool, str(data.get("near", ""))) if data else []
        if 1 < len(self.found) <= MOST_NEAR:
            rows = Organisation.objects.filter(pk__in=[place.pk for place in self.found])
            label, empty = "Which of these?", {"required_message": "Choose the practice", "empty_label": None}
            self.fields["practice"] = PracticeRadios(rows.order_by("name", "code"), label=label, **empty)
            self.order_fields(self.field_order)

    @property
    def exact(self) -> bool:
        """Whether a place was given by its degrees: then no practice is needed."""
        return bool(self.data.get("latitude") or self.data.get("longitude"))

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if self.exact:
            for name in ("near", "practice"):
                self.errors.pop(name, None)
            return given
        near = given.get("near")
        if near and not self.found:
            self.add_error("near", f"No practice whose place is known here is called “{near}”")
        elif len(self.found) > MOST_NEAR:
            self.add_error("near", f"More than {MOST_NEAR} practices fit: enter more of the name or postcode")
        return given

    @property
    def cells(self) -> dict[str, str]:
        """What was given, as a row of the spreadsheet."""
        row = {name: self.cleaned_data.get(name, "") for name in COLUMNS_OF_ONE}
        if not self.exact:
            place = self.cleaned_data.get("practice") or self.found[0]
            row["latitude"], row["longitude"] = str(place.latitude), str(place.longitude)
        return {name: cell for name, cell in row.items() if cell}


class ProposeNeighbour(Form):
    """With whom the pool would work together."""

    neighbour = ModelSelect(Pool.objects.none(), label="Pool", empty_label="Choose a pool")

    def __init__(self, *args: Any, pools: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = pools.select_related("organisation").order_by("organisation__name", "pk")
        self.fields["neighbour"].queryset = known  # type: ignore[attr-defined]
