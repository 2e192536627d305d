from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from arapp.approvals.models import Approval, Decision
from arapp.approvals.refusals import AlreadyDecided, BadNote, NotAllowed, Refusal, Stale
from arapp.outbox.models import Intent
from arapp.people.models import Role
from arapp.receivables import mirror
from arapp.receivables.models import Invoice
from arapp.receivables.records import NamedRecord
from tests.conftest import NOW, invoice_record, make_invoice, make_source, make_user


def draft(service: str, **fields):
    words = {"billogram": "Unattested", "billomat": "DRAFT", "billover": "waiting"}
    source = make_source(service=service)
    state = "open" if service == "billover" else "draft"
    return make_invoice(source, service_state=words[service], state=state, **fields)


def again(invoice: Invoice) -> Approval:
    return Approval.objects.select_related("invoice__source").get(pk=invoice.pk)


@pytest.mark.parametrize(
    ("service", "action", "kind"),
    [
        ("billogram", "approve", "send"),
        ("billogram", "reject", None),
        ("billomat", "approve", "complete"),
        ("billomat", "reject", "comment"),
        ("billover", "approve", "approve"),
        ("billover", "reject", "reject"),
    ],
)
def test_each_decision_leaves_a_row_and_tells_the_service_what_the_design_says(db, service, action, kind):
    invoice, person = draft(service), make_user()
    decision = getattr(invoice.approval, action)(person, invoice.digest, "because")
    assert again(invoice).state == {"approve": "approved", "reject": "rejected"}[action]
    assert (decision.person, decision.note, decision.digest, decision.origin) == (
        person,
        "because",
        invoice.digest,
        "desk",
    )
    assert (decision.intent.kind if decision.intent else None) == kind


def test_billogram_is_told_the_delivery_method_of_the_source(db):
    invoice = draft("billogram")
    assert invoice.approval.approve(make_user(), invoice.digest).intent.data["method"] == "Email"


def test_who_comes_second_is_told_who_was_first(invoice, db):
    anna, bert = make_user("anna"), make_user("bert")
    late = again(invoice)
    invoice.approval.approve(anna, invoice.digest)
    with pytest.raises(AlreadyDecided, match="anna was first"):
        late.approve(bert, invoice.digest)
    with pytest.raises(AlreadyDecided, match="anna was first"):
        again(invoice).reject(bert, invoice.digest, "no")
    assert Decision.objects.count() == 1


def test_a_rejection_needs_a_note_and_a_note_has_an_end(invoice, person):
    with pytest.raises(BadNote):
        invoice.approval.reject(person, invoice.digest, "  ")
    with pytest.raises(BadNote, match="2001"):
        invoice.approval.reject(person, invoice.digest, "x" * 2001)
    invoice.approval.reject(person, invoice.digest, "x" * 2000)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.CLERK])
def test_viewers_and_clerks_decide_nothing(invoice, role):
    for action in ("approve", "reject", "reopen"):
        with pytest.raises(NotAllowed, match="approver"):
            getattr(invoice.approval, action)(make_user(role=role), invoice.digest, "n")


def test_nobody_approves_what_they_created_superusers_included(source):
    owner = NamedRecord(external_id="u1", name="Kim", email="Kim@Example.org")
    invoice = make_invoice(source, owner=owner)
    kim = make_user("kim", role=Role.ADMINISTRATOR, email="kim@example.org")
    with pytest.raises(NotAllowed, match="somebody else"):
        invoice.approval.approve(kim, invoice.digest)
    invoice.approval.reject(kim, invoice.digest, "my own mistake")


def test_an_unknown_creator_blocks_nobody(source):
    invoice = make_invoice(source, owner=NamedRecord(external_id="u1", name="Kim", email=""))
    invoice.approval.approve(make_user("kim", email=""), invoice.digest)


def test_a_decision_about_other_content_than_what_is_there_shows_the_difference(source, person):
    invoice = make_invoice(source, external_id="1")
    seen = invoice.digest
    mirror.write_invoices(source, [invoice_record("1", gross="120")], NOW)
    with pytest.raises(Stale) as refusal:
        again(invoice).approve(person, seen)
    assert [(c.field, c.old, c.new) for c in refusal.value.changes] == [("gross", 11900, 12000)]
    assert again(invoice).state == "waiting"


