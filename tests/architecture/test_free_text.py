"""No free text without its check for NHS numbers: every field of every form, every operation of the API."""

from __future__ import annotations

import ast
import re
from typing import Any

import pytest

from desirepath.accounts.roles import PERMISSIONS, SCOPES, Role
from desirepath.audit.forms import LongText, Text
from desirepath.audit.privacy import REFUSAL
from desirepath.audit.refusal import Refused
from desirepath.nhsuk import fields
from desirepath.pools.importing import IMPORTS
from tests.architecture.house import SOURCE, Module, modules
from tests.architecture.test_api_routes import GUARDS, OPERATIONS, address
from tests.programs import Program

NUMBER = "943 476 5919"
# fields that take any text and do not look for NHS numbers, with the reason
UNCHECKED = {"Line", "Paragraph", "Hidden", "CharField", "TextInput", "Textarea"}
REASONS = {
    ("accounts/forms.py", "code"): "digits that open a door, compared with hers and kept nowhere",
    ("accounts/forms.py", "OfBrowser"): "a passkey's answer, read by its signature",
    ("config/forms.py", "id"): "an opaque id, whose digits are chance; only searched for",
    ("vacancies/forms.py", "once"): "made by the page, so that a form sent twice is taken once",
    ("vacancies/forms.py", "week"): "a date of ten characters with its dashes",
    ("clinicians/free_forms.py", "was"): "a row of 0 and 1; anything else is refused",
    ("bookings/forms.py", "seen"): "read as a number of pounds, never kept",
    ("pools/forms.py", "q"): "what was searched for before, carried on",
}
# names that a view reads out of a form by hand: each is compared with what is there, or read as a date or sum
BY_HAND = {
    "answer",
    "chosen",
    "clinician",
    "do",
    "end",
    "item",
    "kind",
    "next",
    "only",
    "pool",
    "practice",
    "proposals",
    "q",
    "query",
    "remove",
    "revoke",
    "role",
    "seen",
    "session",
    "share",
    "to",
    "upload",
    "wanted",
    "week",
    "weeks",
}
ROOMS = [m for m in modules() if m.path.relative_to(SOURCE).parts[0] not in {"nhsuk", "matching"}]


def _from_design_system(module: Module) -> set[str]:
    """Names that a module imports from the design system or from Django's forms."""
    return {
        name.asname or name.name
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("desirepath.nhsuk", "django"))
        for name in node.names
    }


def _unchecked(module: Module) -> list[tuple[str, str]]:
    """(module, field) of each field that takes any text unchecked; the field's name where one is given."""
    imported = _from_design_system(module)
    named = {
        id(node.value): getattr(node.targets[0], "id", "")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Assign)
    }
    found = []
    for node in ast.walk(module.tree):
        called = node.func if isinstance(node, ast.Call) else None
        bases = node.bases if isinstance(node, ast.ClassDef) else []
        for each in filter(None, [called, *bases]):
            name = each.attr if isinstance(each, ast.Attribute) else getattr(each, "id", "")
            whose = getattr(each.value, "id", "") if isinstance(each, ast.Attribute) else ""
            ours = name in imported if isinstance(each, ast.Name) else whose in {"fields", "forms"}
            if name in UNCHECKED and ours:
                place = module.path.relative_to(SOURCE).as_posix()
                found.append((place, named.get(id(node), "") or getattr(node, "name", "")))
    return found


def test_every_free_text_of_a_form_is_checked():
    """Text and LongText look for NHS numbers; a field that does not is named here with its reason."""
    found = {each for module in ROOMS for each in _unchecked(module)} - {
        ("audit/forms.py", "Text"),
        ("audit/forms.py", "LongText"),
    }
    assert sorted(found - set(REASONS)) == [], "use Text or LongText of desirepath.audit.forms"
    assert sorted(set(REASONS) - found) == [], "take it out of REASONS"


@pytest.mark.parametrize(
    "text",
    [
        "from desirepath.nhsuk.fields import Line\nclass F:\n    note = Line()",
        "from desirepath.nhsuk import fields\nclass F:\n    note = fields.Paragraph()",
        "from django import forms\nclass Note(forms.CharField):\n    pass",
        "from django.forms import CharField\ndef field():\n    return CharField()",
    ],
)
def test_an_unchecked_field_is_found(text):
    """The search for them can fail."""
    assert _unchecked(Module(SOURCE / "room" / "forms.py", text, ast.parse(text)))


def test_what_is_read_by_hand_is_known():
    """A view that reads a form's text by itself names it here, so that no free text slips by."""
    by_hand = re.compile(r"request\.POST(?:\.get|\.getlist)?[\[(]\"([\w-]+)\"")
    found = {name for module in modules() for name in by_hand.findall(module.text)}
    assert sorted(found - BY_HAND) == []
    assert sorted(BY_HAND - found) == []


@pytest.mark.parametrize("field", [Text, LongText])
def test_the_checked_fields_check(field):
    """What the others are held to."""
    assert isinstance(field(), fields.Line | fields.Paragraph)
    with pytest.raises(Exception, match="NHS number"):
        field().clean(NUMBER)


@pytest.mark.parametrize("operation", OPERATIONS, ids=" ".join)
def test_every_operation_of_the_api_is_checked(operation: Any, side: Any) -> None:
    """Whatever an operation reads, in its body at any depth or in its question: refused before it is read."""
    method, path = operation
    guard, where = GUARDS[operation], address(path, side)
    person = side.person(_roles(guard)[0])
    program = Program(person, guard.scope.value)
    asked = (
        [program.ask("get", where, {"state": NUMBER})]
        if method == "get"
        else [
            program.ask(method, where, body)
            for body in ({"x": NUMBER}, {"x": [{"y": f"about {NUMBER}, please"}]}, {NUMBER: 1}, [NUMBER])
        ]
    )
    for answer in asked:
        assert answer.status_code == 422, answer.content
        assert answer.json()["detail"] == REFUSAL


def _roles(guard: Any) -> Any:
    return [
        role
        for role, scopes in SCOPES.items()
        if guard.scope in scopes and PERMISSIONS[role] & set(guard.permissions)
    ]


def test_ids_in_the_api_pass(side: Any) -> None:
    """An id that happens to hold the digits of an NHS number is an id."""
    program = Program(side.person(Role.CLINICIAN))
    chance = "abcdefab-9434-7659-19ab-abcdefabcdef"
    assert REFUSAL in program.ask("get", "/offers", {"state": f"{chance} and more"}).content.decode()
    assert REFUSAL not in program.ask("get", "/offers", {"state": chance}).content.decode()


def test_every_column_of_free_text_in_a_spreadsheet_is_checked() -> None:
    """Each column's own parser refuses an NHS number, or keeps something else than what was written."""
    tried = 0
    for kind in IMPORTS.values():
        for column in kind.columns:
            try:
                kept = column.parse(NUMBER)
            except (ValueError, Refused):
                tried += 1
                continue
            assert NUMBER not in str(kept), f"{kind.kind}: {column.name}"
    assert tried > 20
