"""However the questions vary, no difference of counts speaks of one or two people."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desirepath.vacancies.disclosure import FEWEST, Ledger

people = st.frozensets(st.integers(0, 13))


def atoms(told: list[frozenset[int]]) -> list[set[int]]:
    """The finest parts that any sums and differences of the sets told can speak of."""
    parts: dict[tuple[bool, ...], set[int]] = {}
    for person in frozenset().union(*told):
        parts.setdefault(tuple(person in each for each in told), set()).add(person)
    return list(parts.values())


@given(st.lists(people, max_size=8))
def test_every_part_has_enough_people(questions):
    """Whatever is asked, in whatever order, the parts told have three people or more."""
    ledger = Ledger()
    told = [ledger.tell(question) for question in questions]
    assert all(len(part) >= FEWEST for part in atoms(told))


@given(st.lists(people, max_size=6), people)
def test_what_is_kept_goes_on(questions, last):
    """Stored between two questions and read again, it tells the same."""
    ledger, stored = Ledger(), Ledger()
    for question in questions:
        ledger.tell(question)
        stored.tell(question)
        stored = Ledger([sorted(group) for group in stored.groups])
    assert ledger.tell(last) == stored.tell(last)


@given(people)
def test_the_first_question_is_answered_exactly(question):
    """Exact from three people on; of fewer nothing is told."""
    assert Ledger().tell(question) == (question if len(question) >= FEWEST else frozenset())


@given(st.lists(people, max_size=6), people)
def test_it_is_never_far_off(questions, last):
    """Told is at most two people for each group away from the truth, and two who are new."""
    ledger = Ledger()
    for question in questions:
        ledger.tell(question)
    groups = len(ledger.groups)
    assert len(ledger.tell(last) ^ last) <= 2 * groups + 2


def test_one_person_more_is_not_told():
    """Asked with and without somebody, the count is the same."""
    ledger = Ledger()
    assert len(ledger.tell(range(8))) == 8
    assert len(ledger.tell(range(7))) == 8
    assert len(ledger.tell(range(9))) == 8
    assert len(ledger.tell(range(11))) == 11
