"""The loops over every pair of a country, compiled by numba once and kept on disk (`make install` warms
them).

Import these modules only where a plan is made: the compiler takes half a second to load.
"""
