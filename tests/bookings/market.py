"""The whole market, to be driven by chance: what people, the worker and the clock may do, and what must hold
after every step.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.test import TestCase
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.audit.refusal import Refused
from desirepath.bookings import actions as bookings
from desirepath.bookings import applying
from desirepath.bookings.models import STANDING, Application, Booking
from desirepath.cascade import actions, rules, running
from desirepath.cascade.models import AgencyRequest, Cascade, CascadePolicy, NotForMe, Offer, Reserve
from desirepath.cascade.models.cascade import session_of
from desirepath.cli.worker import what_is_due
from desirepath.clinicians import actions as clinicians
from desirepath.clinicians.choosing import set_quiet_choices
from desirepath.clinicians.models import CommittedTime, Membership, QuietChoices
from desirepath.organisations.models import Kind
from desirepath.pools.actions import found_chambers
from desirepath.pools.models import PcnNeighbour, PoolNeighbour
from desirepath.vacancies.models import PlanRun, Proposal, Vacancy
from tests import cast
from tests.bookings.market_hands import ChangingHands, pick

# the last Monday before the clocks go back
BEGINS = datetime(2026, 10, 19, 8, tzinfo=UTC)


class World:
    """Two practices of two PCNs in one pool, one practice in another; five clinicians, one in both pools."""

    def __init__(self) -> None:
        own, other = (cast.organisation(Kind.PCN) for _ in range(2))
        self.practices = [cast.practice(pcn=own), cast.practice(pcn=other, longitude=1.1), cast.practice()]
        self.pools = [cast.pool("", *self.practices[:2]), cast.pool("", self.practices[2])]
        PcnNeighbour.objects.create(pcn=other, neighbour=own)
        limits = {"max_sessions_day": 1, "max_sessions_week": 3}
        self.clinicians = [
            cast.clinician(pool=self.pools[0], pcn=own),
            cast.clinician(pool=self.pools[0], pcn=own, terms=limits),
            cast.clinician(pool=self.pools[0], pcn=other, rate=105),
            cast.clinician(pool=self.pools[0], terms={"max_km": 5}),
            cast.clinician(pool=self.pools[1], rate=80),
        ]
        clinicians.join_pool(by=None, clinician=self.clinicians[0], pool=self.pools[1])
        # colleagues of one chambers, who may hand sessions to each other
        chambers = found_chambers(by=None, pool=self.pools[0], name="Harbour Chambers")
        Membership.objects.filter(pool=self.pools[0], clinician__in=self.clinicians[:3]).update(
            chambers=chambers
        )
        for pool, most in zip(self.pools, (2, 3), strict=True):
            CascadePolicy.objects.create(
                pool=pool,
                most_offers_day=most,
                own_pcn_hours=6,
                neighbour_hours=6,
                pool_hours=12,
                next_pools=True,
                next_pools_hours=6,
            )
        # the two work together: some of each allow it
        PoolNeighbour.objects.create(
            pool=self.pools[0], neighbour=self.pools[1], state="agreed", agreed_at=clock.now()
        )
        for her in (self.clinicians[2], self.clinicians[3], self.clinicians[4]):
            set_quiet_choices(by=her.person, clinician=her, values={"next_pools": True})
        self.booker = cast.person()


class Market(ChangingHands, RuleBasedStateMachine):
    """Rules are what people may do; invariants are asked of the database after every step."""

    world: World
    # what came about in all runs of this process, by (entity, what happened)
    seen: Counter[tuple[str, str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.now = BEGINS
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.before = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0

    def teardown(self) -> None:
        self.seen.update(Event.objects.filter(pk__gt=self.before).values_list("entity", "verb"))
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)

    def do(self, act: Callable[[], object]) -> None:
        """One thing at its moment, whole or not at all, with what follows once it is kept; a refusal is an
        answer.
        """
        kept = TestCase.captureOnCommitCallbacks(execute=True)
        with clock.at(self.now), kept, suppress(Refused), transaction.atomic():
            act()

    def one(self, rows, number):
        """One of some rows, by chance."""
        found = list(rows.order_by("pk"))
        return found[number % len(found)] if found else None

    @rule(
        where=pick, days=st.integers(0, 12), hour=st.integers(7, 18), urgency=st.sampled_from([1, 1, 2, 3, 5])
    )
    def post(self, where, days, hour, urgency):
        """A practice asks for cover."""
        day = self.now.date() + timedelta(days=days)
        start = datetime(day.year, day.month, day.day, hour, 30, tzinfo=clock.LONDON)
        place = self.world.practices[where % 3]
        wanted = {"start": start, "by": self.world.booker, "urgency": urgency}
        self.do(lambda: cast.vacancy(place, **wanted))

    @rule()
    def work(self):
        """A round of the worker's."""
        with clock.at(self.now):
            for words, act in what_is_due().items():
                if words != "messages sent":
                    with TestCase.captureOnCommitCallbacks(execute=True):
                        act()
            late = Cascade.objects.due()
            assert not late.exists(), "a round leaves nothing due"

    @rule(hours=st.integers(1, 30))
    def wait(self, hours):
        """Time passes, the night when the clocks go back among it; the worker looks afterwards, or not."""
        self.now += timedelta(hours=hours)

    @rule(number=pick, who=pick)
    def release_by_hand(self, number, who):
        """The manager releases a proposal."""
        vacancy = self.one(Vacancy.objects.open().filter(start__gt=self.now), number)
        if vacancy is None:
            return
        her = self.world.clinicians[who % 5]

        def release():
            run = PlanRun.objects.create(pool=vacancy.pool, first_day=vacancy.day, state="proposed")
            row = {"tier": 2, "preference": 0, "fee": Decimal(1), "km": 0.0}
            proposal = Proposal.objects.create(run=run, vacancy=vacancy, clinician=her, **row)
            actions.release_proposals(by=None, run=run, proposals=[proposal])

        self.do(release)

    @rule(number=pick)
    def accept(self, number):
        """She says yes."""
        if offer := self.one(Offer.objects.live(), number):
            self.do(lambda: bookings.accept_offer(by=offer.clinician.person, offer=offer))

    @rule(who=pick, where=pick, days=st.integers(1, 6), hour=st.integers(8, 15))
    def be_booked(self, who, where, days, hour):
        """A practice asks, the manager releases it to her, and she says yes: left to chance it is rare."""
        self.post(where=where, days=days, hour=hour, urgency=1)
        self.release_by_hand(Vacancy.objects.open().filter(start__gt=self.now).count() - 1, who)
        self.accept(Offer.objects.live().count() - 1)

    @rule(number=pick)
    def see_it_worked(self, number):
        """Time passes until a session has begun, then until it is over; the worker looks each time."""
        if booking := self.one(Booking.objects.filter(state="confirmed"), number):
            for moment in (booking.start, booking.end):
                self.now = max(self.now, moment + timedelta(minutes=1))
                self.work()

    @rule(number=pick)
    def decline(self, number):
        """She says no."""
        if offer := self.one(Offer.objects.live(), number):
            self.do(lambda: actions.decline_offer(by=offer.clinician.person, offer=offer))

    @rule(number=pick, who=pick)
    def apply(self, number, who):
        """She applies for a session that is open."""
        her = self.world.clinicians[who % 5]
        if vacancy := self.one(Vacancy.objects.open(), number):
            self.do(lambda: applying.apply_for(by=her.person, clinician=her, vacancy=vacancy))

    @rule(number=pick, yes=st.booleans())
    def answer_application(self, number, yes):
        """The practice answers an application."""
        act = applying.confirm_application if yes else applying.decline_application
        if made := self.one(Application.objects.pending(), number):
            self.do(lambda: act(by=self.world.booker, application=made))

    @rule(number=pick, as_practice=st.booleans())
    def cancel(self, number, as_practice):
        """One side calls a booking off, after having seen what it costs."""
        if booking := self.one(Booking.objects.standing(), number):
            self.do(lambda: self.call_off(booking, as_practice=as_practice))

    @rule(number=pick)
    def withdraw(self, number):
        """The practice no longer needs cover."""
        if vacancy := self.one(Vacancy.objects.filter(start__gt=self.now), number):
            self.do(lambda: actions.withdraw_vacancy(by=self.world.booker, vacancy=vacancy))

    @rule(who=pick, rate=st.sampled_from([80, 95, 115]), day=st.integers(1, 3))
    def change_terms(self, who, rate, day):
        """She publishes new terms."""
        her = self.world.clinicians[who % 5]
        values = {"base_rate": Decimal(rate), "max_sessions_day": day}
        self.do(lambda: clinicians.publish_terms(by=her.person, clinician=her, values=values))

    @rule(who=pick, most=st.sampled_from([None, 1, 2]), days=st.integers(0, 3))
    def be_quiet(self, who, most, days):
        """She chooses how she is asked."""
        chosen = {
            "most_offers_day": most,
            "paused_until": self.now.date() + timedelta(days=days) if days else None,
        }
        QuietChoices.objects.update_or_create(clinician=self.world.clinicians[who % 5], defaults=chosen)

    @precondition(lambda self: Cascade.objects.exists())
    @rule(number=pick, what=st.sampled_from(["start", "stop", "skip"]))
    def steer(self, number, what):
        """The manager starts, stops, or skips a tier."""
        vacancy = self.one(Cascade.objects.all(), number).vacancy
        by = self.world.booker
        act = {
            "start": lambda: running.start(vacancy=vacancy, by=by),
            "stop": lambda: running.stop(vacancy=vacancy, by=by),
            "skip": lambda: running.skip_tier(vacancy=vacancy, by=by, reason="To see"),
        }[what]
        self.do(act)

    @invariant()
    def nobody_is_in_two_places(self):
        """No two rows of one clinician's time overlap, and every standing booking has its own."""
        spans = defaultdict(list)
        for who, start, end in CommittedTime.objects.order_by("start").values_list(
            "clinician_id", "start", "end"
        ):
            assert not spans[who] or spans[who][-1] <= start
            spans[who].append(end)
        lost = Booking.objects.filter(state__in=STANDING).exclude(committed_time__start=F("start"))
        assert not lost.exists()

    @invariant()
    def every_booking_is_within_its_terms(self):
        """The rate, the distance, and her limits of a day and a week as they were when it was made."""
        by_day, by_week = defaultdict(list), defaultdict(list)
        rows = Booking.objects.standing().select_related("terms", "vacancy").order_by("pk")
        for row in rows:
            assert row.terms.base_rate <= row.rate <= row.vacancy.rate_cap and row.km <= row.terms.max_km
            day = row.start.astimezone(clock.LONDON).date()
            by_day[row.clinician_id, day].append(row)
            by_week[row.clinician_id, day.isocalendar()[:2]].append(row)
        assert all(len(some) <= some[-1].terms.max_sessions_day for some in by_day.values())
        assert all(len(some) <= some[-1].terms.max_sessions_week for some in by_week.values())

    @invariant()
    def offers_and_sessions_agree(self):
        """A live offer is of a session being asked for, and a session being asked for has a live offer."""
        assert not Offer.objects.live().exclude(vacancy__state="offered").exists()
        asked = Vacancy.objects.filter(state="offered").exclude(offers__state__in=("sent", "viewed"))
        assert not asked.exists()
        taken = Vacancy.objects.filter(state="filled").values_list("pk", flat=True)
        standing = Booking.objects.standing().values_list("vacancy_id", flat=True)
        assert set(taken) == set(standing) - set(
            Vacancy.objects.filter(state="completed").values_list("pk", flat=True)
        )

    @invariant()
    def tiers_open_in_order(self):
        """What the cascade asked is of a tier that is open, but for whoever stood by, who comes before all
        tiers; an agency is wanted after all of them.
        """
        by_cascade = Offer.objects.live().filter(
            release=None, vacancy__cascade__state__in=("running", "agency wanted")
        )
        ahead = by_cascade.filter(tier__gt=F("vacancy__cascade__tier"))
        stood_by = Reserve.objects.filter(state="asked").values_list("vacancy_id", "clinician_id")
        assert set(ahead.values_list("vacancy_id", "clinician_id")) <= set(stood_by)
        wanted = AgencyRequest.objects.filter(state="asked", vacancy__cascade__tier__lt=rules.NEXT_POOLS)
        assert not wanted.exists()

    @invariant()
    def few_are_asked(self):
        """At most the policy's live offers a session, and its most a day to one clinician."""
        live = Offer.objects.live().filter(expires_at__gt=self.now).select_related("vacancy__pool")
        by_vacancy = defaultdict(list)
        for offer in live:
            by_vacancy[offer.vacancy].append(offer)
        for vacancy, some in by_vacancy.items():
            policy = CascadePolicy.objects.get(pool=vacancy.pool).rules
            assert len(some) <= rules.most_live(policy, session_of(vacancy), self.now)
        today = defaultdict(int)
        for who, sent in Offer.objects.filter(release=None).values_list("clinician_id", "created_at"):
            today[who, sent.astimezone(clock.LONDON).date()] += 1
        assert all(count <= 3 for count in today.values())

    @invariant()
    def nothing_is_asked_against_her_no(self):
        """Nobody who said no to a session is asked for it again by whomever, nor by the cascade who let it
        lapse: unless she has said after that no, and before she was asked, that she stands by for it.
        """
        live = list(Offer.objects.live().select_related("vacancy"))
        assert not set(NotForMe.objects.pairs([offer.vacancy_id for offer in live])) & {
            (offer.vacancy_id, offer.clinician_id) for offer in live
        }
        for offer in live:
            pair = {"vacancy": offer.vacancy_id, "clinician": offer.clinician_id}
            ended = ["> declined"] if offer.release_id else ["> declined", "> expired"]
            said_no = [row for end in ended for row in happened(Offer.objects.filter(**pair), end)]
            stood_by = happened(Reserve.objects.filter(**pair), "standing by")
            (asked,) = happened(Offer.objects.filter(pk=offer.pk), "sent")
            assert all(any(no < word < asked for word in stood_by) for no in said_no)


def happened(rows, what):
    """When something happened to some rows, as numbers that grow, however often the clock stands still."""
    found = Event.objects.filter(entity_id__in=rows.order_by().values("public_id"), verb__endswith=what)
    return list(found.order_by("pk").values_list("pk", flat=True))
