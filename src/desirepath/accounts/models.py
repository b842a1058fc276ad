"""People who sign in, where they are signed in, and the invitations by which they first come."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from desirepath.audit import clock
from desirepath.audit.models import Base, Stateful, known_state
from desirepath.audit.states import States

INVITATION_LASTS = timedelta(days=14)


class PersonManager(BaseUserManager["Person"]):
    def create_user(self, email: str, password: str | None = None, **details: Any) -> Person:
        """A new person; without a password she cannot sign in until she sets one by invitation."""
        person = self.model(email=email.strip().lower(), **details)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, username: str | None) -> Person:
        """E-mail addresses are the same person whatever their capitals."""
        return self.get(email__iexact=(username or "").strip())


class Person(AbstractBaseUser, Base):
    """Someone who signs in. What she may do comes from the roles she holds."""

    email = models.EmailField("e-mail address", max_length=254)
    name = models.CharField("full name", max_length=120)
    phone = models.CharField("telephone", max_length=30, blank=True)
    is_active = models.BooleanField(default=True)
    fictional = models.BooleanField(default=False, help_text="an invented person of the demo")

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects: ClassVar[PersonManager] = PersonManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="one_person_per_email")]

    def __str__(self) -> str:
        return self.name

    def has_open_invitation(self) -> bool:
        return self.invitations.filter(state="sent", expires_at__gt=clock.now()).exists()


class Invitation(Stateful):
    """A link by e-mail with which a person sets her password and begins. Only its digest is kept."""

    STATES = States.table(
        "Invitation",
        {"sent": {"accepted", "withdrawn", "expired"}, "accepted": (), "withdrawn": (), "expired": ()},
    )

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="invitations")
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [known_state("Invitation")]

    token = ""  # known only to whoever issued it, until the object is gone

    def __str__(self) -> str:
        return f"invitation of {self.person}"

    @staticmethod
    def digest_of(token: str) -> str:
        return hashlib.sha256(token.encode()).hexdigest()

    @classmethod
    def issue(cls, person: Person) -> Invitation:
        """A new invitation, its ``token`` in memory only."""
        token = secrets.token_urlsafe(32)
        invitation = cls.objects.create(
            person=person, digest=cls.digest_of(token), expires_at=clock.now() + INVITATION_LASTS
        )
        invitation.token = token
        return invitation

    @classmethod
    def find(cls, token: str) -> Invitation | None:
        """The invitation a token opens, if it is still open."""
        return (
            cls.objects.select_related("person")
            .filter(digest=cls.digest_of(token), state="sent", expires_at__gt=clock.now())
            .first()
        )


class SignedIn(Base):
    """A browser in which she is signed in: what she needs to know it by, and to end it."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="signed_in")
    session_key = models.CharField(max_length=40, unique=True)
    browser = models.CharField(max_length=60)
    how = models.CharField(max_length=60, help_text="by what she signed in, as she reads it")
    seen_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-seen_at", "-id"]

    def __str__(self) -> str:
        return f"{self.person} in {self.browser}"


class Tries(models.Model):
    """How often something was tried at one door since its count began. Every web process counts here."""

    door = models.UUIDField(unique=True, help_text="opaque: it does not tell whose door it is")
    count = models.PositiveSmallIntegerField()
    since = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.count} since {self.since:%Y-%m-%d %H:%M}"
