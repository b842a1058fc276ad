"""The pages that belong to no room, and what is true of every page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, RequestFactory
from django.urls import resolve, reverse

import desirepath
from desirepath.accounts.models import Person
from desirepath.accounts.roles import EVERYWHERE, PERMISSIONS, Role
from desirepath.audit.models import Event
from desirepath.config import views
from desirepath.config.middleware import POLICY
from desirepath.config.navigation import LINKS, home_of
from desirepath.organisations.models import Kind, Organisation
from tests import cast

SOURCE = Path(desirepath.__file__).parent
TEMPLATES = sorted(SOURCE.rglob("jinja2/**/*.jinja"))
PUBLIC = ["/", "/sign-in", "/forgotten-password", "/accessibility", "/privacy"]


def title_of(answer: Any) -> str:
    found = re.search(r"<title>(.*?)</title>", answer.content.decode())
    assert found
    return found[1]


@pytest.mark.parametrize("address", PUBLIC)
def test_anyone_may_read(client: Client, db: None, address: str) -> None:
    """Open pages answer 200 with one main heading, and nothing else than reading is asked of them."""
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.content.decode().count("<h1") == 1


def test_titles_differ(client: Client, db: None) -> None:
    """No two pages share a title."""
    titles = [title_of(client.get(address)) for address in PUBLIC]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("address", ["/", "/accessibility", "/privacy"])
def test_only_reading(client: Client, db: None, address: str) -> None:
    """Sending something to a page that takes nothing is refused."""
    assert client.post(address).status_code == 405


@pytest.mark.parametrize("address", ["/", "/sign-in", "/no-such-page"])
def test_a_browser_loads_nothing_from_elsewhere(client: Client, db: None, address: str) -> None:
    """Every answer carries the policy, errors too; it allows nothing inline."""
    policy = client.get(address)["Content-Security-Policy"]
    assert policy == POLICY
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


def test_pages_of_somebody_are_kept_by_no_cache(client: Client, alice: Person) -> None:
    """Signed in: no-store. Open pages may be kept."""
    assert "Cache-Control" not in client.get("/accessibility")
    client.force_login(alice)
    assert client.get("/your-account")["Cache-Control"] == "no-store"


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_templates_hold_nothing_foreign_or_inline(template: Path) -> None:
    """No address of another site, no style or script in the markup."""
    text = template.read_text()
    assert not re.search(r"""(?:src|href|action)=["'](?:https?:)?//""", text)
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)


def test_the_design_system_is_ours_to_serve() -> None:
    """The vendored files name no other host for anything they load, and every picture they load is here."""
    folder = SOURCE / "nhsuk" / "static" / "nhsuk"
    for sheet in folder.glob("*.css"):
        text = sheet.read_text()
        assert "http" not in text
        assert "sourceMappingURL" not in text
        for loaded in re.findall(r"url\(([^)]+)\)", text):
            assert (folder / loaded).is_file(), loaded
    assert "sourceMappingURL" not in (folder / "nhsuk-frontend.min.js").read_text()
    assert "MIT" in (folder / "LICENCE.txt").read_text()


@pytest.mark.parametrize(
    "name", ["nhsuk-frontend.min.css", "nhsuk-frontend.min.js", "desirepath.css", "init.js", "desirepath.svg"]
)
def test_the_files_are_served(client: Client, db: None, name: str) -> None:
    """By the application itself, without a collect step."""
    answer = client.get(f"/static/nhsuk/{name}")
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    answer.close()


def test_a_page_that_is_not_there(client: Client, db: None) -> None:
    """404 in our words."""
    answer = client.get("/no-such-page")
    assert answer.status_code == 404
    assert "Page not found" in title_of(answer)


def test_a_form_without_its_proof(alice: Person) -> None:
    """403 in our words, nothing done."""
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)
    assert strict.post("/sign-out").status_code == 403
    request = RequestFactory().post("/")
    answer = views.form_too_old(request, reason="cookie")
    assert (answer.status_code, title_of(answer)) == (403, "This form was open too long - Desirepath")


