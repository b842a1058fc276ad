"""Desirepath: the flexible staff pool for general practice."""

__version__ = "0.1.0"
