"""The keys that sign passports: made, kept, changed, and told to whoever wants to trust this installation.

Ed25519 (RFC 8037, EdDSA). A key that follows another carries that one's signed endorsement, so that whoever
pinned the first can follow. What a withdrawn key has signed counts nowhere.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import jwt
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import transaction

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.clinicians.models import IssuerKey

ALGORITHM = "EdDSA"


def b64(data: bytes) -> str:
    """base64url without padding, as JSON web keys are written."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    """Raises ValueError."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def public_key(x: str) -> Ed25519PublicKey:
    """The key of 32 bytes in base64url. Raises ValueError."""
    return Ed25519PublicKey.from_public_bytes(unb64(x))


def thumbprint(x: str) -> str:
    """RFC 7638: a key's own name, so that no two keys share one."""
    return b64(hashlib.sha256(f'{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}'.encode()).digest())


def _safe() -> Fernet:
    """What encrypts private keys: from the installation's secret, which is not in the database."""
    derived = HKDF(SHA256(), 32, salt=None, info=b"desirepath passport keys")
    return Fernet(base64.urlsafe_b64encode(derived.derive(settings.SECRET_KEY.encode())))


def signing_key() -> IssuerKey:
    """The key that signs now; the first is made when it is first wanted."""
    found = IssuerKey.objects.filter(signs=True).first()
    return found or _made(None, by=None)


@transaction.atomic
def rotate(*, by: Person | None, withdraw: bool = False) -> IssuerKey:
    """The next key signs from now on, endorsed by the one before; ``withdraw``: that one may be known to
    others, so it endorses nothing and nothing it has signed counts any more.
    """
    old = signing_key()
    endorsement = None if withdraw else old
    made = _new()
    if endorsement is not None:
        statement = {"iss": settings.SITE_URL, "iat": _seconds(), "kid": made.kid, "x": made.public}
        made.endorsed = sign(statement, key=old, kind="endorsement")
    IssuerKey.objects.filter(pk=old.pk).update(
        signs=False, retired_at=clock.now(), private="", withdrawn=withdraw
    )
    made.save()
    Event.record("key rotated", made, by=by, withdrawn=withdraw)
    return made


@transaction.atomic
def _made(_: None, *, by: Person | None) -> IssuerKey:
    key = _new()
    key.save()
    Event.record("key made", key, by=by)
    return key


def _new() -> IssuerKey:
    pair = Ed25519PrivateKey.generate()
    raw = pair.private_bytes(
        serialization.Encoding.Raw, serialization.PrivateFormat.Raw, serialization.NoEncryption()
    )
    x = b64(pair.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw))
    return IssuerKey(kid=thumbprint(x), public=x, private=_safe().encrypt(raw).decode())


def sign(claims: dict[str, Any], *, key: IssuerKey | None = None, kind: str) -> str:
    """A signed statement of one ``kind``, which its head names: one kind is never taken for another."""
    key = key or signing_key()
    pair = Ed25519PrivateKey.from_private_bytes(_safe().decrypt(key.private.encode()))
    return jwt.encode(
        claims, pair, algorithm=ALGORITHM, headers={"kid": key.kid, "typ": f"desirepath-{kind}+jwt"}
    )


def _seconds() -> int:
    return int(clock.now().timestamp())


def own_keys() -> list[dict[str, str]]:
    """The public keys of this installation, the oldest first, as JSON web keys."""
    return [
        {
            "kty": "OKP",
            "crv": "Ed25519",
            "alg": ALGORITHM,
            "use": "sig",
            "kid": key.kid,
            "x": key.public,
            "endorsed": key.endorsed,
        }
        for key in (*IssuerKey.objects.filter(withdrawn=False, signs=False), signing_key())
    ]
