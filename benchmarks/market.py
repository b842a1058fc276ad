"""What is claimed of the market, measured by `make bench-market` (ARGS="--only kill --rounds 20").

Each section is a program beside this one, run once for each database: SQLite in a file, and PostgreSQL (the
server of DATABASE_URL, or one started for it). It prints its tables and ends with 1 where a claim does not
hold.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from tests.postgres_server import NoServer, PostgresServer  # noqa: E402 - found from the project's root

DATABASES = ("sqlite", "postgresql")
SECTIONS = {
    "kill": "processes killed in a busy hour",
    "storm": "everybody says yes at once",
    "scale": "pages with the whole of England loaded",
}


def sections() -> list[str]:
    """Those whose program is here."""
    return [name for name in SECTIONS if (HERE / f"{name}.py").exists()]


def main() -> int:
    """Exit code 1 where a claim does not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=sections(), default=sections())
    parser.add_argument("--on", nargs="+", choices=DATABASES, default=list(DATABASES))
    known, rest = parser.parse_known_args()
    # a time limit ends it like Ctrl-C
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    failed = []
    for name in known.only:
        for engine in known.on:
            print(f"\n== {name}: {SECTIONS[name]}, on {engine}", flush=True)
            try:
                with database(engine) as environment:
                    code = run([sys.executable, HERE / f"{name}.py", *rest], environment)
            except NoServer as reason:
                print(f"left out: {reason}")
                continue
            if code:
                failed.append(f"{name} on {engine}")
    print(f"\nNot as claimed: {', '.join(failed)}" if failed else "\nAll as claimed")
    return 1 if failed else 0


def run(command: list[str | Path], environment: dict[str, str]) -> int:
    """Its exit code. Ended before its time, it is asked to end what it has started."""
    section = subprocess.Popen(command, env={**os.environ, **environment})
    try:
        return section.wait()
    except BaseException:
        section.terminate()
        section.wait()
        raise


@contextmanager
def database(engine: str) -> Iterator[dict[str, str]]:
    """The environment of an empty installation on one engine, gone afterwards. Raises NoServer."""
    with tempfile.TemporaryDirectory(prefix="desirepath-market-") as home:
        common = {"DESIREPATH_HOME": home, "DESIREPATH_SECRET": "a key for benchmarks only"}
        common["PYTHONPATH"] = os.pathsep.join([str(HERE.parent / "src"), os.environ.get("PYTHONPATH", "")])
        if engine == "sqlite":
            yield {**common, "DATABASE_URL": f"sqlite:///{home}/market.sqlite3"}
            return
        given = os.environ.get("DATABASE_URL", "")
        server = None if given.startswith("postgres") else PostgresServer().start()
        try:
            with emptied(server.url if server else given) as url:
                yield {**common, "DATABASE_URL": url}
        finally:
            if server:
                server.stop()


@contextmanager
def emptied(url: str) -> Iterator[str]:
    """The address of a database of its own on the server of ``url``, dropped afterwards."""
    import psycopg

    name = f"desirepath_market_{os.getpid()}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
    try:
        yield f"{url.rsplit('/', 1)[0]}/{name}"
    finally:
        with psycopg.connect(url, autocommit=True) as server:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


if __name__ == "__main__":
    sys.exit(main())
