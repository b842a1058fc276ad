"""Addresses of joining, breaks and leaving."""

from django.urls import path

from desirepath.memberships.views import hers, joining, managers

app_name = "memberships"
urlpatterns = [
    path("join/", joining.pools, name="open-pools"),
    path("join/confirm/<str:token>/", joining.confirm, name="confirm"),
    path("join/<slug:pool>/", joining.join, name="join"),
    path("my/pools/", hers.pools, name="pools"),
    path("my/pools/join/<uuid:pool>/", hers.apply, name="apply"),
    path("my/pools/<uuid:membership>/withdraw/", hers.withdraw, name="withdraw"),
    path("my/pools/<uuid:membership>/break/", hers.time_off, name="break"),
    path("my/pools/<uuid:membership>/back/", hers.back, name="back"),
    path("my/pools/<uuid:membership>/leave/", hers.leave, name="leave"),
    path("members/joining/", managers.queue, name="queue"),
    path("members/joining/<uuid:membership>/", managers.member, name="member"),
]
