"""New fields, nulls, missing fields and new words in every payload we know: nothing stored is blanked by them.

Each payload is stored once for each of its changed copies, under ids of their own; then the copies are. What a copy
cannot be read as is set aside, which blanks nothing either.
"""

import copy
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from arapp.approvals.models import Approval, Decision
from arapp.receivables import mirror
from arapp.receivables.models import Customer, Event, Invoice, Line, Movement, Source
from arapp.receivables.money import AmountError
from arapp.receivables.records import CREDIT_NOTE, INVOICE, CustomerRecord, InvoiceRecord, Unreadable
from arapp.upstreams.billogram import mapping as billogram
from arapp.upstreams.billomat import mapping as billomat
from arapp.upstreams.billomat.parts import Parts, whole
from arapp.upstreams.billover import mapping as billover
from tests.conftest import make_source

HERE = Path(__file__).parent
NEW_WORD = "unbekanntes-wort"
KEPT = "number currency issue_date due_date created_at decided_at sent_at customer_id".split()
AMOUNTS = ("net", "vat", "gross", "open", "paid")
CUSTOMER_KEPT = ("name", "number", "created_at")
WORDS = set("state status approvement_status processing_status delivery_method company_type type language".split())
WORDS |= set("country payment_type role_type action net_gross payment_types".split())

Record = CustomerRecord | InvoiceRecord
Read = Callable[[Any], Record]


@dataclass(frozen=True)
class Change:
    what: str
    """null, gone, word or new"""
    where: str
    payload: Any


@dataclass(frozen=True)
class Case:
    service: str
    name: str
    payload: dict[str, Any]
    id_key: str
    read: Read

    def __str__(self) -> str:
        return f"{self.service} {self.name}"


def load(service: str, name: str) -> Any:
    return json.loads((HERE / service / "payloads" / f"{name}.json").read_text("utf-8"), parse_float=Decimal)


def names(service: str, *patterns: str) -> Iterator[str]:
    for pattern in patterns:
        yield from sorted(path.stem for path in (HERE / service / "payloads").glob(f"{pattern}.json"))


def cases() -> Iterator[Case]:
    for name in names("billogram", "compact_*", "full_sent", "full_draft", "full_part_paid"):
        yield Case("billogram", f"row {name}", load("billogram", name), "id", billogram.invoice)
    for name in names("billogram", "full_*"):
        yield Case("billogram", name, load("billogram", name), "id", billogram.detail)
    for name in names("billogram", "customer_*"):
        yield Case("billogram", name, load("billogram", name), "customer_no", billogram.customer)
    for name in names("billover", "row_*"):
        yield Case("billover", name, load("billover", name), "uid", billover.read_invoice)
    for name in names("billover", "detail_*"):
        yield Case("billover", name, load("billover", name), "uid", billover.read_detail)
    for name in names("billover", "company*"):
        yield Case("billover", name, load("billover", name), "uid", billover.read_customer)
    yield from billomat_cases()


def billomat_cases() -> Iterator[Case]:
    for name in names("billomat", "invoice-*", "credit-note-*", "client-*"):
        (key, payload), *_ = load("billomat", name).items()
        if key == "client":
            yield Case("billomat", name, payload, "id", billomat.customer)
        elif key in ("invoice", "credit-note"):
            kind = INVOICE if key == "invoice" else CREDIT_NOTE
            yield Case("billomat", name, payload, "id", lambda row, kind=kind: billomat.document(kind, row))
            yield Case("billomat", f"{name} in detail", payload | {"parts": PARTS}, "id", in_detail(kind))


def in_detail(kind: str) -> Read:
    def read(payload: Any) -> InvoiceRecord:
        row = {name: value for name, value in payload.items() if name != "parts"}
        parts = payload.get("parts") if isinstance(payload.get("parts"), dict) else PARTS
        own = {"invoice_id": row["id"], "credit_note_id": row["id"]}
        held = {name: found if isinstance(found, list) else () for name, found in parts.items()}
        return whole(kind, row, Parts(**{name: [owned(each, own) for each in held.get(name, ())] for name in PARTS}))

    return read


def owned(part: Any, own: dict[str, str]) -> Any:
    return part | own if isinstance(part, dict) else part


PARTS = {
    "items": load("billomat", "invoice-items-many")["invoice-items"]["invoice-item"],
    "comments": load("billomat", "invoice-comments-many")["invoice-comments"]["invoice-comment"],
    "payments": load("billomat", "invoice-payments-many")["invoice-payments"]["invoice-payment"],
}


def changes(payload: Any, id_key: str) -> Iterator[Change]:
    """One change each, at any depth; in a list its first entry stands for the others."""
    for path in paths(payload):
        *above, key = path
        if path == [id_key] or (path[0] == "parts" and len(path) < 3):
            continue
        held = at(payload, above)
        where = ".".join(map(str, path))
        if isinstance(held, dict):
            yield Change("gone", where, changed(payload, above, lambda inner, key=key: inner.pop(key)))
        yield Change("null", where, changed(payload, above, lambda inner, key=key: inner.__setitem__(key, None)))
        if isinstance(held[key], str):
            new_word = changed(payload, above, lambda inner, key=key: inner.__setitem__(key, NEW_WORD))
            yield Change("word", where, new_word)
        if isinstance(held[key], dict):
            new = {"brand_new": {"deep": [1, "x"]}}
            yield Change("new", where, changed(payload, path, lambda inner, new=new: inner.update(new)))
    yield Change("new", "", {**payload, "brand_new": [{"a": 1}], "another": "x"})


