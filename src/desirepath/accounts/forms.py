"""Forms of one's own account."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from desirepath.accounts.actions import try_sign_in
from desirepath.accounts.limits import TooManyTriesError
from desirepath.accounts.models import Person
from desirepath.audit.forms import Text
from desirepath.nhsuk.fields import Email, Hidden, Line, Password, Phone
from desirepath.nhsuk.forms import Form

LOCKED = "There were too many wrong passwords. Wait 15 minutes, or set a new password"
HOW_TO_CHOOSE = (
    "At least 12 characters. Three words that do not belong together are easy to remember and hard to guess."
)


class CurrentPassword(Password):
    """A password she has already."""

    own_look = {"autocomplete": "current-password"}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required_message": "Enter your password", **kwargs})


class FullName(Text):
    own_look = {"autocomplete": "name"}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 120, "required_message": "Enter your full name", **kwargs})


class SignIn(Form):
    email = Email(label="E-mail address", required_message="Enter your e-mail address")
    password = CurrentPassword(label="Password")


class AskForLink(Form):
    email = Email(label="E-mail address", required_message="Enter your e-mail address")


class NewPassword(Form):
    """A password of one's choice; it must not be like one's own name or address."""

    password = Password(
        label="New password",
        help_text=HOW_TO_CHOOSE,
        autocomplete="new-password",
        required_message="Enter a new password",
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        self.person = person
        super().__init__(*args, **kwargs)

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, self.person)
        return password


class AcceptInvitation(NewPassword):
    """Who she is and the password she chooses."""

    field_order = ("name", "password")
    name = FullName(label="Your full name")


class ConfirmInvitation(Form):
    """Somebody who has an account already shows that the invitation reached her."""

    password = CurrentPassword(label="Your password")


class ChangePassword(NewPassword):
    field_order = ("old_password", "password")
    old_password = CurrentPassword(label="Current password", required_message="Enter your current password")

    def clean_old_password(self) -> str:
        old: str = self.cleaned_data["old_password"]
        try:
            if try_sign_in(email=self.person.email, password=old, request=None) is None:
                self.add_error("old_password", "This is not your current password")
        except TooManyTriesError:
            self.add_error("old_password", LOCKED)
        return old


class YourDetails(Form):
    name = FullName(label="Full name")
    phone = Phone(label="Telephone", required=False, help_text="Practices you work for see it on the day")


class ShowPassword(Form):
    """Before her ways of signing in are changed."""

    password = CurrentPassword(label="Your password")


class Code(Form):
    """What her app shows, or one of her recovery codes."""

    code = Line(
        label="Code",
        help_text="The 6 digits that your app shows now, or one of your recovery codes",
        max_length=20,
        width=10,
        inputmode="numeric",
        autocomplete="one-time-code",
        spellcheck=False,
        required_message="Enter the code",
    )


class FirstCode(Code):
    """The proof that her app is set up."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].help_text = "The 6 digits that your app shows now"


class OfBrowser(Hidden):
    """What a browser's own function answered, as JSON."""

    def clean(self, value: Any) -> Any:
        text = str(super().clean(value))
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ValidationError("Your browser's answer could not be read") from error


class ShowPasskey(Form):
    credential = OfBrowser(max_length=20_000)


class AddPasskey(Form):
    name = Text(
        label="A name to know it by",
        help_text="For example, my telephone",
        max_length=60,
        required_message="Enter a name to know it by",
    )
    credential = OfBrowser(max_length=20_000)
