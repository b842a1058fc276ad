"""Addresses of one's own account."""

from django.urls import path

from desirepath.accounts import views

app_name = "accounts"
urlpatterns = [
    path("sign-in", views.sign_in, name="sign-in"),
    path("sign-out", views.sign_out, name="sign-out"),
    path("invitation/<str:token>", views.invitation, name="invitation"),
    path("new-password/<str:uid>/<str:token>", views.new_password, name="new-password"),
    path("your-account", views.your_account, name="your-account"),
    path("your-account/password", views.change_password, name="change-password"),
]
