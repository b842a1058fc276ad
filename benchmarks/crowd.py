"""A crowd that asks real pages at one moment, each on a connection of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from time import perf_counter
from urllib.parse import urlencode, urlsplit

CSRF = "c" * 32
# an answer that has not come by then counts as none
PATIENCE = 180


def signed_in(person: object) -> str:
    """The cookies of a browser in which ``person`` has signed in."""
    from django.conf import settings
    from django.test import Client

    from tests.second_factor import shown

    client = Client()
    client.force_login(person)  # type: ignore[arg-type]
    shown(client)
    name = settings.SESSION_COOKIE_NAME
    return f"{name}={client.cookies[name].value}; csrftoken={CSRF}"


@dataclass(frozen=True)
class Ask:
    """One request. ``form`` is sent as a browser does, with the proof that it is ours."""

    path: str
    method: str = "POST"
    cookies: str = ""
    form: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    json: str = ""

    @property
    def bytes(self) -> bytes:
        head = {"Host": "127.0.0.1", "Connection": "close", **self.headers}
        body = b""
        if self.cookies:
            head["Cookie"] = self.cookies
        if self.method == "POST" and self.cookies:
            body = urlencode({**self.form, "csrfmiddlewaretoken": CSRF}).encode()
            head["Content-Type"] = "application/x-www-form-urlencoded"
        elif self.method == "POST":
            body = (self.json or "{}").encode()
            head["Content-Type"] = "application/json"
        head["Content-Length"] = str(len(body))
        lines = "\r\n".join(f"{name}: {value}" for name, value in head.items())
        return f"{self.method} {self.path} HTTP/1.1\r\n{lines}\r\n\r\n".encode() + body


@dataclass(frozen=True)
class Answer:
    """``status`` 0 where none came. ``seconds`` from the moment at which all asked."""

    status: int
    text: str = ""
    location: str = ""
    seconds: float = 0.0
    cookies: str = ""

    def onward(self, ask: Ask) -> Ask:
        """Where a browser goes next, with what it was given to keep."""
        return Ask(self.location, "GET", cookies="; ".join(filter(None, (ask.cookies, self.cookies))))


def all_at_once(address: str, asks: Iterable[Ask]) -> list[Answer]:
    """Send every request at the same moment, each on a connection of its own; the answers in their order."""
    return asyncio.run(_crowd(address, list(asks)))


def one_by_one(address: str, asks: Iterable[Ask]) -> list[Answer]:
    return [asyncio.run(_crowd(address, [ask]))[0] for ask in asks]


async def _crowd(address: str, asks: list[Ask]) -> list[Answer]:
    place = urlsplit(address)
    start = asyncio.Event()
    ready = asyncio.Semaphore(0)

    async def one(ask: Ask) -> Answer:
        try:
            reader, writer = await asyncio.open_connection(place.hostname, place.port)
        except OSError:
            ready.release()
            return Answer(0)
        ready.release()
        await start.wait()
        began = perf_counter()
        try:
            writer.write(ask.bytes)
            await writer.drain()
            raw = await asyncio.wait_for(reader.read(), PATIENCE)
        except (OSError, TimeoutError):
            return Answer(0, seconds=perf_counter() - began)
        finally:
            writer.close()
        return _read(raw, perf_counter() - began)

    running = [asyncio.create_task(one(ask)) for ask in asks]
    for _ in asks:
        await ready.acquire()
    start.set()
    return list(await asyncio.gather(*running))


def _read(raw: bytes, seconds: float) -> Answer:
    head, _, body = raw.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    if not lines[0].startswith("HTTP/"):
        return Answer(0, seconds=seconds)
    pairs = [(name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines[1:])]
    return Answer(
        status=int(lines[0].split()[1]),
        text=body.decode(errors="replace"),
        location=dict(pairs).get("location", ""),
        seconds=seconds,
        cookies="; ".join(value.split(";")[0] for name, value in pairs if name == "set-cookie"),
    )


def percentile(values: Iterable[float], share: float) -> float:
    """The value below which ``share`` (0 to 1) of them lie; 0 of none."""
    found = sorted(values)
    return found[min(len(found) - 1, int(share * len(found)))] if found else 0.0
