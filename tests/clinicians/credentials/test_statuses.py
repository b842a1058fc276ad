"""An extract of the Performers List: read whole or not at all, and what a suspension does at once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from desirepath.accounts.roles import Role
from desirepath.audit import clock
from desirepath.audit.refusal import Refused
from desirepath.bookings.actions import accept_offer
from desirepath.bookings.models import CheckFlag
from desirepath.cascade.blocks import offer_block
from desirepath.cascade.models import Offer
from desirepath.clinicians.credentials.statuses import import_statuses
from desirepath.clinicians.models import Clinician, RegisterStatus
from desirepath.messages.models import Message
from desirepath.organisations.models import Organisation
from desirepath.pools.models import Pool
from desirepath.vacancies.fit import fit
from desirepath.vacancies.models import Block
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def surgery() -> Organisation:
    return cast.practice("Quayside Surgery")


@pytest.fixture
def pool(surgery: Organisation) -> Pool:
    return cast.pool("Saltmarsh pool", surgery)


@pytest.fixture
def ann(pool: Pool) -> Clinician:
    return cast.clinician("Ann Locum", pool=pool)


@pytest.fixture
def extract(tmp_path: Path):
    def write(*rows: str, heading: str = "gmc_number,status,from,to") -> Path:
        path = tmp_path / "extract.csv"
        path.write_text("\n".join([heading, *rows]) + "\n")
        return path

    return write


def test_a_suspension_stops_offers_and_flags_bookings_at_once(pool, surgery, ann, extract):
    """Open offers end, alone and in a block; nothing new fits; a booking stands, flagged to both."""
    manager = cast.holder(Role.POOL_MANAGER, pool.organisation)
    booking = cast.booking(cast.vacancy(surgery, start=cast.at(5)), ann)
    asked, open_session = cast.vacancy(surgery, start=cast.at(8)), cast.vacancy(surgery, start=cast.at(9))
    offer = cast.offer(asked, ann)
    block = Block.objects.create(pool=pool, practice=surgery, title="Every week")
    sessions = [cast.vacancy(surgery, start=cast.at(days), block=block) for days in (30, 37)]
    offered = offer_block(by=manager, block=block, clinician=ann, sessions=sessions)
    assert fit(ann, open_session).fits
    import_statuses(path=extract(f"{ann.registration},Suspended,{clock.today()},"), by=None)
    for row in (offer, offered):
        row.refresh_from_db()
        assert (row.state, row.withdrawn_because) == ("withdrawn", "something is missing in your checks")
    asked.refresh_from_db()
    assert asked.state == "released"
    assert not Offer.objects.live().exists()
    judged = fit(ann, open_session)
    assert judged.broken == ("validity",) and "suspended on the Performers List" in judged.why_not_for_others
    assert CheckFlag.objects.raised().get().booking == booking
    booking.refresh_from_db()
    assert booking.state == "confirmed"
    for person, words in ((manager, "1 booking to look at"), (ann.person, "2 offers taken back")):
        assert Message.objects.for_user(person).filter(subject__startswith=words).count() == 1


def test_an_offer_that_was_read_before_is_refused_at_acceptance(surgery, ann, extract):
    """She had the page open: the yes comes too late, and says what is missing."""
    offer = cast.offer(cast.vacancy(surgery), ann)
    RegisterStatus.objects.create(
        gmc_number=ann.registration, status="suspended", starts_on=clock.today() - timedelta(days=1)
    )
    from desirepath.clinicians.credentials import clearing

    hearing, clearing._hearing[:] = clearing._hearing[:], []
    try:
        clearing.work_out([ann])
    finally:
        clearing._hearing[:] = hearing
    with pytest.raises(Refused, match="suspended on the Performers List"):
        accept_offer(by=ann.person, offer=offer)


def test_a_later_extract_takes_the_place_of_an_earlier(pool, surgery, ann, extract):
    """Lifted in the next file: she may be offered work again, and the flag goes; twice is as once."""
    cast.booking(cast.vacancy(surgery, start=cast.at(5)), ann)
    today = clock.today()
    import_statuses(path=extract(f"{ann.registration},suspended,{today},"), by=None)
    assert CheckFlag.objects.raised().exists()
    lifted = extract(f"{ann.registration},included,01/02/2020,", f"7999999,removed,{today},")
    for changed in (2, 0):
        said = import_statuses(path=lifted, by=None)
        assert f"2 GMC numbers read, {changed} of them new or changed" in said[0]
    assert not CheckFlag.objects.raised().exists()
    assert fit(ann, cast.vacancy(surgery)).fits


def test_a_suspension_to_come_bears_on_its_days_alone(surgery, ann, extract):
    """Sessions before it are hers, those from it on are not."""
    start = cast.at(10).date()
    import_statuses(path=extract(f"{ann.registration},suspended,{start},"), by=None)
    assert fit(ann, cast.vacancy(surgery, start=cast.at(9))).fits
    assert fit(ann, cast.vacancy(surgery, start=cast.at(10))).broken == ("validity",)


def test_another_profession_with_the_same_number_is_not_meant(pool, extract):
    """A GMC number says nothing about a nurse."""
    nurse = cast.clinician("Nora Nurse", pool=pool, role="nurse")
    import_statuses(path=extract(f"{nurse.registration},removed,2026-01-01,"), by=None)
    assert nurse.memberships.get().cleared_on(clock.today())


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("12345,suspended,2026-01-01,", "row 3: gmc_number must have 7 digits"),
        ("7000001,gone,2026-01-01,", "row 3: status must be one of"),
        ("7000001,suspended,,", "row 3: from is missing"),
        ("7000001,suspended,soon,", "row 3: from must be a date"),
        ("7000001,suspended,2026-02-30,", "row 3: from must be a date"),
        ("7000001,suspended,2026-01-02,2026-01-01", "row 3: to lies before from"),
        ("7000000,included,2020-01-01,2020-02-01", "twice"),
    ],
)
def test_one_wrong_row_and_nothing_is_taken(extract, row, said):
    """The row is named; the good row beside it is not kept either."""
    with pytest.raises(Refused, match=said):
        import_statuses(path=extract("7000000,included,2020-01-01,", row), by=None)
    assert not RegisterStatus.objects.exists()


def test_a_file_that_is_no_extract(extract):
    """Columns are missing, or rows."""
    with pytest.raises(Refused, match="no column status, from, to"):
        import_statuses(path=extract("7000000,1", heading="gmc_number,other"), by=None)
    with pytest.raises(Refused, match="holds no rows"):
        import_statuses(path=extract(), by=None)


def test_the_command(extract, ann):
    """Exit 0 and what was done; 2 and one line for a wrong file."""
    from desirepath.cli.imports import app

    done = CliRunner().invoke(app, ["statuses", str(extract(f"{ann.registration},included,2020-01-01,"))])
    assert done.exit_code == 0 and "1 clinician here judged again" in done.output
