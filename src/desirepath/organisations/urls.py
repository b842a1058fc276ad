"""Addresses about organisations and the roles held there."""

from django.urls import path

from desirepath.organisations.views import induction, roles

app_name = "organisations"
urlpatterns = [
    path("change-role", roles.change_role, name="change-role"),
    path("your-account/tokens", roles.tokens, name="tokens"),
    path("practice/induction/", induction.induction_pack, name="induction-pack"),
    path("practice/induction/write/", induction.write_pack, name="write-pack"),
]
