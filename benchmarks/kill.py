"""Workers and pages killed at random moments of a busy hour, round after round; nothing is lost or doubled.

Works in the empty database of DATABASE_URL (`market.py` gives it one). Two workers and the pages run as a
host runs them; in each round people press buttons while something is killed, and it is started again. At the
end everything is stopped, what fell due in six hours lies there, and one worker catches up.
"""

import argparse
import os
import random
import signal
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from figures import say, spent
from killed import Pages, Process, Worker
from sink import AFTER, BEFORE, Sink

sys.path.insert(0, str(Path(__file__).parent.parent))

if TYPE_CHECKING:
    from hour import World

ROUNDS = 200
# seconds that the first round is taken to last; something is killed at a random moment of each
A_ROUND = 2.0
DRAINED_WITHIN = 180
# of each thing that is wrong, so many are said in words
MOST_WORDS = 20
MIDDLES = {f"both workers in a letter, {moment}": moment for moment in (BEFORE, AFTER)}
NO_LETTER = "both workers, as no letter came"
# what is killed, in turn
KILLED = (
    *MIDDLES,
    "a process of the pages",
    "a worker",
    "everything",
    "a worker",
    "the pages",
    "a process of the pages",
)
MUST_BE_NOTHING = (
    "sessions booked twice",
    "bookings lost",
    "messages lost",
    "messages twice",
    "letters of what was never kept",
    "things due and not done",
    "errors shown to people",
    "contradictions found by check",
)


def main() -> int:
    """Exit code 1 where something was lost or doubled."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="each kills something once")
    parser.add_argument("--seed", type=int, default=1)
    options, _ = parser.parse_known_args()
    random.seed(options.seed)
    # a time limit ends it like Ctrl-C: what it has started ends with it
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sink = Sink()
    os.environ["DESIREPATH_MAIL"] = sink.url
    from desirepath.cli.start import django_ready

    django_ready()
    import catching_up
    import hour

    world = hour.begin()
    with spent() as took:
        killed, waiting, stopped = busy_hour(world, sink, options.rounds)
    say(f"{options.rounds} rounds in {took.wall:.0f} s; killed: {told(killed)}")
    figures = judged(world, sink, waiting, stopped)
    figures |= catching_up.six_hours_off(world, sink, Worker())
    for name, value in figures.items():
        say(f"{name}: {value:,}")
    sink.close()
    return 1 if any(figures[name] for name in (*MUST_BE_NOTHING, *catching_up.MUST_BE_NOTHING)) else 0


def told(killed: Counter[str]) -> str:
    return ", ".join(
        f"{what} {count} {'time' if count == 1 else 'times'}" for what, count in sorted(killed.items())
    )


def busy_hour(world: "World", sink: Sink, rounds: int) -> tuple[Counter[str], dict[str, int], datetime]:
    """So many rounds; what was killed how often, what is due and still not done when all is calm, and when
    that was.
    """
    import hour

    pages, workers = Pages(), [Worker(), Worker()]
    killed: Counter[str] = Counter()
    everything: list[Process] = [pages, *workers]
    length = A_ROUND
    try:
        with ThreadPoolExecutor(hour.AT_ONCE) as hands, ThreadPoolExecutor(1) as killer:
            for number in range(rounds):
                start(everything)
                began = time.monotonic()
                what = KILLED[number % len(KILLED)]
                killing = killer.submit(kill, what, length, pages, workers, sink)
                this = hour.play(world, number, pages, hands)
                killed[killing.result()] += 1
                start(everything)
                this.finish()
                length = time.monotonic() - began
        waiting, stopped = drain()
    finally:
        for process in everything:
            process.end()
    return killed, waiting, stopped


def start(processes: list[Process]) -> None:
    """Whatever does not run is started, and waited for."""
    for process in processes:
        process.start()
    for process in processes:
        process.ready()


def kill(what: str, length: float, pages: Pages, workers: list[Worker], sink: Sink) -> str:
    """Workers, or a process that answers, or a machine with all that runs on it, at some moment of a round
    that takes so many seconds; what was killed.
    """

    def kill_both() -> None:
        for worker in workers:
            worker.kill()

    after = random.uniform(0, length)
    if what in MIDDLES:
        # in the first half of a round most of its letters are still to be sent
        time.sleep(after / 2)
        if not sink.in_the_middle(MIDDLES[what], kill_both, patience=length):
            kill_both()
            what = NO_LETTER
        claims_run_out()
        return what
    time.sleep(after)
    if what == "a worker":
        workers[0].kill()
    if what == "a process of the pages":
        pages.kill_one()
    if what in ("the pages", "everything"):
        pages.kill()
    if what == "everything":
        kill_both()
    claims_run_out()
    return what


def claims_run_out() -> None:
    """The minutes go by for which a sender claims a message. One that still runs may then be overtaken: it
    sends a letter that another sends too.
    """
    from desirepath.audit import clock
    from desirepath.audit.retrying import retried
    from desirepath.messages.models import Message

    claimed = Message.objects.exclude(claimed_until=None)
    retried(claimed.filter(state="queued").update)(claimed_until=clock.now())


def drain() -> tuple[dict[str, int], datetime]:
    """Until nothing that is due is left, or for too long: what is, and the moment of the last look."""
    import verdict

    from desirepath.audit import clock

    ends = time.monotonic() + DRAINED_WITHIN
    looked = clock.now()
    while any((waiting := verdict.waiting()).values()) and time.monotonic() < ends:
        claims_run_out()
        time.sleep(0.5)
        looked = clock.now()
    return waiting, looked


def judged(world: "World", sink: Sink, waiting: dict[str, int], stopped: datetime) -> dict[str, int]:
    """The figures; whatever is wrong is also said in words."""
    import verdict

    from desirepath.bookings.models import Booking
    from desirepath.cascade.models import CascadeStep
    from desirepath.messages.models import Message

    wrong = {
        "sessions booked twice": verdict.booked_twice(),
        "bookings lost": verdict.bookings_lost(world.told),
        "messages lost": verdict.messages_lost(sink, stopped),
        "messages twice": verdict.messages_twice(sink),
        "letters of what was never kept": verdict.letters_of_nothing(sink),
        "things due and not done": [kind for kind, count in waiting.items() for _ in range(count)],
        "errors shown to people": world.told.failures,
        "contradictions found by check": verdict.contradictions(),
    }
    for name, words in wrong.items():
        for line in words[:MOST_WORDS]:
            say(f"  {name}: {line}")
    return {
        "sessions booked": Booking.objects.filter(committed_time__isnull=False).count(),
        "steps of cascades": CascadeStep.objects.count(),
        "messages in inboxes": Message.objects.filter(channel="in-app").count(),
        "letters that arrived": len(sink.letters),
        "of which repeats under the same Message-ID, dropped": sink.repeats(),
        **{name: len(words) for name, words in wrong.items()},
    }


if __name__ == "__main__":
    sys.exit(main())
