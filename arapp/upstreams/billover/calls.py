"""What all calls to BillOver have in common: addresses, what a refusal means, whether an answer is its own."""

from collections.abc import Mapping
from typing import Any, NoReturn
from urllib.parse import quote, urlsplit

from django.utils.translation import gettext as _

from arapp.upstreams.base import WrongCredentials
from arapp.upstreams.http import Answer, BadAnswer, Http, LostAnswer, Rejected

INVOICE_LIST, COMPANY_LIST, CARD_LIST = "/invoices/", "/companies/", "/cards/"
NOT_OURS = frozenset({403, 404})


def path_of(collection: str, uid: str) -> str:
    """A uid is any text; a dot is written out so that ``..`` does not lead elsewhere."""
    return f"{collection}{quote(uid, safe='').replace('.', '%2E')}"


def told(http: Http, method: str, path: str, **content: Any) -> dict[str, Any]:
    """Write once; BillOver's answer, empty where it has no body. LostAnswer for a page that is not its own."""
    try:
        answer = http.write(method, path, **content)
    except Rejected as error:
        explain(error)
    return _own(answer) if answer.body.strip() else {}


def _own(answer: Answer) -> dict[str, Any]:
    try:
        return answer.object()
    except BadAnswer as error:
        raise LostAnswer(_("BillOver's answer is not its own; whether it acted is being checked.")) from error


def explain(error: Rejected) -> NoReturn:
    """Say what a refusal means where its status tells."""
    if error.status == 401:
        sentence = _("BillOver does not accept the key: %(words)s") % {"words": error.words}
        raise WrongCredentials(sentence.rstrip(": ")) from error
    raise error


def demand(permissions: Mapping[str, Any] | None, flag: str, sentence: str) -> None:
    """Rejected here where the object's own flag forbids it; BillOver may refuse it all the same (section 8)."""
    if permissions and permissions.get(flag) is False:
        raise Rejected(403, sentence)


def openable(address: str) -> str:
    """BadAnswer for an address that is none."""
    try:
        parts = urlsplit(address)
        fine = bool(parts.hostname) and parts.port != 0 and address.isprintable() and " " not in address
    except ValueError:
        fine = False
    if not fine:
        raise BadAnswer(_("The service gave a file address that cannot be opened."))
    return address


def one_line(secret: str) -> str:
    return "".join(letter if "!" <= letter <= "~" else "?" for letter in secret.strip())
