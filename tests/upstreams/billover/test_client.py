"""Whose account it is, single invoices and companies, decisions."""

import pytest

from arapp.receivables.money import AmountError
from arapp.sandbox.base import Answer, Clock, Fault
from arapp.sandbox.billover import Billover as StandIn
from arapp.upstreams.base import Gone, WrongCredentials
from arapp.upstreams.billover import Billover
from arapp.upstreams.http import BadAnswer, LostAnswer, Rejected, ServerFault, Throttled
from tests.upstreams.billover.driving import NOW, adapter, changed, finished, order, said, walked


def test_a_right_key_is_proved_by_one_call(billover):
    assert billover.account().external_id == ""
    assert billover.http.requests == 1


@pytest.mark.parametrize("secret", ["wrong", "ключ", "two\nlines"])
def test_a_wrong_key_is_said_in_the_services_words(standin, secret):
    with pytest.raises(WrongCredentials, match="Invalid or missing API key"):
        adapter(standin, secret).account()


def test_a_key_is_sent_without_the_white_space_around_it(standin):
    adapter(standin, f" {standin.credentials()['secret']}\n").account()


def test_every_kind_of_call_tells_a_revoked_key(standin, billover):
    standin.revoked = True
    for call in (
        lambda: walked(billover),
        lambda: walked(billover, "customers"),
        lambda: billover.detail("invoice", "x"),
        lambda: billover.carry_out(order("approve", "x")),
    ):
        with pytest.raises(WrongCredentials):
            call()


def test_a_key_without_rights_is_refused(standin, billover):
    standin.faults.append(Fault(said({"detail": "You may not."}, 403)))
    with pytest.raises(Rejected, match="You may not"):
        billover.account()


def test_an_account_that_lists_one_of_our_invoices_is_ours(standin, billover):
    known = [standin.newest_first()[3].uid, "elsewhere-1", "elsewhere-2"]
    assert billover.is_account("", known)
    assert billover.http.requests == 1


def test_an_account_that_has_an_old_invoice_of_ours_is_ours(standin, billover):
    assert billover.is_account("", ["elsewhere-1", "elsewhere-2", standin.newest_first()[-1].uid])


@pytest.mark.parametrize("invoices", [36, 0])
def test_an_account_without_any_of_three_invoices_of_ours_is_another(invoices):
    billover = adapter(StandIn(invoices=invoices, clock=Clock(NOW)))
    assert not billover.is_account("", [f"elsewhere-{number}" for number in range(9)])
    assert billover.http.requests == 4


def test_any_account_may_be_ours_while_we_know_nothing(billover):
    assert billover.is_account("", [])


def test_a_service_in_trouble_is_not_taken_for_another_account(standin, billover):
    standin.faults.append(Fault(path="/invoices/elsewhere", times=99))
    with pytest.raises(ServerFault):
        billover.is_account("", ["elsewhere-1"])


def test_every_detail_of_the_stand_in_can_be_read(standin, billover):
    for invoice in standin.newest_first():
        read = billover.detail("invoice", invoice.uid)
        assert (read.number or "") == (invoice.invoice_number or "")
        assert len(read.lines) == len(invoice.items)
        assert (read.gross and read.gross.amount) == invoice.total_price


def test_open_and_gross_add_up_to_the_stand_ins_own_sums(standin, billover):
    sums: dict[str, list] = {}
    for page in billover.pages("invoices"):
        for read in (billover.read("invoices", entry) for entry in page.entries):
            if read.gross:
                of = sums.setdefault(read.currency, [0, 0, 0])
                of[0] += 1
                of[1] += read.gross.amount
                of[2] += read.open.amount
    told = {currency: [of["count"], of["gross"], of["open"]] for (_, currency), of in standin.totals().items()}
    assert sums == told


def test_the_lines_of_the_stand_in_are_net(standin, billover):
    read = billover.detail("invoice", finished(standin))
    assert [line.net for line in read.lines] == [100]


def test_an_invoice_that_is_not_there_is_gone(billover):
    with pytest.raises(Gone):
        billover.detail("invoice", "elsewhere")


@pytest.mark.parametrize("uid", ["a1b2-e5f6g7h8", "a/b", "..", "a b?c=d#e", "export-csv"])
def test_a_uid_is_any_text_and_stays_one_part_of_the_address(standin, billover, uid):
    standin.add_invoice(uid=uid)
    path = []
    standin.before_request = lambda request: path.append(request.path)
    try:
        assert billover.detail("invoice", uid).external_id == uid
    except (Gone, Rejected):
        assert uid in ("a/b", "export-csv")
    assert path == [f"/v1/invoices/{uid}"]


