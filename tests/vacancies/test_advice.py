"""The BMA's advice on a safe session: told where it is passed, and only there."""

import pytest

from desirepath.vacancies.advice import warnings


@pytest.mark.parametrize(
    ("contacts", "length", "minutes", "told"),
    [
        (12, 15, 250, []),
        (None, None, 250, []),
        (25, None, 250, []),
        (26, None, 250, ["at most 25 contacts a day"]),
        (12, 10, 250, ["advises 15 minutes each"]),
        (13, 15, 250, ["3 hours 15 minutes of consulting"]),
        (24, 15, 500, []),
        (30, 10, 250, ["25 contacts", "15 minutes each", "5 hours of consulting"]),
    ],
)
def test_what_is_told(contacts, length, minutes, told):
    """25 contacts, 15 minutes, 3 hours of consulting in a session of 4 hours 10 minutes."""
    found = warnings(minutes=minutes, contacts=contacts, appointment_minutes=length)
    assert len(found) == len(told)
    assert all(words in sentence for words, sentence in zip(told, found, strict=True))