def test_without_its_lines_an_invoice_is_not_approved(source, person):
    record = replace(invoice_record("1"), detail=None, lines=None)
    mirror.write_invoices(source, [record], NOW)
    Approval.objects.catch_up(source)
    with pytest.raises(Refusal, match="lines"):
        Approval.objects.get().approve(person, "")


@pytest.mark.parametrize(
    "fields",
    [
        {"gross": None, "net": None, "vat": None, "open": None, "state": "draft"},
        {"state": "unknown", "service_decision": ""},
    ],
)
def test_what_is_still_read_or_could_not_be_read_is_not_decided(source, person, fields):
    invoice = make_invoice(source, **fields)
    for action in ("approve", "reject"):
        with pytest.raises(Refusal):
            getattr(invoice.approval, action)(person, invoice.digest, "n")


def test_billogram_without_an_address_for_its_method_is_refused_before_it_is_asked(db, person):
    invoice = draft("billogram", receiver_email="")
    with pytest.raises(Refusal, match="no e-mail address"):
        invoice.approval.approve(person, invoice.digest)
    source = make_source(service="billogram", delivery_method="Letter")
    letter = make_invoice(source, service_state="Unattested", receiver_address="")
    with pytest.raises(Refusal, match="no postal address"):
        letter.approval.approve(person, letter.digest)


@pytest.mark.parametrize("service", ["billogram", "billomat"])
def test_a_draft_without_lines_is_refused(db, person, service):
    invoice = draft(service, lines=())
    with pytest.raises(Refusal, match="without lines"):
        invoice.approval.approve(person, invoice.digest)


def test_a_decision_that_is_not_on_its_way_yet_is_withdrawn(invoice, person):
    intent = invoice.approval.approve(person, invoice.digest).intent
    approval = again(invoice)
    assert approval.withdrawable
    decision = approval.reopen(person, invoice.digest)
    intent.refresh_from_db()
    assert (intent.state, decision.intent, again(invoice).state) == ("superseded", None, "waiting")


def test_a_decision_that_is_being_sent_is_not_withdrawn(invoice, person):
    intent = invoice.approval.approve(person, invoice.digest).intent
    intent.move("sending", claimed_at=timezone.now())
    with pytest.raises(Refusal, match="being sent"):
        again(invoice).reopen(person, invoice.digest)
    assert again(invoice).state == "approved"


def test_reopening_at_billover_takes_the_decision_back_there(db, person):
    invoice = draft("billover")
    invoice.approval.approve(person, invoice.digest).intent.move("done")
    Invoice.objects.filter(pk=invoice.pk).update(service_decision="approved")
    Approval.objects.catch_up(invoice=invoice)
    assert again(invoice).reopen(person, invoice.digest).intent.kind == "reopen"


@pytest.mark.parametrize("service", ["billogram", "billomat"])
def test_what_is_issued_cannot_be_reopened_and_points_to_credit(db, person, service):
    invoice = draft(service)
    invoice.approval.approve(person, invoice.digest).intent.move("done")
    Invoice.objects.filter(pk=invoice.pk).update(service_decision="approved")
    Approval.objects.catch_up(invoice=invoice)
    with pytest.raises(Refusal, match="Credit"):
        again(invoice).reopen(person, invoice.digest)


def test_a_rejection_at_billogram_is_reopened_at_the_desk_alone(db, person):
    invoice = draft("billogram")
    invoice.approval.reject(person, invoice.digest, "no")
    assert again(invoice).reopen(person, invoice.digest).intent is None
    assert not Intent.objects.exists()


def test_what_waits_cannot_be_reopened(invoice, person):
    with pytest.raises(AlreadyDecided, match="nothing to reopen"):
        invoice.approval.reopen(person, invoice.digest)


