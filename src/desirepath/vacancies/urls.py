"""Addresses of the room: a practice's week and its vacancies, the weeks of a pool and a PCN, counts."""

from django.urls import path

from desirepath.vacancies.views import asking, fill, people, pool, practice, sessions, shortage

app_name = "vacancies"
urlpatterns = [
    path("practice/", practice.practice_week, name="practice-week"),
    path("practice/ask/", asking.ask, name="ask"),
    path("practice/ask/fill/", fill.fill, name="fill"),
    path("practice/copy/", asking.copy_week, name="copy-week"),
    path("practice/month/", practice.practice_month, name="practice-month"),
    path("practice/people/", people.preferred, name="preferred"),
    path("practice/people/<uuid:preferred>/", people.change_preferred, name="change-preferred"),
    path("practice/sessions/", sessions.send, name="sessions"),
    path("practice/sessions/template.<str:ending>", sessions.template, name="sessions-template"),
    path("practice/sessions/preview/", sessions.preview, name="sessions-preview"),
    path("practice/sessions/discard/", sessions.discard, name="sessions-discard"),
    path("vacancy/<uuid:vacancy>/", practice.vacancy, name="vacancy"),
    path("vacancy/<uuid:vacancy>/change/", asking.change, name="change"),
    path("pool/", pool.pool_week, name="pool-week"),
    path("pool/short/", shortage.shortage, name="shortage"),
    path("plans/", pool.plans, name="plans"),
    path("pcn/", pool.pcn_week, name="pcn-week"),
    path("numbers/", pool.numbers, name="numbers"),
]
