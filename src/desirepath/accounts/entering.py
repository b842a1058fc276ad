"""Coming in and going out: the one place where a session becomes somebody's, is listed for her, and ends.

Whoever has set up a second factor is nobody here until she has shown it. Whoever has none comes in with her
password; where a role of hers needs one, ``organisations.acting`` opens nothing but the pages to set it up.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from desirepath.accounts import factors
from desirepath.accounts.models import Person, SignedIn
from desirepath.audit import clock
from desirepath.audit.models import Actor, Event

BACKEND = "django.contrib.auth.backends.ModelBackend"
SIGNED_IN = "signed in"
SEEN, SHOWN = "seen", "password_shown"
# by which second factor this session's person came in
SECOND_FACTOR = "second_factor"
# the second factor of whoever comes in by one click; it counts in a demonstration only
FICTIONAL = "fictional"
# who has given her password here and not yet her second factor
WAITING = "waiting"
WAITS = timedelta(minutes=10)
# so long after she came in, or showed her password again, her ways of signing in may be changed
FRESH = timedelta(minutes=15)
# often enough to know a browser by, and rarely a write
SEEN_EVERY = timedelta(minutes=10)

BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
MACHINES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


def come_in(request: HttpRequest, person: Person, *, how: str) -> bool:
    """Let in whoever has shown a first factor; False: she is asked for her second first."""
    if not factors.of(person).exists():
        enter(request, person, how=how)
        return True
    leave(request)  # whoever was here; and a session key that somebody planted is not kept
    request.session[WAITING] = {
        "person": str(person.public_id),
        "how": how,
        "since": clock.now().isoformat(),
        "password": person.get_session_auth_hash(),
    }
    return False


def waiting(request: HttpRequest) -> tuple[Person, str] | None:
    """Who is to show her second factor here, and how she came so far; for ten minutes."""
    kept = request.session.get(WAITING)
    if not kept or clock.now() - datetime.fromisoformat(kept["since"]) > WAITS:
        return None
    person = Person.objects.filter(public_id=UUID(kept["person"]), is_active=True).first()
    if person is None or person.get_session_auth_hash() != kept["password"]:
        return None
    return person, kept["how"]


def enter(request: HttpRequest, person: Person, *, how: str, second_factor: str = "") -> None:
    """From now on this browser's session is hers, under a new key, and stands in her list."""
    request.session.pop(WAITING, None)
    login(request, person, BACKEND)
    if second_factor:
        request.session[SECOND_FACTOR] = second_factor
    _list(request, person, how)
    Event.record(SIGNED_IN, person, by=person, how=how)


def _list(request: HttpRequest, person: Person, how: str) -> None:
    request.session[SEEN] = request.session[SHOWN] = clock.now().isoformat()
    request.session.save()  # its key is known only then
    open_still = Session.objects.filter(expire_date__gt=clock.now()).values("session_key")
    person.signed_in.exclude(session_key__in=open_still).delete()
    SignedIn.objects.create(
        person=person,
        session_key=request.session.session_key or "",
        browser=browser_of(request.headers.get("User-Agent", "")),
        how=how,
    )


def has_passed(request: HttpRequest) -> bool:
    """Whether whoever is in came in by a second factor."""
    by = request.session.get(SECOND_FACTOR)
    return bool(settings.DEMO) if by == FICTIONAL else bool(by)


def prove(request: HttpRequest, person: Person, second_factor: str) -> None:
    """She has set up a second factor in this session: it goes on, under a new key, as if she came by it.

    Where it is her first, those of her sessions end that came in without one.
    """
    before = request.session.session_key or ""
    if not has_passed(request):
        others = person.signed_in.exclude(session_key=before)
        Session.objects.filter(session_key__in=others.values("session_key")).delete()
        others.delete()
    request.session[SECOND_FACTOR] = second_factor
    request.session.cycle_key()
    SignedIn.objects.filter(session_key=before).update(session_key=request.session.session_key)


def has_skipped(request: HttpRequest, person: Person) -> bool:
    """Whether she has a second factor by now, and this session never showed it."""
    return not has_passed(request) and factors.of(person).exists()


def unprove(request: HttpRequest) -> None:
    """She has no second factor any more."""
    request.session.pop(SECOND_FACTOR, None)


def is_fresh(request: HttpRequest) -> bool:
    """Whether she came in, or showed her password again, a short time ago."""
    shown = request.session.get(SHOWN)
    return shown is not None and clock.now() - datetime.fromisoformat(shown) <= FRESH


def show_password(request: HttpRequest) -> None:
    """She has shown it again."""
    request.session[SHOWN] = clock.now().isoformat()


def seen(request: HttpRequest) -> None:
    """Keep in her list that this session is in use; a write at most every ten minutes."""
    last = request.session.get(SEEN)
    if last and clock.now() - datetime.fromisoformat(last) > SEEN_EVERY:
        request.session[SEEN] = clock.now().isoformat()
        SignedIn.objects.filter(session_key=request.session.session_key).update(seen_at=clock.now())


def leave(request: HttpRequest) -> None:
    """Sign out of this browser."""
    SignedIn.objects.filter(session_key=request.session.session_key or "").delete()
    logout(request)


def stay(request: HttpRequest, person: Person, *, how: str) -> None:
    """Go on in this browser, under a new key, where all her sessions have just been ended."""
    update_session_auth_hash(request, person)
    _list(request, person, how)


def open_sessions(person: Person) -> QuerySet[SignedIn]:
    """Where she is signed in, the latest used first."""
    open_still = Session.objects.filter(expire_date__gt=clock.now()).values("session_key")
    return person.signed_in.filter(session_key__in=open_still)


@transaction.atomic
def end_session(*, by: Person, session: SignedIn) -> None:
    """She is no longer signed in there. Raises PermissionError for a session of another's."""
    if session.person_id != by.pk:
        raise PermissionError("only she ends her sessions")
    Session.objects.filter(session_key=session.session_key).delete()
    session.delete()
    Event.record("session ended", by, by=by)


@transaction.atomic
def end_every_session(*, of: Person, by: Actor | None) -> None:
    """She is signed in nowhere any more."""
    ended, _ = Session.objects.filter(session_key__in=of.signed_in.values("session_key")).delete()
    of.signed_in.all().delete()
    if ended:
        Event.record("every session ended", of, by=by, sessions=ended)


def browser_of(agent: str) -> str:
    """ "Firefox on Windows", out of what a browser says of itself."""
    program = next((name for sign, name in BROWSERS if sign in agent), "A browser")
    machine = next((name for sign, name in MACHINES if sign in agent), "")
    return f"{program} on {machine}" if machine else program
