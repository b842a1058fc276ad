"""Letters that people ask for themselves."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_http_methods

from desirepath.accounts.forms import AskForLink
from desirepath.messages.letters import send_password_link
from desirepath.nhsuk.pages import respond


@require_http_methods(["GET", "POST"])
def forgotten_password(request: HttpRequest) -> HttpResponseBase:
    """Ask for a link to set a new password; the answer is the same whether or not the address is known."""
    form = AskForLink(request.POST or None)
    if request.method == "POST" and form.is_valid():
        send_password_link(email=form.cleaned_data["email"])
        return respond(request, "messages/link_sent.jinja")
    return respond(request, "messages/forgotten_password.jinja", form=form)
