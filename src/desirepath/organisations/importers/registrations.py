"""Patients registered at a GP practice, monthly, by NHS England: the map of practices and their list sizes
(quinage).

The map gives each practice with registered patients its PCN, sub-ICB, ICB and region on the day of the
extract; the PCN ``U`` means unallocated. The other file gives patients by age and sex for every level; sex
ALL and age ALL of type GP is the list size.
"""

from __future__ import annotations

from collections import Counter
from datetime import date

from desirepath.organisations.importers import cells
from desirepath.organisations.importers.found import ICB, PCN, PRACTICE, REGION, SUB_ICB, Found
from desirepath.organisations.importers.headings import Cells, Table
from desirepath.organisations.importers.reading import Source
from desirepath.organisations.importers.refusals import FileRefused, RowRefused
from desirepath.organisations.lineage import Sighting

MAP_KIND, QUINAGE_KIND = "registrations", "list sizes"
MAP = {
    "date": ("EXTRACT_DATE",),
    "practice": ("PRACTICE_CODE",),
    "practice_name": ("PRACTICE_NAME",),
    "postcode": ("PRACTICE_POSTCODE",),
    "pcn": ("PCN_CODE",),
    "pcn_name": ("PCN_NAME",),
    "sub_icb": ("SUB_ICB_LOCATION_CODE",),
    "sub_icb_name": ("SUB_ICB_LOCATION_NAME",),
    "icb": ("ICB_CODE",),
    "icb_name": ("ICB_NAME",),
    "region": ("COMM_REGION_CODE",),
    "region_name": ("COMM_REGION_NAME",),
}
QUINAGE = {
    "date": ("EXTRACT_DATE",),
    "type": ("ORG_TYPE",),
    "code": ("ORG_CODE",),
    "sex": ("SEX",),
    "age": ("AGE_GROUP_5",),
    "patients": ("NUMBER_OF_PATIENTS",),
}
UNALLOCATED = "U"
Votes = dict[tuple[str, str, str], Counter[str]]


def find(map_source: Source, quinage_source: Source) -> tuple[Found, Found]:
    """What the two files say. Raises FileRefused where they are of different months."""
    mapped, listed = find_map(map_source), find_list_sizes(quinage_source)
    if mapped.as_of != listed.as_of:
        raise FileRefused(
            f"{mapped.name} is of {mapped.as_of:%d %b %Y} but {listed.name} of {listed.as_of:%d %b %Y}: "
            "give the two files of one month"
        )
    return mapped, listed


def find_map(source: Source) -> Found:
    """Every practice with registered patients and all that is above it on the day of the extract."""
    found = Found(MAP_KIND, source.name, source.sha256(), date.min, "the extract date in the file")
    votes: Votes = {}
    for line, cell in Table(source, source.rows(), MAP).rows(found.refuse):
        found.count("read")
        _same_day(source, found, cell("date"), line)
        try:
            _practice(found, votes, line, cell)
        except RowRefused as reason:
            found.refuse(line, str(reason))
    for (child_kind, child, kind), named in sorted(votes.items()):
        # a PCN may straddle two sub-ICBs: it belongs where most of its practices are
        parent = min(named, key=lambda code: (-named[code], code))
        _see(found, child_kind, child, kind, parent)
    return found


def find_list_sizes(source: Source) -> Found:
    """The list size of every practice; they must add up to what the file itself gives for the regions."""
    found = Found(
        QUINAGE_KIND, source.name, source.sha256(), date.min, "the extract date in the file", only_known=True
    )
    regions = 0
    for line, cell in Table(source, source.rows(), QUINAGE).rows(found.refuse):
        found.count("read")
        if cell("sex") != "ALL" or cell("age") != "ALL" or cell("type") not in ("GP", "Comm Region"):
            continue
        _same_day(source, found, cell("date"), line)
        try:
            patients = cells.count(cell("patients"), "patients")
            if cell("type") != "GP":
                regions += patients
                continue
            code = cells.code(cell("code"), "practice")
            if code in found.list_sizes:
                raise RowRefused(f"{code} is there twice: first on line {found.list_sizes[code][1]}")
            found.list_sizes[code] = (patients, line)
        except RowRefused as reason:
            found.refuse(line, str(reason))
    total = sum(patients for patients, _ in found.list_sizes.values())
    if not found.list_sizes and not found.refused:
        raise source.refused("holds no list size of a practice (type GP, sex ALL, age ALL)")
    if regions and regions != total and not found.refused:
        raise source.refused(f"not whole: its practices have {total:,} patients but its regions {regions:,}")
    return found


def _same_day(source: Source, found: Found, cell: str, line: int) -> None:
    try:
        day = cells.day(cell, "extract date")
    except RowRefused as reason:
        raise source.refused(f"line {line:,}: {reason}") from None
    if found.as_of == date.min:
        found.as_of = day
    elif found.as_of != day:
        raise source.refused(
            f"line {line:,} is of {day:%d %b %Y}, the lines before of {found.as_of:%d %b %Y}"
        )


def _practice(found: Found, votes: Votes, line: int, cell: Cells) -> None:
    """One practice and its place in the house; everything of the row is read before anything is noted."""
    practice, sub_icb = cells.code(cell("practice"), "practice"), cells.code(cell("sub_icb"), "sub-ICB")
    icb, region = cells.code(cell("icb"), "ICB"), cells.code(cell("region"), "region")
    pcn = None if cell("pcn") == UNALLOCATED else cells.code(cell("pcn"), "PCN")
    names = {
        at: cells.text(cell(f"{at}_name"), 200, "name")
        for at in ("practice", "pcn", "sub_icb", "icb", "region")
    }
    postcode = cells.text(cell("postcode"), 10, "postcode")
    found.describe(PRACTICE, practice, {"name": names["practice"] or practice, "postcode": postcode}, line)
    _see(found, PRACTICE, practice, SUB_ICB, sub_icb)
    _see(found, PRACTICE, practice, PCN, pcn)
    above = [(SUB_ICB, sub_icb, names["sub_icb"], ICB, icb), (ICB, icb, names["icb"], REGION, region)]
    if pcn:
        above.append((PCN, pcn, names["pcn"], SUB_ICB, sub_icb))
    found.describe(REGION, region, {"name": names["region"] or region})
    for kind, code, name, parent_kind, parent in above:
        found.describe(kind, code, {"name": name or code})
        votes.setdefault((kind, code, parent_kind), Counter())[parent] += 1


def _see(found: Found, child_kind: str, child: str, kind: str, parent: str | None) -> None:
    found.see((child_kind, child), kind, Sighting(parent, found.as_of, found.as_of, found.as_of, MAP_KIND))
