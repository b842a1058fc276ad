"""What she carries away and brings along: keys that sign, passports, issuers that are trusted, codes."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models import Q

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.models import Base
from desirepath.clinicians.models.profile import Clinician
from desirepath.pools.models import Pool

CODE_LASTS = timedelta(days=14)


class IssuerKey(Base):
    """A key with which this installation signs (Ed25519). The private part is kept encrypted with the
    installation's own secret; ``endorsed`` is the statement of the key before that this one follows it.
    """

    kid = models.CharField(max_length=43, unique=True)
    public = models.CharField(max_length=43, help_text="the 32 bytes, base64url")
    private = models.TextField(blank=True, help_text="encrypted; empty once retired")
    endorsed = models.TextField(blank=True)
    signs = models.BooleanField(default=True)
    retired_at = models.DateTimeField(null=True, blank=True)
    withdrawn = models.BooleanField(
        default=False, help_text="it may be known to others: nothing of it counts"
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["signs"], condition=Q(signs=True), name="one_key_signs"),
            models.CheckConstraint(
                condition=Q(signs=True, retired_at=None) | Q(signs=False, retired_at__isnull=False),
                name="a_key_signs_or_is_retired",
            ),
        ]

    def __str__(self) -> str:
        return f"key {self.kid}"


class PassportQuerySet(models.QuerySet["Passport"]):
    def for_clinician(self, clinician: Clinician) -> Self:
        return self.filter(clinician=clinician)

    def open(self) -> Self:
        """Those that still count."""
        return self.filter(revoked_at=None, expires_at__gt=clock.now())


class Passport(Base):
    """A signed file of what is verified, or a link that shows it: each counts until it expires or is revoked.

    Of a link only the token's digest is kept; ``public_id`` is the number of the file.
    """

    clinician = models.ForeignKey(Clinician, on_delete=models.CASCADE, related_name="passports")
    digest = models.CharField(max_length=64, null=True, blank=True, unique=True)
    items = models.JSONField(default=list, help_text="public ids of the credentials in it")
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = PassportQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{'link' if self.digest else 'passport'} of {self.clinician}"

    @staticmethod
    def digest_of(token: str) -> str:
        return hashlib.sha256(token.encode()).hexdigest()

    @property
    def works(self) -> bool:
        return self.revoked_at is None and clock.now() < self.expires_at


class TrustedIssuer(Base):
    """Another installation whose passports are believed: its pinned keys, and what it says it has revoked.

    ``revoked`` holds SHA-256 digests of numbers of passports; ``revoked_until`` is how long that list holds.
    """

    issuer = models.CharField(max_length=200, unique=True)
    name = models.CharField(max_length=120)
    keys = models.JSONField(default=dict, help_text="public part (base64url) by key id")
    revoked = models.JSONField(default=list)
    revoked_at = models.DateTimeField(help_text="when the list was made")
    revoked_until = models.DateTimeField()
    pinned_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


def _code() -> str:
    return secrets.token_urlsafe(16)


class PassportCode(Base):
    """The code of a receiving pool that a passport must carry: it is taken once, for her, in time."""

    clinician = models.ForeignKey(Clinician, on_delete=models.CASCADE, related_name="passport_codes")
    pool = models.ForeignKey(Pool, on_delete=models.CASCADE, related_name="+")
    code = models.CharField(max_length=32, unique=True, default=_code)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinician", "pool"], condition=Q(used_at=None), name="one_open_code_for_a_pool"
            )
        ]

    def __str__(self) -> str:
        return f"code of {self.clinician} for {self.pool}"


class BroughtPassport(Base):
    """A passport that a pool has believed: by whom it was issued, its number, and until when it counts."""

    clinician = models.ForeignKey(Clinician, on_delete=models.CASCADE, related_name="brought_passports")
    pool = models.ForeignKey(Pool, on_delete=models.CASCADE, related_name="+")
    issuer = models.ForeignKey(TrustedIssuer, on_delete=models.PROTECT, related_name="passports")
    number = models.CharField(max_length=64)
    taken_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "number", "pool"], name="one_passport_is_taken_once")
        ]

    def __str__(self) -> str:
        return f"passport of {self.clinician} from {self.issuer}"
