"""Addresses of the room: plans and releases for managers, offers for clinicians."""

from django.urls import path

from desirepath.cascade.views import manager, offers, reserve

app_name = "cascade"
urlpatterns = [
    path("plan/", manager.plan_week, name="plan-week"),
    path("plan/<uuid:run>/", manager.plan, name="plan"),
    path("plan/<uuid:run>/stop/", manager.stop, name="stop-plan"),
    path("plan/<uuid:run>/release/", manager.release, name="release"),
    path("release/<uuid:release>/undo/", manager.undo, name="undo"),
    path("vacancy/<uuid:vacancy>/choose/", manager.choose, name="choose"),
    path("vacancy/<uuid:vacancy>/withdraw/", manager.withdraw, name="withdraw"),
    path("vacancy/<uuid:vacancy>/stand-by/", reserve.stand_by, name="stand-by"),
    path("vacancy/<uuid:vacancy>/stand-down/", reserve.stand_down, name="stand-down"),
    path("offers/", offers.offers, name="offers"),
    path("offers/<uuid:offer>/", offers.offer, name="offer"),
    path("offers/<uuid:offer>/decline/", offers.decline, name="decline"),
]
