"""Forms about what is held and what is asked for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from desirepath.audit import clock
from desirepath.audit.forms import LongText, Text
from desirepath.clinicians.credentials.files import MOST_BYTES
from desirepath.clinicians.credentials.usual import RECORDED, name_of, names
from desirepath.clinicians.models import Credential, Requirement
from desirepath.nhsuk.fields import Date, Radios, Select, Upload, Whole
from desirepath.nhsuk.forms import Form
from desirepath.pools.models import ClinicianRole

ISSUED = "When it was issued"
ENDS = "The last day on which it is valid"
MOST_MB = MOST_BYTES // 1_000_000


def _items(codes: Iterable[str]) -> list[tuple[str, str]]:
    return [(code, name_of(code)) for code in codes]


class SendCredential(Form):
    """One document of hers, for one item that a pool of hers asks for."""

    item = Select(label="What it shows", required_message="Choose what the document shows")
    file = Upload(
        label="The document",
        help_text=f"A PDF, or a picture of it as JPEG or PNG, at most {MOST_MB} MB. No patient's details",
        accept=".pdf,.jpg,.jpeg,.png",
        most_mb=MOST_MB,
    )
    issued_on = Date(label=ISSUED, required=False, help_text="If it says so. For example, 14 3 2026")
    expires_on = Date(label=ENDS, required=False, help_text="If it says so. For example, 13 3 2029")

    def __init__(self, *args: Any, items: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].choices = [("", "Choose"), *_items(items)]  # type: ignore[attr-defined]


class Verify(Form):
    """What a verifier has seen: against what, and the days that it says."""

    against = Text(
        label="What you checked it against",
        max_length=200,
        help_text="For example, the GMC's online register, or the original seen by video",
    )
    issued_on = Date(label=ISSUED, required=False)
    expires_on = Date(label=ENDS, required=False, help_text="Leave empty where it has none")

    def __init__(self, *args: Any, credential: Credential | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if credential:
            self.fields["issued_on"].initial = credential.issued_on
            self.fields["expires_on"].initial = credential.expires_on


class Because(Form):
    """Why not: she reads it."""

    reason = LongText(label="Why", max_length=300, rows=3, help_text="The clinician reads this")


class RecordCheck(Verify):
    """Something that a verifier has looked up, and that needs no document."""

    item = Select(label="What you checked")

    field_order = ("item", "against", "issued_on", "expires_on")

    def __init__(self, *args: Any, items: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].choices = [("", "Choose"), *_items(items)]  # type: ignore[attr-defined]


class ChangeRequirement(Form):
    """One thing that is asked of one role."""

    OWN = "own"

    role = Radios(label="Of whom", choices=ClinicianRole.choices)
    item = Select(label="What", choices=lambda: [(c, n) for c, n in names().items() if c != RECORDED])
    own = Text(label="Or something else, in your own words", max_length=80, required=False)
    level = Radios(label="What its lack does", choices=Requirement.Level.choices)
    verified_by = Radios(
        label="Who verifies it",
        choices=Requirement.Authority.choices,
        initial=Requirement.Authority.VERIFIER,
        help_text="The clinical-governance lead may verify whatever a verifier may",
    )
    months = Whole(
        label="How long it counts after it was issued",
        least=1,
        most=120,
        suffix="months",
        required=False,
        help_text="Leave empty where the document says it",
    )
    since = Date(
        label="For sessions from",
        help_text="Give people time to send it: whoever lacks it by then is blocked from that day",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].required = False
        self.fields["since"].initial = clock.today()

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        own = (data.get("own") or "").strip()
        if bool(own) == bool(data.get("item")):
            self.add_error("item", "Choose one from the list, or write your own")
        data["item"] = own or data.get("item") or ""
        return data
