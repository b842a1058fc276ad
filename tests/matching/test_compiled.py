"""The loops are compiled once: what `make install` warms is all that a plan needs."""

import subprocess
import sys

from desirepath.matching.compiled import warm

MODULES = ("chains", "clashes", "parts", "weeks")
COUNT = """
import sys
from importlib import import_module
from desirepath.matching import solve
from desirepath.matching.compiled import warm
warm.main()
for name in sys.argv[1:]:
    module = import_module("desirepath.matching.compiled." + name)
    for each, loop in vars(module).items():
        if hasattr(loop, "py_func") and loop.__module__ == module.__name__:
            print(each, sum(loop.stats.cache_misses.values()))
"""


def test_warming_goes_through():
    """Warming solves, cuts out and settles without complaint."""
    warm.main()


def test_a_second_run_compiles_nothing():
    """A new process finds every loop on disk."""
    warm.main()
    run = subprocess.run(
        [sys.executable, "-c", COUNT, *MODULES], capture_output=True, text=True, check=True
    ).stdout.split("\n")
    counts = dict(line.rsplit(" ", 1) for line in run if line)
    assert len(counts) > 20
    assert {name: count for name, count in counts.items() if count != "0"} == {}
