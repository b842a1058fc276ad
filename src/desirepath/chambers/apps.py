"""The room: how a chambers governs itself."""

from django.apps import AppConfig


class ChambersConfig(AppConfig):
    name = "desirepath.chambers"
