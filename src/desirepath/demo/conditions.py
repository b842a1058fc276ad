"""Conditions of fictional clinicians: plausible, varied, drawn apart from the rest of the script."""

from __future__ import annotations

from random import Random
from typing import Any

from desirepath.demo.script import Somebody

SCALES: tuple[list[list[int]], ...] = (
    [],
    [[1, 100], [3, 50]],
    [[1, 100], [7, 50], [14, 25]],
    [[2, 100], [7, 75], [28, 50]],
    [[2, 50]],
)
HER_SCALES: tuple[list[list[int]], ...] = ([], [], [[1, 20]], [[2, 10]])
EXTRAS = {
    "gp": (["Coil fitting", "25.00"], ["Joint injection", "20.00"], ["Minor surgery", "40.00"]),
    "nurse": (["Travel vaccinations clinic", "15.00"],),
    "pharmacist": (["Care home review", "30.00"],),
    "paramedic": (["Care home round", "20.00"],),
}
KINDS = {
    "gp": (
        ["Booked surgery", "Face to face or by telephone, as the practice likes"],
        ["Duty doctor", "With a second doctor in the building"],
        ["Home visits", "Within 20 minutes of the practice"],
    ),
    "nurse": (["Long-term conditions", "Diabetes and asthma reviews"], ["Smears", ""]),
    "pharmacist": (["Medication reviews", "By telephone or video"],),
    "paramedic": (["Home visits", "I bring my own equipment"], ["Same-day surgery", ""]),
}
STATEMENTS = (
    "",
    "",
    "I like to see complicated patients and would rather have time than numbers.",
    "Please let me finish on time: I collect children from school.",
    "I am used to EMIS Web and SystmOne, and need no introduction to either.",
)


def conditions(who: Somebody, role: str) -> dict[str, Any]:
    """Columns of Terms. Her name, which the seed gave, decides: nothing else of the script moves with it."""
    chance = Random(f"{who.email} {who.name} conditions")  # noqa: S311 - a story, not a secret
    extras = [row for row in EXTRAS[role] if chance.random() < 0.3]
    kinds = [[name, about, chance.random() < 0.8] for name, about in KINDS[role] if chance.random() < 0.6]
    return {
        "practice_cancels": chance.choice(SCALES),
        "clinician_cancels": chance.choice(HER_SCALES),
        "payment_days": chance.choice((None, 14, 14, 28, 30)),
        "most_patients": chance.choice((None, 12, 15, 15, 16, 18)),
        "shortest_appointment": chance.choice((None, 10, 12, 15, 15)),
        "home_visits": chance.choice((None, 0, 1, 2)),
        "extras": extras,
        "session_types": kinds,
        "statement": chance.choice(STATEMENTS),
    }
