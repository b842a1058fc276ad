"""Addresses of a pool's people, practices and spreadsheets."""

from django.urls import path

from desirepath.pools.views import imports, neighbours, people, practices

app_name = "pools"

urlpatterns = [
    path("people/", people.people, name="people"),
    path("people/pool", people.choose, name="choose"),
    path("people/invite", people.invite, name="invite"),
    path("people/invite-clinician", imports.invite_clinician, name="invite-clinician"),
    path("people/roles/<uuid:role>/end", people.end, name="end-role"),
    path("people/roles/<uuid:role>/second-factor", people.forget_second_factor, name="forget-second-factor"),
    path("people/roles/<uuid:role>/resend", people.resend, name="resend"),
    path("people/roles/<uuid:role>/withdraw", people.withdraw, name="withdraw"),
    path("people/import/<slug:kind>/", imports.send, name="import"),
    path("people/import/<slug:kind>/template.<slug:ending>", imports.template, name="template"),
    path("people/import/<slug:kind>/preview", imports.preview, name="preview"),
    path("people/import/<slug:kind>/discard", imports.discard, name="discard"),
    path("people/neighbours/", neighbours.neighbours, name="neighbours"),
    path("people/neighbours/<uuid:agreement>/answer", neighbours.answer, name="answer-neighbour"),
    path("people/neighbours/<uuid:agreement>/end", neighbours.end, name="end-neighbour"),
    path("people/practices/", practices.practices, name="practices"),
    path("people/practices/add", practices.add, name="add-practice"),
    path("people/practices/new", practices.new, name="new-practice"),
]
