"""Forms of the passport."""

from __future__ import annotations

from desirepath.audit.forms import Text
from desirepath.clinicians.passports.issuing import LINK_LASTS
from desirepath.nhsuk.fields import Radios, Upload
from desirepath.nhsuk.forms import Form


class TakeAway(Form):
    """The code of the pool that the passport is for."""

    code = Text(
        label="The code of the receiving pool",
        max_length=32,
        width=30,
        spellcheck=False,
        help_text="The pool you join shows it on its page “Bring a passport”",
    )


class ShareLink(Form):
    """For how long a link works."""

    days = Radios(
        label="For how long the link works",
        choices=[(str(days), f"{days} day{'s' if days > 1 else ''}") for days in LINK_LASTS],
        inline=True,
    )


class Bring(Form):
    """The file that the other installation gave."""

    file = Upload(label="Your passport", accept=".jwt", most_mb=1, help_text="The file that ends in .jwt")
