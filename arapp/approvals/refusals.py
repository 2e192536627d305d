"""Why a decision was not taken. The text of each is a sentence for people."""

from arapp.receivables.substance import Difference


class Refusal(Exception):
    """A decision that the desk does not take: wrong moment, wrong person, or the service would refuse."""


class NotAllowed(Refusal):
    """The person may not do this: role, or four eyes."""


class AlreadyDecided(Refusal):
    """Somebody else was first; the text names who."""


class Stale(Refusal):
    """The invoice is no longer what the person saw."""

    def __init__(self, sentence: str, changes: list[Difference]) -> None:
        super().__init__(sentence)
        self.changes = changes


class BadNote(Refusal):
    """A rejection without a note, or a note that is too long."""
