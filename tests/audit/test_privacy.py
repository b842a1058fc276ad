"""No patient data: NHS numbers in free text are found, and nothing else is."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from hypothesis import assume, given
from hypothesis import strategies as st

from desirepath.audit.forms import LongText, Text
from desirepath.audit.privacy import is_nhs_number, nhs_numbers_in
from desirepath.nhsuk.forms import Form

NINE = st.lists(st.integers(0, 9), min_size=9, max_size=9)
GAPS = st.lists(st.sampled_from(["", " ", "-", "  ", "\u2013", " - "]), min_size=9, max_size=9)
AROUND = st.text(
    alphabet=st.characters(blacklist_categories=["Nd", "Pd", "Zs"], blacklist_characters="0123456789"),
    max_size=20,
)


def check_digit(nine: list[int]) -> int:
    """By the data dictionary's own steps: 10 where no valid number begins so."""
    rest = sum(digit * weight for digit, weight in zip(nine, range(10, 1, -1), strict=True)) % 11
    return {11: 0}.get(11 - rest, 11 - rest)


@given(NINE, GAPS, AROUND, AROUND)
def test_every_valid_number_is_found(nine: list[int], gaps: list[str], before: str, after: str) -> None:
    """However it is spaced, and whatever stands around it."""
    last = check_digit(nine)
    assume(last != 10)
    digits = [str(digit) for digit in [*nine, last]]
    written = digits[0] + "".join(gap + digit for gap, digit in zip(gaps, digits[1:], strict=True))
    assert nhs_numbers_in(before + written + after) == ["".join(digits)]


@given(NINE, st.integers(0, 9))
def test_other_tens_of_digits_pass(nine: list[int], last: int) -> None:
    """A wrong check digit makes it some other number."""
    assume(last != check_digit(nine))
    assert nhs_numbers_in("".join(map(str, [*nine, last]))) == []


@given(NINE, st.integers(0, 9))
def test_longer_numbers_pass(nine: list[int], more: int) -> None:
    """Eleven digits hold no NHS number, whichever ten of them one takes."""
    last = check_digit(nine)
    assume(last != 10)
    digits = "".join(map(str, [*nine, last]))
    assert nhs_numbers_in(f"{digits}{more}") == []
    assert nhs_numbers_in(f"{more}{digits}") == []


def test_known_numbers() -> None:
    """The data dictionary's check on well-known test numbers."""
    assert is_nhs_number("9434765919")
    assert is_nhs_number("4010232137")
    assert not is_nhs_number("9434765918")
    assert not is_nhs_number("943476591")


@pytest.mark.parametrize(
    "text", ["Room 12, ask for Jo", "08:30-12:40 on 8-12-2026", "GMC 7654321", "Rates 80 90 100"]
)
def test_everyday_words_pass(text: str) -> None:
    """Times, dates and short numbers are no NHS numbers."""
    assert nhs_numbers_in(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "12 943 476 5919",
        "943 476 5919 2pm",
        "room 3, 9434765919 at 8:30",
        "943-476-5919-1",
        "\uff19\uff14\uff13 \uff14\uff17\uff16 \uff15\uff19\uff11\uff19",
    ],
)
def test_a_number_beside_it_does_not_hide_it(text: str) -> None:
    """A time, a room or a count beside it leaves it an NHS number; so do full-width digits."""
    assert "9434765919" in nhs_numbers_in(text)


def test_a_telephone_number_with_its_country_passes() -> None:
    """Ten digits after +44 are a telephone number, even with the right check digit."""
    assert nhs_numbers_in("+44 9434765919 or +449434765919") == []


class Note(Form):
    line = Text(label="Line", required=False)
    lines = LongText(label="Lines", required=False)


@pytest.mark.parametrize("name", ["line", "lines"])
def test_free_text_refuses_it_clearly(name: str) -> None:
    """The message says what was found and what to do."""
    form = Note({name: "About 943 476 5919, please"})
    assert not form.is_valid()
    assert "NHS number" in form.errors[name][0]
    assert Note({name: "About the car park"}).is_valid()


def test_the_validator_speaks_to_people() -> None:
    """Spreadsheets and commands may use it by itself."""
    from desirepath.audit.privacy import refuse_nhs_number

    with pytest.raises(ValidationError, match="no patient's details"):
        refuse_nhs_number("943-476-5919")
    refuse_nhs_number("nothing here")
