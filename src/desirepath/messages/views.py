"""One's own messages, and the letter that people ask for themselves."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from desirepath.accounts.forms import AskForLink
from desirepath.messages import actions, presenters
from desirepath.messages.letters import send_password_link
from desirepath.messages.models import Message
from desirepath.nhsuk.formats import plural
from desirepath.nhsuk.pages import respond

MESSAGES_A_PAGE = 20


@require_http_methods(["GET", "POST"])
def forgotten_password(request: HttpRequest) -> HttpResponseBase:
    """Ask for a link to set a new password; the answer is the same whether or not the address is known."""
    form = AskForLink(request.POST or None)
    if request.method == "POST" and form.is_valid():
        send_password_link(email=form.cleaned_data["email"])
        return respond(request, "messages/link_sent.jinja")
    return respond(request, "messages/forgotten_password.jinja", form=form)


@login_required
@require_safe
def inbox(request: Any) -> HttpResponse:
    """What she was told, the newest first, whatever role she acts in."""
    hers = Message.objects.for_user(request.user)
    page = Paginator(hers, MESSAGES_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "shown": presenters.shown(page.object_list),
        "unread_count": hers.unread().count(),
    }
    return respond(request, "messages/inbox.jinja", context)


@login_required
@require_safe
def message(request: Any, message: UUID) -> HttpResponse:
    """One message of hers, with a link to the thing itself. Opening it marks it read."""
    found = get_object_or_404(Message.objects.for_user(request.user), public_id=message)
    actions.read(found)
    (shown,) = presenters.shown([found])
    return respond(request, "messages/message.jinja", {"shown": shown, "message": found})


@login_required
@require_POST
def read_all(request: Any) -> HttpResponseBase:
    """Everything in her inbox has been seen."""
    if count := actions.read_all(by=request.user):
        messages.success(request, f"{plural(count, 'message')} marked as read")
    return redirect("messages:inbox")
