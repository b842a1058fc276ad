"""Write the documents that come from the code; with ``--check``, only say whether they are current (exit code
1 if not).
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent


def pages() -> dict[Path, str]:
    """Path to text of every generated document; Django must be ready."""
    from desirepath.audit.documentation import states_page

    return {ROOT / "docs" / "states.md": states_page()}


def main(arguments: list[str]) -> int:
    with tempfile.TemporaryDirectory() as home:
        os.environ.update(
            DESIREPATH_HOME=home, DATABASE_URL="", DJANGO_SETTINGS_MODULE="desirepath.config.settings"
        )
        import django

        django.setup()
        written = pages()
    stale = [path for path, text in written.items() if not path.exists() or path.read_text() != text]
    for path in stale:
        if "--check" in arguments:
            print(f"{path.relative_to(ROOT)} is not what the code says: run make docs")
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_text(written[path])
            print(f"wrote {path.relative_to(ROOT)}")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
