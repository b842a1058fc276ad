"""Secrets with which programs act for somebody, and what their requests were answered."""

from __future__ import annotations

import hashlib
from typing import ClassVar

from django.db import models

from desirepath.audit import clock
from desirepath.audit.models import Base
from desirepath.organisations.models.organisation import RoleAssignment


class AccessToken(Base):
    """A secret with which a program of hers acts in one of her roles, within its scopes, until it ends.

    Only its digest is kept. It ends with the role, whatever its own end.
    """

    PREFIX: ClassVar[str] = "dp_"

    assignment = models.ForeignKey(RoleAssignment, on_delete=models.CASCADE, related_name="access_tokens")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list, help_text="values of accounts.roles.Scope")
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.name} of {self.assignment}"

    @staticmethod
    def digest_of(secret: str) -> str:
        return hashlib.sha256(secret.encode()).hexdigest()

    @property
    def works(self) -> bool:
        return self.revoked_at is None and clock.now() < self.expires_at


class IdempotentAnswer(models.Model):
    """What a writing request with one Idempotency-Key was answered: asked again, it gets the same, once done.

    It is written in the transaction that did it, so that either both are kept or neither. ``asked`` is a
    digest of what was asked: the same key for something else is refused.
    """

    token = models.ForeignKey(AccessToken, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=100)
    asked = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.TextField(blank=True)
    at = models.DateTimeField(default=clock.now, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="one_answer_per_key")]

    def __str__(self) -> str:
        return f"{self.status} to {self.key}"
