"""What the pages say about vacancies: weeks, sessions, grids of need, plans."""
