"""Addresses of the room: plans, releases, cascades and agency steps, offers for clinicians."""

from django.urls import path

from desirepath.cascade.views import agency, blocks, cascades, manager, offers, policy, reserve, urgent

app_name = "cascade"
urlpatterns = [
    path("cascade/", cascades.cascades, name="cascades"),
    path("cascade/policy/", policy.policy, name="policy"),
    path("vacancy/<uuid:vacancy>/cascade/start/", cascades.start, name="start"),
    path("vacancy/<uuid:vacancy>/cascade/stop/", cascades.stop, name="stop"),
    path("vacancy/<uuid:vacancy>/cascade/skip/", cascades.skip, name="skip"),
    path("vacancy/<uuid:vacancy>/agency/", agency.agency, name="agency"),
    path("vacancy/<uuid:vacancy>/agency/ask/", cascades.ask_agency, name="ask-agency"),
    path("vacancy/<uuid:vacancy>/agency/decide/", agency.decide, name="decide"),
    path("vacancy/<uuid:vacancy>/agency/outcome/", agency.outcome, name="outcome"),
    path("plan/", manager.plan_week, name="plan-week"),
    path("plan/<uuid:run>/", manager.plan, name="plan"),
    path("plan/<uuid:run>/stop/", manager.stop, name="stop-plan"),
    path("plan/<uuid:run>/release/", manager.release, name="release"),
    path("release/<uuid:release>/undo/", manager.undo, name="undo"),
    path("vacancy/<uuid:vacancy>/choose/", manager.choose, name="choose"),
    path("vacancy/<uuid:vacancy>/withdraw/", manager.withdraw, name="withdraw"),
    path("vacancy/<uuid:vacancy>/stand-by/", reserve.stand_by, name="stand-by"),
    path("vacancy/<uuid:vacancy>/stand-down/", reserve.stand_down, name="stand-down"),
    path("today/", urgent.today, name="today"),
    path("today/<uuid:vacancy>/", urgent.could_come, name="could-come"),
    path("blocks/", blocks.blocks, name="blocks"),
    path("blocks/<uuid:block>/", blocks.block, name="block"),
    path("blocks/<uuid:block>/offer/", blocks.offer, name="offer-block"),
    path("blocks/<uuid:block>/let-go/", blocks.let_go, name="let-go"),
    path("blocks/<uuid:block>/withdraw/", blocks.withdraw, name="withdraw-block"),
    path("block-offers/<uuid:offer>/", blocks.hers, name="block-offer"),
    path("block-offers/<uuid:offer>/decline/", blocks.decline, name="decline-block"),
    path("block-offers/<uuid:offer>/take-back/", blocks.take_back, name="take-back-block"),
    path("offers/", offers.offers, name="offers"),
    path("offers/<uuid:offer>/", offers.offer, name="offer"),
    path("offers/<uuid:offer>/decline/", offers.decline, name="decline"),
]
