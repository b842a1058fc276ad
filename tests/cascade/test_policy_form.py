"""The form of a pool's policy: every rule is on it once, by tier, and a fold with an error stands open."""

from __future__ import annotations

from collections import Counter

import pytest

from desirepath.cascade.models import CascadePolicy
from desirepath.cascade.models.policy import RULES
from desirepath.cascade.policy_form import FOLDED, TIERS, PolicyForm
from desirepath.pools.models import Pool
from tests import cast


@pytest.fixture
def pool() -> Pool:
    return cast.pool("Wex", cast.practice())


def test_every_rule_has_its_place() -> None:
    """None is missing, none is there twice; beside them only who is told."""
    named = Counter(name for part in (*TIERS, *FOLDED) for name in part.fields)
    assert set(named.values()) == {1}
    assert set(named) == {*RULES, "escalate_to"}


@pytest.mark.django_db
def test_a_fold_says_what_holds_now(pool: Pool) -> None:
    """Without opening it she reads the numbers in force; nothing is open before something is wrong."""
    folds = list(PolicyForm(pool=pool).folded())
    assert "near 7 days before, urgent 48 hours before" in [fold.now for fold in folds]
    assert not any(fold.open for fold in folds)


@pytest.mark.django_db
def test_what_is_wrong_is_open(pool: Pool) -> None:
    """Only the fold with the error stands open, and what is usual is told beside its number."""
    values = {**CascadePolicy.usual(pool).values, "most_offers_day": "many"}
    form = PolicyForm(values, pool=pool)
    assert not form.is_valid()
    assert [fold.heading for fold in form.folded() if fold.open] == ["What one clinician is asked"]
    assert form.fields["most_offers_day"].help_text == "Usually 3"
