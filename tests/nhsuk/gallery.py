"""A page with every kind of field, and one with every part of our own style sheet: for tests only."""

from __future__ import annotations

from pathlib import Path

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template import engines
from django.urls import path

from desirepath.audit.forms import LongText, Text
from desirepath.config.urls import handler400, handler403, handler404, handler500
from desirepath.config.urls import urlpatterns as real
from desirepath.nhsuk import fields
from desirepath.nhsuk.forms import Form

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

ROLES = [("gp", "GP"), ("nurse", "Nurse"), ("pharmacist", "Pharmacist")]


class Everything(Form):
    """One of each."""

    title = Text(label="Title", help_text="A few words", max_length=60)
    code = fields.Line(label="Code", required=False, width=5)
    note = LongText(label="Note", rows=3, required=False)
    email = fields.Email(label="E-mail address")
    phone = fields.Phone(label="Telephone", required=False)
    secret = fields.Password(label="Secret", required=False)
    role = fields.Select(label="Role", choices=ROLES)
    reason = fields.Radios(label="Reason", choices=ROLES, hints={"nurse": "Or midwife"})
    answer = fields.Radios(label="Is it urgent?", choices=[("y", "Yes"), ("n", "No")], inline=True)
    duties = fields.Checkboxes(label="Duties", choices=ROLES, required=False)
    day = fields.Date(label="Date", help_text="For example, 8 12 2026")
    start = fields.Time(label="Start", help_text="For example, 8:30am")
    rate = fields.Money(label="Rate", least=20, most=300, suffix="an hour")
    contacts = fields.Whole(label="Contacts", least=1, most=25, suffix="contacts", required=False)
    agree = fields.Tick(label="I have read it")
    sheet = fields.Upload(label="Spreadsheet", accept=".csv,.xlsx", most_mb=1, required=False)
    hidden = fields.Hidden(required=False)
    plain = forms.CharField(label="Plain", required=False)


FORM_PAGE = """{% extends "page.jinja" %}{% block title %}Gallery of fields{% endblock %}
{% block content %}<h1 class="nhsuk-heading-l">Gallery of fields</h1>
<form method="post" enctype="multipart/form-data" novalidate>{{ csrf_input }}{{ form }}
{{ nhs.button({"text": "Send"}) }}</form>{% endblock %}"""

PARTS_PAGE = (Path(__file__).parent / "gallery_parts.jinja").read_text()


def form_page(request: HttpRequest) -> HttpResponse:
    form = Everything(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        return redirect("home")
    page = engines["jinja2"].from_string(FORM_PAGE).render({"form": form}, request)
    return HttpResponse(page, status=422 if form.is_bound else 200)


def parts_page(request: HttpRequest) -> HttpResponse:
    return HttpResponse(engines["jinja2"].from_string(PARTS_PAGE).render({}, request))


urlpatterns = [
    *real,
    path("gallery/form", form_page, name="gallery-form"),
    path("gallery/parts", parts_page, name="gallery-parts"),
]
