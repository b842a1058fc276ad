"""The room's name in the database: Django's own "messages" (the banners on pages) holds the plain one."""

from django.apps import AppConfig


class MessagesConfig(AppConfig):
    name = "desirepath.messages"
    label = "outbox"
