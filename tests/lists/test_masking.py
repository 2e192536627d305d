"""Personal numbers in lists and downloads are masked; those of companies are shown."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from arapp.receivables import mirror
from arapp.receivables.records import CustomerRecord
from tests.conftest import NOW, make_source

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def customers() -> None:
    siv = CustomerRecord(external_id="1", name="Siv", kind="individual", org_no="811218-9876")
    trader = CustomerRecord(external_id="2", name="Sole trader", kind="business", vat_no="SE811218987601")
    spaced = CustomerRecord(external_id="4", name="Ida", org_no="811218 9876")
    mirror.write_customers(make_source(service="billomat"), [spaced], NOW)
    company = CustomerRecord(external_id="3", name="Tea AB", kind="business", org_no="556801-7155")
    mirror.write_customers(make_source(service="billogram"), [siv, trader, company], NOW)


def test_a_download_of_customers_shows_no_personal_number(signed_in: Callable[[str], Any]):
    answer = signed_in("administrator").get(reverse("customers_csv"))
    told = b"".join(answer.streaming_content) if answer.streaming else answer.content
    rows = {row["name"]: row for row in csv.DictReader(io.StringIO(told.decode("utf-8-sig"), newline=""))}
    assert rows["Siv"]["org_no"] == "811218-****"
    assert rows["Sole trader"]["vat_no"] == "SE811218****"
    assert rows["Ida"]["org_no"] == "811218 ****"
    assert rows["Tea AB"]["org_no"] == "556801-7155"


def test_the_admin_list_shows_none_either(signed_in: Callable[[str], Any]):
    page = signed_in("administrator").get(reverse("admin:receivables_customer_changelist")).content.decode()
    assert "811218-****" in page
    assert "811218-9876" not in page
    assert "556801-7155" in page
