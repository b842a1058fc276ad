"""The pages of a chambers, by what they are about."""
