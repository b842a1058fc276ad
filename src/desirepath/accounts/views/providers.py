"""In by an identity provider of the staff: there, and what is done with its answer."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from desirepath.accounts import providers
from desirepath.accounts.entering import come_in, enter
from desirepath.accounts.models import Person
from desirepath.accounts.views.guards import by_way_of, freshly, onward
from desirepath.nhsuk.pages import respond

REFUSED = 403


def not_let_in(request: HttpRequest, reason: str) -> HttpResponseBase:
    return respond(request, "accounts/provider_failed.jinja", {"reason": reason}, status=REFUSED)


def _known_or_404(provider: str) -> None:
    if provider not in dict(providers.listed()):
        raise Http404


def _begin(request: HttpRequest, provider: str, *, to: str, linking: bool) -> HttpResponseBase:
    from requests import RequestException

    try:
        return providers.begin(request, provider, onward=to, linking=linking)
    except RequestException:
        return not_let_in(request, "The identity provider does not answer. Try again in a few minutes.")


@never_cache
@require_safe
def go(request: HttpRequest, provider: str) -> HttpResponseBase:
    """To the provider's own page, to sign in there."""
    _known_or_404(provider)
    return _begin(request, provider, to=onward(request), linking=False)


@require_safe
def link_identity(request: HttpRequest, provider: str) -> HttpResponseBase:
    """There and back, to be known by it from then on."""
    _known_or_404(provider)
    return _go_to_link(request, provider)


@freshly
def _go_to_link(request: Any, provider: str) -> HttpResponseBase:
    return _begin(request, provider, to=resolve_url("accounts:identities"), linking=True)


@never_cache
@require_safe
def back(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """The provider's answer; allauth reads it, and calls ``arrive``."""
    _known_or_404(provider_id)
    from allauth.socialaccount.providers.openid_connect.views import callback

    response: HttpResponseBase = callback(request, provider_id)
    return response


def arrive(request: HttpRequest, said: Any) -> HttpResponseBase:
    """What a provider said, read and not yet believed: in, linked, or told why not."""
    account: SocialAccount = said.account
    name = dict(providers.listed())[account.provider]
    try:
        told = providers.checked(account.extra_data, said.state)
        if said.state.get("linking"):
            return _link(request, account, said.state["linking"], name)
        verified = [address.email for address in said.email_addresses if address.verified is True]
        person = providers.person_of(account, verified)
    except providers.NotKnownError as error:
        return not_let_in(request, str(error))
    wanted = said.state.get("next") or resolve_url("home")
    if providers.says_second_factor(account.provider, told):
        enter(request, person, how=name, second_factor=name)
        return redirect(wanted)
    if come_in(request, person, how=name):
        return redirect(wanted)
    return by_way_of("accounts:second-factor", wanted)


def _link(request: HttpRequest, account: SocialAccount, whose: str, name: str) -> HttpResponseBase:
    person = request.user
    if not isinstance(person, Person) or str(person.public_id) != whose:
        raise providers.NotKnownError("You are no longer signed in as who you were. Begin again.")
    providers.link(person=person, account=account)
    messages.success(request, f"You can sign in with {name} from now on")
    return redirect("accounts:identities")


@freshly
@require_http_methods(["GET", "POST"])
def identities(request: Any) -> HttpResponseBase:
    """The identities by which she is known; one is linked or removed."""
    person: Person = request.user
    if request.method == "POST":
        if providers.unlink(person=person, provider=request.POST.get("remove", "")):
            messages.success(request, "It no longer signs you in")
        return redirect("accounts:identities")
    linked = providers.linked_to(person)
    rows = [(one, name, linked.get(one)) for one, name in providers.listed()]
    return respond(request, "accounts/identities.jinja", {"rows": rows})
