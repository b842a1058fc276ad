"""Imports and histories in words."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, Max, Q, Sum

from desirepath.organisations.importers.found import Found
from desirepath.organisations.models import Kind, ListSize, Organisation, Parent

# what each count is called where it is not nought
_WORDS = {
    "other kinds": "other prescribers left out",
    "outside England": "practices outside England left out",
    "added": "organisations added",
    "changed": "changed",
    "closed": "closed",
    "links added": "links to a parent added",
    "links changed": "links changed",
    "list sizes added": "list sizes added",
    "list sizes changed": "list sizes changed",
}


def day_words(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b %Y}"


def summary(found: Found) -> list[str]:
    """What one import did, line by line; the refused rows by line and reason, the first 20 and then their
    count.
    """
    counts = [f"{found.counts['read']:,} rows read"]
    counts += [f"{found.counts[key]:,} {words}" for key, words in _WORDS.items() if found.counts[key]]
    if not any(found.counts[key] for key in list(_WORDS)[2:]):
        counts.append("nothing added or changed")
    counts.append(f"{found.counts['refused']:,} refused")
    lines = [f"{found.name}, as of {day_words(found.as_of)} ({found.how_dated})", "  " + ", ".join(counts)]
    lines += [f"  line {line:,}: {reason}" for line, reason in sorted(found.refused)]
    if (more := found.counts["refused"] - len(found.refused)) > 0:
        lines.append(f"  and {more:,} more refused")
    return lines


def england_in_numbers() -> str:
    """The country on the day of the newest list sizes, in one sentence."""
    day = ListSize.objects.filter(practice__fictional=False).aggregate(day=Max("on"))["day"]
    if day is None:
        return "No list sizes yet."
    practices = Organisation.objects.practices().filter(fictional=False).open_on(day).with_patients(day)
    figures = practices.aggregate(
        practices=Count("pk"),
        patients=Sum("list_sizes__patients"),
        placed=Count("pk", filter=Q(latitude__isnull=False)),
    )
    above = {
        kind: Parent.objects.current(day).filter(kind=kind, child__in=practices.values("pk"))
        for kind in Kind.values
    }
    pcns, sub_icbs = above[Kind.PCN], above[Kind.SUB_ICB]
    icbs = Parent.objects.current(day).filter(kind=Kind.ICB, child__in=sub_icbs.values("parent"))
    regions = Parent.objects.current(day).filter(kind=Kind.REGION, child__in=icbs.values("parent"))
    in_pcn = pcns.count()
    return (
        f"England on {day_words(day)}: {figures['practices']:,} practices "
        f"with {figures['patients'] or 0:,} patients, "
        f"{in_pcn:,} of them in {_different(pcns):,} PCNs and {figures['practices'] - in_pcn:,} in none; "
        f"{_different(sub_icbs):,} sub-ICBs, {_different(icbs):,} ICBs, {_different(regions):,} regions; "
        f"coordinates of {figures['placed']:,}."
    )


def _different(links: object) -> int:
    found: int = links.values("parent").distinct().count()  # type: ignore[attr-defined]
    return found


def history(organisation: Organisation, day: date) -> list[str]:
    """An organisation, where it belongs on ``day``, and every parent it ever had."""
    lines = [f"{organisation.get_kind_display()} {organisation.code}: {organisation.name}"]
    if organisation.opened_on:
        lines.append(f"Opened {day_words(organisation.opened_on)}")
    if organisation.closed_on:
        lines.append(f"Closed since {day_words(organisation.closed_on)}")
    icb, region = organisation.icb(day), organisation.region(day)
    if organisation.kind not in (Kind.ICB, Kind.REGION):
        lines.append(f"ICB on {day_words(day)}: {f'{icb.name} ({icb.code})' if icb else 'none known'}")
    if organisation.kind != Kind.REGION:
        lines.append(f"Region on {day_words(day)}: {region.name if region else 'none known'}")
    for link in organisation.parents.select_related("parent").order_by("kind", "starts_on"):
        until = f"until {day_words(link.ends_on)} (excluded)" if link.ends_on else "until further notice"
        lines.append(
            f"  {Kind(link.kind).label} {link.parent.code} {link.parent.name}: "
            f"from {day_words(link.starts_on)} {until} ({link.source})"
        )
    return lines
