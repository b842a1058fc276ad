"""Two installations on one database: what one issues under its address, the other reads under its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from desirepath.clinicians.models import Clinician
    from desirepath.pools.models import Pool

ELSEWHERE = "https://elsewhere.example.org"


@pytest.fixture
def elsewhere(settings: Any) -> Callable[[], Any]:
    """``with elsewhere():`` is the other installation, which issues."""

    @contextmanager
    def there() -> Iterator[None]:
        here, settings.SITE_URL = settings.SITE_URL, ELSEWHERE
        try:
            yield
        finally:
            settings.SITE_URL = here

    return there


@pytest.fixture
def pool(db: None) -> Pool:
    """The receiving pool, which asks for two things."""
    from tests import cast

    made = cast.pool("Receiving pool", cast.practice("Quayside Surgery"))
    for item in ("dbs", "gmc"):
        cast.wants(made.organisation, item)
    return made


@pytest.fixture
def ann(pool: Pool) -> Clinician:
    """New in the receiving pool: nothing is verified there."""
    from tests import cast

    return cast.clinician("Ann Locum", pool=pool)


@pytest.fixture
def document(elsewhere: Any) -> Callable[[], str]:
    """The other installation's document, as it is now."""
    from desirepath.clinicians.passports.issuing import issuer_document

    def now() -> str:
        with elsewhere():
            return json.dumps(issuer_document())

    return now


@pytest.fixture
def issued(elsewhere: Any, pool: Pool, ann: Clinician) -> Callable[..., str]:
    """A passport of the other installation, with the code of the receiving pool unless another is given."""
    from desirepath.clinicians.passports import issuing
    from desirepath.clinicians.passports.receiving import code_for
    from tests import cast

    home = cast.pool("Home pool")
    for item in ("dbs", "gmc"):
        cast.wants(home.organisation, item)
    there = cast.clinician("Ann There", pool=home)

    def make(code: str = "") -> str:
        code = code or code_for(clinician=ann, pool=pool).code
        with elsewhere():
            if not there.credentials.exists():
                for item in ("dbs", "gmc"):
                    cast.verified(there, home, item)
            # the same person there and here: two installations share no table
            there.registration = ann.registration
            return issuing.issue(by=there.person, clinician=there, code=code)[1]

    make.there = there  # type: ignore[attr-defined]
    return make
