"""Form fields that know their component of the NHS design system.

Each takes, beside Django's own arguments, ``width`` (characters: 2, 3, 4, 5, 10, 20 or 30), ``prefix``,
``suffix``, ``autocomplete``, ``inputmode``, ``spellcheck``, ``rows``, ``legend_size`` ("s", "m", "l"),
``inline`` (choices in one row), ``small`` (small boxes, for a long list), ``hints`` (by choice) and
``required_message``. ``help_text`` is the hint.

What people write freely is checked for NHS numbers: for that use ``Text`` and ``LongText`` of
``desirepath.audit.forms``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

from desirepath.nhsuk import formats
from desirepath.nhsuk.reading import read_date, read_money, read_time, sensible

if TYPE_CHECKING:
    OneOfRows = forms.ModelChoiceField[Any]
    AnyOfRows = forms.ModelMultipleChoiceField[Any]
else:  # generic for the type checker only
    OneOfRows, AnyOfRows = forms.ModelChoiceField, forms.ModelMultipleChoiceField

# of whole numbers: above it a sentence would not name it
NO_LIMIT = 1_000_000

LOOKS = (
    "width",
    "prefix",
    "suffix",
    "autocomplete",
    "inputmode",
    "spellcheck",
    "rows",
    "legend_size",
    "inline",
    "small",
    "hints",
    "component",
)


class Shown:
    """The part of a field that says how it is shown; ``look`` is read by ``components.params_of``."""

    look: dict[str, Any]
    own_look: Mapping[str, Any] = {}

    def __init__(self, *args: Any, required_message: str = "", **kwargs: Any) -> None:
        self.look = {**self.own_look, **{name: kwargs.pop(name) for name in LOOKS if name in kwargs}}
        if required_message:
            kwargs["error_messages"] = {"required": required_message, **(kwargs.get("error_messages") or {})}
        super().__init__(*args, **kwargs)


class Line(Shown, forms.CharField):
    """One line of text that is no prose of people: a code, a search, a name."""

    def to_python(self, value: Any) -> str | None:
        text: str | None = super().to_python(value)
        # no browser sends a second line from a box of one; it must not reach the head of an e-mail
        return " ".join(text.splitlines()) if text else text


class Paragraph(Shown, forms.CharField):
    """Several lines."""

    widget = forms.Textarea


class Password(Shown, forms.CharField):
    """A password, with a button that shows it."""

    widget = forms.PasswordInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"strip": False, "max_length": 128, **kwargs})


class Email(Shown, forms.EmailField):
    own_look: Mapping[str, Any] = {"autocomplete": "email", "spellcheck": False, "width": 30}

    def __init__(self, **kwargs: Any) -> None:
        message = {"invalid": "Enter an e-mail address, like name@example.nhs.uk"}
        super().__init__(**{"error_messages": message, "max_length": 254, **kwargs})


class Phone(Shown, forms.CharField):
    """A telephone number: digits, spaces, brackets, plus."""

    widget = forms.TextInput
    own_look: Mapping[str, Any] = {"autocomplete": "tel", "width": 20, "inputmode": "tel"}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 30, **kwargs})

    def clean(self, value: Any) -> str:
        text = str(super().clean(value))
        digits = sum(letter.isdigit() for letter in text)
        if text and (digits < 7 or not set(text) <= set("0123456789 ()+-x")):
            raise ValidationError("Enter a telephone number, like 01632 960 001", code="invalid")
        return text


class Hidden(Shown, forms.CharField):
    """Carried by the form, not seen."""

    widget = forms.HiddenInput


class Select(Shown, forms.ChoiceField):
    """One of many; ``empty`` is the first, which chooses nothing ("" leaves it out)."""

    def __init__(self, *, choices: Any = (), empty: str = "Choose", **kwargs: Any) -> None:
        super().__init__(choices=_with_empty(choices, empty), **kwargs)


def _with_empty(choices: Any, empty: str) -> Any:
    def made() -> Iterable[Any]:
        given = list(choices() if callable(choices) else choices)
        return given if not empty or any(value == "" for value, _ in given) else [("", empty), *given]

    return made


class Radios(Shown, forms.ChoiceField):
    """One of a few, all seen at once; nothing is chosen beforehand unless ``initial`` says so."""

    widget = forms.RadioSelect


class Checkboxes(Shown, forms.MultipleChoiceField):
    """Any of a few."""

    widget = forms.CheckboxSelectMultiple


class Tick(Shown, forms.BooleanField):
    """One box to tick; the label stands beside it."""


class ModelSelect(Shown, OneOfRows):
    """One row of a queryset from a list, by its ``public_id`` unless ``to_field_name`` says otherwise."""

    def __init__(self, queryset: Any, **kwargs: Any) -> None:
        super().__init__(queryset, **{"to_field_name": "public_id", "empty_label": "Choose", **kwargs})


class ModelRadios(ModelSelect):
    widget = forms.RadioSelect


class ModelCheckboxes(Shown, AnyOfRows):
    """Any rows of a queryset."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, queryset: Any, **kwargs: Any) -> None:
        super().__init__(queryset, **{"to_field_name": "public_id", **kwargs})


