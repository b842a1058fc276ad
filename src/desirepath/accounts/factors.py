"""Second factors: an app that shows codes, and recovery codes for the day it is lost (see also ``passkeys``).

They are kept in allauth's table and made by its functions; that a code opens once, in whatever process, is
ours: the step of time of the last code stands on the row, and only a later one opens.
"""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import QuerySet

from desirepath.accounts import limits
from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.models import Event

STEP = 30  # seconds that a code is shown
SLACK = 1  # steps by which her telephone's clock may be wrong
LAST = "last_step"
APP, RECOVERY_CODE = "Code from an app", "Recovery code"


class WrongCodeError(Exception):
    """Not a code of hers, or one that was used."""


def of(person: Person) -> QuerySet[Authenticator]:
    """What she has set up, without recovery codes, which alone are no second factor."""
    found: QuerySet[Authenticator] = Authenticator.objects.filter(user=person)
    return found.exclude(type=Authenticator.Type.RECOVERY_CODES)


def new_secret() -> str:
    """What an app makes its codes from."""
    from allauth.mfa.totp.internal.auth import generate_totp_secret

    return str(generate_totp_secret())


def picture_of(person: Person, secret: str) -> str:
    """The secret as a QR code, in SVG."""
    from allauth.mfa.adapter import get_adapter

    adapter = get_adapter()
    svg: str = adapter.build_totp_svg(adapter.build_totp_url(person, secret))
    return svg[svg.index("<svg") :]


def _step_of(secret: str, code: str) -> int | None:
    """The step of time at which an app with this secret shows this code, if that is about now."""
    from allauth.core.internal.cryptokit import compare_user_code
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    now = int(clock.now().timestamp()) // STEP
    for step in range(now - SLACK, now + SLACK + 1):
        if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, step))):
            return step
    return None


@transaction.atomic
def set_up_app(*, person: Person, secret: str, code: str) -> None:
    """Her app shows codes from ``secret``, as ``code`` proves; one set up before no longer counts.

    Raises WrongCodeError.
    """
    from allauth.mfa.utils import encrypt

    step = _step_of(secret, code)
    if step is None:
        raise WrongCodeError
    kind = Authenticator.Type.TOTP
    Authenticator.objects.filter(user=person, type=kind).delete()
    Authenticator.objects.create(user=person, type=kind, data={"secret": encrypt(secret), LAST: step})
    Event.record("second factor set up", person, by=person, kind=kind.value)


def try_code(*, person: Person, code: str) -> str:
    """By which factor of hers the code opens: it is used up. Raises WrongCodeError, TooManyTriesError."""
    door = limits.door(f"second factor of {person.public_id}")
    limits.take(door)
    used = APP if _use_app(person, code) else RECOVERY_CODE if _use_recovery_code(person, code) else ""
    if not used:
        Event.record("second factor failed", person, by=None)
        raise WrongCodeError
    limits.forget(door)
    return used


@transaction.atomic
def _use_app(person: Person, code: str) -> bool:
    from allauth.mfa.utils import decrypt

    app = of(person).select_for_update().filter(type=Authenticator.Type.TOTP).first()
    if app is None:
        return False
    step = _step_of(decrypt(app.data["secret"]), code)
    if step is None or step <= app.data[LAST]:
        return False
    app.data[LAST], app.last_used_at = step, clock.now()
    app.save(update_fields=["data", "last_used_at"])
    return True


def _kept_codes(person: Person) -> Any:
    """Her recovery codes, as allauth keeps them; None where she has none."""
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    kept = Authenticator.objects.filter(user=person, type=Authenticator.Type.RECOVERY_CODES).first()
    return RecoveryCodes(kept) if kept else None


def _use_recovery_code(person: Person, code: str) -> bool:
    kept = _kept_codes(person)
    if kept is None or not kept.validate_code(code):
        return False
    Event.record("recovery code used", person, by=person, left=recovery_codes_left(person))
    return True


def recovery_codes_left(person: Person) -> int:
    kept = _kept_codes(person)
    return len(kept.get_unused_codes()) if kept else 0


@transaction.atomic
def new_recovery_codes(*, person: Person) -> list[str]:
    """Ten codes that open once each; those made before no longer open."""
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    Authenticator.objects.filter(user=person, type=Authenticator.Type.RECOVERY_CODES).delete()
    codes: list[str] = RecoveryCodes.activate(person).generate_codes()
    Event.record("recovery codes made", person, by=person)
    return codes


@transaction.atomic
def remove(*, person: Person, which: Authenticator) -> None:
    """It no longer counts; recovery codes go with the last."""
    which.delete()
    Event.record("second factor removed", person, by=person, kind=which.type)
    if not of(person).exists():
        Authenticator.objects.filter(user=person).delete()


@transaction.atomic
def forget(*, of: Person, by: Person) -> None:
    """Somebody who has lost everything that she set up sets up anew."""
    Authenticator.objects.filter(user=of).delete()
    Event.record("second factor forgotten", of, by=by)


def forget_ways_in(person: Person) -> None:
    """Of somebody who has left: no second factor and no provider's identity leads to her row."""
    from allauth.socialaccount.models import SocialAccount

    Authenticator.objects.filter(user=person).delete()
    SocialAccount.objects.filter(user=person).delete()
