"""Addresses about organisations and the roles held there."""

from django.urls import path

from desirepath.organisations import views

app_name = "organisations"
urlpatterns = [
    path("change-role", views.change_role, name="change-role"),
    path("your-account/tokens", views.tokens, name="tokens"),
]
