"""``desirepath serve``: the pages, by gunicorn in this process, and a worker beside it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from typing import Annotated, Any

import typer

THREADS = 4


def serve(
    host: Annotated[str, typer.Option(help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(envvar="PORT", min=0, max=65535, help="The port; 0 for any that is free.")
    ] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes that answer.")] = 2,
    demo: Annotated[
        bool, typer.Option("--demo", help="One-click sign-in as fictional people, on this machine only.")
    ] = False,
    worker: Annotated[
        bool, typer.Option("--worker/--no-worker", help="Run a worker beside, which stops with it.")
    ] = True,
) -> None:
    """Serve the pages until Ctrl-C, with a worker beside that makes plans and sends messages."""
    demo = demo or os.environ.get("DESIREPATH_DEMO") == "1"
    listening = _listen(host, port)
    bound = listening.getsockname()[1]
    address = f"http://{f'[{host}]' if ':' in host else host}:{bound}"
    os.environ.setdefault("DESIREPATH_URL", address)
    if demo:
        os.environ["DESIREPATH_DEMO"] = "1"
    from desirepath.cli.start import django_ready

    django_ready()
    if demo:
        from desirepath.audit.refusal import Refused
        from desirepath.demo.safety import why_not

        if told := why_not(host):
            raise Refused(told)
    beside = _worker() if worker else None
    try:
        _run(listening, address, workers)
    finally:
        if beside is not None:
            beside.terminate()
            beside.wait(timeout=20)


def _listen(host: str, port: int) -> socket.socket:
    """The socket to serve on; one line and exit code 2 where it cannot be had."""
    from desirepath.audit.refusal import Refused

    try:
        family, kind, number, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError:
        raise Refused(f"{host} is not an address of this machine.") from None
    listening = socket.socket(family, kind, number)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(address)
        # bind alone lets two have one port: only who listens has it
        listening.listen(2048)
    except PermissionError:
        raise Refused(f"Port {port} may not be used by you: choose one above 1023 with --port.") from None
    except OSError as error:
        taken = (
            "is in use: choose another with --port"
            if error.errno == 98
            else f"cannot be used: {error.strerror}"
        )
        raise Refused(f"{host} port {port} {taken}.") from None
    return listening


def _worker() -> subprocess.Popen[bytes]:
    program = "from desirepath.cli import main; main()"
    return subprocess.Popen([sys.executable, "-c", program, "worker", "--beside", str(os.getpid())])


def _ready() -> None:
    """What pages need is loaded before the process divides, not by each one while somebody waits for it."""
    from django.template import engines
    from django.urls import get_resolver

    from desirepath.audit import clock
    from desirepath.vacancies.problem import planning_options

    assert get_resolver().reverse_dict is not None  # asking for it reads every room's addresses and views
    planning_options({clock.today().year, clock.today().year + 1})
    templates = engines["jinja2"].env  # type: ignore[attr-defined]
    for name in templates.list_templates(extensions=["jinja"]):
        templates.get_template(name)


def _run(listening: socket.socket, address: str, workers: int) -> None:
    """Gunicorn with the application loaded once, before it divides into its processes."""
    from django.conf import settings
    from django.db import connections
    from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]

    class Pages(BaseApplication):  # type: ignore[misc, no-any-unimported, unused-ignore]
        def load_config(self) -> None:
            for name, value in {
                "bind": f"fd://{listening.fileno()}",
                "workers": workers,
                "worker_class": "gthread",
                "threads": THREADS,
                "preload_app": True,
                "forwarded_allow_ips": ",".join(settings.PROXIES),
                "loglevel": "warning",
                "graceful_timeout": 10,
                "when_ready": lambda _: print(f"Desirepath is at {address} (Ctrl-C stops it)", flush=True),
            }.items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            from django.core.wsgi import get_wsgi_application

            application = get_wsgi_application()
            _ready()
            # no connection to the database is shared by two processes
            connections.close_all()
            return application

    Pages().run()
