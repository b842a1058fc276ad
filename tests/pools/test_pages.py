"""Every page of the pool's people in a real browser, at desk and phone width."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from desirepath.accounts.roles import Role
from desirepath.pools import actions
from tests import cast

PEOPLE = "name,email,role,registration,latitude,longitude,base_rate\n"
ANN = "Ann Able,ann@example.org,GP,7012345,52.63,1.29,92\n"
BEN = "Ben Bold,ben@example.org,nurse,12A3456E,52.64,1.30,48.50\n"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(page: Any, live: str, coast: SimpleNamespace, sign_in: Any) -> Any:
    """The browser of the manager of the coast, who has invited somebody."""
    cast.booker("Bea Booker", coast.practice)
    cast.practice("Freewater Surgery", code="D82099", postcode="NR9 9ZZ")
    cast.practice("Freewater Branch Surgery", code="D82098", postcode="NR9 9ZY")
    actions.invite_to_role(
        by=coast.manager,
        pool=coast.pool,
        name="Nell Newcomer",
        email="nell@example.org",
        role=Role.PRACTICE_BOOKER,
        place=coast.practice,
    )
    sign_in(page, coast.manager)
    return page


def test_people(desk: Any, look: Any) -> None:
    """The list, inviting somebody with an error first, and ending a role."""
    desk.goto("/people/")
    look(desk, "people")
    desk.get_by_role("button", name="Invite somebody").or_(
        desk.get_by_role("link", name="Invite somebody")
    ).click()
    look(desk, "invite")
    desk.get_by_role("button", name="Send the invitation").click()
    assert desk.title().startswith("Error: ")
    look(desk, "invite-wrong")
    desk.get_by_label("Full name").fill("Fay Finance")
    desk.get_by_label("E-mail address").fill("fay@example.org")
    desk.get_by_label("Role").select_option("finance officer")
    desk.get_by_role("button", name="Send the invitation").click()
    desk.get_by_text("Fay Finance is invited as Finance officer at Coast Pool").wait_for()
    desk.get_by_role("link", name="End the role of Bea Booker").click()
    look(desk, "end-role")
    desk.get_by_label("Now").check()
    desk.get_by_role("button", name="End the role").click()
    desk.get_by_text("Bea Booker's role as Practice booker at Coast Surgery ends").wait_for()


def test_practices(desk: Any, look: Any) -> None:
    """The list, finding one and adding it with its booker, and making one by hand."""
    desk.goto("/people/practices/")
    look(desk, "practices")
    desk.goto("/people/practices/add")
    desk.get_by_label("Find a practice").fill("freewater")
    desk.get_by_role("button", name="Search").click()
    look(desk, "add-practice")
    desk.get_by_label("Freewater Surgery (D82099)").check()
    desk.get_by_label("Name of who books").fill("Bo Booker")
    desk.get_by_label("E-mail address of who books").fill("bo@example.org")
    desk.get_by_role("button", name="Add the practice").click()
    desk.get_by_text("Freewater Surgery is in the pool, and Bo Booker is invited").wait_for()
    desk.goto("/people/practices/new")
    look(desk, "new-practice")


def test_a_spreadsheet(desk: Any, look: Any, tmp_path: Any) -> None:
    """A file with an error is shown and not taken; the corrected one is taken."""
    desk.goto("/people/import/clinicians/")
    look(desk, "import")
    wrong, right = tmp_path / "wrong.csv", tmp_path / "right.csv"
    wrong.write_text(PEOPLE + ANN + BEN.replace("48.50", "lots") + BEN.replace("52.64", ""))
    right.write_text(PEOPLE + ANN + BEN)
    desk.set_input_files("input[type=file]", wrong)
    desk.get_by_role("button", name="Look at the rows").click()
    desk.get_by_text("row 3, base_rate: must be an amount of money").wait_for()
    look(desk, "preview-wrong")
    desk.goto("/people/import/clinicians/")
    desk.set_input_files("input[type=file]", right)
    desk.get_by_role("button", name="Look at the rows").click()
    look(desk, "preview")
    desk.get_by_role("button", name="Confirm: take 2 rows").click()
    desk.get_by_text("2 clinicians joined the pool").wait_for()


def test_one_clinician(desk: Any, look: Any) -> None:
    """The form for one, with what is wrong beside its field."""
    desk.goto("/people/invite-clinician")
    look(desk, "invite-clinician")
    desk.get_by_label("Full name").fill("Ann Able")
    desk.get_by_label("E-mail address").fill("ann@example.org")
    desk.get_by_label("GP", exact=True).check()
    desk.get_by_label("Registration number").fill("12")
    desk.get_by_label("Near which practice").fill("Coast Surgery")
    desk.get_by_role("button", name="Send the invitation").click()
    assert desk.get_by_role("link", name="Registration number must be").is_visible()
    look(desk, "invite-clinician-wrong")
