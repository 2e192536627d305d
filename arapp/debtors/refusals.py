"""Why customers were not joined or split. The text of each is a sentence for people."""


class Refused(Exception):
    """The desk does not do it: too few customers, or somebody else was first."""


class Elsewhere(Refused):
    """Some belong to another debtor already; they move when the person says so."""
