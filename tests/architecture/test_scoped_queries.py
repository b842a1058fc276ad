"""No view, no operation of the API and no command reads rows of every pool by accident: a query there is
narrowed to whoever asks, or stands in the table below with its reason.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.house import SOURCE, Module, modules

ROOMS_WITHOUT_TENANTS = {"nhsuk", "matching", "simulation", "demo"}
# a query that begins or goes on so is narrowed to whoever asks, or reads nothing that is there
NARROWING = ("for_",)
NARROW = {"none", "create", "of_the_pool", "within", "standing", "in_bulk"}
# a filter by one of these is narrowed, where its value is no literal
BY = {
    "chambers",
    "clinician",
    "person",
    "practice",
    "pool",
    "vacancy",
    "block",
    "run",
    "token",
    "organisation",
    "colleague",
}
# what holds nothing of a tenant: the register of England's organisations, and skills
PUBLIC = {"Organisation", "Parent", "Skill"}
EVERYBODY = "whoever runs the installation sees all of it"
REASONS: dict[tuple[str, str, str], str] = {
    (
        "accounts/views/signing_in.py",
        "_inviter",
        "Event",
    ): "of one invitation, whose secret link opened",
    ("accounts/views/signing_in.py", "_inviter", "Person"): "whoever sent that invitation",
    ("accounts/views/signing_in.py", "_person_of", "Person"): "whom a signed link is about",
    ("bookings/applications_api.py", "_seen_by", "Application"): "narrowed in the lines below by role",
    ("bookings/applications_api.py", "work", "Vacancy"): "keys that were found for her alone",
    ("bookings/views/bookings.py", "visible_to", "Booking"): "narrowed in the lines below by role",
    ("bookings/views/colleagues.py", "withdraw_swap", "Swap"): "narrowed in the line below to hers",
    ("bookings/views/bookings.py", "booking", "MandateUse"): "about a booking that was found as hers",
    ("cascade/api.py", "_rows", "Offer"): "narrowed by each that calls it, to a person or a pool",
    ("cascade/views/blocks.py", "_seen_by", "Block"): "narrowed in the lines below by role",
    ("chambers/views/scope.py", "visible_to", "Chambers"): "narrowed in the lines below by role",
    (
        "clinicians/passports/views.py",
        "_page",
        "TrustedIssuer",
    ): "whom this installation believes, told to all",
    (
        "clinicians/passports/views.py",
        "bring",
        "TrustedIssuer",
    ): "whom this installation believes, told to all",
    ("config/log.py", "shown", "Source"): "addresses in events that an auditor may read",
    ("memberships/views/joining.py", "open_pools", "Pool"): "which pools there are is for everybody",
    ("pools/views/people.py", "_role_of", "RoleAssignment"): "refused below where it is not of the pool",
    ("pools/views/people.py", "choose", "Pool"): "an administrator looks after every pool",
    ("pools/views/people.py", "people", "Pool"): "an administrator looks after every pool",
    ("pools/views/practices.py", "practices", "RoleAssignment"): "counted at practices of the pool only",
    ("pools/views/scope.py", "pool_acted_for", "Pool"): "an administrator looks after every pool",
    ("privacy/views/corrections.py", "answer", "Correction"): "an administrator answers for the installation",
    (
        "privacy/views/corrections.py",
        "waiting",
        "Correction",
    ): "an administrator answers for the installation",
    ("vacancies/api.py", "seen_by", "Vacancy"): "narrowed in the lines below by role",
    ("vacancies/views/people.py", "__init__", "Clinician"): "whoever has worked at the practice before",
}


def _is_a_door(module: Module) -> bool:
    place = module.path.relative_to(SOURCE)
    if place.parts[0] in ROOMS_WITHOUT_TENANTS or module.migration:
        return False
    name = place.stem
    return "views" in place.parts or "api" in place.parts or name.endswith(("views", "api")) or name == "log"


def _chain(node: ast.AST, above: dict[ast.AST, ast.AST]) -> tuple[list[str], list[ast.keyword], ast.AST]:
    """The methods called one after the other on ``Model.objects``, their arguments by name, and the whole."""
    names: list[str] = []
    given: list[ast.keyword] = []
    while True:
        up = above.get(node)
        if isinstance(up, ast.Attribute) and up.value is node:
            names.append(up.attr)
        elif isinstance(up, ast.Call) and up.func is node:
            given += up.keywords
        elif isinstance(up, ast.Call) and getattr(up.func, "id", "") == "get_object_or_404":
            # what is fetched is narrowed by what it is fetched by
            return names, given + up.keywords, up
        else:
            return names, given, node
        node = up


def unscoped(module: Module) -> Iterator[tuple[str, str, str]]:
    """(module, function, model) of every query that nothing narrows."""
    above = {child: node for node in ast.walk(module.tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(module.tree):
        if not (isinstance(node, ast.Attribute) and node.attr in ("objects", "_default_manager")):
            continue
        model = ast.unparse(node.value)
        names, given, whole = _chain(node, above)
        narrowed = any(name in NARROW or name.startswith(NARROWING) for name in names)
        by = any(
            BY & set((each.arg or "").split("__")) and not isinstance(each.value, ast.Constant)
            for each in given
        )
        asked = any(word in ast.unparse(whole) for word in ("request.user", "request.acting", "acting.place"))
        if not (narrowed or by or asked or model in PUBLIC):
            yield module.path.relative_to(SOURCE).as_posix(), _function(node, above), model


def _function(node: ast.AST, above: dict[ast.AST, ast.AST]) -> str:
    while not isinstance(node, ast.FunctionDef | ast.Module):
        node = above[node]
    return getattr(node, "name", "")


def test_no_door_opens_on_everybodys_rows():
    """Each query in a view or an operation is narrowed, or says here why it need not be."""
    found = {each for module in modules() if _is_a_door(module) for each in unscoped(module)}
    assert sorted(found - set(REASONS)) == [], (
        "narrow it with for_pool, for_practice, for_clinician, for_user"
    )
    assert sorted(set(REASONS) - found) == [], "take it out of REASONS"


# commands are for whoever runs the installation; a new one that reads rows says so here
COMMANDS_FOR_THE_HOST = {
    "audit",
    "begin",
    "check",
    "demo",
    "explain",
    "organisations",
    "person",
    "plan",
    "summary",
}


def test_a_command_that_reads_everybodys_rows_is_known():
    """A command by whoever runs the installation sees all of it; which ones do is written down."""
    found = {
        module.path.stem
        for module in modules()
        if module.path.relative_to(SOURCE).parts[0] == "cli" and list(unscoped(module))
    }
    assert found <= COMMANDS_FOR_THE_HOST, EVERYBODY


@pytest.mark.parametrize(
    "query",
    [
        "Booking.objects.all()",
        "Booking.objects.filter(state='confirmed')",
        "Booking.objects.get(public_id=booking)",
        "get_object_or_404(Booking.objects.all(), public_id=booking)",
        "Booking.objects.filter(practice=3)",
        "Offer.objects.live().select_related('vacancy')",
    ],
)
def test_an_unscoped_query_is_found(query):
    """The search for them can fail."""
    text = f"def view(request, booking):\n    return {query}"
    assert list(unscoped(Module(SOURCE / "room" / "views.py", text, ast.parse(text))))


@pytest.mark.parametrize(
    "query",
    [
        "Booking.objects.for_pool(pool).filter(state='confirmed')",
        "Booking.objects.filter(clinician__person=request.user)",
        "Booking.objects.filter(practice=place)",
    ],
)
def test_a_scoped_query_passes(query):
    """It narrows by method, by whoever asks, or by a place that was looked up."""
    text = f"def view(request):\n    return {query}"
    assert not list(unscoped(Module(SOURCE / "room" / "views.py", text, ast.parse(text))))
