"""A real OpenID Connect provider, in a process of its own: allauth's, in a Django project of one file.

    python tests/identity_provider.py PORT FOLDER PEOPLE.json

``PEOPLE.json`` lists who can sign in there: ``email``, ``verified`` and ``says``, the claims it makes of her
in the ID token (``acr``, ``amr`` ...). Everybody's password is "secret at the provider". It prints "ready"
when it listens. Nothing of Desirepath is loaded.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any
from wsgiref.simple_server import make_server

PASSWORD = "secret at the provider"
CLIENT, SECRET = "desirepath", "a secret of both"


def private_key() -> str:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = made.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return pem.decode()


def prepare(port: int, folder: Path) -> None:
    from django.conf import settings

    settings.configure(
        SECRET_KEY="of the provider",
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=__name__,
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": folder / "provider.sqlite3"}},
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
            "allauth",
            "allauth.account",
            "allauth.idp.oidc",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "allauth.account.middleware.AccountMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
            }
        ],
        AUTHENTICATION_BACKENDS=["allauth.account.auth_backends.AuthenticationBackend"],
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        # another cookie than ours: both are at 127.0.0.1
        SESSION_COOKIE_NAME="provider",
        ACCOUNT_LOGIN_METHODS={"email"},
        ACCOUNT_SIGNUP_FIELDS=["email*", "password1*"],
        ACCOUNT_EMAIL_VERIFICATION="none",
        ACCOUNT_RATE_LIMITS=False,
        IDP_OIDC_PRIVATE_KEY=private_key(),
        IDP_OIDC_ADAPTER=f"{__name__}.Adapter",
        USE_TZ=True,
    )
    import django

    django.setup()


def adapter() -> Any:
    from allauth.idp.oidc.adapter import DefaultOIDCAdapter

    class Adapter(DefaultOIDCAdapter):
        def get_claims(
            self, purpose: str, user: Any, client: Any, scopes: Any, **kwargs: Any
        ) -> dict[str, Any]:
            claims = super().get_claims(purpose, user, client, scopes, **kwargs)
            told = PEOPLE[user.email]
            return {**claims, **told.get("says", {})} if purpose == "id_token" else claims

        def get_user_sub(self, client: Any, user: Any) -> str:
            return f"subject-{user.pk}"

        def get_user_by_sub(self, client: Any, sub: str) -> Any:
            from django.contrib.auth import get_user_model

            return get_user_model().objects.filter(pk=sub.removeprefix("subject-")).first()

    return Adapter


PEOPLE: dict[str, dict[str, Any]] = {}


def populate(back: str) -> None:
    from allauth.account.models import EmailAddress
    from allauth.idp.oidc.models import Client
    from django.contrib.auth import get_user_model
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    for email, told in PEOPLE.items():
        user = get_user_model().objects.create_user(email, email, PASSWORD)
        EmailAddress.objects.create(user=user, email=email, verified=told["verified"], primary=True)
    client = Client(id=CLIENT, name="Desirepath", skip_consent=True)
    client.set_secret(SECRET)
    client.set_scopes(["openid", "email", "profile"])
    client.set_redirect_uris([back])
    client.save()


def main() -> None:
    port, folder, people, back = int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4]
    prepare(port, folder)
    globals()["Adapter"] = adapter()
    PEOPLE.update({each["email"]: each for each in json.loads(people.read_text())})
    populate(back)
    from django.core.wsgi import get_wsgi_application
    from django.urls import include, path

    globals()["urlpatterns"] = [
        path("accounts/", include("allauth.urls")),
        path("", include("allauth.idp.urls")),
    ]
    server = make_server("127.0.0.1", port, get_wsgi_application())
    print("ready", server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
