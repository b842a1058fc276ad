"""The open API, put together from the rooms: ``/api/v1/``, with its own description in OpenAPI."""

from __future__ import annotations

from ninja import NinjaAPI

from desirepath.bookings.api import router as bookings
from desirepath.bookings.applications_api import router as applications
from desirepath.bookings.blocks_api import router as blocks
from desirepath.bookings.colleagues_api import router as colleagues
from desirepath.cascade.api import router as cascade
from desirepath.clinicians.api import router as clinicians
from desirepath.clinicians.quiet_api import router as quiet
from desirepath.clinicians.standing_api import router as standing
from desirepath.organisations.api.problems import tell_problems
from desirepath.vacancies.api import router as vacancies

DESCRIPTION = (
    "The same actions as the pages, for programs. Send an access token (Your account > Access tokens) "
    "as `Authorization: Bearer`; it acts in one role, within its scopes. Every write carries an "
    "`Idempotency-Key`: sent again, nothing is done twice. Moments are ISO 8601 with their offset, money is "
    "pounds. What can't be done is told as problem details (RFC 9457). Lists come in pages: hand `next` back "
    "as `cursor`."
)

# its own page of documentation is ours (config.views.api_reference): the library's fetches from elsewhere
api = NinjaAPI(title="Desirepath", version="1", description=DESCRIPTION, docs_url=None, urls_namespace="api")
for room in (vacancies, cascade, blocks, bookings, colleagues, applications, clinicians, quiet, standing):
    api.add_router("", room)
tell_problems(api)