def test_the_five_permissions_follow_role_and_state(invoice, person):
    assert invoice.approval.permissions(person) == {
        "can_update": True,
        "can_delete": True,
        "can_approve": True,
        "can_reject": True,
        "can_remove_approval": False,
    }
    assert not any(invoice.approval.permissions(make_user(role=Role.VIEWER)).values())
    invoice.approval.approve(person, invoice.digest)
    assert again(invoice).permissions(person)["can_remove_approval"]
    assert not again(invoice).permissions(person)["can_approve"]


def test_what_billover_forbids_our_user_is_forbidden_here(db, person):
    flags = dict.fromkeys(["can_update", "can_delete", "can_approve", "can_reject", "can_remove_approval"], False)
    invoice = draft("billover", permissions=flags)
    assert not any(invoice.approval.permissions(person).values())
    with pytest.raises(Refusal):
        invoice.approval.approve(person, invoice.digest)


def test_what_is_gone_is_not_decided(invoice, person):
    mirror.mark_gone(invoice.source, "invoice", [invoice.external_id], NOW + timedelta(days=1))
    with pytest.raises(Refusal, match="no longer"):
        again(invoice).approve(person, invoice.digest)


@pytest.mark.parametrize("service", ["billogram", "billomat"])
def test_what_was_sent_after_the_page_was_read_is_not_withdrawn(db, person, service):
    invoice = draft(service)
    intent = invoice.approval.approve(person, invoice.digest).intent
    approval = (
        Approval.objects.select_related("invoice__source").prefetch_related("invoice__intents").get(pk=invoice.pk)
    )
    assert approval.withdrawable
    intent.move("sending")
    intent.move("done")
    Invoice.objects.filter(pk=invoice.pk).update(service_decision="approved", state="open")
    Approval.objects.filter(pk=invoice.pk).update(service_word="approved")
    with pytest.raises(Refusal, match="Credit"):
        approval.reopen(person, invoice.digest)
    assert again(invoice).state == "approved"


def test_content_that_changed_after_the_check_is_not_decided_on(invoice, person):
    approval = again(invoice)
    Invoice.objects.update(digest="f" * 64)
    with pytest.raises(Stale):
        approval.approve(person, invoice.digest)
    assert not Decision.objects.exists()


def test_a_digest_with_anything_odd_in_it_is_stale_and_no_fault(invoice, person):
    for digest in ("\x00", "a\x00b", "'; --", "", "x" * 10_000):
        with pytest.raises(Stale):
            again(invoice).approve(person, digest)


def test_nobody_approves_what_they_changed_last(source):
    lee = NamedRecord(external_id="u1", name="Lee", email="lee@example.org")
    kim = NamedRecord(external_id="u2", name="Kim", email="kim@example.org")
    invoice = make_invoice(source, owner=lee, changer=kim)
    with pytest.raises(NotAllowed, match="changed this invoice last"):
        invoice.approval.approve(make_user("kim", email="Kim@example.org"), invoice.digest)


POSTAL = "Tegatan 3\n11122 STOCKHOLM"


@pytest.mark.parametrize(
    ("method", "fields", "problem"),
    [
        ("SMS", {}, "phone"),
        ("SMS", {"receiver_phone": "0701234567"}, ""),
        ("Letter", {"receiver_address": POSTAL}, ""),
        ("Letter", {"receiver_address": "Tegatan 3\nSTOCKHOLM"}, "postal"),
        ("Email+Letter", {"receiver_address": ""}, "postal"),
        ("Email+Letter", {"receiver_address": POSTAL}, ""),
        ("SMS+Letter", {"receiver_address": POSTAL}, "phone"),
        ("Email", {"gross": "-5", "net": "-4", "vat": "-1"}, "negative"),
        ("EDI", {}, ""),
    ],
)
def test_a_draft_billogram_would_refuse_says_so_for_every_delivery_method(db, person, method, fields, problem):
    source = make_source(service="billogram", delivery_method=method)
    invoice = make_invoice(source, service_state="Unattested", **fields)
    assert (
        (problem in invoice.approval.why_not("approve", person))
        if problem
        else not invoice.approval.why_not("approve", person)
    )
