"""The best plan after one change, in milliseconds: `Replanner` kept between changes, `replan` for one."""

from desirepath.matching.replanning.replanner import Replanner, replan

__all__ = ["Replanner", "replan"]
