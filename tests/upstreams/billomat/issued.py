"""One invoice at the stand-in and in the mirror, and what tests of acts ask about it."""

import json
from dataclasses import dataclass
from typing import Any

from arapp.documents.files import keep
from arapp.outbox.models import Intent
from arapp.receivables.models import Invoice, Source
from arapp.sandbox.base import Fault
from arapp.sandbox.billomat import Billomat
from arapp.sandbox.billomat.hands import ONE_LINE
from arapp.sandbox.billomat.wire import Row
from arapp.upstreams.pull import pull
from arapp.upstreams.push import push
from tests.upstreams.acting import wish
from tests.upstreams.billomat.wiring import refusal
from tests.upstreams.conftest import Desk
from tests.upstreams.pushing import later

PDF = b"%PDF-1.4 signed"


@dataclass
class Issued:
    """``row`` is the stand-in's live one."""

    source: Source
    standin: Billomat
    row: Row

    @property
    def id(self) -> str:
        return str(self.row["id"])

    @property
    def invoice(self) -> Invoice:
        return Invoice.objects.get(source=self.source, external_id=self.id)

    def tell(self, kind: str, **data: Any) -> Intent:
        """Told, and told on until it is settled; a lost answer is looked at a minute later."""
        return settled(wish(self.source, kind, self.invoice, **data))

    def writes(self, method: str = "", path: str = "") -> list[tuple[str, str, Any]]:
        """Method, path and body of each write that arrived, in the order they came."""
        found = [w for w in self.standin.journal if w.method.startswith(method) and path in w.path]
        return [(w.method, w.path, json.loads(w.body) if w.body else None) for w in found]

    def requests(self, method: str, path: str) -> int:
        """How often it was asked, whatever came of it."""
        return sum(r.method == method and path in r.path for r in self.standin.requests)

    def lose(self, method: str, path: str, *, after: bool) -> None:
        """The answer to the next write there is dropped: it took effect ``after`` all, or never arrived."""
        self.standin.faults.append(Fault(drop=True, after=after, method=method, path=path))

    def refuse(self, method: str, path: str, words: str) -> None:
        """The next write there is answered with 400."""
        self.standin.faults.append(Fault(refusal(400, words), method=method, path=path))


def issued(
    connected: Desk, status: str = "OPEN", items: Any = ONE_LINE, kind: str = "invoice", **values: Any
) -> Issued:
    """An invoice (or credit note) of 119.00 EUR that the desk has read."""
    source, standin = connected("billomat", invoices=0)
    client = standin.add_client(name="Muster AG")
    add = standin.add_invoice if kind == "invoice" else standin.add_credit_note
    row = add(items, status=status, client_id=client["id"], **values)
    pull(source)
    return Issued(source, standin, row)


def settled(intent: Intent) -> Intent:
    for _try in range(12):
        push(intent.source_id)
        intent = Intent.objects.get(pk=intent.pk)
        if intent.state == "unknown":
            later(intent, seconds=61)
        elif intent.state == "pending":
            Intent.objects.filter(pk=intent.pk).update(due_at=intent.created_at)
        else:
            break
    return intent


def resumed(intent: Intent) -> Intent:
    """A refused one told again, as the desk does where something was made already."""
    assert intent.state == "refused"
    intent.move("pending", error="", tries=0, settled_at=None)
    return settled(intent)


def stored(name: str = "terms.pdf", content: bytes = PDF) -> str:
    """A file of the desk, by the text that names it in an action's data."""
    return keep(content, name).name