def test_a_failure_of_ours(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """500 in our words, though nothing of the application can be relied on, and no detail of what failed."""

    def fail(request: Any) -> None:
        raise RuntimeError("a secret of the house")

    monkeypatch.setattr("desirepath.config.navigation.menu", fail)
    monkeypatch.setattr("desirepath.config.navigation.page_context", fail)
    monkeypatch.setattr("desirepath.nhsuk.pages.render", lambda *a, **k: fail(None))
    client.raise_request_exception = False
    answer = client.get("/")
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.content.decode()
    assert "secret" not in answer.content.decode()


def test_somebody_without_a_role(client: Client, db: None) -> None:
    """Is told so, and whom to ask."""
    client.force_login(cast.person("Nora Norole"))
    page = client.get("/").content.decode()
    assert "You hold no role yet" in page
    assert "manager of your pool" in page


@pytest.mark.parametrize("held", list(Role))
def test_every_role_has_a_home(client: Client, db: None, held: Role) -> None:
    """The front page sends her to it, and it opens for her."""
    someone = cast.person()
    cast.role(someone, held, None if held in EVERYWHERE else cast.organisation(Kind.POOL))
    client.force_login(someone)
    answer = client.get("/")
    assert (answer.status_code, answer["Location"]) == (302, home_of(held))


@pytest.mark.parametrize("held", list(Role))
def test_no_link_of_the_menu_is_closed_to_its_role(held: Role) -> None:
    """Each link leads to a page that asks for a permission which the role has."""
    for name, _ in LINKS[held]:
        asked = resolve(reverse(name)).func.permissions  # type: ignore[attr-defined]
        assert PERMISSIONS[held] & set(asked), f"{held.label} may not open {name}"


def test_the_menu_is_the_roles_own(client: Client, db: None) -> None:
    """An auditor sees her links, the current one marked."""
    someone = cast.person()
    cast.role(someone, Role.AUDITOR)
    client.force_login(someone)
    page = client.get("/log").content.decode()
    assert 'href="/log" aria-current="page"' in page
    assert "Auditor" in page
    assert "Change role" not in page


def test_the_header_says_who_acts_for_whom(client: Client, alice: Person) -> None:
    """Her name, role and organisation, and the way out; a way to change when she holds several roles."""
    client.force_login(alice)
    page = client.get("/your-account").content.decode()
    for said in ("Practice booker, Quayside Surgery", "Alice Archer", "Sign out"):
        assert said in page
    assert "Change role" not in page
    cast.role(alice, Role.AUDITOR)
    assert "Change role" in client.get("/your-account").content.decode()


def test_a_demonstration_says_so(client: Client, db: None, settings: Any) -> None:
    """In demo mode, and wherever the person or the organisation acted for is fictional; nowhere else."""
    said = "Fictional people and practices"
    assert said not in client.get("/").content.decode()
    settings.DEMO = True
    assert said in client.get("/").content.decode()
    settings.DEMO = False
    pool = cast.organisation(Kind.POOL, fictional=True)
    someone = cast.person()
    cast.role(someone, Role.POOL_MANAGER, pool)
    client.force_login(someone)
    assert said in client.get("/your-account").content.decode()


class TestLog:
    """The log of events."""

    @pytest.fixture
    def auditor(self, client: Client, db: None) -> Client:
        someone = cast.person("Audrey Auditor")
        cast.role(someone, Role.AUDITOR)
        client.force_login(someone)
        return client

    def test_only_an_auditor_reads_it(self, client: Client, alice: Person) -> None:
        """Strangers sign in; others are told kindly."""
        assert client.get("/log").status_code == 302
        client.force_login(alice)
        assert client.get("/log").status_code == 403

    def test_opaque_ids_only(self, auditor: Client, alice: Person) -> None:
        """What happened is there; who she is is not."""
        Event.record("released", alice, by=alice, tier=1)
        page = auditor.get("/log").content.decode()
        assert str(alice.public_id) in page
        assert "tier: 1" in page
        assert "Alice" not in page

    def test_searching(self, auditor: Client, alice: Person, quayside: Organisation, clock_at: Any) -> None:
        """By entity, by what happened, by id, by day in London."""
        clock_at("2026-07-01 00:30")
        Event.record("released", alice, by=None)
        clock_at("2026-07-02 09:00")
        Event.record("withdrawn", quayside, by=alice)
        for question, found in [
            ("entity=person", "released"),
            ("verb=WITHDR", "withdrawn"),
            (f"id={quayside.public_id}", "withdrawn"),
            ("on=2026-07-01", "released"),
            ("on-day=2&on-month=7&on-year=2026", "withdrawn"),
        ]:
            page = auditor.get(f"/log?{question}").content.decode()
            shown = set(re.findall(r'data-label="What">(\w+)<', page))
            assert shown == {found}, question

    def test_a_question_asked_wrongly(self, auditor: Client) -> None:
        """Shows what is wrong, and no events."""
        answer = auditor.get("/log?id=7")
        assert answer.status_code == 422
        assert "Enter a whole id" in answer.content.decode()

    def test_pages(self, auditor: Client, alice: Person) -> None:
        """Fifty at a time, the search kept from page to page; a number too high shows the last."""
        for _ in range(views.EVENTS_A_PAGE + 1):
            Event.record("released", alice, by=None)
        page = auditor.get("/log?verb=released").content.decode()
        assert "51 events, page 1 of 2" in page
        assert 'href="?verb=released&amp;page=2"' in page
        assert "page 2 of 2" in auditor.get("/log?verb=released&page=99").content.decode()


class TestChangeRole:
    """Acting in another of one's roles."""

    @pytest.fixture
    def two_roles(self, client: Client, alice: Person) -> Client:
        cast.role(alice, Role.AUDITOR)
        client.force_login(alice)
        return client

    def test_choosing(self, two_roles: Client, alice: Person) -> None:
        """The choice holds from then on."""
        assert two_roles.get("/log").status_code == 403
        wanted = alice.roles.get(role=Role.AUDITOR)
        answer = two_roles.post("/change-role", {"role": str(wanted.public_id), "next": "/log"})
        assert answer["Location"] == "/log"
        assert two_roles.get("/log").status_code == 200

    def test_the_page_says_which_roles_would_do(self, two_roles: Client, alice: Person) -> None:
        """A page closed in this role offers the one in which it opens."""
        page = two_roles.get("/log").content.decode()
        assert "Go on as Auditor" in page
        assert 'value="/log"' in page

    def test_nobody_takes_anothers_role(self, two_roles: Client, charlie: Person) -> None:
        """A role held by somebody else, or none, is no choice."""
        for role in (str(charlie.roles.get().public_id), "", "x"):
            assert two_roles.post("/change-role", {"role": role}).status_code == 422

    def test_never_to_another_site(self, two_roles: Client, alice: Person) -> None:
        """``next`` leads within."""
        role = str(alice.roles.first().public_id)
        assert two_roles.post("/change-role", {"role": role, "next": "//example.com"})["Location"] == "/"


def test_free_text_everywhere_refuses_nhs_numbers() -> None:
    """Every form of every room: a text box takes no NHS number, unless its kind holds no prose."""
    from importlib import import_module
    from pkgutil import walk_packages

    from django import forms

    from desirepath.audit.privacy import refuse_nhs_number
    from desirepath.nhsuk import fields
    from desirepath.nhsuk.forms import Form, ModelForm

    for module in walk_packages([str(SOURCE)], "desirepath."):
        if (
            module.name.rsplit(".", 1)[1] in ("forms", "views")
            or ".forms." in module.name
            or ".views." in module.name
        ):
            import_module(module.name)
    exempt = (fields.Line, fields.Phone, fields.Email, fields.Password, fields.Hidden)
    pending, seen = [Form, ModelForm], 0
    while pending:
        form = pending.pop()
        pending += form.__subclasses__()
        if not form.__module__.startswith("desirepath."):
            continue
        for name, field in form.base_fields.items():
            if isinstance(field, forms.CharField):
                free = not isinstance(field, exempt) or isinstance(field, fields.Paragraph)
                checked = refuse_nhs_number in field.validators
                seen += checked
                assert checked or not free, f"{form.__module__}.{form.__name__}.{name} takes an NHS number"
    assert seen


def test_settings_name_what_exists() -> None:
    """The environment, the renderer and the middleware named in settings can be found."""
    from django.utils.module_loading import import_string

    for name in (
        settings.FORM_RENDERER,
        settings.TEMPLATES[0]["OPTIONS"]["environment"],
        *settings.MIDDLEWARE,
    ):
        assert import_string(name)
