"""My terms: a page for each part, one draft, one publish; what a practice reads of them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from desirepath.clinicians import actions
from desirepath.clinicians.models import LIMITS, RATES, Clinician
from desirepath.clinicians.terms_words import practice_reads, scale_in_words
from desirepath.organisations.models import Organisation
from desirepath.pools.models import Pool
from tests import cast

pytestmark = pytest.mark.django_db
TERMS = reverse("clinicians:terms")
PUBLISH = reverse("clinicians:publish-terms")
HISTORY = reverse("clinicians:terms-history")
PREVIEW = reverse("clinicians:terms-preview")


def part(name: str) -> str:
    return reverse("clinicians:terms-part", args=[name])


@pytest.fixture
def pool() -> Pool:
    place: Organisation = cast.practice("Quayside Surgery")
    return cast.pool("Saltmarsh pool", place)


@pytest.fixture
def ann(pool: Pool) -> Clinician:
    return cast.clinician("Ann Locum", pool=pool)


@pytest.fixture
def hers(client: Client, ann: Clinician, sign_in: Any) -> Client:
    """Ann's browser."""
    return sign_in(client, ann.person)


def typed(clinician: Clinician, names: tuple[str, ...], **changes: Any) -> dict[str, Any]:
    """A part of her terms as its form posts it."""
    values = dict(actions.draft_terms(clinician).values)
    values["max_minutes_week"] /= 60
    values["min_rest_minutes"] /= 60
    return {name: values[name] for name in names} | changes


def test_terms_show_what_is_in_force(hers: Client) -> None:
    """Her rates and limits in words; limits are typed as sentences with one number."""
    text = hers.get(TERMS).text
    for words in ("Version 1 is in force", "£90 an hour", "At most 2 sessions", "What a practice sees"):
        assert words in text
    assert "Not published yet" not in text
    limits = hers.get(part("limits")).text
    for words in ("At most", "sessions a day", 'value="40"', 'value="11"'):
        assert words in limits


def test_a_part_is_saved_then_published(hers: Client, ann: Clinician) -> None:
    """A changed rate is in the draft, told as a change, and in force once published; hours are kept as
    minutes.
    """
    assert hers.post(part("rates"), typed(ann, RATES, base_rate="95.50")).url == TERMS
    hers.post(part("limits"), typed(ann, LIMITS, min_rest_minutes="12.5"))
    text = hers.get(TERMS).text
    assert "Not published yet" in text and "Your rate: £90 an hour, now £95.50 an hour" in text
    assert ann.current_terms and ann.current_terms.base_rate == 90
    assert "published: version 2" in hers.post(PUBLISH, follow=True).text
    terms = ann.current_terms
    assert (terms.version, terms.base_rate, terms.min_rest_minutes) == (2, Decimal("95.50"), 750)


def test_publishing_twice_is_once(hers: Client, ann: Clinician) -> None:
    """A double click, or nothing changed, makes no version and says so."""
    hers.post(part("rates"), typed(ann, RATES, base_rate="95"))
    hers.post(PUBLISH)
    assert "Nothing has changed" in hers.post(PUBLISH, follow=True).text
    hers.post(part("rates"), typed(ann, RATES))
    assert "Nothing has changed" in hers.post(PUBLISH, follow=True).text
    assert ann.terms.exclude(version=None).count() == 2


def test_changes_can_be_forgotten(hers: Client, ann: Clinician) -> None:
    """The draft goes, what is in force stays."""
    hers.post(part("rates"), typed(ann, RATES, base_rate="95"))
    hers.post(reverse("clinicians:forget-terms"))
    assert "Not published yet" not in hers.get(TERMS).text
    assert ann.terms.count() == 1


def test_wrong_terms_keep_what_was_typed(hers: Client, ann: Clinician) -> None:
    """Each wrong number is named beside its field; nothing is kept."""
    answer = hers.post(part("rates"), typed(ann, RATES, base_rate="ninety"))
    assert answer.status_code == 422 and 'value="ninety"' in answer.text
    answer = hers.post(part("limits"), typed(ann, LIMITS, max_sessions_day="9", min_rest_minutes="50"))
    assert answer.status_code == 422
    assert "Most sessions a day must be between 0 and 4" in answer.text
    assert "Least hours of rest between days must be between 0 and 48" in answer.text
    assert ann.terms.count() == 1


CONDITIONS = {
    "practice_cancels-days-0": "3",
    "practice_cancels-percent-0": "50",
    "practice_cancels-days-3": "1",
    "practice_cancels-percent-3": "100",
    "payment_days": "14",
    "most_patients": "15",
    "shortest_appointment": "15",
    "home_visits": "0",
    "statement": "I like complicated patients.",
}


def test_conditions_as_a_small_table(hers: Client, ann: Clinician) -> None:
    """Rows in any order, with empty ones between; the version keeps them with the least notice first."""
    assert hers.post(part("conditions"), CONDITIONS).url == TERMS
    hers.post(PUBLISH)
    terms = ann.current_terms
    assert terms
    assert terms.practice_cancels == [[1, 100], [3, 50]] and terms.clinician_cancels == []
    assert (terms.payment_days, terms.home_visits) == (14, 0)
    again = hers.get(part("conditions")).text
    assert 'value="100"' in again and "I like complicated patients." in again
    assert "less than 3 days before: 50% of the fee" in hers.get(HISTORY).text.lower()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"practice_cancels-percent-0": ""}, "Enter both a number of days and a percentage"),
        ({"practice_cancels-percent-0": "101"}, "must be between 0 and 100"),
        ({"practice_cancels-days-0": "29"}, "must be between 1 and 28"),
        ({"practice_cancels-percent-3": "20"}, "More notice can&#39;t cost more"),
        ({"statement": "She is 943 476 5919"}, "looks like an NHS number"),
        ({"most_patients": "0"}, "must be between 1 and 60"),
    ],
)
def test_conditions_that_can_not_be(hers: Client, ann: Clinician, wrong: dict[str, str], says: str) -> None:
    """Told beside the box, and nothing is kept."""
    answer = hers.post(part("conditions"), CONDITIONS | wrong)
    assert answer.status_code == 422 and says in answer.text
    assert ann.terms.count() == 1


