"""What the BMA advises for a safe session, held beside what a practice asks for: told, never enforced.

At most 25 contacts a day, appointments of 15 minutes, at most 3 hours of consulting in a session of 4 hours
10 minutes (BMA, Safe working in general practice; DOMAIN, Working time). Pure: no database.
"""

from __future__ import annotations

from desirepath.nhsuk.formats import hours, number, plural

MOST_CONTACTS = 25
SHORTEST_APPOINTMENT = 15
CONSULTING = 180
A_SESSION = 250


def warnings(*, minutes: int, contacts: int | None, appointment_minutes: int | None) -> list[str]:
    """Each way in which a session of ``minutes`` is busier than the BMA advises, as a sentence."""
    told = []
    if contacts is not None and contacts > MOST_CONTACTS:
        told.append(
            f"You expect {number(contacts)} patients. The BMA advises at most {MOST_CONTACTS} contacts a day."
        )
    if appointment_minutes is not None and appointment_minutes < SHORTEST_APPOINTMENT:
        told.append(
            f"Appointments of {plural(appointment_minutes, 'minute')} are short. "
            f"The BMA advises {SHORTEST_APPOINTMENT} minutes each."
        )
    if contacts and appointment_minutes:
        most = CONSULTING * max(1, round(minutes / A_SESSION))
        consulting = contacts * appointment_minutes
        if consulting > most:
            told.append(
                f"{plural(contacts, 'patient')} at {plural(appointment_minutes, 'minute')} each make "
                f"{hours(consulting)} of consulting. The BMA advises at most {hours(most)} in "
                f"{'a session' if most == CONSULTING else 'so long a session'}."
            )
    return told
