import base64

import pytest

from arapp.sandbox.billogram.sums import luhn_digit, ocr_number


def kinds(data):
    return [event["type"] for event in data["events"]]


def late(standin, sent, days=45):
    """The sent billogram, with its due date passed."""
    standin.clock.move(days=days)
    return standin.find(sent["id"])


def test_sending_attests(do, draft):
    status, data = do(draft["id"], "send", method="Email")
    assert (status, data["state"], data["invoice_no"]) == ("OK", "Unpaid", 1001)
    assert data["attested_at"] == "2026-03-02 12:00:00"
    assert data["ocr_number"] in data["url"]
    event = data["events"][-1]
    assert event["type"] == "BillogramSent"
    assert event["data"]["invoice_no"] == 1001
    assert event["data"]["delivery_method"] == "Email"
    assert event["data"]["total_sum"] == 325


def test_payment_references_carry_length_and_check_digit():
    for number in (1001, 20001, 9999999, 12345678):
        ocr = ocr_number(number)
        assert str(number) in ocr
        assert int(ocr[-2]) == len(ocr) % 10
        assert ocr[-1] == luhn_digit(ocr[:-1])
    assert luhn_digit("7992739871") == "3"


@pytest.mark.parametrize(
    ("method", "lacking"),
    [
        ("Letter", {"address": {}}),
        ("Email", {"contact": {}}),
        ("SMS", {"contact": {"email": "siv@example.org"}}),
        ("Email+Letter", {"address": {}}),
        ("Email+Letter", {"contact": {}}),
        ("EDI", {}),
        ("Efaktura", {}),
        ("DoNotNotify", {}),
    ],
)
def test_a_method_that_does_not_reach_the_customer_is_refused_in_the_recorded_words(do, standin, method, lacking):
    number = standin.add_customer(**lacking)["customer_no"]
    draft = standin.add_billogram(customer={"customer_no": number})
    status, data = do(draft["id"], "send", method=method)
    assert (status, data) == ("INVALID_PARAMETER", {"message": "invalid delivery method, address missing"})
    assert standin.find(draft["id"])["state"] == "Unattested"


@pytest.mark.parametrize("body", [{}, {"method": None}, {"method": "Pigeon"}, {"method": 5}, {"method": []}])
def test_a_send_without_a_known_method_is_refused(do, draft, body):
    assert do(draft["id"], "send", **body)[0] == "INVALID_PARAMETER"


def test_sending_twice_is_refused(do, sent):
    assert do(sent["id"], "send", method="Email")[0] == "INVALID_OBJECT_STATE"


def test_sending_nothing_to_pay_ends_at_once(do, standin):
    free = standin.add_billogram(items=[{"title": "x", "count": 1, "price": 0, "vat": 25}])
    data = do(free["id"], "send", method="Letter")[1]
    assert (data["state"], kinds(data)[-2:]) == ("Ended", ["BillogramSent", "BillogramEnded"])


def test_a_payment_and_a_full_credit_follow_the_checked_numbers(do, sent):
    data = do(sent["id"], "payment", amount=100)[1]
    assert (data["remaining_sum"], data["state"], data["detailed_sums"]["paid_sum"]) == (225.0, "PartlyPaid", -100)
    assert data["events"][-1]["data"]["manual"] is True
    data = do(sent["id"], "credit", mode="full")[1]
    assert (data["remaining_sum"], data["state"], data["detailed_sums"]["credited_sum"]) == (0.0, "Credited", -325)
    assert kinds(data)[-3:] == ["Credit", "OverpaymentCustomerLiability", "BillogramEnded"]


def test_paying_everything_ends_as_paid_after_the_payment_event(do, sent):
    data = do(sent["id"], "payment", amount="325.00")[1]
    assert (data["state"], kinds(data)[-2:]) == ("Paid", ["Payment", "BillogramEnded"])
    assert data["events"][-2]["data"]["remaining_sum"] == 0
    assert do(sent["id"], "payment", amount=1)[0] == "INVALID_OBJECT_STATE"


def test_paying_too_much_never_makes_the_rest_negative(standin, sent):
    data = standin.pay(sent["id"], 400)
    assert (data["remaining_sum"], data["state"]) == (0, "Paid")
    assert data["events"][-2]["type"] == "OverpaymentCustomerLiability"
    assert data["events"][-2]["data"] == {"amount": 75}


@pytest.mark.parametrize("amount", [0, -5, None, "", "much", 1.001, True, [1], {"a": 1}])
def test_a_payment_needs_an_amount(do, sent, amount):
    assert do(sent["id"], "payment", amount=amount)[0] == "INVALID_PARAMETER"


