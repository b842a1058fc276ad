"""Answer a request with a page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

UNPROCESSABLE = 422


def respond(
    request: HttpRequest,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    form: forms.BaseForm | forms.BaseFormSet[Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of ``template``; 422 when ``form`` was sent with errors, which the page then lists first."""
    if form is not None and form.is_bound and not form.is_valid():
        status = UNPROCESSABLE
    return render(request, template, {**(context or {}), "form": form}, status=status)
