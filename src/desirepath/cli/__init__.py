"""The ``desirepath`` command: one file per noun, heavy imports only where they are used."""

import sys

from desirepath.cli.app import app


def main() -> None:
    """Run the command line. Exit codes: 0 done, 2 the input or the arguments are wrong, 1 anything else."""
    from desirepath.audit.refusal import Refused

    try:
        app()
    except Refused as refused:
        print(refused, file=sys.stderr)
        sys.exit(2)
