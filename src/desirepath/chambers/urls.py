"""Addresses of a chambers: for its members, its lead and the managers of its pool."""

from django.urls import path

from desirepath.chambers.views import chambers, charter, mandates, meetings

app_name = "chambers"
urlpatterns = [
    path("my/mandates/", mandates.mandates, name="mandates"),
    path("my/mandates/<uuid:mandate>/end/", mandates.end, name="end-mandate"),
    path("members/mandates/", mandates.held, name="held"),
    path("chambers/", chambers.all_chambers, name="all"),
    path("chambers/charters/<uuid:charter>/", charter.change, name="change"),
    path("chambers/charters/<uuid:charter>/withdraw/", charter.withdraw, name="withdraw-charter"),
    path("chambers/meetings/<uuid:meeting>/", meetings.meeting, name="meeting"),
    path("chambers/tasks/<uuid:task>/done/", meetings.done, name="task-done"),
    path("chambers/<uuid:chambers>/", chambers.one, name="one"),
    path("chambers/<uuid:chambers>/settings/", chambers.settings, name="settings"),
    path("chambers/<uuid:chambers>/leave/", chambers.leave, name="leave"),
    path("chambers/<uuid:chambers>/charter/", charter.charter, name="charter"),
    path("chambers/<uuid:chambers>/charter/propose/", charter.propose, name="propose"),
    path("chambers/<uuid:chambers>/meetings/", meetings.meetings, name="meetings"),
    path("chambers/<uuid:chambers>/meetings/plan/", meetings.plan, name="plan-meeting"),
]
