"""No lock file names a place to download from, and no file names a package registry or a path of somebody's
machine.

The names looked for are put together here, so that this file does not hold them either.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
REGISTRIES = [
    "py" + "pi.org",
    "python" + "hosted.org",
    "npm" + "js.org",
    "npm" + "js.com",
    "yarn" + "pkg.com",
]
PLACES = {
    "a package registry": re.compile("|".join(map(re.escape, REGISTRIES)), re.IGNORECASE),
    "where to download from": re.compile(
        r"(?:registry|index-url|find-links)\s*[=:]?\s*[\"']?https?:", re.IGNORECASE
    ),
    "a path of one machine": re.compile(r"(?<![\w./-])/(?:work|root|home/\w+|Users/\w+)/[\w.]"),
}
LOCK = re.compile(r"requirements.*\.txt|.*\.lock|package-lock\.json|pylock.*\.toml")
ADDRESS = re.compile(r"\w+://|--(?:extra-)?index-url|--find-links|\bresolved\b")
MOST_BYTES = 2_000_000


def files(root: Path = ROOT) -> list[Path]:
    """Every file that is tracked, or would be once added."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        check=True,
    )
    paths = [root / name.decode() for name in listed.stdout.split(b"\0") if name]
    return sorted(path for path in paths if path.is_file() and not path.is_symlink())


def faults(path: Path) -> list[str]:
    """What is wrong in one file, as "line: what"."""
    content = path.read_bytes()
    if b"\0" in content[:4096] or len(content) > MOST_BYTES:
        return []
    found = []
    for number, line in enumerate(content.decode(errors="replace").splitlines(), start=1):
        found += [f"{number}: names {what}" for what, pattern in PLACES.items() if pattern.search(line)]
        if LOCK.fullmatch(path.name) and ADDRESS.search(line):
            found.append(f"{number}: a lock file names where to download from")
    return found


def main() -> int:
    found = [f"{path.relative_to(ROOT)}:{fault}" for path in files() for fault in faults(path)]
    for fault in found:
        print(fault)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
