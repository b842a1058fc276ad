"""An invented integrated care system to try ways of finding cover on: who would get the work, and how soon.

    rounds = try_policies(Trial(weeks=12, seeds=(1, 2, 3)))
    years = try_years(YearTrial(seeds=(1, 2, 3)))

Everything in it is made up and seeded: the same seed gives the same practices, people, sessions and answers,
whichever policy asks. It shows how policies differ in a world like this one, not what a real pool will see.
Pure Python over `desirepath.matching` and the rules of the cascade; no Django, no database.
"""

from desirepath.simulation.chart import policies_chart
from desirepath.simulation.document import policies_section, write_document, year_section
from desirepath.simulation.measures import Estimate, Outcome, estimate, gini
from desirepath.simulation.trial import POLICIES, Trial, try_policies
from desirepath.simulation.world import Posting, Size, World, made_world
from desirepath.simulation.year import Year, YearTrial, simulate_year, try_years

__all__ = [
    "POLICIES",
    "Estimate",
    "Outcome",
    "Posting",
    "Size",
    "Trial",
    "World",
    "Year",
    "YearTrial",
    "estimate",
    "gini",
    "made_world",
    "policies_chart",
    "policies_section",
    "simulate_year",
    "try_policies",
    "try_years",
    "write_document",
    "year_section",
]
