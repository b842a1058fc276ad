"""A mail server that keeps every letter it was given, on a free port of this machine.

It can be asked to do something in the middle of the next letter: before it is read, or when it was kept and
its sender does not know yet. So senders are killed where it matters most.
"""

import random
import socketserver
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes, policy

# seconds at most until it says that a letter was kept
A_MOMENT = 0.02
BEFORE, AFTER = "before it is read", "after it was kept"


@dataclass(frozen=True)
class Letter:
    """One letter as it arrived."""

    message_id: str
    to: str
    subject: str
    body: str


class Sink:
    """``letters`` in the order in which they came; ``url`` is a DESIREPATH_MAIL."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self._asked: tuple[str, Callable[[], None], threading.Event] | None = None
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _Conversation)
        self._server.sink = self
        self.url = f"smtp://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def keep(self, data: bytes) -> None:
        """One letter, as a mail server would have it."""
        told = message_from_bytes(data, policy=policy.default)
        letter = Letter(
            str(told["Message-ID"]), str(told["To"]), str(told["Subject"]), told.get_content().strip()
        )
        with self._lock:
            self.letters.append(letter)

    def in_the_middle(self, moment: str, act: Callable[[], None], patience: float) -> bool:
        """Have ``act`` done in the next letter, BEFORE or AFTER; False where none came in so many seconds.

        A letter that comes at the last moment is waited for: ``act`` is over when this returns, or never was.
        """
        done = threading.Event()
        with self._lock:
            self._asked = (moment, act, done)
        return done.wait(patience) or (self._take(moment) is None and done.wait())

    def reached(self, moment: str) -> None:
        """A letter is at ``moment``."""
        if asked := self._take(moment):
            _, act, done = asked
            try:
                act()
            finally:
                done.set()

    def _take(self, moment: str) -> tuple[str, Callable[[], None], threading.Event] | None:
        with self._lock:
            asked = self._asked
            if asked is None or asked[0] != moment:
                return None
            self._asked = None
            return asked

    def once(self) -> list[Letter]:
        """The letters without those that repeat a Message-ID, as a mail server drops them."""
        return list({letter.message_id: letter for letter in reversed(self.letters)}.values())[::-1]

    def repeats(self) -> int:
        """How many came again under the same Message-ID."""
        return sum(count - 1 for count in Counter(letter.message_id for letter in self.letters).values())

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True
    sink: Sink


class _Conversation(socketserver.StreamRequestHandler):
    """As much of SMTP (RFC 5321) as a letter needs. A caller that dies in the middle leaves no letter."""

    server: _Server

    def handle(self) -> None:
        try:
            self._say("220 sink")
            while line := self.rfile.readline():
                verb = line.split()[0].upper() if line.split() else b""
                if verb == b"DATA":
                    self._letter()
                else:
                    self._say("221 bye" if verb == b"QUIT" else "250 ok")
        except (ConnectionError, EOFError):
            return

    def _letter(self) -> None:
        self.server.sink.reached(BEFORE)
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                raise EOFError
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        self.server.sink.keep(b"".join(lines))
        self.server.sink.reached(AFTER)
        time.sleep(random.uniform(0, A_MOMENT))
        self._say("250 kept")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())