EXTRAS = {
    "extra-name-0": "Coil fitting",
    "extra-fee-0": "25",
    "extra-name-1": "",
    "extra-fee-1": "",
    "kind-name-0": "Duty doctor",
    "kind-about-0": "Only with a second doctor in the building",
    "kind-name-1": "Routine surgery",
    "kind-about-1": "",
    "kind-offered-1": "on",
}


def test_extras_and_kinds_of_session(hers: Client, ann: Clinician) -> None:
    """Filled rows are kept, empty ones are not; what she does not do is told as such."""
    assert hers.post(part("extras"), EXTRAS).url == TERMS
    terms = actions.draft_terms(ann)
    assert terms.extras == [["Coil fitting", "25.00"]]
    assert terms.session_types == [
        ["Duty doctor", "Only with a second doctor in the building", False],
        ["Routine surgery", "", True],
    ]
    page = hers.get(PREVIEW).text
    assert "Coil fitting: £25 each time" in page
    assert "Not Duty doctor: Only with a second doctor in the building" in page
    assert "£90" not in page


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"extra-fee-0": ""}, "Enter both what it is and its fee"),
        ({"extra-fee-0": "lots"}, "Fee of extra 1"),
        ({"extra-name-1": "coil fitting", "extra-fee-1": "5"}, "Two extras have the same name"),
        ({"kind-name-1": "", "kind-about-1": "in the morning"}, "what kind of session"),
        ({"kind-about-0": "for 943 476 5919"}, "looks like an NHS number"),
    ],
)
def test_extras_that_can_not_be(hers: Client, ann: Clinician, wrong: dict[str, str], says: str) -> None:
    """Told beside the box, and nothing is kept."""
    answer = hers.post(part("extras"), EXTRAS | wrong)
    assert answer.status_code == 422 and says in answer.text
    assert ann.terms.count() == 1


def test_first_terms(client: Client, pool: Pool, sign_in: Any) -> None:
    """Somebody who has published none is told so, may begin anywhere, and publishes version 1 with a rate."""
    holder = cast.person("New Locum")
    new = actions.register_clinician(
        by=None, person=holder, role="gp", registration="7654321", latitude=52.0, longitude=1.0
    )
    sign_in(client, holder)
    assert "You have not published terms yet" in client.get(TERMS).text
    assert client.post(part("conditions"), CONDITIONS).url == TERMS
    assert client.post(PUBLISH).url == part("rates")
    assert client.post(part("rates"), typed(new, RATES, base_rate="")).status_code == 422
    client.post(part("rates"), typed(new, RATES, base_rate="88"))
    client.post(PUBLISH)
    assert new.current_terms is not None and new.current_terms.payment_days == 14
    assert "Your first terms" in client.get(HISTORY).text


def test_history_says_what_changed(hers: Client, ann: Clinician) -> None:
    """Versions, the newest first, with what each changed; each opens as it was."""
    hers.post(part("rates"), typed(ann, RATES, base_rate="95"))
    hers.post(part("limits"), typed(ann, LIMITS, max_km="12"))
    hers.post(PUBLISH)
    text = hers.get(HISTORY).text
    assert "Your rate: £90 an hour, now £95 an hour" in text
    assert "Farthest you travel: 30 km, now 12 km" in text
    old = hers.get(reverse("clinicians:terms-version", args=[1])).text
    assert "£90 an hour" in old and "Replaced" in old
    assert hers.get(reverse("clinicians:terms-version", args=[9])).status_code == 404
    assert hers.post(HISTORY).status_code == 405
    assert hers.get("/my/terms/nonsense/").status_code == 404


def test_terms_of_others_do_not_exist(hers: Client, pool: Pool) -> None:
    """A version number addresses her own terms only."""
    other = cast.clinician("Bea Locum", pool=pool, rate=77)
    actions.publish_terms(by=other.person, clinician=other, values={"base_rate": Decimal(78)})
    assert hers.get(reverse("clinicians:terms-version", args=[2])).status_code == 404


def test_a_practice_never_reads_rates_or_limits(ann: Clinician) -> None:
    """No rate or limit of hers has a place in what a practice reads."""
    made = actions.publish_terms(
        by=ann.person, clinician=ann, values={"base_rate": Decimal("91.37"), "max_km": 23}
    )
    read = str(practice_reads(made))
    assert "91" not in read and "23" not in read
    assert practice_reads(None) == []


def test_a_scale_in_words(ann: Clinician) -> None:
    """A line a step, and what is beyond the last."""
    made = actions.publish_terms(
        by=ann.person, clinician=ann, values={"practice_cancels": [[7, 25], [1, 100]]}
    )
    assert scale_in_words(made.scale("practice")) == [
        "less than 1 day before: 100% of the fee",
        "less than 7 days before: 25% of the fee",
        "7 days or more: nothing",
    ]
    assert scale_in_words(made.scale("clinician")) == ["nothing is owed"]
