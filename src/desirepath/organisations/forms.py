"""What a person says of a token that her programs are to use."""

from __future__ import annotations

from typing import Any

from desirepath.accounts.roles import SCOPES, Role
from desirepath.audit.forms import Text
from desirepath.nhsuk.fields import Checkboxes, Radios
from desirepath.nhsuk.forms import Form


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
