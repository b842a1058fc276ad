"""The invented land: practices in PCNs, two pools, people around them, and each week's sessions."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from random import Random

from desirepath.matching import Practice, Preference, ProblemError, Vacancy
from desirepath.matching.times import to_local
from desirepath.simulation.people import SKILLS, Person, at, made_person, role, seeded

FIRST_MONDAY = date(2027, 1, 4)
CENTRE = (52.6, 1.2)
PRACTICES_IN_A_PCN = 4
WEEKDAYS = (26, 19, 18, 17, 16, 3, 1)
# start hour, minute, minutes
TIMES = ((8, 30, 250), (13, 30, 250), (8, 30, 250), (14, 0, 240), (18, 30, 120))
# how often, at least and at most so many days ahead, how urgent
NOTICE = ((55, 7.0, 28.0, (1, 1, 1, 2)), (30, 2.0, 7.0, (1, 2, 2, 3)), (15, 0.5, 2.0, (2, 3, 5)))
LONGEST_NOTICE = timedelta(days=28)
LEAST_NOTICE = timedelta(hours=4)
OFFICE = (8, 18)


@dataclass(frozen=True, slots=True)
class Size:
    """How large an integrated care system: `sessions` are those of an average week.

    Raises ProblemError for less than one practice, clinician or session.
    """

    practices: int = 40
    clinicians: int = 180
    sessions: int = 240

    def __post_init__(self) -> None:
        for name in self.__slots__:
            if getattr(self, name) < 1:
                raise ProblemError(f"{name} must be 1 or more", name)


@dataclass(frozen=True, slots=True)
class Posting:
    """A vacancy and when its practice asks for cover (UTC)."""

    vacancy: Vacancy
    posted: datetime


@dataclass(frozen=True)
class World:
    """The land of one seed. Weeks count from 0, Monday 4 January 2027."""

    seed: int
    size: Size
    practices: tuple[Practice, ...]
    neighbours: frozenset[tuple[str, str]]
    people: tuple[Person, ...]
    preferences: tuple[Preference, ...]

    @cached_property
    def person_of(self) -> dict[str, Person]:
        """The people by id."""
        return {person.terms.id: person for person in self.people}

    def monday(self, week: int) -> date:
        """The Monday of a week."""
        return FIRST_MONDAY + timedelta(weeks=week)

    def postings(self, week: int) -> tuple[Posting, ...]:
        """The sessions of one week, in the order in which they are posted."""
        chance = seeded(self.seed, "demand", week)
        count = max(1, round(self.size.sessions * chance.uniform(0.85, 1.15)))
        made = (made_posting(chance, f"W{week:02}-{i:03}", self, week) for i in range(count))
        return tuple(sorted(made, key=lambda each: (each.posted, each.vacancy.id)))


def made_world(seed: int, size: Size = Size()) -> World:
    """The land that belongs to a seed."""
    practices, neighbours = made_practices(seed, size.practices)
    people = tuple(made_person(seed, number, practices) for number in range(size.clinicians))
    return World(seed, size, practices, neighbours, people, made_preferences(seed, people, practices))


def made_practices(seed: int, count: int) -> tuple[tuple[Practice, ...], frozenset[tuple[str, str]]]:
    """Practices around the centres of their PCNs, half of these in each pool; and each PCN's two nearest."""
    chance = seeded(seed, "practices")
    pcns = [f"U{i:05}" for i in range(-(-count // PRACTICES_IN_A_PCN))]
    north, east = CENTRE
    centres = {pcn: (north + chance.uniform(-0.16, 0.16), east + chance.uniform(-0.26, 0.26)) for pcn in pcns}
    # pools are neighbours on the map: the western half and the eastern half
    west = set(sorted(pcns, key=lambda pcn: centres[pcn][1])[: -(-len(pcns) // 2)])
    practices = []
    for i in range(count):
        pcn = pcns[i // PRACTICES_IN_A_PCN]
        place = centres[pcn][0] + chance.gauss(0, 0.03), centres[pcn][1] + chance.gauss(0, 0.05)
        practices.append(Practice(f"D{i:04}", pcn, "west" if pcn in west else "east", *place))

    def apart(a: str, b: str) -> float:
        (north, east), (other_north, other_east) = centres[a], centres[b]
        return (north - other_north) ** 2 + (0.6 * (east - other_east)) ** 2

    beside = {
        (pcn, other)
        for pcn in pcns
        for other in sorted((p for p in pcns if p != pcn), key=lambda p: apart(pcn, p))[:2]
    }
    return tuple(practices), frozenset(beside)


def made_preferences(
    seed: int, people: tuple[Person, ...], practices: tuple[Practice, ...]
) -> tuple[Preference, ...]:
    """What people feel about some of the practices near them."""
    found: dict[tuple[str, str], Preference] = {}
    for person in people:
        chance = seeded(seed, "feelings", person.terms.id)
        near = sorted(practices, key=lambda p: nearness(person, p))[:8]
        for _ in range(3):
            kind = chance.choice(("preferred", "worked", "worked", "blocked"))
            practice = chance.choice(near)
            found[person.terms.id, practice.id] = Preference(person.terms.id, practice.id, kind)  # type: ignore[arg-type]
    return tuple(found.values())


def nearness(person: Person, practice: Practice) -> float:
    """A number that grows with the distance."""
    north, east = person.terms.latitude - practice.latitude, person.terms.longitude - practice.longitude
    return north**2 + (0.6 * east) ** 2


def made_posting(chance: Random, name: str, world: World, week: int) -> Posting:
    """A session: more on Mondays, few at the weekend; most are known weeks before, some the day before."""
    day = world.monday(week) + timedelta(days=chance.choices(range(7), WEEKDAYS)[0])
    hour, minute, length = chance.choice(TIMES)
    start = at(day, hour * 60 + minute)
    _, least, most, urgencies = chance.choices(NOTICE, [each[0] for each in NOTICE])[0]
    vacancy = Vacancy(
        id=name,
        practice=chance.choice(world.practices).id,
        start=start,
        end=start + timedelta(minutes=length),
        role=role(chance),
        skills=frozenset(chance.sample(SKILLS, chance.choice((0, 0, 0, 1)))),
        urgency=chance.choice(urgencies),
        rate_cap=chance.randrange(8500, 13000, 250),
    )
    return Posting(vacancy, in_office_hours(chance, start, chance.uniform(least, most)))


def in_office_hours(chance: Random, start: datetime, days: float) -> datetime:
    """A time about so many days before the session at which a practice's office is open (8am to 6pm)."""
    day = to_local(start - timedelta(days=days)).date()
    minutes = chance.randrange(OFFICE[0] * 60, OFFICE[1] * 60)
    if at(day, minutes) > start - LEAST_NOTICE:
        day -= timedelta(days=1)
    return at(day, minutes)
