"""Addresses of the room: a practice's week and its vacancies, the weeks of a pool and a PCN, counts."""

from django.urls import path

from desirepath.vacancies.views import pool, practice, shortage

app_name = "vacancies"
urlpatterns = [
    path("practice/", practice.practice_week, name="practice-week"),
    path("practice/ask/", practice.ask, name="ask"),
    path("vacancy/<uuid:vacancy>/", practice.vacancy, name="vacancy"),
    path("pool/", pool.pool_week, name="pool-week"),
    path("pool/short/", shortage.shortage, name="shortage"),
    path("plans/", pool.plans, name="plans"),
    path("pcn/", pool.pcn_week, name="pcn-week"),
    path("numbers/", pool.numbers, name="numbers"),
]
