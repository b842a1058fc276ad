"""Fixtures of the cast, and signing in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from desirepath.accounts.models import Person
    from desirepath.clinicians.models import Clinician
    from desirepath.organisations.models import Organisation
    from desirepath.pools.models import Pool


@pytest.fixture(autouse=True, scope="session")
def _second_factor_is_shown() -> Iterator[None]:
    """``client.force_login`` leaves a session as the form and a second factor do: what its role needs was
    shown. Tests of the door itself (``tests.second_factor``) come in by the form.
    """
    from django.test import Client

    from tests.second_factor import shown

    plain = Client.force_login

    def force_login(self: Client, user: Any, backend: str | None = None) -> None:
        plain(self, user, backend)
        shown(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "force_login", force_login)
        yield


@pytest.fixture
def quayside(db: None) -> Organisation:
    """The practice of Alice and Bob."""
    from tests import cast

    return cast.practice("Quayside Surgery")


@pytest.fixture
def hilltop(db: None) -> Organisation:
    """The practice of Charlie, in no pool of Quayside's."""
    from tests import cast

    return cast.practice("Hilltop Practice")


@pytest.fixture
def alice(quayside: Organisation) -> Person:
    """Books for Quayside Surgery."""
    from tests import cast

    return cast.booker("Alice Archer", quayside)


@pytest.fixture
def bob(quayside: Organisation) -> Person:
    """Books for Quayside Surgery too."""
    from tests import cast

    return cast.booker("Bob Baker", quayside)


@pytest.fixture
def charlie(hilltop: Organisation) -> Person:
    """The outsider: books for another practice."""
    from tests import cast

    return cast.booker("Charlie Carter", hilltop)


@pytest.fixture
def pcn(db: None) -> Organisation:
    """The primary care network of Quayside Surgery, where the pool is."""
    from desirepath.organisations.models import Kind
    from tests import cast

    return cast.organisation(Kind.PCN, name="Harbour PCN")


@pytest.fixture
def pool(quayside: Organisation, pcn: Organisation) -> Pool:
    """The pool of Quayside Surgery."""
    from tests import cast

    cast.place_under(quayside, pcn)
    return cast.pool("Coast Pool", quayside)


@pytest.fixture
def asha(pool: Pool, pcn: Organisation) -> Clinician:
    """A clinician of the pool."""
    from tests import cast

    return cast.clinician("Asha Patel", pool=pool, pcn=pcn)


@pytest.fixture
def manager(pool: Pool) -> Person:
    """Manages the pool."""
    from desirepath.accounts.roles import Role
    from tests import cast

    made = cast.person("Mary Manager")
    cast.role(made, Role.POOL_MANAGER, pool.organisation)
    return made


@pytest.fixture
def sign_in(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """``sign_in(client, person)``: signs in Django's test client, or a page of the browser."""

    def sign_in(client_or_page: Any, person: Person) -> Any:
        from django.conf import settings
        from django.test import Client

        if isinstance(client_or_page, Client):
            client_or_page.force_login(person)
            return client_or_page
        inside = Client()
        inside.force_login(person)
        cookie = inside.cookies[settings.SESSION_COOKIE_NAME].value
        address = request.getfixturevalue("live")
        client_or_page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": address}]
        )
        return client_or_page

    return sign_in
