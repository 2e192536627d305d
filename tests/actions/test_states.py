"""In which state of an invoice each action is possible."""

from datetime import date, timedelta

import pytest

from arapp.actions import states
from arapp.actions.table import ACTIONS, DECISIONS, KEPT
from arapp.lists.days import today
from arapp.receivables.models import Invoice
from arapp.receivables.money import Money
from arapp.receivables.records import EventRecord, MovementRecord, PaperRecord
from tests.conftest import NOW, make_invoice, make_source

pytestmark = pytest.mark.django_db

PAST, FUTURE = today() - timedelta(days=10), today() + timedelta(days=10)
BILLOGRAM = {
    "draft": {"state": "draft", "service_state": "Unattested", "due_date": FUTURE},
    "denied": {"state": "draft", "service_state": "FactoringDenied", "due_date": FUTURE},
    "unpaid": {"state": "open", "service_state": "Unpaid", "due_date": FUTURE},
    "overdue": {"state": "open", "service_state": "Overdue", "due_date": PAST},
    "reminded": {"state": "open", "service_state": "Reminder_2", "due_date": PAST},
    "settled": {"state": "open", "service_state": "Unpaid", "due_date": FUTURE, "open": "0"},
    "collection": {"state": "collection", "service_state": "Collection", "due_date": PAST},
    "paid": {"state": "paid", "service_state": "Paid", "due_date": PAST, "open": "0", "paid": "119"},
    "credited": {"state": "credited", "service_state": "Credited", "due_date": PAST, "open": "0"},
    "selling": {"state": "sold", "service_state": "Factoring", "due_date": PAST},
    "sold": {"state": "sold", "service_state": "Sold", "due_date": PAST},
    "odd": {"state": "unknown", "service_state": "Whatever", "due_date": PAST},
}
BILLOMAT = {
    "draft": {"state": "draft", "service_state": "DRAFT", "due_date": FUTURE},
    "open": {"state": "open", "service_state": "OPEN", "due_date": FUTURE},
    "overdue": {"state": "open", "service_state": "OVERDUE", "due_date": PAST},
    "paid": {"state": "paid", "service_state": "PAID", "due_date": PAST, "open": "0", "paid": "119"},
    "cancelled": {"state": "cancelled", "service_state": "CANCELED", "due_date": PAST},
    "odd": {"state": "unknown", "service_state": "WHATEVER", "due_date": PAST},
}
LIVE = {"unpaid", "overdue", "reminded"}
POSSIBLE = {
    "billogram": {
        "invoice.update": {"draft", "denied", "settled"} | LIVE,
        "invoice.delete": {"draft"},
        "invoice.sell": {"draft"},
        "invoice.resend": {"settled"} | LIVE,
        "payment.create": LIVE,
        "invoice.credit": {"settled", "collection", "paid", "sold"} | LIVE,
        "invoice.remind": {"overdue", "reminded"},
        "invoice.collect": {"overdue", "reminded"},
        "invoice.respite": {"settled"} | LIVE,
        "invoice.write_down": {"collection"} | LIVE,
        "invoice.message": set(BILLOGRAM),
        "invoice.attach": set(BILLOGRAM),
    },
    "billomat": {
        "invoice.update": {"draft"},
        "invoice.delete": {"draft"},
        "invoice.email": set(BILLOMAT) - {"draft"},
        "invoice.mail": set(BILLOMAT) - {"draft"},
        "invoice.sign": set(BILLOMAT) - {"draft"},
        "payment.create": {"open", "overdue"},
        "invoice.credit": {"open", "overdue", "paid"},
        "invoice.remind": {"overdue"},
        "invoice.encash": {"open", "overdue"},
        "invoice.cancel": {"open", "overdue"},
        "invoice.uncancel": {"cancelled"},
        "invoice.comment": set(BILLOMAT),
        "invoice.tag": set(BILLOMAT),
    },
}
CASES = [(service, name) for service, table in POSSIBLE.items() for name in table]


@pytest.mark.parametrize(("service", "name"), CASES)
def test_each_state_allows_just_these_actions(service: str, name: str):
    source = make_source(service=service)
    kinds = {"billogram": BILLOGRAM, "billomat": BILLOMAT}[service]
    found = {key for key, fields in kinds.items() if not states.problem(name, make_invoice(source, **fields))}
    assert found == POSSIBLE[service][name]


def test_every_action_has_its_rules_or_needs_none():
    free = {"invoice.message", "invoice.attach", "invoice.pdf", "invoice.comment", "invoice.tag"}
    of_invoices = {name for name, action in ACTIONS.items() if action.concerns == "invoice"}
    assert of_invoices - set(states.RULES) - set(DECISIONS) == free
    for name, rules in states.RULES.items():
        assert set(rules) == ACTIONS[name].services, name
    assert set(KEPT) <= set(ACTIONS)


def movement(kind: str, amount: str, key: str) -> MovementRecord:
    return MovementRecord(external_id=key, kind=kind, amount=Money.parse(amount, "EUR"), date=PAST)


