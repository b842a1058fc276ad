"""Forms that look and speak like the NHS design system: ``Form`` and ``ModelForm`` to inherit from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.forms.renderers import DjangoTemplates, TemplatesSetting

from desirepath.nhsuk.components import component_of, params_of

if TYPE_CHECKING:
    RowForm = forms.ModelForm[Any]
else:  # generic for the type checker only
    RowForm = forms.ModelForm

CHOSEN = ("radios", "checkboxes", "select", "upload")


class BoundField(forms.BoundField):
    """A field with its data, which can say how the design system shows it."""

    @property
    def component(self) -> str:
        return component_of(self)

    @property
    def params(self) -> dict[str, Any]:
        return params_of(self)


class Renderer(TemplatesSetting):
    """Shows every form, also Django's own, with the design system's components."""

    form_template_name = "nhsuk/form.jinja"
    field_template_name = "nhsuk/field.jinja"
    bound_field_class = BoundField
    widgets = DjangoTemplates()

    def get_template(self, template_name: str) -> Any:
        """Ours are found as pages are; Django's widgets (hidden fields, error lists) stay inside Django."""
        inside = template_name.startswith("django/")
        return self.widgets.get_template(template_name) if inside else super().get_template(template_name)


class Speaking:
    """Says what to do where a field was left empty, instead of "This field is required"."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if field.error_messages.get("required") == forms.Field.default_error_messages["required"]:
                field.error_messages["required"] = ask_for(self[name])  # type: ignore[index]


def ask_for(bound: forms.BoundField) -> str:
    """What to say where the answer is missing: "Enter the date", "Choose the role"."""
    label = str(bound.label)
    if label.endswith("?"):
        return f"Answer: {label}"
    if component_of(bound) == "tick":
        return f"Tick: {label}"
    verb = "Choose" if component_of(bound) in CHOSEN else "Enter"
    small = label if label[1:2].isupper() else label[:1].lower() + label[1:]
    article = "" if small.startswith(("the ", "your ", "a ", "an ", "how ", "what ")) else "the "
    return f"{verb} {article}{small}"


class Form(Speaking, forms.Form):
    """A form of ours."""


class ModelForm(Speaking, RowForm):
    """A form of one row of ours."""
