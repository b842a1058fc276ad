"""What a person asked to have put right, and what became of it."""

from __future__ import annotations

from django.db import models

from desirepath.accounts.models import Person
from desirepath.audit.models import Stateful, known_state
from desirepath.audit.states import States

LONGEST = 1_000


class Correction(Stateful):
    """She says what is wrong about her; whoever looks after the installation puts it right, or says why not.
    Both are kept.
    """

    STATES = States.table("Correction", {"asked": {"corrected", "refused"}, "corrected": (), "refused": ()})

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="corrections")
    wrong = models.TextField(max_length=LONGEST, help_text="what is wrong, and what it should say")
    answered_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="corrections_answered"
    )
    answer = models.TextField(max_length=LONGEST, blank=True)

    class Meta:
        constraints = [known_state("Correction")]

    def __str__(self) -> str:
        return f"correction asked for on {self.created_at:%Y-%m-%d}"
