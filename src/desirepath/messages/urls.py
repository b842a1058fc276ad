"""Addresses of one's own messages, and of the letters that are asked for."""

from django.urls import path

from desirepath.messages import views

app_name = "messages"
urlpatterns = [
    path("messages/", views.inbox, name="inbox"),
    path("messages/read-all/", views.read_all, name="read-all"),
    path("messages/<uuid:message>/", views.message, name="message"),
    path("forgotten-password", views.forgotten_password, name="forgotten-password"),
]
