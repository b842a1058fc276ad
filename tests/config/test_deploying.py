"""What holds where an installation is reached by https, and of whom it is built."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from scripts.check_dependencies import LISTED, faults, locked
from tests.architecture.house import ROOT


def run(home: Path, *program: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "DESIREPATH_URL": "https://pool.example.org",
        "DESIREPATH_HOME": str(home),
        "DATABASE_URL": "",
        "DJANGO_SETTINGS_MODULE": "desirepath.config.settings",
        "PYTHONPATH": str(ROOT / "src"),
    }
    for name in ("DESIREPATH_SECRET", "DJANGO_ALLOW_ASYNC_UNSAFE"):
        environment.pop(name)
    return subprocess.run(
        [sys.executable, *program], env=environment, capture_output=True, text=True, check=False
    )


def test_django_has_nothing_to_say_against_deploying_it(tmp_path: Path) -> None:
    """`check --deploy` is clean at an https address, with the key that is made by itself; warnings count."""
    told = run(tmp_path, "-m", "django", "check", "--deploy", "--fail-level", "WARNING")
    assert told.returncode == 0, told.stderr
    assert "no issues" in told.stdout


ASK = """
import django; django.setup()
from django.test import Client
plain = Client().get("/sign-in", headers={"host": "pool.example.org"})
told = Client().get("/sign-in", headers={"host": "pool.example.org"}, secure=True)
print(plain.status_code, plain.headers["Location"])
print(told.status_code, told.headers["Strict-Transport-Security"])
print(told.cookies["csrftoken"]["secure"], told.headers["Content-Security-Policy"])
from django.conf import settings
print(settings.SESSION_COOKIE_SECURE, settings.SESSION_COOKIE_HTTPONLY)
"""


def test_https_only(tmp_path: Path) -> None:
    """http leads to https, which browsers are told to keep to; cookies go by https only."""
    told = run(tmp_path, "-c", ASK)
    assert told.returncode == 0, told.stderr
    plain, secure, cookie, session = told.stdout.splitlines()
    assert plain == "301 https://pool.example.org/sign-in"
    assert secure == "200 max-age=31536000; includeSubDomains; preload"
    assert cookie.startswith("True default-src 'none'") and "unsafe" not in cookie
    assert session == "True True"


def listed() -> dict[str, Any]:
    return tomllib.loads(LISTED.read_text())


TODAY = date(2026, 11, 25)


def test_every_package_is_listed() -> None:
    """docs/dependencies.toml names what the lock files name, each with licence, reason and review."""
    assert len(locked()) > 60
    known = listed()
    assert faults(known, locked(), max(each["reviewed_on"] for each in known.values())) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda known: known.pop("django"), "django is not listed"),
        (lambda known: known.update(other=dict(known["django"])), "other is listed, and used no more"),
        (
            lambda known: known["django"].update(licence="Proprietary"),
            "django: nobody has looked at the licence",
        ),
        (lambda known: known["django"].update(reason=" "), "django has no reason"),
        (lambda known: known["django"].pop("reason"), "django needs exactly"),
        (
            lambda known: known["django"].update(reviewed_on=TODAY - timedelta(days=366)),
            "django was looked at on 2025-11-24",
        ),
        (lambda known: known["django"].update(reviewed_on=TODAY + timedelta(days=1)), "django: reviewed_on"),
    ],
)
def test_the_check_of_packages_can_fail(change: Any, told: str) -> None:
    """Unlisted, unused, unlooked-at or stale."""
    known = {name: {**each, "reviewed_on": TODAY} for name, each in listed().items()}
    change(known)
    (wrong,) = faults(known, locked(), TODAY)
    assert wrong.startswith(told)