@pytest.mark.parametrize(
    ("body", "rest"),
    [
        ({"mode": "full"}, 0),
        ({"mode": "remaining"}, 0),
        ({"mode": "amount", "amount": 100}, 225),
        ({"mode": "items", "items": [{"title": "x", "count": -1, "price": 130, "vat": 25}]}, 162),
    ],
)
def test_credit_modes_reduce_what_remains(do, sent, body, rest):
    status, data = do(sent["id"], "credit", **body)
    assert (status, data["remaining_sum"]) == ("OK", rest)
    credit = next(event for event in data["events"] if event["type"] == "Credit")
    assert credit["data"]["invoice_no"] == sent["invoice_no"] + 1
    assert data["invoice_no"] == sent["invoice_no"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, "INVALID_PARAMETER"),
        ({"mode": "half"}, "INVALID_PARAMETER"),
        ({"mode": "amount"}, "INVALID_PARAMETER"),
        ({"mode": "amount", "amount": 326}, "INVALID_PARAMETER"),
        ({"mode": "full", "amount": 5}, "INVALID_PARAMETER_COMBINATION"),
        ({"mode": "items", "items": [{"title": "x", "count": 1, "price": 130, "vat": 25}]}, "INVALID_PARAMETER"),
        ({"mode": "items", "items": [{"title": "x", "price": 130, "vat": 25}]}, "INVALID_PARAMETER"),
    ],
)
def test_bad_credits_are_refused_and_change_nothing(do, standin, sent, body, status):
    assert do(sent["id"], "credit", **body)[0] == status
    assert standin.find(sent["id"]) == sent


def test_an_account_that_is_credited_in_full_cannot_be_credited_again(do, sent):
    do(sent["id"], "credit", mode="full")
    assert do(sent["id"], "credit", mode="full")[0] == "INVALID_OBJECT_STATE"


def test_reminders_add_fee_and_interest(do, standin, sent):
    assert do(sent["id"], "remind")[0] == "INVALID_OBJECT_STATE"
    assert late(standin, sent)["state"] == "Overdue"
    data = do(sent["id"], "remind", message="Please")[1]
    assert (data["state"], data["reminder_count"]) == ("Reminder_1", 1)
    assert data["interest_fee"] == 1.14  # 325 * 8.5 % * 15 / 365
    assert data["remaining_sum"] == 386.14
    assert data["total_sum"] == 325
    for state in ("Reminder_2", "Reminder_3", "Reminder_Many", "Reminder_Many"):
        assert do(sent["id"], "remind")[1]["state"] == state


def test_only_fees_can_be_written_off(do, standin, sent):
    late(standin, sent)
    do(sent["id"], "remind")
    assert do(sent["id"], "writeoff")[0] == "INVALID_OBJECT_STATE"
    do(sent["id"], "payment", amount=325)
    data = do(sent["id"], "writeoff")[1]
    assert (data["state"], data["remaining_sum"], kinds(data)[-2:]) == ("Paid", 0, ["Writeoff", "BillogramEnded"])


def test_a_writedown_is_bookkeeping_and_can_be_reverted(do, sent):
    assert do(sent["id"], "revert-writedown")[0] == "INVALID_OBJECT_STATE"
    data = do(sent["id"], "writedown")[1]
    assert (data["state"], data["remaining_sum"], kinds(data)[-1]) == ("Unpaid", 325, "Writedown")
    assert do(sent["id"], "writedown")[0] == "INVALID_OBJECT_STATE"
    assert kinds(do(sent["id"], "revert-writedown")[1])[-1] == "RevertWritedown"


def test_some_commands_are_refused_right_after_sending(do, standin, sent):
    standin.command_delay = 10
    assert do(sent["id"], "writedown")[0] == "INVALID_OBJECT_STATE"
    standin.clock.move(seconds=10)
    assert do(sent["id"], "writedown")[0] == "OK"


def test_collection_goes_from_handed_over_to_paid(do, standin, sent):
    assert do(sent["id"], "collect")[0] == "INVALID_OBJECT_STATE"
    late(standin, sent)
    standin.collection_agreement = False
    assert do(sent["id"], "collect")[0] == "PERMISSION_DENIED"
    standin.collection_agreement = True
    assert do(sent["id"], "collect")[1]["state"] == "Collecting"
    standin.clock.move(days=3)
    assert standin.find(sent["id"])["state"] == "Collection"
    data = standin.pay(sent["id"], 325)
    assert (data["state"], data["flags"]) == ("Paid", ["paid on collection"])
    assert data["detailed_sums"]["collector_paid_sum"] == -325


def test_selling_goes_by_way_of_factoring(do, standin, draft):
    data = do(draft["id"], "sell")[1]
    assert (data["state"], data["invoice_no"], kinds(data)[-1]) == ("Factoring", None, "FactoringRequest")
    standin.clock.move(days=3)
    data = standin.find(draft["id"])
    assert (data["state"], data["invoice_no"]) == ("Sold", 1001)


def test_factoring_can_be_denied(do, standin, draft):
    do(draft["id"], "sell")
    data = standin.deny_factoring(draft["id"])
    assert (data["state"], data["flags"]) == ("FactoringDenied", ["factoring denied"])
    assert do(draft["id"], "send", method="Email")[0] == "INVALID_OBJECT_STATE"


