"""Joining a pool, breaks and the way back, leaving."""
