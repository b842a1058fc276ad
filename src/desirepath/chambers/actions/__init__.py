"""What members, leads and managers of a chambers do, by what it is about."""
