"""Ways of finding cover, one file each, over the same `Market`."""

from desirepath.simulation.policies.board import Board
from desirepath.simulation.policies.broadcast import Broadcast
from desirepath.simulation.policies.cascade import Cascade
from desirepath.simulation.policies.ours import Desirepath

__all__ = ["Board", "Broadcast", "Cascade", "Desirepath"]
