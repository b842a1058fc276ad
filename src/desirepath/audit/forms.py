"""Fields for what people write freely: they refuse an NHS number."""

from __future__ import annotations

from desirepath.audit.privacy import refuse_nhs_number
from desirepath.nhsuk import fields


class Text(fields.Line):
    """One line that people write freely."""

    default_validators = [refuse_nhs_number]


class LongText(fields.Paragraph):
    """Several lines that people write freely."""

    default_validators = [refuse_nhs_number]
