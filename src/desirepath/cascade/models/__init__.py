"""Who is asked, when: a pool's policy, where each vacancy stands in its cascade, offers, the agency step."""

from desirepath.cascade.models.agency import AgencyRequest
from desirepath.cascade.models.cascade import ACTIVE, Cascade, CascadeStep
from desirepath.cascade.models.not_for_me import NotForMe
from desirepath.cascade.models.offers import ANSWERED, IN_RESERVE, LIVE, BlockOffer, Offer, Release, Reserve
from desirepath.cascade.models.policy import CascadePolicy
from desirepath.cascade.models.urgent import UrgentCall

__all__ = [
    "ACTIVE",
    "ANSWERED",
    "IN_RESERVE",
    "LIVE",
    "AgencyRequest",
    "BlockOffer",
    "Cascade",
    "CascadePolicy",
    "CascadeStep",
    "NotForMe",
    "Offer",
    "Release",
    "Reserve",
    "UrgentCall",
]
