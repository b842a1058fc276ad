"""All of England from one folder of publications: which files there are, and in which order they come in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from desirepath.organisations.importers.refusals import FileRefused

_NAMES = {
    "epraccur": "*epraccur*.csv*",
    "epcn": "*[eE][pP][cC][nN]*.xlsx",
    "map": "gp-reg-pat-prac-map*",
    "quinage": "gp-reg-pat-prac-quin-age*",
    "crosswalk": "icb_*_crosswalk.csv",
    "coordinates": "practices.csv",
}
_NEEDED = {"epraccur": "epraccur register", "map": "map of registrations"}


@dataclass(frozen=True, slots=True)
class Step:
    """One import: its kind (a key of ``actions.READERS``) and its files."""

    kind: str
    paths: tuple[Path, ...]


def steps(folder: Path) -> list[Step]:
    """What to import from ``folder`` and the folders in it, practices before what is said about them.

    Raises FileRefused where it is no folder, or holds no register or no map of registrations.
    """
    if not folder.is_dir():
        raise FileRefused(f"{folder}: there is no such folder")
    files = {kind: sorted(p for p in folder.rglob(name) if p.is_file()) for kind, name in _NAMES.items()}
    for kind, name in _NEEDED.items():
        if not files[kind]:
            raise FileRefused(f"{folder}: holds no {name} ({_NAMES[kind]})")
    registrations = [
        Step("registrations", (path, _quinage_of(path, files["quinage"]))) for path in files["map"]
    ]
    return [
        *(Step("epraccur", (path,)) for path in files["epraccur"]),
        *(Step("epcn", (path,)) for path in files["epcn"]),
        *registrations,
        *(Step("crosswalk", (path,)) for path in files["crosswalk"]),
        *(Step("coordinates", (path,)) for path in files["coordinates"]),
    ]


def _quinage_of(map_path: Path, candidates: list[Path]) -> Path:
    """The list sizes that lie beside a map."""
    beside = [path for path in candidates if path.parent == map_path.parent]
    if len(beside) != 1:
        raise FileRefused(
            f"{map_path.name}: {len(beside)} files of list sizes (gp-reg-pat-prac-quin-age) beside it, not 1"
        )
    return beside[0]