def test_a_detail_that_cannot_be_read_carries_its_payload(standin, billover):
    standin.faults.append(Fault(change=changed(lambda body: body | {"total_vat": "19,00"})))
    with pytest.raises(AmountError) as refusal:
        billover.detail("invoice", finished(standin))
    assert refusal.value.payload["total_vat"] == "19,00"


def test_another_invoice_than_the_one_asked_for_is_a_failure(standin, billover):
    uid = finished(standin)
    standin.faults.append(Fault(change=changed(lambda body: body | {"uid": "another"})))
    with pytest.raises(BadAnswer):
        billover.detail("invoice", uid)


def test_a_missing_slash_is_made_good_by_the_redirect(standin, billover):
    uid = finished(standin)
    for method, path in (("POST", f"/v1/invoices/{uid}/approve/"), ("GET", f"/v1/invoices/{uid}/")):
        standin.faults.append(Fault(Answer(301, b"", (("Location", path),)), method=method))
    billover.carry_out(order("approve", uid))
    assert billover.detail("invoice", uid).service_decision == "approved"


def test_a_company_is_read_by_its_uid(standin, billover):
    uid = next(iter(standin.companies))
    assert billover.customer(uid).name == standin.companies[uid].name


def test_a_company_that_is_not_there_is_gone(billover):
    with pytest.raises(Gone):
        billover.customer("elsewhere")


@pytest.mark.parametrize("status", [403, 404])
def test_no_company_is_gone_where_none_can_be_seen(standin, billover, status):
    standin.faults.append(Fault(said({"detail": "No."}, status), path="/companies/", times=9))
    with pytest.raises(Rejected):
        billover.customer("elsewhere")


@pytest.mark.parametrize(
    ("kind", "before", "after", "path"),
    [
        ("approve", "waiting", "approved", "approve"),
        ("reject", "waiting", "rejected", "reject"),
        ("reopen", "approved", "waiting", "remove-approval"),
        ("reopen", "rejected", "waiting", "remove-approval"),
    ],
)
def test_a_decision_is_carried_out_in_one_call_without_a_body(standin, billover, kind, before, after, path):
    uid = finished(standin, before)
    assert not billover.in_effect(order(kind, uid), billover.detail("invoice", uid))
    billover.carry_out(order(kind, uid))
    assert standin.find(uid).approvement_status == after
    assert [(write.method, write.path, write.body) for write in standin.journal] == [
        ("POST", f"/v1/invoices/{uid}/{path}", b"")
    ]
    assert billover.in_effect(order(kind, uid), billover.detail("invoice", uid))


@pytest.mark.parametrize("status", [400, 403, 409])
def test_what_was_done_already_is_refused_and_a_read_shows_it_in_effect(standin, billover, status):
    standin.repeat_status = status
    uid = finished(standin, "approved")
    with pytest.raises(Rejected, match="approved already"):
        billover.carry_out(order("approve", uid))
    assert billover.in_effect(order("approve", uid), billover.detail("invoice", uid))


def test_a_refusal_carries_the_services_words(standin, billover):
    standin.role = "member"
    with pytest.raises(Rejected) as refusal:
        billover.carry_out(order("approve", finished(standin)))
    assert (refusal.value.status, refusal.value.words) == (
        403, "This invoice is waiting and cannot be approved with this key.",
    )  # fmt: skip


def test_a_decision_is_sent_once_whatever_comes_back(standin, billover):
    uid = finished(standin)
    standin.faults += [Fault(after=True, answer=standin.server_error()), Fault(standin.throttled(5))]
    with pytest.raises(LostAnswer):
        billover.carry_out(order("approve", uid))
    with pytest.raises(Throttled):
        billover.carry_out(order("reject", uid))
    assert [write.path for write in standin.journal] == [f"/v1/invoices/{uid}/approve"]


@pytest.mark.parametrize("entry", [None, "text", 7, [], {}, {"uid": None}, {"uid": 7}, {"uid": {}}])
def test_what_has_no_id_has_an_empty_one(billover, entry):
    assert billover.entry_id("invoices", entry) == ""


def test_the_real_service_is_meant_without_a_base_url():
    assert Billover.home("") == "https://api.billover.com/v1"
