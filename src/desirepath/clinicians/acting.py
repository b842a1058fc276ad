"""The clinician who is signed in."""

from __future__ import annotations

from django.shortcuts import get_object_or_404

from desirepath.clinicians.models import Clinician
from desirepath.organisations.acting import ActingRequest


def clinician_of(request: ActingRequest) -> Clinician:
    """Whose work the page is about: the signed-in person's own profile, or 404 where she has none."""
    return get_object_or_404(Clinician.objects.select_related("person"), person=request.user)
