"""Why a backup is not made or not restored."""


class CannotCopy(Exception):
    """A backup cannot be made or restored; the message says why and what to do."""
