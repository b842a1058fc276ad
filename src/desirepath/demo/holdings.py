"""What some of the invented clinicians hold: verified item by item, one that ends soon, some that wait to be
looked at, one that was rejected.

By the actions of their pages. Everybody else has the pool's own record from before.
"""

from __future__ import annotations

import io
from datetime import date, timedelta

from desirepath.accounts.roles import Role
from desirepath.audit import clock
from desirepath.clinicians.credentials.actions import record, reject, submit
from desirepath.clinicians.credentials.usual import name_of, usual
from desirepath.clinicians.models import Clinician, Credential
from desirepath.demo.cast import Cast

# how many are verified item by item, and how many of them have sent something that waits
VERIFIED, WAITING = 6, 3
AGAINST = {
    "gmc": "The GMC's online register",
    "gp-register": "The GMC's online register",
    "performers-list": "The Performers List for England",
    "nmc": "The NMC's online register",
    "gphc": "The GPhC's online register",
    "hcpc": "The HCPC's online register",
    "dbs": "DBS update service",
    "references": "Two referees, by telephone",
}
# months for which an item still counts here; the others have no end
ENDS = {"gmc": 10, "nmc": 9, "gphc": 8, "hcpc": 14, "dbs": 20, "child-safeguarding": 22}
WHY_REJECTED = "The second page is missing: we can't see the date. Please send both pages."


def begin(cast: Cast) -> None:
    """At the moment at which the demonstration opens."""
    lead = cast.person(Role.GOVERNANCE_LEAD)
    some = list(cast.clinicians.values())[:VERIFIED]
    for number, her in enumerate(some):
        items = [each.item for each in usual() if each.role == her.role and each.level == "block"]
        for item in items:
            record(
                by=lead,
                clinician=her,
                pool=cast.pool,
                item=item,
                against=AGAINST.get(item, "The original, seen by video"),
                expires_on=_end(item, number),
            )
    for her in some[:WAITING]:
        _send(her, "adult-safeguarding")
    rejected = _send(some[0], "life-support")
    verifier = cast.person(Role.CREDENTIAL_VERIFIER)
    reject(by=verifier, credential=rejected, pool=cast.pool, reason=WHY_REJECTED)


def _end(item: str, number: int) -> date | None:
    """The sample clinician's DBS ends in 52 days, as her own page says."""
    if item not in ENDS:
        return None
    today = clock.today()
    return today + timedelta(days=52 if item == "dbs" and number == 0 else 30 * ENDS[item] + 11 * number)


def _send(her: Clinician, item: str) -> Credential:
    issued = clock.today() - timedelta(days=20)
    content = _picture(f"{name_of(item)}\n{her.person.name}\n{issued:%d %B %Y}\n\nFictional")
    return submit(
        by=her.person, clinician=her, item=item, name="certificate.png", content=content, issued_on=issued
    )


def _picture(text: str) -> bytes:
    """A certificate as a picture."""
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (420, 297), "white")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((8, 8, 411, 288), outline="navy", width=3)
    draw.multiline_text((40, 90), text, fill="black", spacing=10)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
