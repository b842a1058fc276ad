"""Every address of Desirepath: each room has its own list."""

from __future__ import annotations

from django.urls import include, path

from desirepath.accounts.views.providers import back
from desirepath.config import views
from desirepath.config.api import api

handler400 = views.bad_request
handler403 = views.forbidden
handler404 = views.not_found
handler500 = views.failed

urlpatterns = [
    path("", views.home, name="home"),
    path("accessibility", views.accessibility, name="accessibility"),
    path("privacy", views.privacy, name="privacy"),
    path("log", views.audit_log, name="audit-log"),
    path("log/file.csv", views.audit_log_file, name="audit-log-file"),
    path("api/", views.api_reference, name="api-reference"),
    path("api/v1/", api.urls),
    path("", include("desirepath.demo.urls")),
    path("", include("desirepath.memberships.urls")),
    path("", include("desirepath.privacy.urls")),
    path("", include("desirepath.bookings.urls")),
    path("", include("desirepath.cascade.urls")),
    path("", include("desirepath.vacancies.urls")),
    path("", include("desirepath.chambers.urls")),
    path("", include("desirepath.clinicians.urls")),
    path("", include("desirepath.pools.urls")),
    path("", include("desirepath.organisations.urls")),
    path("", include("desirepath.messages.urls")),
    path("", include("desirepath.accounts.urls")),
    # of no room's names: allauth knows it by this one
    path("sign-in/with/<slug:provider_id>/back", back, name="openid_connect_callback"),
]
