"""How the search goes about its work. None of it changes what the best plan is, only how soon it is found."""

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from desirepath.matching.problem import ProblemError


@dataclass(frozen=True, slots=True)
class Params:
    """Settings of the search, each validated.

    `workers` processes share a large problem (1: none beside this one); `cluster` is the address of a running
    Dask scheduler that shares it instead (needs the extra `desirepath[cluster]`). Raises ProblemError.
    """

    workers: int = 1
    cluster: str | None = None

    def __post_init__(self) -> None:
        if (
            isinstance(self.workers, bool)
            or not isinstance(self.workers, int)
            or not 1 <= self.workers <= 256
        ):
            raise ProblemError("workers must be a whole number from 1 to 256", "workers")
        if self.cluster is not None and not (isinstance(self.cluster, str) and self.cluster.strip()):
            raise ProblemError("cluster must be the address of a scheduler", "cluster")

    @classmethod
    def from_toml(cls, path: Path) -> "Params":
        """Settings from a TOML file; ProblemError names what it doesn't know or can't read."""
        try:
            found: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError) as fault:
            raise ProblemError(f"{path.name} can't be read: {fault}", "params") from None
        known = {each.name for each in fields(cls)}
        for name in found:
            if name not in known:
                raise ProblemError(
                    f"{path.name}: unknown setting {name}; known: {', '.join(sorted(known))}", name
                )
        return cls(**found)
