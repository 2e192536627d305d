"""Notes on invoices and customers that never leave the desk."""

import re
from uuid import uuid4

import pytest
from django.urls import reverse

from arapp.kept.models import KeptComment
from arapp.outbox.models import Intent
from arapp.people.models import Role
from arapp.web.notes_shown import LONGEST
from tests.conftest import make_invoice, make_source, make_user

HTMX = {"HX-Request": "true", "HX-Target": "notes"}


@pytest.fixture(params=["invoice", "customer"])
def subject(request, invoice):
    return invoice if request.param == "invoice" else invoice.customer


def url(subject):
    return reverse(f"{subject._meta.model_name}_notes", args=[subject.pk])


def home(subject):
    return reverse(subject._meta.model_name, args=[subject.pk])


def write(client, subject, text="Ask Otto first", token=None, **how):
    return client.post(url(subject), {"text": text, "token": str(token or uuid4())}, **how)


def test_a_note_is_kept_and_the_reader_comes_back_to_where_it_stands(signed_in, subject):
    client = signed_in(Role.CLERK)
    answer = write(client, subject, "Ask <Otto>\r\nfirst ")
    assert (answer.status_code, answer.url) == (302, home(subject))
    (kept,) = subject.kept_comments.all()
    assert (kept.text, kept.person.role) == ("Ask <Otto>\nfirst", Role.CLERK)
    assert not Intent.objects.exists()


@pytest.mark.parametrize("service", ["billogram", "billover", "billomat"])
def test_a_note_stays_at_the_desk_whatever_the_service(service, signed_in):
    invoice = make_invoice(make_source(service=service))
    client = signed_in(Role.CLERK)
    write(client, invoice, "Ours alone")
    page = client.get(home(invoice)).content.decode()
    assert "Ours alone" in page.split('id="notes"')[1].split("</section>")[0]
    assert "Ours alone" in page.split('id="happened"')[1]
    assert not Intent.objects.exists()


def test_a_comment_for_billomat_is_told_apart_from_a_note(signed_in):
    client = signed_in(Role.CLERK)
    page = client.get(home(make_invoice(make_source(service="billomat")))).content.decode()
    assert "Comment at Billomat" in page
    assert "Notes at the desk" in page
    page = client.get(home(make_invoice(make_source(service="billogram")))).content.decode()
    assert ">Comment" not in page


def test_the_same_form_sent_twice_keeps_one_note(signed_in, subject):
    client, token = signed_in(), uuid4()
    write(client, subject, token=token)
    assert write(client, subject, token=token).status_code == 302
    assert KeptComment.objects.count() == 1
    write(client, subject)
    assert KeptComment.objects.count() == 2


def test_a_form_that_one_went_back_to_keeps_what_is_written_in_it_now(signed_in, subject):
    client, token = signed_in(), uuid4()
    for text in ("First", "Second", "Second"):
        client.post(url(subject), {"text": text, "token": token})
    assert sorted(KeptComment.objects.values_list("text", flat=True)) == ["First", "Second"]


@pytest.mark.parametrize("token", ["", "no token", "'"])
def test_a_form_without_a_token_is_taken_all_the_same(token, signed_in, invoice):
    signed_in().post(url(invoice), {"text": "Hello", "token": token})
    assert KeptComment.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Write something first."),
        (" \n\x00 ", "Write something first."),
        ("x" * (LONGEST + 3), "3 characters too long"),
    ],
)
@pytest.mark.parametrize("how", [{}, {"headers": HTMX}])
def test_what_cannot_be_kept_is_said_and_nothing_typed_is_lost(how, text, sentence, signed_in, subject):
    answer = write(signed_in(), subject, text, **how)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert text.strip().strip("\x00") in page
    assert ("<html" in page) == (not how)
    assert not KeptComment.objects.exists()


def test_htmx_gets_the_notes_and_the_history_of_an_invoice(signed_in, subject):
    part = write(signed_in(), subject, "Now <here>", headers=HTMX).content.decode()
    assert part.lstrip().startswith('<section id="notes"')
    assert "Now &lt;here&gt;" in part
    assert ('id="happened"' in part) == (subject._meta.model_name == "invoice")
    assert "The note is kept at the desk." in part


def test_who_wrote_a_note_deletes_it_and_again_is_no_error(signed_in, subject):
    client = signed_in(Role.CLERK)
    write(client, subject)
    path = reverse("note_drop", args=[KeptComment.objects.get().pk])
    for _time in range(2):
        answer = client.post(path, {"next": home(subject)})
        assert (answer.status_code, answer.url) == (302, home(subject))
    assert not KeptComment.objects.exists()
    assert client.post(path, {"next": "https://example.org/"}).url == "/"


def test_nobody_deletes_the_note_of_another(signed_in, invoice):
    write(signed_in(Role.CLERK), invoice)
    path = reverse("note_drop", args=[KeptComment.objects.get().pk])
    other = signed_in(Role.ADMINISTRATOR)
    assert "note_drop" not in other.get(home(invoice)).content.decode()
    assert f'action="{path}"' not in other.get(home(invoice)).content.decode()
    answer = other.post(path, {"next": home(invoice)}, follow=True)
    assert "Only who wrote a note can delete it." in answer.content.decode()
    assert KeptComment.objects.count() == 1


def test_who_only_sees_reads_notes_and_writes_none(signed_in, subject):
    KeptComment.objects.create(**{subject._meta.model_name: subject}, text="For all to read", person=make_user())
    client = signed_in(Role.VIEWER)
    assert write(client, subject).status_code == 403
    assert client.post(reverse("note_drop", args=[1])).status_code == 403
    assert KeptComment.objects.count() == 1


def test_a_viewer_sees_the_notes_of_an_invoice_and_no_form(signed_in, invoice):
    KeptComment.objects.create(invoice=invoice, text="For all to read", person=make_user(first_name="Petra"))
    page = signed_in(Role.VIEWER).get(home(invoice)).content.decode()
    assert "For all to read" in page
    assert "Petra" in page
    assert "New note" not in page


def test_notes_are_only_posted_and_only_by_who_is_signed_in(signed_in, subject, client):
    drop = reverse("note_drop", args=[1])
    assert client.post(url(subject)).url.startswith(reverse("login"))
    assert client.post(drop).url.startswith(reverse("login"))
    inside = signed_in()
    assert inside.get(url(subject)).status_code == inside.get(drop).status_code == 405


def test_what_notes_are_on_has_to_be_there(signed_in, db):
    assert signed_in().post("/invoices/99/notes/", {"text": "x"}).status_code == 404
    assert signed_in().post("/customers/99/notes/", {"text": "x"}).status_code == 404


def test_notes_are_newest_first_and_cost_no_query_each(signed_in, invoice, django_assert_max_num_queries):
    client = signed_in()
    write(client, invoice, "first")
    with django_assert_max_num_queries(12) as few:
        client.get(home(invoice))
    for number in range(30):
        KeptComment.objects.create(invoice=invoice, text=f"note {number}", person=make_user())
    with django_assert_max_num_queries(12) as many:
        page = client.get(home(invoice)).content.decode()
    assert len(many) == len(few)
    assert re.search(r"note 29.*note 28.*first", page.split('id="notes"')[1], re.DOTALL)
