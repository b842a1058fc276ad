"""Which rows are about a person, and by which column they lead to her: the table behind her own file of
everything.

A model with a column that names a person or a clinician stands here, or the column stands in ``OF_OTHERS``
with the reason why its row is not about her; a test reads the models and refuses anything forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """Rows of one model. ``paths`` lead from a row to the person; ``without`` are columns that she does not
    get, each a secret or its digest.
    """

    title: str
    paths: tuple[str, ...]
    without: tuple[str, ...] = ()


HERS = ("clinician__person",)

PARTS: dict[str, Part] = {
    "accounts.Person": Part("Your account", ("pk",), ("password",)),
    "accounts.Invitation": Part("Your invitations", ("person",), ("digest",)),
    "accounts.SignedIn": Part("Where you are signed in", ("person",), ("session_key",)),
    "mfa.Authenticator": Part("Your second factors", ("user",), ("data",)),
    "socialaccount.SocialAccount": Part("Identities by which you sign in", ("user",), ("extra_data",)),
    "organisations.RoleAssignment": Part("Your roles", ("person",)),
    "organisations.AccessToken": Part("Your access tokens", ("assignment__person",), ("digest",)),
    "organisations.IdempotentAnswer": Part(
        "What your programs were answered", ("token__assignment__person",), ("key", "asked")
    ),
    "outbox.Message": Part("Messages to you", ("to",)),
    "clinicians.Clinician": Part("Your profile", ("person",)),
    "clinicians.Skill": Part("Your skills", ("clinicians__person",)),
    "clinicians.Membership": Part("Pools you belong to", HERS),
    "clinicians.Engagement": Part("How you are engaged", HERS),
    "clinicians.Terms": Part("Your terms, every version", HERS),
    "clinicians.WeeklyPattern": Part("Your usual week", HERS),
    "clinicians.AvailabilityException": Part("Days that differ from it", HERS),
    "clinicians.BusySource": Part("Calendars you read in", HERS),
    "clinicians.BusyUpload": Part("Calendars you looked at", HERS),
    "clinicians.BusyTime": Part("Times you are busy", HERS),
    "clinicians.CommittedTime": Part("Time held or booked", HERS),
    "clinicians.PracticePreference": Part("Practices you prefer, mute or block", HERS),
    "clinicians.QuietChoices": Part("How you are asked", HERS),
    "clinicians.StandingYes": Part("Your standing yeses", HERS),
    "clinicians.Credential": Part("What you hold", HERS),
    # the file itself is saved from the page of what she holds
    "clinicians.Document": Part("Documents you sent", ("credential__clinician__person",), ("content",)),
    "clinicians.CheckTimer": Part("When your checks are looked at", HERS),
    "clinicians.Passport": Part("Passports and links you gave out", HERS, ("digest",)),
    "clinicians.PassportCode": Part("Codes for passports you bring", HERS, ("code",)),
    "clinicians.BroughtPassport": Part("Passports you brought", HERS),
    "vacancies.PairChoice": Part("Where a manager kept you for a session, or kept you out", HERS),
    "vacancies.Proposal": Part("Where a plan proposed you", HERS),
    "vacancies.Replanned": Part("Where a plan proposed you anew", HERS),
    "vacancies.PreferredClinician": Part("Practices that would like you first", HERS),
    "cascade.Offer": Part("Offers to you", HERS),
    "cascade.BlockOffer": Part("Blocks offered to you", HERS),
    "cascade.NotForMe": Part("What is not for you", HERS),
    "cascade.Reserve": Part("Where you stand by", HERS),
    "bookings.Application": Part("Your applications", HERS),
    "bookings.Booking": Part("Your bookings", HERS),
    "bookings.CheckFlag": Part("Bookings flagged for your checks", ("booking__clinician__person",)),
    "bookings.HandBack": Part("Sessions you handed back", ("booking__clinician__person",)),
    "bookings.HandBackAsk": Part("Sessions of colleagues you were asked for", HERS),
    "bookings.Swap": Part("Swaps", ("colleague__person", "given__clinician__person")),
    "bookings.RefusedTry": Part("Times a practice tried to record you and could not", HERS),
    "bookings.Feed": Part("Your calendar's addresses", ("person",), ("token",)),
    "pools.ImportUpload": Part("Files you sent", ("owner",)),
    "memberships.JoinRequest": Part("Pools you asked to join", ("person",), ("digest",)),
    "memberships.Break": Part("Your breaks", ("membership__clinician__person",)),
    "memberships.KeepInTouch": Part("Days you kept in touch", ("time_off__membership__clinician__person",)),
    "chambers.Vote": Part("Your votes in your chambers", HERS),
    "chambers.Mandate": Part("Mandates you gave", HERS),
    "chambers.MandateUse": Part("What was done by your mandate", ("mandate__clinician__person",)),
    "chambers.MeetingTask": Part("What you took on at meetings", ("owner__person",)),
    "privacy.Correction": Part("Corrections you asked for", ("person",)),
}

ACTED = (
    "it says who did something for an organisation: her events tell her that, the row is the organisation's"
)
OF_OTHERS: dict[tuple[str, str], str] = {
    ("bookings.Booking", "made_by"): ACTED,
    ("cascade.AgencyRequest", "asked_by"): ACTED,
    ("cascade.AgencyRequest", "decided_by"): ACTED,
    ("cascade.BlockOffer", "by"): ACTED,
    ("cascade.Cascade", "started_by"): ACTED,
    ("cascade.CascadePolicy", "by"): ACTED,
    ("cascade.CascadePolicy", "escalate_to"): ACTED,
    ("cascade.CascadeStep", "by"): ACTED,
    ("cascade.Release", "by"): ACTED,
    ("cascade.UrgentCall", "by"): ACTED,
    ("chambers.Charter", "proposed_by"): ACTED,
    ("chambers.Mandate", "holder"): ACTED,
    ("chambers.MandateUse", "by"): ACTED,
    ("chambers.Meeting", "present"): "minutes are the chambers' own: her votes and tasks of it are hers",
    ("clinicians.BroughtPassport", "taken_by"): "herself: the row is hers by its clinician",
    ("clinicians.Credential", "verified_by"): ACTED,
    ("memberships.KeepInTouch", "entered_by"): ACTED,
    ("organisations.InductionPack", "written_by"): ACTED,
    ("pools.Chambers", "manager"): ACTED,
    ("privacy.Correction", "answered_by"): ACTED,
    ("vacancies.Block", "posted_by"): ACTED,
    ("vacancies.PairChoice", "made_by"): ACTED,
    ("vacancies.PlanRun", "made_by"): ACTED,
    ("vacancies.PreferredClinician", "added_by"): ACTED,
}
