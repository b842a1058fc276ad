"""Forms about what is kept of a person."""

from __future__ import annotations

from desirepath.audit.forms import LongText
from desirepath.nhsuk.fields import Radios
from desirepath.nhsuk.forms import Form
from desirepath.privacy.models import LONGEST


class AskForm(Form):
    wrong = LongText(
        label="What is wrong about you, and what should it say?",
        help_text="Your name, telephone, terms and times you change yourself: this is for everything else",
        max_length=LONGEST,
        rows=4,
        required_message="Enter what is wrong, and what it should say",
    )


class AnswerForm(Form):
    outcome = Radios(
        label="What became of it",
        choices=[("corrected", "It is put right"), ("refused", "It stays as it is")],
        inline=True,
    )
    answer = LongText(
        label="What you say to them",
        help_text="They read it. Where it stays as it is, say why, and that they may complain to the "
        "Information Commissioner",
        max_length=LONGEST,
        rows=3,
    )
