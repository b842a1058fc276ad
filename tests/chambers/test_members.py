"""Who belongs to a chambers: brought in by the manager, leaving of her own will, never more than places."""

from __future__ import annotations

import pytest

from desirepath.audit.models import Event
from desirepath.audit.refusal import Refused
from desirepath.chambers.actions.members import add_member, leave_chambers, set_chambers
from desirepath.messages.models import Message
from tests import cast

pytestmark = pytest.mark.django_db


def membership(clinician, pool):
    return clinician.memberships.get(pool=pool)


def test_a_manager_adds_a_member_who_may_leave(harbour):
    """She is told; leaving, she stays in the pool, and the lead is told."""
    dee = cast.clinician("Dee Locum", pool=harbour.pool)
    add_member(by=harbour.manager, chambers=harbour.chambers, membership=membership(dee, harbour.pool))
    assert membership(dee, harbour.pool).chambers == harbour.chambers
    assert Message.objects.filter(to=dee.person, subject="You are now a member of Harbour Chambers").exists()
    leave_chambers(by=dee.person, membership=membership(dee, harbour.pool))
    left = membership(dee, harbour.pool)
    assert (left.chambers, left.state) == (None, "active")
    assert Message.objects.filter(to=harbour.lead, subject="Dee Locum has left Harbour Chambers").exists()
    assert list(
        Event.objects.filter(entity_id=left.public_id, verb__startswith="chambers").values_list(
            "verb", flat=True
        )
    ) == [
        "chambers joined",
        "chambers left",
    ]


def test_no_more_members_than_places(harbour):
    """The place after the last is refused; who has left the pool takes none."""
    set_chambers(
        by=harbour.manager, chambers=harbour.chambers, most_members=3, least_meetings=4, manager=None
    )
    harbour.chambers.refresh_from_db()
    dee = membership(cast.clinician("Dee", pool=harbour.pool), harbour.pool)
    with pytest.raises(Refused, match="3 members already"):
        add_member(by=harbour.manager, chambers=harbour.chambers, membership=dee)
    membership(harbour.cat, harbour.pool).move("left", by=harbour.cat.person)
    add_member(by=harbour.manager, chambers=harbour.chambers, membership=dee)


def test_nobody_is_moved_from_one_chambers_to_another(harbour, elsewhere):
    """A member of another chambers, or of another pool, is not to be had; nor by another's manager."""
    with pytest.raises(PermissionError):
        add_member(
            by=harbour.manager,
            chambers=harbour.chambers,
            membership=membership(elsewhere.zoe, elsewhere.pool),
        )
    with pytest.raises(PermissionError):
        add_member(
            by=elsewhere.manager, chambers=harbour.chambers, membership=membership(harbour.ann, harbour.pool)
        )
    with pytest.raises(PermissionError):
        leave_chambers(by=harbour.manager, membership=membership(harbour.ann, harbour.pool))


@pytest.mark.parametrize(
    ("values", "why"),
    [({"most_members": 2}, "3 members already"), ({"manager": "elsewhere"}, "does not manage")],
)
def test_what_cannot_be_set(harbour, elsewhere, values, why):
    """Fewer places than members; a manager of another pool."""
    given = {"most_members": 15, "least_meetings": 4, "manager": None, **values}
    if given["manager"]:
        given["manager"] = elsewhere.manager
    with pytest.raises(Refused, match=why):
        set_chambers(by=harbour.manager, chambers=harbour.chambers, **given)
