"""What can become of a call to a service. Every text is a sentence for people, without secrets."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


class Failure(Exception):
    """A call that did not give what was asked for. Its text is a sentence for people, without secrets."""


class Unreachable(Failure):
    """No connection, or the answer to a read was lost after all tries."""


class LostAnswer(Failure):
    """A write whose outcome is unknown."""


class BadAnswer(Failure):
    """An answer that is not what the reference promises: HTML, cut, wrong type, too large."""


class ServerFault(Failure):
    """The service failed on a read after all tries, with this HTTP status."""

    def __init__(self, status: int) -> None:
        super().__init__(_("The service answered %(status)d and did not recover.") % {"status": status})
        self.status = status


class Throttled(Failure):
    """The service, or our own pace, asks for more patience than a run has. ``until`` says how long."""

    def __init__(self, sentence: str, until: datetime) -> None:
        super().__init__(sentence)
        self.until = until


class TooMuchTrouble(Throttled):
    """What failed was no lack of calls: the service is down or cannot be reached, for longer than a run waits."""


class Rejected(Failure):
    """An answer of 4xx; ``words`` are the service's own."""

    def __init__(self, status: int, words: str, body: Any = None) -> None:
        sentence = _("The service answered %(status)d: %(words)s") if words else _("The service answered %(status)d.")
        super().__init__(sentence % {"status": status, "words": words})
        self.status, self.words, self.body = status, words, body


def too_slow(host: str, seconds: int) -> str:
    sentence = ngettext(
        "%(host)s did not answer in %(seconds)d second.", "%(host)s did not answer in %(seconds)d seconds.", seconds
    )
    return sentence % {"host": host, "seconds": seconds}
