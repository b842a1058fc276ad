"""Django settings of Desirepath.

Everything a host may change is an environment variable:

DATABASE_URL         sqlite:///FILE or postgresql://...; default: a SQLite file in the home folder
DESIREPATH_HOME      folder for the database, mail and keys; default: ``var`` where the command runs
DESIREPATH_DEMO      "1": one-click sign-in as fictional people (``desirepath serve`` checks that it is safe)
DESIREPATH_MAIL      "file" (default, into HOME/mail), "console" or "smtp://user:password@host:port"
DESIREPATH_FROM      the sender of e-mail; default: Desirepath <desirepath@localhost>
DESIREPATH_SMS       the dotted path of a function that sends a text message; default: each into a file in
                     HOME/sms (``messages.sms.to_file``, which says what it is called with)
DESIREPATH_PROXIES   addresses, by commas, of proxies in front that may say from where and how a request came;
                     default: 127.0.0.1,::1
DESIREPATH_URL       the address people reach this installation at, used in messages; default
                     http://127.0.0.1:8000
DESIREPATH_IDENTITY  a file that names the identity providers of the staff (docs/settings.md); default: none
DESIREPATH_SECRET    signing key; default: made once and kept in HOME/secret_key
DESIREPATH_OLD_SECRETS  keys from before, by commas: what they signed and the log they marked still hold
"""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from desirepath.config.database import database_settings
from desirepath.config.identity import identity_providers

HOME = Path(os.environ.get("DESIREPATH_HOME", "var")).absolute()
DEMO = os.environ.get("DESIREPATH_DEMO") == "1"
SITE_URL = os.environ.get("DESIREPATH_URL", "http://127.0.0.1:8000").rstrip("/")
HTTPS = SITE_URL.startswith("https:")
PROXIES = [each.strip() for each in os.environ.get("DESIREPATH_PROXIES", "127.0.0.1,::1").split(",")]


def _secret_key() -> str:
    """The signing key of this installation: from the environment, or made once and kept beside the
    database.
    """
    if given := os.environ.get("DESIREPATH_SECRET"):
        return given
    kept = HOME / "secret_key"
    HOME.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass
    return kept.read_text()


def _mail(wanted: str) -> dict[str, Any]:
    """Django's mail settings for DESIREPATH_MAIL."""
    if wanted == "console":
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    if wanted.startswith("smtp"):
        url = urlsplit(wanted)
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "EMAIL_HOST": url.hostname or "localhost",
            "EMAIL_PORT": url.port or 25,
            "EMAIL_HOST_USER": url.username or "",
            "EMAIL_HOST_PASSWORD": url.password or "",
            "EMAIL_USE_TLS": url.scheme == "smtp+tls",
        }
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
        "EMAIL_FILE_PATH": str(HOME / "mail"),
    }


SECRET_KEY = _secret_key()
SECRET_KEY_FALLBACKS = [key for key in os.environ.get("DESIREPATH_OLD_SECRETS", "").split(",") if key]
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", urlsplit(SITE_URL).hostname or "127.0.0.1"]
CSRF_TRUSTED_ORIGINS = [SITE_URL]

DATABASES = {"default": database_settings(os.environ.get("DATABASE_URL", ""), HOME)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "desirepath.demo",
    "desirepath.memberships",
    "desirepath.privacy",
    "desirepath.bookings",
    "desirepath.cascade",
    "desirepath.vacancies",
    "desirepath.chambers",
    "desirepath.clinicians",
    "desirepath.pools",
    "desirepath.organisations",
    "desirepath.messages",
    "desirepath.accounts",
    "desirepath.audit",
    "desirepath.nhsuk",
    # second factors and identity providers: tables and functions; its own pages have no address here
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
IDENTITY_PROVIDERS = identity_providers(os.environ.get("DESIREPATH_IDENTITY", ""))
if IDENTITY_PROVIDERS:
    # it loads an HTTP client, which nobody else needs
    INSTALLED_APPS.append("allauth.socialaccount.providers.openid_connect")
SOCIALACCOUNT_ADAPTER = "desirepath.accounts.adapters.IdentityProviders"
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": IDENTITY_PROVIDERS}}
MIDDLEWARE = [
    "desirepath.config.middleware.ContentSecurityPolicy",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "desirepath.organisations.acting.ActingMiddleware",
    "desirepath.organisations.origin.OriginMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
CSRF_FAILURE_VIEW = "desirepath.config.views.form_too_old"
ROOT_URLCONF = "desirepath.config.urls"
WSGI_APPLICATION = "desirepath.config.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": True,
        "DIRS": [Path(__file__).parent / "jinja2"],
        "OPTIONS": {
            "environment": "desirepath.config.jinja.environment",
            "context_processors": [
                "django.template.context_processors.csrf",
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "desirepath.config.navigation.page_context",
            ],
        },
    },
    # Django's own pages (password reset e-mail, form widgets) know only this engine
    {"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True, "OPTIONS": {}},
]
FORM_RENDERER = "desirepath.nhsuk.forms.Renderer"

AUTH_USER_MODEL = "accounts.Person"
# an address is unique whatever its capitals, by a constraint on Lower(email) that this check does not see
SILENCED_SYSTEM_CHECKS = ["auth.E003"]
# the e-mail promises three hours
PASSWORD_RESET_TIMEOUT = 3 * 60 * 60
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_ADAPTER = "desirepath.accounts.adapters.SecondFactors"
LOGIN_URL = "accounts:sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = False

STATIC_URL = "/static/"
# served from the packages themselves: a run needs no collect step
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
# the server believes a proxy of PROXIES that says X-Forwarded-Proto
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

globals().update(_mail(os.environ.get("DESIREPATH_MAIL", "file")))
# seconds a mail server may take over each step of a letter; a claim on a message outlasts all of them
EMAIL_TIMEOUT = 20
SMS_SENDER = os.environ.get("DESIREPATH_SMS") or "desirepath.messages.sms.to_file"
DEFAULT_FROM_EMAIL = os.environ.get("DESIREPATH_FROM", "Desirepath <desirepath@localhost>")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # an answer that says no (a session just taken) is no fault of the program
    "loggers": {"django.request": {"level": "ERROR"}},
}
