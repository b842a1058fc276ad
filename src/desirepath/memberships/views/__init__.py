"""The pages of joining, breaks and leaving: for anyone, for the member, for the manager."""
