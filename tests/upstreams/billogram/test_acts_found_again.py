"""A billogram found under our own reference is brought to the data before it counts, or is sent."""

import json
from typing import Any

import pytest

from arapp.outbox.models import Intent
from arapp.receivables.models import Source
from arapp.sandbox.base import Answer, Fault
from tests.upstreams.acting import carried_out, looked_at_again, tell, wish
from tests.upstreams.billogram.conftest import At
from tests.upstreams.billogram.desk import lose_answer, lose_request, told

pytestmark = pytest.mark.django_db

TEA = {"title": "Tea", "quantity": "2", "unit_price": "130", "vat_rate": "25"}
PLAIN = {"customer": "1", "lines": [TEA], "note": "Thanks.", "send": True, "method": "Email"}
DRAFT = {key: value for key, value in PLAIN.items() if key not in ("send", "method")}
OTHER = [
    ({"customer": "2"}, {"customer": {"customer_no": 2}}),
    ({"note": "Sorry."}, {"info": {"message": "Sorry."}}),
    ({"due_days": 10}, {"due_days": 10}),
    (
        {"lines": [{**TEA, "unit_price": "99"}]},
        {
            "items": [
                {
                    **{"title": "Tea", "count": 2, "price": 99, "vat": 25},
                    "bookkeeping": {"income_account": "3001", "vat_account": "2610"},
                }
            ]
        },
    ),
]


@pytest.fixture
def shop(desk: At) -> At:
    """With customer 1, who has no e-mail address yet, and customer 2; a draft stays when its sending is refused."""
    _source, service = desk
    service.keep_failed_draft = True
    service.add_customer(contact={"name": "Siv Ek"})
    service.add_customer(name="Havsglimt")
    return desk


def made(intent: Intent) -> str:
    return intent.invoice.external_id


def refused(at: At) -> Intent:
    """A draft whose sending was refused; then the customer gets an e-mail address. The journal is empty again."""
    source, service = at
    intent = tell(source, "invoice.create", **PLAIN)
    assert (intent.state, intent.invoice.state) == ("refused", "draft")
    service.journal.clear()
    return intent


def reachable(at: At, intent: Intent) -> Intent:
    """The draft's own copy of the customer has an e-mail address, and so has the customer."""
    _source, service = at
    service.change_customer(1, contact={"email": "siv@example.org"})
    service.change(made(intent), customer={"email": "siv@example.org"})
    return intent


def again(source: Source, first: Intent, **data: Any) -> Intent:
    """The same own reference, and this data."""
    intent = wish(source, "invoice.create", **data)
    Intent.objects.filter(pk=intent.pk).update(reference=first.reference)
    return carried_out(Intent.objects.get(pk=intent.pk))


@pytest.mark.parametrize(("change", "body"), OTHER)
def test_a_draft_that_is_found_is_changed_to_the_data_and_then_sent(
    shop: At, change: dict[str, Any], body: dict[str, Any]
) -> None:
    source, service = shop
    first = reachable(shop, refused(shop))
    intent = again(source, first, **PLAIN | change)
    assert (intent.state, intent.error, intent.result_id) == ("done", "", made(first))
    path = f"/billogram/{made(first)}"
    assert told(service) == [("PUT", path, body), ("POST", f"{path}/command/send", {"method": "Email"})]
    assert (len(service.records), intent.invoice.service_state) == (1, "Unpaid")


@pytest.mark.parametrize(("change", "body"), OTHER)
def test_a_draft_that_is_found_and_not_to_be_sent_is_changed_alone(
    shop: At, change: dict[str, Any], body: dict[str, Any]
) -> None:
    source, service = shop
    first = reachable(shop, refused(shop))
    intent = again(source, first, **DRAFT | change)
    assert (intent.state, intent.invoice.state) == ("done", "draft")
    assert told(service) == [("PUT", f"/billogram/{made(first)}", body)]


def test_a_draft_that_shows_the_data_is_left_as_it_is(shop: At) -> None:
    source, service = shop
    first = reachable(shop, refused(shop))
    assert again(source, first, **DRAFT, interest_rate="").state == "done"
    assert service.journal == []


def test_what_the_customer_has_since_reaches_the_draft_before_it_is_sent(shop: At) -> None:
    source, service = shop
    first = refused(shop)
    service.change_customer(1, contact={"email": "siv@example.org"})
    assert again(source, first, **PLAIN).state == "done"
    copied = {"customer": {"customer_no": 1, "email": "siv@example.org"}}
    assert told(service)[0] == ("PUT", f"/billogram/{made(first)}", copied)
    assert [path.rpartition("/")[2] for _method, path, _body in told(service)] == [made(first), "send"]


@pytest.mark.parametrize("send", [{}, {"send": True, "method": "Email"}])
@pytest.mark.parametrize(("change", "_body"), OTHER)
def test_what_is_sent_already_and_differs_is_refused(
    shop: At, change: dict[str, Any], _body: Any, send: dict[str, Any]
) -> None:
    source, service = shop
    first = reachable(shop, refused(shop))
    service.command(made(first), "send", method="Email")
    intent = again(source, first, **DRAFT | change | send)
    assert (intent.state, intent.error) == ("refused", "This reference stands for another invoice already.")
    assert service.journal == []


@pytest.mark.parametrize("lose", [lose_answer, lose_request])
@pytest.mark.parametrize("call", ["PUT /billogram/", "POST /command/send"])
def test_a_step_whose_answer_was_lost_is_done_once(shop: At, lose: Any, call: str) -> None:
    source, service = shop
    first = reachable(shop, refused(shop))
    lose(service, call)
    intent = again(source, first, **PLAIN | {"note": "Sorry."})
    assert intent.state == "unknown"
    intent = looked_at_again(intent)
    assert (intent.state, intent.error, len(service.records)) == ("done", "", 1)
    assert [method for method, _path, _body in told(service)] == ["PUT", "POST"]
    assert service.find(made(first))["info"]["message"] == "Sorry."


def test_a_draft_that_does_not_take_the_data_is_never_sent(shop: At) -> None:
    source, service = shop
    first = reachable(shop, refused(shop))

    def as_before(true: Answer) -> Answer:
        body = json.loads(true.body)
        body["data"]["info"]["message"] = "Thanks."
        service.change(made(first), info={"message": "Thanks."})
        return Answer(200, json.dumps(body).encode(), true.headers)

    service.faults.append(Fault(method="PUT", times=2, change=as_before))
    intent = again(source, first, **PLAIN | {"note": "Sorry."})
    assert (intent.state, intent.tries) == ("pending", 1)
    assert "does not show" in intent.error
    assert [method for method, _path, _body in told(service)] == ["PUT"]
