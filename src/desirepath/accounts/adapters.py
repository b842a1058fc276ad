"""How allauth is to do things here: named in settings, called by it."""

from __future__ import annotations

import base64
import hmac
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.http import HttpRequest

from desirepath.accounts.models import Person

NAME = "Desirepath"


def _cipher() -> Any:
    """Of the installation's signing key, and of those it had before (SECRET_KEY_FALLBACKS)."""
    from cryptography.fernet import Fernet, MultiFernet

    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    digests = (hmac.digest(key.encode(), b"second factors", "sha256") for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


class SecondFactors(DefaultMFAAdapter):  # type: ignore[misc]  # untyped
    """Secrets lie enciphered in the database: a copy of it opens nothing."""

    def encrypt(self, text: str) -> str:
        return str(_cipher().encrypt(text.encode()).decode())

    def decrypt(self, encrypted_text: str) -> str:
        return str(_cipher().decrypt(encrypted_text.encode()).decode())

    def get_totp_label(self, user: Person) -> str:
        return user.email

    def get_public_key_credential_user_entity(self, user: Person) -> dict[str, Any]:
        # a passkey says whose it is without saying who that is
        return {"id": user.public_id.bytes, "display_name": user.name, "name": user.email}

    def _get_site_name(self) -> str:
        return NAME


class IdentityProviders(DefaultSocialAccountAdapter):  # type: ignore[misc]  # untyped
    """allauth speaks to the provider; who that is here, and whether she comes in, is ours alone."""

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        from desirepath.accounts.views.providers import arrive

        raise ImmediateHttpResponse(arrive(request, sociallogin))

    def on_authentication_error(self, request: HttpRequest, provider: Any, **what: Any) -> None:
        from desirepath.accounts.views.providers import not_let_in

        raise ImmediateHttpResponse(not_let_in(request, f"{provider} did not say who you are. Begin again."))

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> Any:
        # nobody is made out of what a provider says
        return sociallogin.user

    def authenticate_by_email(self, sociallogin: Any) -> None:
        # providers.person_of looks at the address, and at more
        return None

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False
