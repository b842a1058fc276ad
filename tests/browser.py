"""A real browser for journeys: Debian's Chromium, driven by Playwright, against Django's live server.

A test that asks for ``page`` gets one whose addresses are relative to the live server (``page.goto("/")``);
``look(page)`` holds what must be true of every page. ``LOOK=1`` also keeps pictures of what was looked at in
``look/``.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

PICTURES = Path(__file__).parent.parent / "look"
WIDTHS = {"desk": 1280, "phone": 390}
# milliseconds
PATIENCE = 10_000
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
    # a passkey belongs to a name: of this machine, that is localhost
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


def chromium() -> str | None:
    """Where Chromium is, or None."""
    wanted = [os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome"]
    return next((found for name in wanted if name and (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    found = chromium()
    if found is None:
        pytest.skip("Chromium is not here (apt-get install chromium fonts-liberation)")
    return {"executable_path": found, "args": QUIET}


@pytest.fixture(scope="session")
def browser_context_args(live_server: Any) -> dict[str, Any]:
    return {"base_url": str(live_server.url), "locale": "en-GB", "timezone_id": "Europe/London"}


@pytest.fixture(scope="session")
def _begun() -> set[str]:
    """Live servers that have answered once."""
    return set()


@pytest.fixture
def page(page: Any, live: str, _begun: set[str]) -> Any:
    from playwright.sync_api import expect

    if live not in _begun:
        # routes and templates are loaded for the first answer: before anybody's patience is measured
        with urlopen(live) as answer:
            answer.read()
        _begun.add(live)
    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    return page


@pytest.fixture
def live(live_server: Any) -> str:
    """The address of the live server."""
    return str(live_server.url)


@pytest.fixture(scope="session")
def _titles() -> dict[str, str]:
    """Title of a page to the name of its route, for all pages looked at."""
    return {}


@pytest.fixture
def _lens(page: Any, request: pytest.FixtureRequest) -> Iterator[Callable[[Any], Any]]:
    """What the rules of accessibility look at: the page itself, or where it runs no scripts, its very text
    and styles in a window that runs theirs and none of ours.
    """
    said = request.node.get_closest_marker("browser_context_args")
    if said is None or said.kwargs.get("java_script_enabled", True):
        yield lambda page: page
        return
    window = page.context.browser.new_context(viewport=page.viewport_size)
    through = window.new_page()
    through.route("**/*.js", lambda route: route.abort())

    def lens(page: Any) -> Any:
        text = page.content()
        through.route(page.url, lambda route: route.fulfill(body=text, content_type="text/html"))
        through.goto(page.url)
        through.unroute(page.url)
        return through

    yield lens
    window.close()


@pytest.fixture
def look(
    page: Any, live: str, _titles: dict[str, str], _lens: Callable[[Any], Any], request: pytest.FixtureRequest
) -> Callable[..., None]:
    """``look(page)``: accessible, one heading, a title of its own, nothing from elsewhere, no errors in the
    console.

    ``look(page, "posted")`` names its pictures, which are taken at desk and phone width when LOOK=1.
    """
    foreign: list[str] = []
    errors: list[str] = []
    page.on(
        "request",
        lambda sent: None if sent.url.startswith((live, "data:", "blob:")) else foreign.append(sent.url),
    )
    page.on("console", lambda said: errors.append(said.text) if _is_error(said, page) else None)
    page.on("pageerror", lambda error: errors.append(str(error)))

    def look(page: Any, name: str = "") -> None:
        _take_pictures(page, name or request.node.name)
        assert not foreign, f"{page.url} asked other machines for {foreign}"
        assert not errors, f"{page.url} has errors in its console: {errors}"
        headings = page.locator("h1").all_inner_texts()
        assert len(headings) == 1, f"{page.url} has {len(headings)} main headings: {headings}"
        _check_title(page, live, _titles)
        _check_accessible(_lens(page))

    return look


def _is_error(said: Any, page: Any) -> bool:
    """A page may itself be a refusal (422, 404): what the browser says of that is no error."""
    about_the_page = said.text.startswith("Failed to load resource") and said.location.get("url") == page.url
    return said.type == "error" and not about_the_page


def _check_title(page: Any, live: str, titles: dict[str, str]) -> None:
    from urllib.parse import urlsplit

    from django.urls import Resolver404, resolve

    title = page.title()
    assert title, f"{page.url} has no title"
    try:
        route = resolve(urlsplit(page.url.removeprefix(live)).path).view_name
    except Resolver404:
        route = "not found"
    assert titles.setdefault(title, route) == route, f'both {titles[title]} and {route} are titled "{title}"'


def _check_accessible(page: Any) -> None:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(
        page, options={"runOnly": {"type": "tag", "values": WCAG}, "resultTypes": ["violations"]}
    )
    broken = [
        f"{rule['id']} ({rule['help']}): " + "; ".join(node["html"][:160] for node in rule["nodes"][:3])
        for rule in found.response["violations"]
    ]
    assert not broken, f"{page.url} breaks {len(broken)} rules of accessibility:\n" + "\n".join(broken)


def _take_pictures(page: Any, name: str) -> None:
    if os.environ.get("LOOK") != "1":
        return
    PICTURES.mkdir(exist_ok=True)
    before = page.viewport_size
    for device, width in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(
            path=PICTURES / f"{re.sub(r'[^a-z0-9-]+', '-', name.lower())}.{device}.png", full_page=True
        )
    page.set_viewport_size(before)
