"""Addresses of one's own account."""

from django.urls import path

from desirepath.accounts.views import account, signing_in

app_name = "accounts"
urlpatterns = [
    path("sign-in", signing_in.sign_in, name="sign-in"),
    path("sign-out", signing_in.sign_out, name="sign-out"),
    path("invitation/<str:token>", signing_in.invitation, name="invitation"),
    path("new-password/<str:uid>/<str:token>", signing_in.new_password, name="new-password"),
    path("your-account", account.your_account, name="your-account"),
    path("your-account/password", account.change_password, name="change-password"),
    path("your-account/sessions", account.sessions, name="sessions"),
]
