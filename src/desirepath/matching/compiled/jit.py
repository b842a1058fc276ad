"""How the loops are compiled: once, kept on disk beside the source."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])

compiled = cast("Callable[[Function], Function]", numba.njit(cache=True))

# The option is numba's own and not promised to users: its version is pinned.
UNCOUNTED: dict[str, Any] = {"cache": True, "_nrt": False}

# Without reference counts, which cost five times the loops' own work; such a function may not make arrays.
bare = cast("Callable[[Function], Function]", numba.njit(**UNCOUNTED))
