"""Transition tables."""

import pytest

from desirepath.audit.states import TABLES, InvalidMove, States


def test_table_refuses_unknown_states() -> None:
    """A move to a state that is not in the table is a mistake of the programmer."""
    with pytest.raises(ValueError, match="no such state: nowhere"):
        States.table("Thing of a test", {"here": {"nowhere"}})
    assert "Thing of a test" not in TABLES


def test_check_allows_only_the_moves_of_the_table() -> None:
    """A move in the table passes, any other is refused by name."""
    states = States("Thing", {"a": frozenset({"b"}), "b": frozenset()})
    states.check("a", "b")
    with pytest.raises(InvalidMove, match="b cannot become a"):
        states.check("b", "a")
    assert states.start == "a"
    assert states.ends == {"b"}


def test_every_table_can_be_walked_from_its_start() -> None:
    """No entity has a state that cannot be reached."""
    for states in TABLES.values():
        reached, todo = {states.start}, [states.start]
        while todo:
            new = states.moves[todo.pop()] - reached
            reached |= new
            todo += new
        # a membership may begin by its own application, without an invitation
        assert reached == set(states.moves), states.entity
