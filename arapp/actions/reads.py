"""Actions that only read: they give a file and leave nothing behind."""

from collections.abc import Callable

from arapp.actions.wishes import Refused, Wish
from arapp.documents.files import Unfit, content
from arapp.upstreams.base import Document
from arapp.upstreams.documents import stored_document
from arapp.upstreams.registry import open_source
from arapp.upstreams.secrets import SecretLost


def fetch(wish: Wish) -> Document:
    """The file. Refused with a sentence when there is none; NotReady while the service is still making it."""
    try:
        return READS[wish.action.name](wish)
    except (SecretLost, Unfit) as error:
        raise Refused(str(error)) from error


def _pdf(wish: Wish) -> Document:
    stored = stored_document(wish.subject, wish.data.get("paper") or wish.data.get("type", ""))
    return Document(content(stored), stored.content_type, stored.filename)


def _report(wish: Wish) -> Document:
    adapter = open_source(wish.source, for_person=True)
    with adapter.http:
        return adapter.report(wish.data["report"], wish.data)


READS: dict[str, Callable[[Wish], Document]] = {"invoice.pdf": _pdf, "report.download": _report}