def test_respite_needs_a_later_day(do, standin, sent):
    for wrong in ("2026-03-20", "2026-04-01", "soon", None):
        assert do(sent["id"], "respite", date=wrong)[0] == "INVALID_PARAMETER"
    late(standin, sent)
    data = do(sent["id"], "respite", date="2026-05-10")[1]
    assert (data["state"], data["respite_date"], kinds(data)[-1]) == ("Unpaid", "2026-05-10", "Respite")
    assert do(sent["id"], "remind")[0] == "INVALID_OBJECT_STATE"
    assert do(sent["id"], "remove-respite")[1]["respite_date"] is None
    assert do(sent["id"], "remove-respite")[0] == "INVALID_OBJECT_STATE"
    standin.clock.move(days=1)
    assert standin.find(sent["id"])["state"] == "Overdue"


def test_resending_uses_the_same_method_unless_told(do, sent):
    data = do(sent["id"], "resend")[1]
    assert (kinds(data)[-1], data["events"][-1]["data"]["delivery_method"]) == ("Resent", "Email")
    data = do(sent["id"], "resend", method="Letter")[1]
    assert data["events"][-1]["data"]["delivery_method"] == "Letter"
    assert data["delivery_method"] == "Email"


def test_messages_can_be_left_in_every_state(do, standin, draft):
    assert kinds(do(draft["id"], "message", message="Hej")[1])[-1] == "CreditorMessage"
    assert do(draft["id"], "message")[0] == "INVALID_PARAMETER"
    assert standin.customer_message(draft["id"], "Hej själv")["flags"] == ["new message"]


def test_a_pdf_can_be_attached_fetched_and_removed(do, client, draft):
    content = base64.b64encode(b"%PDF-1.4 x").decode()
    assert client.get(f"/billogram/{draft['id']}/attachment.pdf").status_code == 404
    assert do(draft["id"], "attach", filename="a.pdf", content="bm8=")[1]["message"] == "invalid content"
    assert do(draft["id"], "attach", filename="a.pdf", content=content)[1]["attachment"] == "a.pdf"
    assert client.get(f"/billogram/{draft['id']}/attachment.pdf").json()["data"]["content"] == content
    assert client.put(f"/billogram/{draft['id']}", json={"attachment": "b.pdf"}).status_code == 400
    assert client.put(f"/billogram/{draft['id']}", json={"attachment": None}).json()["data"]["attachment"] is None


def test_commands_that_are_not_there_are_refused(do, draft):
    assert do(draft["id"], "explode")[0] == "NOT_FOUND"
    assert do("nobody1", "send")[0] == "NOT_FOUND"
    assert do(draft["id"], "settle-underpayment")[0] == "PERMISSION_DENIED"
    assert do(draft["id"], "credit-payment")[0] == "INVALID_OBJECT_STATE"


@pytest.mark.parametrize("name", ["resend", "remind", "collect", "payment", "credit", "writeoff", "writedown"])
def test_a_draft_takes_no_command_of_a_sent_one(do, draft, name):
    body = {"payment": {"amount": 5}, "credit": {"mode": "full"}}.get(name, {})
    assert do(draft["id"], name, **body)[0] == "INVALID_OBJECT_STATE"


def test_a_recalled_payment_opens_the_debt_again(standin, sent):
    standin.pay(sent["id"], 325)
    data = standin.recall(sent["id"], 325)
    assert (data["state"], data["remaining_sum"], kinds(data)[-1]) == ("Unpaid", 325, "PaymentRecalled")


def test_a_stand_alone_credit_is_paid_out_in_parts(do, standin):
    """Section 12.4: a billogram of its own with a negative sum, sent to nobody."""
    credit = standin.add_credit()
    assert (credit["state"], credit["total_sum"], credit["remaining_sum"]) == ("Unpaid", -325, -325)
    data = do(credit["id"], "credit-payment", mode="amount", amount=125)[1]
    assert (data["state"], data["remaining_sum"]) == ("Unpaid", -200)
    assert do(credit["id"], "credit-payment", mode="amount", amount=201)[0] == "INVALID_PARAMETER"
    data = do(credit["id"], "credit-payment", mode="remaining")[1]
    assert (data["state"], data["remaining_sum"], kinds(data)[-1]) == ("Ended", 0, "BillogramEnded")
    assert do(credit["id"], "credit-payment", mode="remaining")[0] == "INVALID_OBJECT_STATE"


@pytest.mark.parametrize("body", [{}, {"mode": "full"}, {"mode": "amount"}, {"mode": "amount", "amount": 0}])
def test_a_pay_out_says_how_much(do, standin, body):
    assert do(standin.add_credit()["id"], "credit-payment", **body)[0] == "INVALID_PARAMETER"


def test_only_a_stand_alone_credit_may_have_a_negative_sum(do, standin):
    negative = standin.add_billogram(items=[{"title": "x", "count": -1, "price": 100, "vat": 25}])
    assert do(negative["id"], "send", method="Email")[1]["message"] == "total sum must not be negative"


def test_a_delivery_that_fails_is_flagged_and_logged(standin, sent):
    data = standin.fail_delivery(sent["id"])
    assert (data["flags"], kinds(data)[-1]) == (["delivery failed"], "DeliveryFailed")
