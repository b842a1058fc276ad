"""What a charter's settings mean for a member's sessions.

The least notice warns and never blocks: her own terms alone are hard, and a rule that took a late session
from a member who wants it would corral her. The hours of first refusal are in force as they stand: they only
say whom a session is open to first.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from desirepath.audit import clock
from desirepath.chambers.models import Charter
from desirepath.clinicians.models import Clinician
from desirepath.nhsuk.formats import plural
from desirepath.pools.models import Chambers, Pool


def short_notice(clinician: Clinician, pool: Pool, start: datetime) -> str:
    """A sentence for her where a session of ``pool`` starts sooner than her chambers expects; else ""."""
    charter = (
        Charter.objects.in_force()
        .filter(
            chambers__pool=pool,
            chambers__members__clinician=clinician,
            chambers__members__state="active",
        )
        .select_related("chambers__organisation")
        .first()
    )
    least = charter.minimum_notice_hours if charter else None
    if charter is None or not least or start - clock.now() >= timedelta(hours=least):
        return ""
    return (
        f"The charter of {charter.chambers} expects at least {plural(least, 'hour')} of notice, and this "
        "starts sooner. It is for you to decide."
    )


def refusal_hours(chambers: Chambers | None) -> int | None:
    """For how long colleagues have a session first that a member hands back; None where no charter says."""
    charter = Charter.of(chambers) if chambers else None
    return charter.first_refusal_hours if charter else None
