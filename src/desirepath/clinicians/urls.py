"""Addresses of the room: what is the clinician's own, and the members of a pool."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from desirepath.clinicians import asked_views, free_views, terms_views, views
from desirepath.clinicians.credentials import her_views, policy_views, verifier_views
from desirepath.clinicians.passports import views as passport_views


class TermsPart(StringConverter):
    """The name of a part of her terms."""

    regex = "|".join(terms_views.PARTS)


register_converter(TermsPart, "terms_part")

app_name = "clinicians"
urlpatterns = [
    path("my/", views.choices, name="choices"),
    path("my/terms/", terms_views.terms, name="terms"),
    path("my/terms/publish/", terms_views.publish, name="publish-terms"),
    path("my/terms/forget/", terms_views.forget, name="forget-terms"),
    path("my/terms/preview/", terms_views.preview, name="terms-preview"),
    path("my/terms/history/", terms_views.terms_history, name="terms-history"),
    path("my/terms/<int:version>/", terms_views.terms_version, name="terms-version"),
    path("my/terms/<terms_part:part>/", terms_views.part, name="terms-part"),
    path("my/free/", free_views.free, name="free"),
    path("my/free/month/", free_views.paint, name="paint"),
    path("my/free/copy/", free_views.copy, name="copy-week"),
    path("my/free/bank-holidays/", free_views.holidays, name="bank-holidays"),
    path("my/free/<str:day>/", free_views.free_day, name="free-day"),
    path("my/calendars/", free_views.other_calendars, name="busy"),
    path("my/calendars/look/", free_views.busy_look, name="busy-look"),
    path("my/calendars/<uuid:source>/remove/", free_views.busy_remove, name="busy-remove"),
    path("my/practices/", views.practices, name="practices"),
    path("my/practices/<uuid:practice>/standing-yes/", asked_views.standing_yes, name="standing-yes"),
    path("my/asked/", asked_views.asked, name="asked"),
    path("my/credentials/", her_views.credentials, name="credentials"),
    path("my/credentials/send/", her_views.send, name="send-credential"),
    path("my/credentials/share/<uuid:pool>/", her_views.share, name="share-credentials"),
    path("my/passport/", passport_views.passport, name="passport"),
    path("my/passport/take/", passport_views.take_away, name="take-passport"),
    path("my/passport/share/", passport_views.share, name="share-passport"),
    path("my/passport/<uuid:passport>/revoke/", passport_views.revoke, name="revoke-passport"),
    path("my/passport/bring/<uuid:pool>/", passport_views.bring, name="bring-passport"),
    path("passport/<str:token>/", passport_views.shown, name="shown-passport"),
    path(".well-known/desirepath-issuer.json", passport_views.issuer, name="passport-issuer"),
    path("credentials/<uuid:credential>/document/", her_views.document, name="document"),
    path("verify/", verifier_views.queue, name="queue"),
    path("verify/<uuid:credential>/", verifier_views.verify, name="verify"),
    path("verify/<uuid:credential>/reject/", verifier_views.reject, name="reject"),
    path("verify/<uuid:credential>/revoke/", verifier_views.revoke, name="revoke"),
    path("members/", views.members, name="members"),
    path("members/<uuid:clinician>/checks/", verifier_views.member, name="member-checks"),
    path("checks/", policy_views.requirements, name="requirements"),
    path("checks/ask/", policy_views.ask, name="ask-for-check"),
    path("checks/drop/", policy_views.drop, name="drop-check"),
]
