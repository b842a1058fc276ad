"""The invented land: a market town on a river, a ring of villages, and a coast road. Pure.

It lies in the North Sea, where nobody lives, so that none of its distances or places is anybody's. The codes
begin with letters that the NHS gives to no organisation of their kind.
"""

from __future__ import annotations

from math import cos, radians

from desirepath.demo.script import FICTIONAL_POOL, Area, Body, Place, Spot

CENTRE = (53.35, 1.05)
KM_A_DEGREE = 111.195

REGION: Place = ("region", "ZR1")
ICB: Place = ("icb", "ZWX")
TOWN, SHORE = ("sub-icb", "ZW1"), ("sub-icb", "ZW2")

# PCN, name, sub-ICB
PCNS = (
    ("Z00001", "Old Town PCN", TOWN),
    ("Z00002", "Riverside PCN", TOWN),
    ("Z00003", "North Wold Villages PCN", TOWN),
    ("Z00004", "South Fen Villages PCN", SHORE),
    ("Z00005", "Coast Road PCN", SHORE),
)
# hers > the practice's: one way, as written; the coast is next to the villages of the south only
NEIGHBOURS = ((1, 2), (2, 1), (1, 3), (3, 1), (2, 4), (4, 2), (4, 5), (5, 4), (3, 2))

# PCN, name, kilometres east and north of the market square, registered patients
PRACTICES = (
    (1, "Wexbridge Corn Exchange Surgery", -0.6, 0.3, 13_400),
    (1, "Tanner's Yard Practice", -1.1, -0.2, 9_800),
    (1, "Abbot's Gate Surgery", -0.3, 0.9, 11_250),
    (1, "Wexbridge Priory Practice", -1.8, 0.7, 8_600),
    (1, "Weavers Hill Medical Practice", -2.4, -0.9, 12_100),
    (1, "Castle Ditch Surgery", -0.9, 1.9, 7_450),
    (2, "Staithe Lane Surgery", 0.7, -0.4, 10_900),
    (2, "Wexbridge Quay Medical Practice", 1.2, 0.2, 14_800),
    (2, "Osier Island Practice", 1.6, -1.1, 6_900),
    (2, "Malthouse Bridge Surgery", 2.3, 0.6, 9_200),
    (2, "Ferry Meadow Practice", 2.9, -0.8, 11_700),
    (2, "Wexbridge Water Lane Surgery", 0.4, -1.7, 8_150),
    (3, "Ottermoor Surgery", -6.8, 7.9, 6_200),
    (3, "Great Thackby Practice", -2.1, 10.6, 8_800),
    (3, "Little Sallowby Surgery", 3.9, 9.4, 4_300),
    (3, "Hawkstead Wold Practice", -10.9, 11.8, 5_100),
    (3, "Nether Quenby Surgery", 8.4, 11.3, 4_900),
    (3, "Brindlethorpe Practice", 1.2, 15.7, 3_600),
    (4, "Marsh Ellington Surgery", -7.2, -6.9, 7_300),
    (4, "Fenny Overcote Practice", -1.9, -9.8, 8_250),
    (4, "Sedgeholme Surgery", 4.6, -8.7, 5_600),
    (4, "Long Harrowick Practice", -11.6, -10.2, 4_100),
    (4, "Eelbourne Surgery", 9.7, -10.9, 5_900),
    (4, "Twelve Elms Practice, Dunsey", 2.4, -14.9, 3_900),
    (5, "Saltmere Harbour Surgery", 20.8, -1.2, 9_600),
    (5, "Gullhaven Practice", 21.7, 4.9, 6_400),
    (5, "Wexmouth Esplanade Surgery", 19.9, -7.6, 12_300),
    (5, "Sandling Point Practice", 23.4, 10.8, 3_200),
    (5, "Marram Dunes Surgery", 20.6, -13.9, 4_700),
    (5, "North Beacon Practice", 24.1, 16.9, 2_800),
)
CHAMBERS = ("Market Square Chambers", "Wold and Fen Chambers", "Lighthouse Chambers")


def point(east_km: float, north_km: float) -> tuple[float, float]:
    """Latitude and longitude of a place so far east and north of the market square."""
    latitude = CENTRE[0] + north_km / KM_A_DEGREE
    return round(latitude, 5), round(CENTRE[1] + east_km / (KM_A_DEGREE * cos(radians(latitude))), 5)


def _spots() -> tuple[Spot, ...]:
    spots = []
    for number, (pcn, name, east, north, patients) in enumerate(PRACTICES, 1):
        latitude, longitude = point(east, north)
        spots.append(Spot(f"Z{90_000 + number}", name, latitude, longitude, PCNS[pcn - 1][0], patients))
    return tuple(spots)


def _bodies(spots: tuple[Spot, ...]) -> tuple[Body, ...]:
    over = {code: sub_icb for code, _, sub_icb in PCNS}
    return (
        Body(*REGION, "Eastern Shores"),
        Body(*ICB, "Wexbridge and the Coast ICB", (REGION,)),
        Body(*TOWN, "Wexbridge and the Wolds", (ICB,)),
        Body(*SHORE, "Fen and Coast", (ICB,)),
        *(Body("pcn", code, name, (sub_icb,)) for code, name, sub_icb in PCNS),
        *(
            Body(
                "practice",
                spot.code,
                spot.name,
                (("pcn", spot.pcn), over[spot.pcn]),
                spot.latitude,
                spot.longitude,
                address=f"{number} {spot.name.split(',')[0].rsplit(' ', 1)[0]} Road, Wexbridge district",
                # WX is no postcode area; 01632 960 is kept by Ofcom for stories
                postcode=f"WX{PCNS.index(next(p for p in PCNS if p[0] == spot.pcn)) + 1} {number % 9 + 1}AA",
                phone=f"01632 960{number:03}",
                patients=spot.patients,
            )
            for number, spot in enumerate(spots, 1)
        ),
    )


def wexbridge() -> Area:
    """The fictional integrated care system: 5 PCNs in 2 sub-ICBs, 30 practices, 3 chambers."""
    spots = _spots()
    return Area(
        code=FICTIONAL_POOL,
        name="Wexbridge and the Coast flexible staff pool",
        host=ICB,
        practices=spots,
        neighbours=tuple((PCNS[a - 1][0], PCNS[b - 1][0]) for a, b in NEIGHBOURS),
        chambers=CHAMBERS,
        bodies=_bodies(spots),
    )