def paths(value: Any, above: tuple[Any, ...] = ()) -> Iterator[list[Any]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value[:1]) if isinstance(value, list) else ()
    for key, each in inner:
        yield [*above, key]
        yield from paths(each, (*above, key))


def at(payload: Any, path: list[Any]) -> Any:
    for key in path:
        payload = payload[key]
    return payload


def changed(payload: Any, path: list[Any], change: Callable[[Any], object]) -> Any:
    fresh = copy.deepcopy(payload)
    change(at(fresh, path))
    return fresh


def readable(case: Case) -> bool:
    try:
        case.read(case.payload)
    except (Unreadable, AmountError):
        return False
    return True


READABLE = [case for case in cases() if readable(case)]
OFTEN = 4
"""Files in which the very same change of the very same kind of payload is tried."""


def planned() -> dict[str, list[Change]]:
    """The changes of each case, without those that enough files before it have had."""
    had: Counter[tuple[str, ...]] = Counter()
    plan: dict[str, list[Change]] = {}
    for case in READABLE:
        kind = f"{case.service} {case.read.__qualname__} {case.read.__module__}"
        keys = [((kind, change.what, change.where), change) for change in changes(case.payload, case.id_key)]
        plan[str(case)] = [change for key, change in keys if had[key] < OFTEN]
        had.update(key for key, _ in keys)
    return plan


PLAN = planned()


def read(case: Case, payload: Any, number: int) -> Record | None:
    """None where it is set aside; anything but our two errors is a fault of ours."""
    try:
        return case.read({**payload, case.id_key: str(100_000 + number)})
    except (Unreadable, AmountError):
        return None


def store(source: Source, records: list[Record]) -> None:
    customers = [record for record in records if isinstance(record, CustomerRecord)]
    invoices = [record for record in records if isinstance(record, InvoiceRecord)]
    mirror.write_customers(source, customers, timezone.now())
    mirror.write_invoices(source, invoices, timezone.now())
    Approval.objects.catch_up(source)


def state_of(source: Source, case: Case) -> dict[str, dict[str, Any]]:
    if isinstance(case.read(case.payload), CustomerRecord):
        customers = Customer.objects.filter(source=source)
        return {row.external_id: {name: getattr(row, name) for name in CUSTOMER_KEPT} for row in customers}
    rows = Invoice.objects.filter(source=source)
    parts = {
        model: set(model.objects.filter(invoice__source=source).values_list("invoice__external_id", flat=True))
        for model in (Line, Movement, Event)
    }
    decided = dict(Decision.objects.values_list("approval__invoice__external_id", "id").order_by("id"))
    approvals = {
        row["invoice__external_id"]: row
        for row in Approval.objects.values("invoice__external_id", "state", "service_word", "version")
    }
    return {
        row.external_id: {name: getattr(row, name) for name in (*KEPT, *AMOUNTS)}
        | {model.__name__: row.external_id in found or None for model, found in parts.items()}
        | {"state": row.state, "approval": (decided.get(row.external_id), approvals.get(row.external_id))}
        for row in rows
    }


@pytest.mark.django_db
@pytest.mark.parametrize("case", READABLE, ids=str)
def test_nothing_stored_is_blanked_by_drift(case: Case):
    source = make_source(service=case.service)
    drifts = PLAN[str(case)]
    store(source, [read(case, case.payload, n) for n in range(len(drifts))])
    before = state_of(source, case)
    found = [(n, read(case, drift.payload, n)) for n, drift in enumerate(drifts)]
    store(source, [record for _, record in found if record])
    after = state_of(source, case)
    faults = []
    for n, drift in enumerate(drifts):
        old, new = before[str(100_000 + n)], after[str(100_000 + n)]
        faults += [f"{drift.what} {drift.where}: {fault}" for fault in blanked(old, new, drift)]
    assert not faults, chr(10).join(["", *faults])


def blanked(old: dict[str, Any], new: dict[str, Any], drift: Change) -> Iterator[str]:
    for name, value in old.items():
        if name in ("state", "approval"):
            continue
        if value not in (None, "") and new[name] in (None, ""):
            yield f"{name} {value} is blank"
    if "state" in old and drift.what != "word" and new["state"] != old["state"]:
        yield f"state {old['state']} became {new['state']}"
    quiet = drift.what == "new" or (drift.what == "word" and drift.where.rpartition(".")[2] in WORDS)
    if "approval" in old and quiet and new["approval"] != old["approval"]:
        yield f"the approval moved: {old['approval']} {new['approval']}"


def test_the_changes_are_many_and_none_is_of_the_id():
    everything = [(case, change) for case in READABLE for change in PLAN[str(case)]]
    assert len(READABLE) >= 95
    assert len(everything) > 3_000
    assert all(case.payload[case.id_key] == change.payload[case.id_key] for case, change in everything)
