"""The one exception whose text is meant for the person who asked."""


class Refused(Exception):
    """What was asked cannot be done, and nothing of it was; ``str()`` says why in the asker's words."""
