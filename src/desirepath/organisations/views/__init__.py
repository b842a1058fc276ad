"""The pages of the room: the role one acts in, a practice's induction pack."""
