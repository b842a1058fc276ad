"""Addresses of the room: there only in a demonstration."""

from django.urls import path

from desirepath.demo import views

app_name = "demo"
urlpatterns = [
    path("demo/", views.people, name="people"),
    path("demo/sign-in/", views.sign_in, name="sign-in"),
]
