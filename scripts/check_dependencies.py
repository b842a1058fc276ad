"""Every package that the lock files name stands in docs/dependencies.toml with its licence, its reason and
the day somebody looked at it; none stands there that is no longer used, or was looked at over a year ago.
"""

from __future__ import annotations

import re
import sys
import tomllib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
LISTED = ROOT / "docs" / "dependencies.toml"
NAMED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==", re.MULTILINE)
# no package of an index: its files lie in src/desirepath/nhsuk/static
VENDORED = {"nhsuk-frontend"}
REVIEW_AFTER = timedelta(days=365)
# licences under which a program under MIT may be given away together with the package, or be made with it
FREE = {
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MIT-CMU",
    "MPL-2.0",
    "PSF-2.0",
    "Zlib",
}
# used beside ours and unchanged (the database adapter), or only by tests
WITH_A_NOTE = {"LGPL-3.0-only", "Artistic-1.0-Perl", "GPL-2.0-or-later"}


def locked(root: Path = ROOT) -> set[str]:
    """The packages that the lock files name."""
    files = root.glob("requirements*.txt")
    named = {name.lower().replace("_", "-") for path in files for name in NAMED.findall(path.read_text())}
    return named | VENDORED


def faults(listed: dict[str, Any], used: set[str], today: date) -> list[str]:
    """What is wrong with the list, as sentences."""
    known = set(listed)
    wrong = [f"{name} is not listed: add licence, reason and reviewed_on" for name in sorted(used - known)]
    wrong += [f"{name} is listed, and used no more: take it out" for name in sorted(known - used)]
    for name, told in sorted(listed.items()):
        if not isinstance(told, dict) or set(told) != {"licence", "reason", "reviewed_on"}:
            wrong.append(f"{name} needs exactly licence, reason and reviewed_on")
            continue
        parts = set(re.split(r" AND | OR ", told["licence"].replace("(", "").replace(")", "")))
        if unknown := parts - FREE - WITH_A_NOTE:
            wrong.append(f"{name}: nobody has looked at the licence {', '.join(sorted(unknown))}")
        if not str(told["reason"]).strip():
            wrong.append(f"{name} has no reason")
        if not isinstance(told["reviewed_on"], date) or told["reviewed_on"] > today:
            wrong.append(f"{name}: reviewed_on must be a day that has been")
        elif today - told["reviewed_on"] > REVIEW_AFTER:
            wrong.append(f"{name} was looked at on {told['reviewed_on']}: look again")
    return wrong


def main() -> int:
    found = faults(tomllib.loads(LISTED.read_text()), locked(), datetime.now(UTC).date())
    for told in found:
        print(told)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
