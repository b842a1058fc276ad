"""Real integrated care systems, as imported, made into areas for fictional people to work in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from math import cos, radians

from django.db.models import Q

from desirepath.audit.refusal import Refused
from desirepath.demo.land import KM_A_DEGREE
from desirepath.demo.script import Area, Spot
from desirepath.organisations.models import Kind, ListSize, Organisation, Parent
from desirepath.pools.models import PoolPractice

IMPORT_FIRST = "Bring the organisations in first: desirepath import england ../shared/data"
NEAREST, FARTHEST_KM = 3, 15.0


def area_of_icb(code: str, today: date) -> Area:
    """The open practices of an ICB on ``today`` that have a place and are in no pool yet. Raises Refused
    where there are none.
    """
    icb = Organisation.objects.filter(kind=Kind.ICB, code__iexact=code.strip()).first()
    if icb is None:
        known = Organisation.objects.filter(kind=Kind.ICB, fictional=False).exists()
        hint = "See desirepath organisations show CODE." if known else IMPORT_FIRST
        raise Refused(f"There is no ICB with the code {code} here. {hint}")
    area = _area(icb, today)
    if not area.practices:
        raise Refused(
            f"{icb} ({icb.code}) has no open practices with a place and without a pool here. {IMPORT_FIRST}"
        )
    return area


def areas_of_england(today: date) -> Iterator[Area]:
    """The areas of all real ICBs that have practices without a pool, by code. Raises Refused where none is
    imported.
    """
    icbs = Organisation.objects.filter(kind=Kind.ICB, fictional=False).order_by("code")
    if not icbs:
        raise Refused(f"There are no organisations of England here. {IMPORT_FIRST}")
    for icb in icbs:
        area = _area(icb, today)
        if area.practices:
            yield area


def _area(icb: Organisation, today: date) -> Area:
    spots = tuple(_spots(icb, today))
    return Area(
        code=icb.code,
        name=f"{icb.name} fictional pool",
        host=("icb", icb.code),
        practices=spots,
        neighbours=tuple(_neighbours(spots)),
        chambers=tuple(f"{icb.code} chambers {name}" for name in ("one", "two", "three")),
    )


def _spots(icb: Organisation, today: date) -> Iterator[Spot]:
    """Practices without coordinates are left out: nobody can be sent to a place that is not known."""
    practices = Organisation.objects.practices().filter(fictional=False).of_icb(icb, today).open_on(today)
    listed = practices.with_patients(today)
    taken = PoolPractice.objects.filter(Q(ends_on=None) | Q(ends_on__gt=today)).values("practice")
    rows = (listed if listed.exists() else practices).exclude(latitude=None).exclude(pk__in=taken).distinct()
    found = list(rows.order_by("code"))
    pcns = dict(
        Parent.objects.current(today)
        .filter(kind=Kind.PCN, child__in=found)
        .values_list("child_id", "parent__code")
    )
    patients = dict(
        ListSize.objects.filter(practice__in=found, on__lte=today)
        .order_by("on")
        .values_list("practice_id", "patients")
    )
    for row in found:
        assert row.latitude is not None  # left out above
        assert row.longitude is not None
        yield Spot(
            row.code, row.name, row.latitude, row.longitude, pcns.get(row.pk, ""), patients.get(row.pk, 0)
        )


def _neighbours(spots: tuple[Spot, ...]) -> Iterator[tuple[str, str]]:
    """Each PCN's nearest three within 15 kilometres, from middle to middle."""
    middles: dict[str, tuple[float, float]] = {}
    for pcn in sorted({spot.pcn for spot in spots if spot.pcn}):
        own = [spot for spot in spots if spot.pcn == pcn]
        middles[pcn] = (sum(s.latitude for s in own) / len(own), sum(s.longitude for s in own) / len(own))
    for pcn, middle in middles.items():
        others = sorted((_km(middle, there), other) for other, there in middles.items() if other != pcn)
        for km, other in others[:NEAREST]:
            if km <= FARTHEST_KM:
                yield pcn, other


def _km(a: tuple[float, float], b: tuple[float, float]) -> float:
    east = (a[1] - b[1]) * KM_A_DEGREE * cos(radians(a[0]))
    return float(((a[0] - b[0]) ** 2 * KM_A_DEGREE**2 + east**2) ** 0.5)
