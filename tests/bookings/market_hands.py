"""Rules of the market driven by chance: sessions change hands, a yes is given beforehand, people stand by."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from desirepath.bookings import applying, cancelling, handing, instant, swapping
from desirepath.bookings.handing import asked_until, fee_then
from desirepath.bookings.models import Application, Booking, HandBack, HandBackAsk, Swap
from desirepath.cascade import reserves
from desirepath.cascade.models import NotForMe
from desirepath.cascade.not_for_me import for_me_after_all, not_for_me
from desirepath.clinicians import choosing
from desirepath.vacancies.models import Vacancy

pick = st.integers(0, 10_000)


class ChangingHands:
    """Mixed into the market: ``do``, ``one``, ``be_booked``, ``now`` and ``world`` are its own."""

    @rule(number=pick, otherwise=st.sampled_from(["keep", "re-open"]))
    def hand_back(self, number, otherwise):
        """Whoever is booked asks the colleagues of her chambers, having seen what she may owe."""
        if booking := self.one(Booking.objects.filter(state="confirmed"), number):

            def ask():
                seen = fee_then(booking, asked_until(booking)).pounds
                handing.hand_back(
                    by=booking.clinician.person, booking=booking, otherwise=otherwise, seen=seen
                )

            self.do(ask)

    @rule(number=pick, answer=st.sampled_from(["yes", "yes", "no", "kept"]))
    def answer_colleague(self, number, answer):
        """A colleague takes it or can't; or she works it after all."""
        if ask := self.one(HandBackAsk.objects.filter(state="asked"), number):
            by, handed = ask.clinician.person, ask.hand_back
            act = {
                "yes": lambda: handing.take_over(by=by, ask=ask),
                "no": lambda: handing.say_no(by=by, ask=ask),
                "kept": lambda: handing.keep(by=handed.booking.clinician.person, handed=handed),
            }[answer]
            self.do(act)

    @rule()
    def colleagues_run_out_of_time(self):
        """Time passes until every hand-back is over, and the worker sees to it."""
        latest = HandBack.objects.filter(state="asked").order_by("-asked_until").first()
        if latest:
            self.now = max(self.now, latest.asked_until + timedelta(minutes=1))
            self.work()
            assert not HandBack.objects.filter(state="asked").exists()

    @rule(number=pick, other=pick)
    def swap(self, number, other):
        """One proposes a swap for a day on which the other is booked."""
        confirmed = Booking.objects.filter(state="confirmed")
        given = self.one(confirmed, number)
        if given and (wanted := self.one(confirmed.exclude(clinician=given.clinician_id), other)):
            named = {"colleague": wanted.clinician, "day": wanted.vacancy.day}
            self.do(lambda: swapping.propose_swap(by=given.clinician.person, booking=given, **named))

    @rule(number=pick, other=pick)
    def agree_to_swap(self, number, other):
        """The colleague agrees with one of her sessions, of that day or not."""
        swap = self.one(Swap.objects.filter(state="proposed"), number)
        if swap and (wanted := self.one(Booking.objects.for_clinician(swap.colleague).standing(), other)):
            self.do(lambda: swapping.agree_swap(by=swap.colleague.person, swap=swap, wanted=wanted))

    @rule(where=pick, days=st.integers(2, 6), apart=st.integers(0, 2))
    def exchange(self, where, days, apart):
        """Two of one chambers are booked, one proposes a swap and the other agrees: the last of each row."""
        for who in (0, 1):
            self.be_booked(who, where + who, days + who * apart, 9)
        self.swap(-2, -1)
        self.agree_to_swap(-1, -1)

    @rule(who=pick, where=pick, most=st.integers(1, 2), on=st.booleans())
    def say_yes_beforehand(self, who, where, most, on):
        """She gives a practice her standing yes, or ends it; what she is asked for after that is booked."""
        her, practice = self.world.clinicians[who % 5], self.world.practices[where % 3]
        named = {"by": her.person, "clinician": her, "practice": practice}
        if on:
            self.do(lambda: choosing.give_standing_yes(**named, least_notice_hours=2, most_sessions=most))
        else:
            self.do(lambda: choosing.end_standing_yes(**named))

    @rule(number=pick, who=pick)
    def book_at_once(self, number, who):
        """The practice presses the button, whether or not it has her yes."""
        her = self.world.clinicians[who % 5]
        if vacancy := self.one(Vacancy.objects.open(), number):
            self.do(lambda: instant.book_at_once(by=self.world.booker, vacancy=vacancy, clinician=her))

    @rule(number=pick, who=pick, falls_out=st.booleans())
    def stand_by(self, number, who, falls_out):
        """She stands by for a session that is covered; the one booked falls out, and she is asked first."""
        her = self.world.clinicians[who % 5]
        if booking := self.one(Booking.objects.filter(state="confirmed"), number):
            self.do(lambda: reserves.stand_by(by=her.person, clinician=her, vacancy=booking.vacancy))
            if falls_out:
                self.do(lambda: self.call_off(booking, as_practice=False))

    @rule(number=pick, who=pick, after_all=st.booleans())
    def hide(self, number, who, after_all):
        """She says no before anybody asks, or takes that back."""
        her = self.world.clinicians[who % 5]
        if after_all:
            if no := self.one(NotForMe.objects.for_clinician(her), number):
                self.do(lambda: for_me_after_all(by=her.person, clinician=her, vacancy=no.vacancy))
        elif vacancy := self.one(Vacancy.objects.all(), number):
            self.do(lambda: not_for_me(by=her.person, clinician=her, vacancy=vacancy))

    @rule(number=pick)
    def take_application_back(self, number):
        """She withdraws what she applied for."""
        if made := self.one(Application.objects.pending(), number):
            self.do(lambda: applying.withdraw_application(by=made.clinician.person, application=made))

    def call_off(self, booking, *, as_practice):
        """One side calls a booking off, having seen what it costs."""
        due = cancelling.fee_now(booking, "practice" if as_practice else "clinician")
        by = self.world.booker if as_practice else booking.clinician.person
        seen = {"as_practice": as_practice, "seen": due.pounds, "because": "It happens"}
        cancelling.cancel_booking(by=by, booking=booking, **seen)
