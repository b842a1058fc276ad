"""Addresses of the room: what is the clinician's own, and the members of a pool."""

from django.urls import path

from desirepath.clinicians import asked_views, views

app_name = "clinicians"
urlpatterns = [
    path("my/terms/", views.terms, name="terms"),
    path("my/terms/history/", views.terms_history, name="terms-history"),
    path("my/terms/<int:version>/", views.terms_version, name="terms-version"),
    path("my/free/", views.free, name="free"),
    path("my/free/<str:day>/", views.free_day, name="free-day"),
    path("my/practices/", views.practices, name="practices"),
    path("my/practices/<uuid:practice>/standing-yes/", asked_views.standing_yes, name="standing-yes"),
    path("my/asked/", asked_views.asked, name="asked"),
    path("members/", views.members, name="members"),
]
