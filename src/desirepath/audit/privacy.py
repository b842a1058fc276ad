"""No patient data is held: text that holds a valid NHS number is refused (DOMAIN, Identifiers).

An NHS number has exactly 10 digits, often written 3-3-4 with spaces or dashes; the last is the
modulus-11 check digit of the nine before it (NHS Data Dictionary, NHS NUMBER).
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError

GAP = "[ \u00a0\u2010-\u2015-]*"
# Ten digits that begin and end where a group of digits does. Looked for from every group (a lookahead takes
# nothing), so that a time or a room beside it does not hide it; after +44 they are a telephone number.
_CANDIDATE = re.compile(rf"(?<![0-9])(?<!\+44)(?<!\+44 )(?=([0-9](?:{GAP}[0-9]){{9}})(?![0-9]))")
REFUSAL = "This holds what looks like an NHS number. Take it out: no patient's details may be kept here"


def is_nhs_number(digits: str) -> bool:
    """Whether ten digits end in the right check digit."""
    if not re.fullmatch(r"[0-9]{10}", digits):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False))
    check = 11 - total % 11
    return check != 10 and check % 11 == int(digits[9])


def nhs_numbers_in(text: str) -> list[str]:
    """Every valid NHS number in a text, as ten digits."""
    # digits of any script or width count as digits
    plain = "".join(str(unicodedata.decimal(letter)) if letter.isdecimal() else letter for letter in text)
    found = (re.sub(r"[^0-9]", "", match.group(1)) for match in _CANDIDATE.finditer(plain))
    return [digits for digits in found if is_nhs_number(digits)]


def refuse_nhs_number(text: str) -> None:
    """A form field's validator; spreadsheets and commands may call it too. Raises ValidationError."""
    if nhs_numbers_in(text):
        raise ValidationError(REFUSAL, code="nhs number")


UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def refuse_in_values(value: Any) -> None:
    """The same for every text in a value of JSON, names included; ids, whose digits are chance, pass.

    Raises ValidationError.
    """
    for text in _texts(value):
        if not UUID.fullmatch(text):
            refuse_nhs_number(text)


def refuse_in_json(body: bytes) -> None:
    """The same for a body of JSON; what is none is refused elsewhere."""
    try:
        refuse_in_values(json.loads(body))
    except (ValueError, RecursionError):
        return


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, each in value.items():
            yield str(name)
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
