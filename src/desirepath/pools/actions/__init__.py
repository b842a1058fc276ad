"""What people do about a pool: found it, invite people to it, fill it from spreadsheets."""

from desirepath.pools.actions.founding import (
    add_practice,
    begin_pool,
    end_role,
    found_chambers,
    give_role,
    new_practice,
    set_agency_rate,
)
from desirepath.pools.actions.inviting import (
    described_role,
    forget_second_factor,
    invite_to_role,
    person_at,
    resend_invitation,
    waiting,
    withdraw_invitation,
)
from desirepath.pools.actions.neighbouring import (
    agree_neighbour,
    decline_neighbour,
    end_neighbour,
    propose_neighbour,
    withdraw_neighbour,
)
from desirepath.pools.actions.uploading import keep_upload, take, take_upload

__all__ = [
    "add_practice",
    "agree_neighbour",
    "begin_pool",
    "decline_neighbour",
    "described_role",
    "end_neighbour",
    "end_role",
    "forget_second_factor",
    "found_chambers",
    "give_role",
    "invite_to_role",
    "keep_upload",
    "new_practice",
    "person_at",
    "propose_neighbour",
    "resend_invitation",
    "set_agency_rate",
    "take",
    "take_upload",
    "waiting",
    "withdraw_invitation",
    "withdraw_neighbour",
]
