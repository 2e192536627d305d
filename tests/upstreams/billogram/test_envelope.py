"""Billogram's envelope and its errors (section 2)."""

from typing import Any

import pytest

from arapp.sandbox.base import Answer, Fault
from arapp.sandbox.billogram import Billogram as StandIn
from arapp.upstreams.base import CUSTOMERS, WrongCredentials
from arapp.upstreams.billogram import Billogram
from arapp.upstreams.billogram.envelope import words
from arapp.upstreams.http import BadAnswer, Rejected
from tests.upstreams.billogram.driving import ERRORS, adapter_to, answer, error, ids_in, send


@pytest.mark.parametrize("name", ["missing_auth", "invalid_auth", "invalid_auth_as_401"])
def test_401_and_403_both_mean_wrong_credentials(service: StandIn, adapter: Billogram, name: str) -> None:
    service.faults.append(Fault(answer=error(name)))
    with pytest.raises(WrongCredentials):
        adapter.account()


def test_a_wrong_key_is_refused_wherever_it_is_used(service: StandIn) -> None:
    draft = service.add_billogram()["id"]
    adapter = adapter_to(service, secret="0" * 32)
    for call in (
        adapter.account,
        lambda: ids_in(adapter, CUSTOMERS),
        lambda: adapter.detail("invoice", draft),
        lambda: adapter.carry_out(send(draft)),
    ):
        with pytest.raises(WrongCredentials):
            call()


def test_missing_permission_is_not_wrong_credentials(service: StandIn, adapter: Billogram) -> None:
    draft = service.add_billogram()["id"]
    service.read_only_user = True
    with pytest.raises(Rejected) as refused:
        adapter.carry_out(send(draft))
    assert refused.value.status == 403
    assert "may not" in refused.value.words


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("customer_no_taken", "Customer with same customer_no already exists (customer_no)"),
        ("missing_object", "object not found with id=6"),
        ("unknown_key", "unexpected key: item_id (item_id)"),
        ("no_address", "invalid delivery method, address missing"),
        ("empty_title", "Title not set (items[2]:title)"),
        ("no_message", "INVALID_OBJECT_STATE"),
        ("data_is_null", "INVALID_OBJECT_STATE"),
    ],
)
def test_the_words_of_an_error_are_its_message_and_its_field(name: str, said: str) -> None:
    assert words(ERRORS[name]["http"], ERRORS[name]["body"]) == said


@pytest.mark.parametrize("body", [None, "text", [], {}, {"status": None}, {"data": "x"}, {"data": {"message": []}}])
def test_odd_error_bodies_have_no_words(body: Any) -> None:
    assert words(400, body) == ""


def test_html_of_the_proxy_is_a_refusal_without_words(service: StandIn, adapter: Billogram) -> None:
    service.faults.append(Fault(answer=error("html")))
    with pytest.raises(Rejected) as refused:
        adapter.account()
    assert (refused.value.status, refused.value.words) == (414, "")


@pytest.mark.parametrize(
    "odd",
    [
        Answer(200, b"<html>maintenance</html>"),
        Answer(200, b'{"status": "OK", "data": {"na'),
        Answer(204, b""),
        answer(201, {"status": "OK", "data": {}}),
        answer(200, {"status": "INVALID_PARAMETER", "data": {"message": "no"}}),
        answer(200, {"data": {}}),
        answer(200, {"status": "OK"}),
        answer(200, {"status": "OK", "data": None}),
        answer(200, {"status": "OK", "data": []}),
        answer(200, {"status": "OK", "data": "text"}),
        answer(200, ["OK"]),
        answer(404, b"<html>not here</html>"),
    ],
)
def test_what_is_not_200_with_ok_and_an_object_is_a_bad_answer(
    service: StandIn, adapter: Billogram, odd: Answer
) -> None:
    service.faults.append(Fault(answer=odd, times=2))
    with pytest.raises(BadAnswer):
        adapter.account()
    with pytest.raises(BadAnswer):
        adapter.detail("invoice", "W436pWt")
