"""Access tokens: made for one role, shown once, ended by their owner, their end, or the role's."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from desirepath.accounts.roles import Role
from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.audit.refusal import Refused
from desirepath.organisations.models import AccessToken
from desirepath.organisations.tokens import issue_token, revoke_token, token_of
from tests import cast

pytestmark = pytest.mark.django_db


def issued(person, *scopes, days=30):
    wanted = scopes or ("vacancies:read",)
    return issue_token(
        by=person, assignment=person.roles.get(), name="Alice's list", scopes=wanted, days=days
    )


def test_opens_until_it_ends(alice):
    """It opens what it was made for, until its last moment."""
    token, secret = issued(alice, days=2)
    assert token_of(secret) == token
    with clock.at(clock.now() + timedelta(days=2, minutes=1)):
        assert token_of(secret) is None


def test_ends_with_the_role(alice):
    """A role that ended takes its tokens with it."""
    _, secret = issued(alice)
    alice.roles.update(ends_on=clock.today())
    assert token_of(secret) is None


def test_ends_with_the_person(alice):
    """Somebody who may not sign in any more has no program that may."""
    _, secret = issued(alice)
    alice.is_active = False
    alice.save()
    assert token_of(secret) is None


def test_revoked_once(alice, bob):
    """Its owner ends it, once; nobody else can."""
    token, secret = issued(alice)
    with pytest.raises(PermissionError):
        revoke_token(by=bob, token=token)
    revoke_token(by=alice, token=token)
    revoke_token(by=alice, token=token)
    assert token_of(secret) is None
    assert Event.objects.filter(verb="token revoked").count() == 1


def test_the_secret_is_kept_nowhere(alice):
    """Neither the row nor the log holds it."""
    token, secret = issued(alice)
    row = AccessToken.objects.filter(pk=token.pk).values().get()
    assert secret not in str(row)
    assert not [event for event in Event.objects.values() if secret in str(event)]


@pytest.mark.parametrize(
    ("scopes", "days", "told"),
    [
        ((), 30, "Choose at least one"),
        (("terms:write",), 30, "has no use for terms:write"),
        (("vacancies:read",), 0, "from 1 to 365 days"),
        (("vacancies:read",), 366, "from 1 to 365 days"),
    ],
)
def test_refused(alice, scopes, days, told):
    """Nothing is made that would open nothing, or too long."""
    with pytest.raises(Refused, match=told):
        issue_token(by=alice, assignment=alice.roles.get(), name="Rota", scopes=scopes, days=days)
    assert not AccessToken.objects.exists()


def test_only_for_oneself(alice, bob):
    """Nobody makes a token of another's role."""
    with pytest.raises(PermissionError):
        issue_token(by=bob, assignment=alice.roles.get(), name="x", scopes=["vacancies:read"], days=3)


def test_not_without_end(alice):
    """There is a most of open ones; revoking makes room."""
    made = [issued(alice)[0] for _ in range(20)]
    with pytest.raises(Refused, match="revoke one first"):
        issued(alice)
    revoke_token(by=alice, token=made[0])
    issued(alice)


class TestPage:
    def test_made_shown_once_and_revoked(self, client, alice, sign_in):
        """She makes one, reads its secret this once, uses it, and revokes it."""
        sign_in(client, alice)
        page = client.get("/your-account/tokens").text
        assert "You have no token that works" in page
        sent = {"name": "Surgery rota", "scopes": ["vacancies:read"], "days": "30"}
        made = client.post("/your-account/tokens", sent).text
        secret = re.search(r"dp_[\w-]{30,}", made).group()
        assert token_of(secret)
        later = client.get("/your-account/tokens").text
        assert "Surgery rota" in later
        assert secret not in later
        token = AccessToken.objects.get()
        client.post("/your-account/tokens", {"revoke": str(token.public_id)})
        assert token_of(secret) is None

    def test_another_one_stays(self, client, alice, bob, sign_in):
        """Bob cannot end Alice's token, nor see it."""
        token, secret = issued(alice)
        sign_in(client, bob)
        assert "s list" not in client.get("/your-account/tokens").text
        client.post("/your-account/tokens", {"revoke": str(token.public_id)})
        assert token_of(secret) == token

    def test_what_is_wrong_is_said(self, client, alice, sign_in):
        """Nothing chosen: said beside the field, nothing made, what was typed is kept."""
        sign_in(client, alice)
        answer = client.post("/your-account/tokens", {"name": "Surgery rota", "days": "30"})
        assert answer.status_code == 422
        assert "Choose at least one thing that the token may do" in answer.text
        assert "Surgery rota" in answer.text

    def test_a_role_without_use(self, client, sign_in, db):
        """An auditor's role has nothing that a program could do; the page says so."""
        auditor = cast.person("Audrey")
        cast.role(auditor, Role.AUDITOR)
        sign_in(client, auditor)
        assert "nothing that a program could do" in client.get("/your-account/tokens").text
        sent = {"name": "x", "scopes": ["vacancies:read"], "days": "30"}
        assert client.post("/your-account/tokens", sent).status_code == 200
        assert not AccessToken.objects.exists()
