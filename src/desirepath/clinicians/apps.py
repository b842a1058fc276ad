"""The room, and what it offers to the rooms below it: its spreadsheet is on the pool's pages."""

from django.apps import AppConfig


class CliniciansConfig(AppConfig):
    name = "desirepath.clinicians"

    def ready(self) -> None:
        from desirepath.clinicians import importing  # noqa: F401 - registers the spreadsheet of clinicians
