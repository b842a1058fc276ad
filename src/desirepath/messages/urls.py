"""Addresses from which letters are asked for."""

from django.urls import path

from desirepath.messages import views

app_name = "messages"
urlpatterns = [path("forgotten-password", views.forgotten_password, name="forgotten-password")]
