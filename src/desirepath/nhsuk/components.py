"""What the design system's macros need to show a bound field, and the lines of an error summary."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms.utils import ErrorList

# the widgets' own order matters: a class stands before those it inherits from
BY_WIDGET: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.HiddenInput, "hidden"),
    (forms.MultipleHiddenInput, "hidden"),
    (forms.PasswordInput, "password"),
    (forms.FileInput, "upload"),
    (forms.CheckboxSelectMultiple, "checkboxes"),
    (forms.RadioSelect, "radios"),
    (forms.CheckboxInput, "tick"),
    (forms.Select, "select"),
    (forms.Textarea, "textarea"),
)
ORDINARY = ("width", "prefix", "suffix", "autocomplete", "inputmode", "spellcheck", "rows")


def component_of(bound: forms.BoundField) -> str:
    """Which component shows this field: a field's own word first, else by its widget."""
    look = getattr(bound.field, "look", {})
    if "component" in look:
        return str(look["component"])
    return next((name for kind, name in BY_WIDGET if isinstance(bound.field.widget, kind)), "input")


def params_of(bound: forms.BoundField) -> dict[str, Any]:
    """The macro's parameters."""
    look = getattr(bound.field, "look", {})
    component = component_of(bound)
    params: dict[str, Any] = {
        "id": bound.auto_id,
        "idPrefix": bound.auto_id,
        "name": bound.html_name,
        "attributes": _attributes(bound),
        **{name: look[name] for name in ORDINARY if name in look},
    }
    if bound.help_text:
        params["hint"] = {"text": bound.help_text}
    if bound.errors:
        params["errorMessage"] = {"text": " ".join(str(error) for error in bound.errors)}
    if bound.field.disabled:
        params["disabled"] = True
    label = label_of(bound)
    if component in ("radios", "checkboxes", "date", "tick"):
        # the field's own id is its first box's, where the error summary leads; this one is the group's
        params["id"] = f"{bound.auto_id}-group"
    if component in ("radios", "checkboxes", "date"):
        params["fieldset"] = {"legend": {"text": label, "size": look.get("legend_size", "s")}}
    else:
        params["label"] = {"text": label, "size": look.get("legend_size", "s")}
    return {**params, **_values(bound, component, look)}


def label_of(bound: forms.BoundField) -> str:
    """The label; a field that may be left empty says so, except boxes to tick."""
    may_be_empty = not bound.field.required and component_of(bound) not in ("tick", "checkboxes")
    label = str(bound.label)
    return f"{label} (optional)" if may_be_empty and not label.endswith("(optional)") else label


def _attributes(bound: forms.BoundField) -> dict[str, Any]:
    attrs = {
        key: value
        for key, value in bound.field.widget.attrs.items()
        if value is not None and value is not False
    }
    if bound.field.widget.is_hidden or not getattr(bound.field, "max_length", None):
        return attrs
    return {"maxlength": bound.field.max_length, **attrs}  # type: ignore[attr-defined]


def _values(bound: forms.BoundField, component: str, look: dict[str, Any]) -> dict[str, Any]:
    value = bound.value()
    if component in ("radios", "checkboxes", "select"):
        items = list(_items(bound, value, look.get("hints", {}), blank=component == "select"))
        looks = [f"nhsuk-{component}--{name}" for name in ("inline", "small") if look.get(name)]
        return {"items": items, **({"classes": " ".join(looks)} if looks else {})}
    if component == "tick":
        return {"items": [{"value": "on", "text": str(bound.label), "checked": bool(value)}]}
    if component == "date":
        return {"items": _boxes(bound, value)}
    if component in ("password", "upload"):
        return {}
    kind = getattr(bound.field.widget, "input_type", "text")
    return {"value": "" if value is None else str(value), "type": "email" if kind == "email" else "text"}


def _items(
    bound: forms.BoundField, value: Any, hints: dict[Any, str], *, blank: bool
) -> Iterator[dict[str, Any]]:
    chosen = {
        str(one) for one in (value if isinstance(value, list | tuple | set) else [value]) if one is not None
    }
    for choice, label in bound.field.choices:  # type: ignore[attr-defined]
        key = str(getattr(choice, "value", choice))
        if not key and not blank:
            continue
        item: dict[str, Any] = {"value": key, "text": str(label)}
        item["checked"] = item["selected"] = key in chosen or (not key and not chosen)
        if hint := hints.get(key):
            item["hint"] = {"text": hint}
        yield item


def _boxes(bound: forms.BoundField, value: Any) -> list[dict[str, Any]]:
    if hasattr(value, "year"):
        value = (str(value.day), str(value.month), str(value.year))
    elif isinstance(value, str):
        value = tuple(reversed(value.split("-"))) if value.count("-") == 2 else (value, "", "")
    texts = value or ("", "", "")
    parts = zip(("day", "month", "year"), texts, strict=True)
    return [
        {
            "id": bound.auto_id if part == "day" else f"{bound.auto_id}-{part}",
            "name": f"{bound.html_name}-{part}",
            "label": part.capitalize(),
            "value": text,
            "width": 4 if part == "year" else 2,
            "inputmode": "text" if part == "month" else "numeric",
        }
        for part, text in parts
    ]


def error_lines(form: forms.BaseForm | forms.BaseFormSet[Any] | None) -> list[dict[str, str]]:
    """The error summary of a form or a formset: each line links to the field it is about."""
    if form is None or not form.is_bound:
        return []
    if isinstance(form, forms.BaseFormSet):
        lines = [line for one in form.forms for line in error_lines(one)]
        return [{"text": str(error)} for error in form.non_form_errors()] + lines
    lines = []
    for name, errors in form.errors.items():
        lines += [_line(form, name, str(error)) for error in ErrorList(errors)]
    return lines


def _line(form: forms.BaseForm, name: str, error: str) -> dict[str, str]:
    if name not in form.fields or form[name].is_hidden:
        return {"text": error}
    return {"text": error, "href": f"#{form[name].auto_id}"}
