"""Reduced rounds by default; DESIRE_LONG=1 runs the full numbers."""

import os

from hypothesis import HealthCheck, settings

QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile(
    "planner", max_examples=60, deadline=None, derandomize=True, suppress_health_check=QUIET, database=None
)
settings.register_profile(
    "planner-long", max_examples=3000, deadline=None, suppress_health_check=QUIET, database=None
)
settings.load_profile("planner-long" if os.environ.get("DESIRE_LONG") == "1" else "planner")