class Upload(Shown, forms.FileField):
    """A file; ``accept`` names the endings, ``most_mb`` the size (megabytes) above which it is refused."""

    def __init__(self, *, accept: str = "", most_mb: int = 10, **kwargs: Any) -> None:
        self.most_mb = most_mb
        super().__init__(**{"error_messages": {"empty": "The file is empty"}, **kwargs})
        self.widget.attrs.update({"accept": accept} if accept else {})

    def clean(self, data: Any, initial: Any = None) -> Any:
        if data and data.size > self.most_mb * 1_000_000:
            raise ValidationError(f"The file must be smaller than {self.most_mb} MB", code="too large")
        return super().clean(data, initial)


class DateBoxes(forms.Widget):
    """Three text boxes; also reads one ISO date under the field's own name, as links write it."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> tuple[str, str, str] | str | None:
        boxes = tuple(data.get(f"{name}-{part}") for part in ("day", "month", "year"))
        if all(box is None for box in boxes):
            return data.get(name) or None
        day, month, year = ((box or "").strip() for box in boxes)
        return (day, month, year) if day or month or year else None

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data and f"{name}-day" not in data


def _from_iso(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError("must be a real date") from error


class Date(Shown, forms.Field):
    """A date in three boxes; gives a ``date``."""

    widget = DateBoxes
    own_look: Mapping[str, Any] = {"component": "date"}

    def to_python(self, value: Any) -> date | None:
        if not value or isinstance(value, date):
            return value or None
        try:
            return sensible(_from_iso(value) if isinstance(value, str) else read_date(*value))
        except ValueError as error:
            told = str(error)
            raise ValidationError(f"{self.label or 'Date'} {told}", code="invalid") from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(data) != self.to_python(initial))
        except ValidationError:
            return True


class Time(Shown, forms.Field):
    """A time of day in one box; gives a ``time``."""

    widget = forms.TextInput
    own_look: Mapping[str, Any] = {"width": 10, "spellcheck": False}

    def to_python(self, value: Any) -> time | None:
        if value in (None, "") or isinstance(value, time):
            return value or None
        try:
            return read_time(str(value))
        except ValueError as error:
            raise ValidationError(f"{self.label or 'Time'} {error}", code="invalid") from error

    def prepare_value(self, value: Any) -> Any:
        return formats.clock(value) if isinstance(value, time) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(data) != self.to_python(initial))
        except ValidationError:
            return True


class Money(Shown, forms.Field):
    """Pounds; gives a ``Decimal``. ``least`` and ``most`` are pounds."""

    widget = forms.TextInput
    own_look: Mapping[str, Any] = {"prefix": "£", "width": 5, "inputmode": "decimal", "spellcheck": False}

    def __init__(self, *, least: Decimal | int = 0, most: Decimal | int | None = None, **kwargs: Any) -> None:
        self.least, self.most = Decimal(least), None if most is None else Decimal(most)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Decimal | None:
        if value in (None, ""):
            return None
        try:
            return value if isinstance(value, Decimal) else read_money(str(value))
        except ValueError as error:
            raise ValidationError(f"{self.label or 'Amount'} {error}", code="invalid") from error

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is not None and value < self.least:
            told = formats.pounds(self.least, exact=False)
            raise ValidationError(f"{self.label or 'Amount'} must be {told} or more", code="least")
        if value is not None and self.most is not None and value > self.most:
            told = formats.pounds(self.most, exact=False)
            raise ValidationError(f"{self.label or 'Amount'} must be {told} or less", code="most")

    def prepare_value(self, value: Any) -> Any:
        return formats.pounds(value, exact=False)[1:] if isinstance(value, Decimal) else value


class Whole(Shown, forms.IntegerField):
    """A whole number; say its unit with ``suffix``."""

    widget = forms.TextInput
    own_look: Mapping[str, Any] = {"width": 4, "inputmode": "numeric", "spellcheck": False}

    def __init__(self, *, least: int = 0, most: int = NO_LIMIT, **kwargs: Any) -> None:
        self.least, self.most = least, most
        super().__init__(**{"error_messages": {"invalid": "Enter a whole number, like 4"}, **kwargs})

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is not None and not self.least <= value <= self.most:
            told = (
                f"between {self.least:,} and {self.most:,}"
                if self.most < 1_000_000
                else f"{self.least:,} or more"
            )
            raise ValidationError(f"{self.label or 'The number'} must be {told}", code="range")
