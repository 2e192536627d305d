"""Why a decision was not taken. The text of each is a sentence for people."""

from collections.abc import Sequence

from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from arapp.receivables.duplicates import Double
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


class Doubled(Refusal):
    """It may be a duplicate, and the person has not been told so."""

    def __init__(self, doubles: Sequence[Double]) -> None:
        others = get_text_list([double.words for double in doubles], _("and"))
        words = _("Possible duplicate of %(invoices)s. Compare them, then approve it all the same if both are right.")
        super().__init__(words % {"invoices": others})


class BadNote(Refusal):
    """A rejection without a note, or a note that is too long."""
