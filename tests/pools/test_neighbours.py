"""Two pools agree to ask each other's clinicians: proposed, answered, taken back, ended, and by whom."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from desirepath.accounts.roles import Role
from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.audit.refusal import Refused
from desirepath.messages.models import Message
from desirepath.pools import actions
from desirepath.pools.models import Pool, PoolNeighbour
from tests import cast

pytestmark = pytest.mark.django_db
PAGE = "/people/neighbours/"


@pytest.fixture
def two() -> tuple[Pool, Pool]:
    return cast.pool("Wex"), cast.pool("Marsh")


def manager(pool: Pool):
    person = cast.person(f"Manager of {pool}")
    cast.role(person, Role.POOL_MANAGER, pool.organisation)
    return person


def beside(pool: Pool) -> list[Pool]:
    return list(PoolNeighbour.pools_beside(pool))


def test_one_proposes_the_other_agrees_either_ends(two):
    """In force, both ways, from the yes until one of them ends it; every step dated and in the log."""
    wex, marsh = two
    ours, theirs = manager(wex), manager(marsh)
    made = actions.propose_neighbour(by=ours, pool=wex, neighbour=marsh)
    assert beside(wex) == beside(marsh) == []
    actions.agree_neighbour(by=theirs, agreement=made)
    assert (beside(wex), beside(marsh)) == ([marsh], [wex])
    actions.end_neighbour(by=theirs, agreement=made, pool=marsh)
    assert beside(wex) == beside(marsh) == []
    made.refresh_from_db()
    assert made.agreed_at and made.ended_at and made.agreed_at <= made.ended_at <= clock.now()
    log = Event.objects.filter(entity="PoolNeighbour", entity_id=made.public_id).order_by("pk")
    assert list(log.values_list("verb", "actor")) == [
        ("proposed", ours.public_id),
        ("proposed > agreed", theirs.public_id),
        ("agreed > ended", theirs.public_id),
    ]
    told = Message.objects.filter(to__in=(ours, theirs), channel="in-app").order_by("pk")
    assert [each.to for each in told] == [theirs, ours, ours]


@pytest.mark.parametrize("way", ["proposed twice", "proposed the other way round", "agreed already"])
def test_two_pools_have_one_agreement_at_a_time(two, way):
    """Whoever proposes it again is refused; the database itself knows no second row, either way round."""
    wex, marsh = two
    made = actions.propose_neighbour(by=cast.person(), pool=wex, neighbour=marsh)
    if way == "agreed already":
        actions.agree_neighbour(by=cast.person(), agreement=made)
    pair = (wex, marsh) if way == "proposed twice" else (marsh, wex)
    with pytest.raises(Refused, match="already"):
        actions.propose_neighbour(by=cast.person(), pool=pair[0], neighbour=pair[1])
    with pytest.raises(IntegrityError), transaction.atomic():
        PoolNeighbour.objects.create(pool=pair[0], neighbour=pair[1])
    assert PoolNeighbour.objects.count() == 1


def test_after_an_end_it_may_be_proposed_again(two):
    """What has ended, was declined or taken back stands in nobody's way."""
    wex, marsh = two
    for end in (actions.decline_neighbour, actions.withdraw_neighbour):
        end(
            by=cast.person(), agreement=actions.propose_neighbour(by=cast.person(), pool=wex, neighbour=marsh)
        )
    assert actions.propose_neighbour(by=cast.person(), pool=marsh, neighbour=wex).state == "proposed"


def test_a_fictional_pool_and_a_real_one_do_not_meet(two):
    """An invented clinician is never put before a real practice."""
    wex, _ = two
    invented = actions.begin_pool(by=None, code="DEMO", name="Invented", fictional=True)
    with pytest.raises(Refused, match="fictional"):
        actions.propose_neighbour(by=cast.person(), pool=wex, neighbour=invented)
    with pytest.raises(Refused, match="another pool"):
        actions.propose_neighbour(by=cast.person(), pool=wex, neighbour=wex)


def test_the_page_from_nothing_to_an_agreement_and_its_end(client, two, sign_in):
    """An empty page says what to do first; then each manager sees what is hers to answer."""
    wex, marsh = two
    ours, theirs = manager(wex), manager(marsh)
    sign_in(client, ours)
    empty = client.get(PAGE).content.decode()
    assert "works with no other pool yet" in empty and "Propose it to one" in empty
    client.post(PAGE, {"neighbour": str(marsh.public_id)})
    assert "Waiting for their answer" in client.get(PAGE).content.decode()
    sign_in(client, theirs)
    page = client.get(PAGE).content.decode()
    assert "Waiting for your answer" in page and "Wex proposed it" in page
    made = PoolNeighbour.objects.get()
    client.post(reverse("pools:answer-neighbour", args=[made.public_id]), {"agree": "yes"})
    assert "You work together with" in client.get(PAGE).content.decode()
    sign_in(client, ours)
    end = reverse("pools:end-neighbour", args=[made.public_id])
    assert "offers not answered yet are taken back" in client.get(end).content.decode()
    client.post(end)
    made.refresh_from_db()
    assert made.state == "ended"


def test_the_one_that_asked_can_not_answer_for_the_other(client, two, sign_in):
    """Whoever proposed may take it back; agreeing is the other's."""
    wex, marsh = two
    made = actions.propose_neighbour(by=cast.person(), pool=wex, neighbour=marsh)
    answer = reverse("pools:answer-neighbour", args=[made.public_id])
    sign_in(client, manager(wex))
    client.post(answer, {"agree": "yes"})
    made.refresh_from_db()
    assert made.state == "proposed"
    client.post(answer, {"withdraw": "yes"})
    made.refresh_from_db()
    assert made.state == "withdrawn"
