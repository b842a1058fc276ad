"""What every room's part of the open API stands on: who asks, what went wrong, once only, page by page."""

from desirepath.organisations.api.access import ApiRequest, token
from desirepath.organisations.api.once import IdempotencyKey, once
from desirepath.organisations.api.pages import Page, page
from desirepath.organisations.api.problems import PROBLEMS
from desirepath.organisations.api.values import Moment, Money, moment

__all__ = [
    "PROBLEMS",
    "ApiRequest",
    "IdempotencyKey",
    "Moment",
    "Money",
    "Page",
    "moment",
    "once",
    "page",
    "token",
]