def reminded(left: str, **fields: object) -> Invoice:
    charged = (movement("fee", "-60", "f"), movement("interest", "-1.50", "i"))
    state = BILLOGRAM["reminded"] | {"open": left, "movements": charged} | fields
    return make_invoice(make_source(service="billogram"), **state)


@pytest.mark.parametrize(
    ("left", "off", "down"), [("61.50", True, False), ("10", True, False), ("61.51", False, True)]
)
def test_fees_are_written_off_and_principal_is_written_down(left: str, off: bool, down: bool):
    invoice = reminded(left)
    assert (states.problem("invoice.write_off", invoice) == "") is off
    assert (states.problem("invoice.write_down", invoice) == "") is down


def test_nothing_left_is_neither_written_off_nor_down():
    invoice = reminded("0")
    assert states.problem("invoice.write_off", invoice)
    assert states.problem("invoice.write_down", invoice)


def told(*kinds: str) -> tuple[EventRecord, ...]:
    return tuple(
        EventRecord(external_id=str(n), at=NOW + timedelta(minutes=n), kind=kind) for n, kind in enumerate(kinds)
    )


@pytest.mark.parametrize(
    ("kinds", "down"), [((), False), (("Writedown",), True), (("Writedown", "RevertWritedown", "Payment"), False)]
)
def test_what_is_written_down_is_told_by_the_last_event(kinds: tuple[str, ...], down: bool):
    invoice = make_invoice(make_source(service="billogram"), **BILLOGRAM["overdue"], events=told(*kinds))
    assert (states.problem("invoice.revert_write_down", invoice) == "") is down
    assert (states.problem("invoice.write_down", invoice) == "") is not down


@pytest.mark.parametrize(
    ("kinds", "given"), [((), False), (("Respite",), True), (("Respite", "RespiteRemoved"), False)]
)
def test_respite_ends_where_it_was_given(kinds: tuple[str, ...], given: bool):
    invoice = make_invoice(make_source(service="billogram"), **BILLOGRAM["unpaid"], events=told(*kinds))
    assert (states.problem("invoice.remove_respite", invoice) == "") is given


@pytest.mark.parametrize(("until", "late"), [(FUTURE, False), (PAST, True)])
@pytest.mark.parametrize("state", ["unpaid", "overdue", "reminded"])
def test_respite_stands_in_the_place_of_the_due_date(state: str, until: date, late: bool):
    given = EventRecord(external_id="1", at=NOW, kind="Respite", text=f"Until {until.isoformat()}.")
    invoice = make_invoice(make_source(service="billogram"), **BILLOGRAM[state], events=(given,))
    for name in ("invoice.remind", "invoice.collect"):
        assert (states.problem(name, invoice) == "") is late


def test_only_a_credit_that_stands_alone_is_marked_as_paid_out():
    source = make_source(service="billogram")
    alone = BILLOGRAM["unpaid"] | {"net": "-100", "vat": "-19", "gross": "-119", "open": "-119"}
    assert states.problem("invoice.credit_payment", make_invoice(source, **alone)) == ""
    assert states.problem("invoice.credit_payment", make_invoice(source, **BILLOGRAM["unpaid"]))


@pytest.mark.parametrize("name", ["invoice.credit", "invoice.remind", "invoice.encash"])
def test_a_credit_note_is_neither_credited_nor_chased(name: str):
    note = make_invoice(make_source(), kind="credit_note", **BILLOMAT["overdue"])
    assert states.problem(name, note) == "This is not possible with a credit note."


def test_payments_and_reminders_are_taken_back_where_there_are_some():
    source = make_source()
    bare = make_invoice(source, **BILLOMAT["overdue"])
    paper = PaperRecord(kind="reminder", external_id="r1")
    full = make_invoice(source, **BILLOMAT["overdue"], movements=(movement("payment", "5", "p"),), papers=(paper,))
    for name in ("payment.delete", "reminder.email", "reminder.cancel"):
        assert states.problem(name, bare)
        assert not states.problem(name, full)


@pytest.mark.parametrize(("name", "flag"), [("invoice.update", "can_update"), ("invoice.delete", "can_delete")])
def test_the_flags_of_billover_decide(name: str, flag: str):
    source = make_source(service="billover")
    assert states.problem(name, make_invoice(source, permissions={flag: True})) == ""
    assert states.problem(name, make_invoice(source, permissions={flag: False}))
    assert states.problem(name, make_invoice(source, permissions=None))


def test_a_payment_at_billover_needs_an_amount_that_is_still_open():
    source = make_source(service="billover")
    assert states.problem("payment.create", make_invoice(source, state="open", open=None)) == ""
    rejected = make_invoice(source, state="closed", open=None)
    assert states.problem("payment.create", rejected) == "Nothing can be paid on a document in this state."
    unread = make_invoice(source, gross=None, open=None, net=None, vat=None)
    assert states.problem("payment.create", unread)
    free = make_invoice(source, state="open", gross="0", net="0", vat="0", open=None)
    assert states.problem("payment.create", free) == "Nothing is left to pay."
