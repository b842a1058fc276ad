"""The room: how a clinician comes into a pool, takes a break and comes back, and leaves."""

from django.apps import AppConfig


class MembershipsConfig(AppConfig):
    name = "desirepath.memberships"
