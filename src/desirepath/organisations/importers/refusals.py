"""What is said when a file, or one of its rows, is not taken."""

from desirepath.audit.refusal import Refused


class FileRefused(Refused):
    """The file is not what it claims; the message is one line for whoever gave it. Nothing is written."""


class RowRefused(ValueError):
    """One row is wrong; the message is the reason, without its line number."""
