from arapp.receivables.models import Invoice
from arapp.sandbox.base import Answer, Fault
from arapp.upstreams.pull import pull
from tests.upstreams.conftest import Desk


def test_a_key_without_the_right_to_comments_and_tags_still_reads_lines(connected: Desk):
    source, stand_in = connected("billomat")
    no = Answer(403, b'{"errors": {"error": "no right"}}', (("Content-Type", "application/json"),))
    for path in ("/invoice-comments", "/invoice-tags", "/credit-note-comments", "/credit-note-tags"):
        stand_in.faults.append(Fault(answer=no, path=path, times=999))
    assert pull(source).status == "ok"
    assert Invoice.objects.filter(lines__isnull=False).exists()
