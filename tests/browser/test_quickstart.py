"""draft"""

import pytest
from playwright.sync_api import Page, expect

from arapp.receivables.models import Customer, Invoice, Source
from arapp.sandbox.base import Clock, StandIn
from arapp.upstreams.models import Worker
from arapp.upstreams.pull import pull
from arapp.upstreams.push import push
from tests.browser.conftest import Desk
from tests.upstreams.conftest import connected, no_sleep

pytestmark = pytest.mark.browser
__all__ = ["connected", "no_sleep"]

N = [0]
def shot(page, name):
    N[0] += 1
    page.screenshot(path=f"/tmp/h10/shots/{N[0]:02d}-{name}.png", full_page=True)

def told(st):
    for w in st.journal: print(w.method, w.path, w.body[:600], w.status)
    st.journal.clear()

@pytest.mark.parametrize("service", ["billogram", "billomat"])
def test_story(desk: Desk, transactional_db, connected, service) -> None:
    source, st = connected(service, invoices=0, clock=Clock())
    Worker.objects.create(name="w")
    pull(source)
    clerk = desk.signed_in("clerk")
    clerk.goto("/customers/")
    shot(clerk, "customers")
    clerk.get_by_role("link", name="New customer").click()
    shot(clerk, "newcust")
    clerk.get_by_label("Name", exact=False).first.fill("Nordanvind Te AB")
    clerk.get_by_label("E-mail").fill("billing@nordanvind.example")
    if service == "billogram":
        clerk.get_by_label("Kind").select_option("business")
        clerk.get_by_label("Organisation or tax number").fill("556677-8899")
    for k, v in {"street": "Tegatan 3", "zip": "111 22", "city": "Stockholm", "country": "SE"}.items():
        clerk.locator(f"[name='address.{k}']").fill(v)
    clerk.get_by_role("button", name="Make it at").click()
    shot(clerk, "made")
    print(push(source.pk)); told(st)
    clerk.wait_for_timeout(2500)
    shot(clerk, "cust")
    clerk.get_by_role("link", name="New invoice").click()
    shot(clerk, "newinv")
    for name, v in {"title": "Consulting", "quantity": "10", "unit_price": "1000", "vat_rate": "25"}.items():
        clerk.locator(f"[name='lines.0.{name}']").fill(v)
    clerk.locator("[name='lines.0.unit']").evaluate("e => e.tagName")
    clerk.wait_for_timeout(900)
    shot(clerk, "typed")
    clerk.get_by_role("button", name="Make it at").click()
    shot(clerk, "madeinv")
    print(push(source.pk)); told(st)
    clerk.wait_for_timeout(2500)
    shot(clerk, "inv")
    invoice = Invoice.objects.get()
    clerk.locator(".offers > summary").click()
    shot(clerk, "inv-menu")
    name = "invoice.send" if service == "billogram" else "invoice.complete"
    desk.expected.add(403)
    clerk.goto(f"/invoices/{invoice.pk}/act/{name}/")
    shot(clerk, "refused")
    second = desk.signed_in("approver")
    second.goto(f"/invoices/{invoice.pk}/")
    shot(second, "second")
    second.locator(".offers > summary").click()
    second.locator(".offers").get_by_role("link", name="Approve and").click()
    expect(second.get_by_role("dialog")).to_be_visible()
    shot(second, "send")
    second.get_by_role("dialog").get_by_role("button", name="Approve and").click()
    expect(second.locator("dialog .effect")).to_be_visible()
    shot(second, "sure")
    second.get_by_role("dialog").get_by_role("button", name="Approve and").click()
    expect(second.get_by_role("dialog")).to_have_count(0)
    shot(second, "sent")
    print(push(source.pk)); told(st)
    second.wait_for_timeout(2500)
    shot(second, "sent-done")
    def act(page, label, fill=None, choose=None, confirm=True):
        page.goto(f"/invoices/{invoice.pk}/")
        page.locator(".offers > summary").click()
        page.locator(".offers").get_by_role("link", name=label, exact=True).click()
        d = page.get_by_role("dialog")
        for k, v in (fill or {}).items(): d.locator(f"[name='{k}']").fill(v)
        for k, v in (choose or {}).items(): d.locator(f"[name='{k}']").select_option(v)
        shot(page, label)
        d.get_by_role("button", name=label).click()
        page.wait_for_timeout(500)
        shot(page, label + "-sure")
        if confirm:
            d.get_by_role("button", name=label).click()
        expect(d).to_have_count(0)
        shot(page, label + "-on")
        print(push(source.pk)); told(st)
        page.wait_for_timeout(2500)
        shot(page, label + "-done")
    if service == "billomat":
        act(clerk, "Send by e-mail", {"subject": "Your invoice", "body": "Hello"})
        print(st.emails)
    clerk.goto(f"/invoices/{invoice.pk}/")
    with clerk.context.expect_page() as p:
        clerk.get_by_role("link", name="Open Invoice").click()
    p = p.value; p.wait_for_timeout(1000); print(p.url); shot(p, "pdf")
    st.clock.move(seconds=5)
    with clerk.expect_download() as d:
        clerk.get_by_role("link", name="Save Invoice").click()
    print(d.value.suggested_filename, open(d.value.path(), "rb").read()[:20])
    act(clerk, "Record a payment", {"amount": "2500"})
    st.clock.move(days=40)
    print(pull(source))
    clerk.goto(f"/invoices/{invoice.pk}/")
    shot(clerk, "late")
    act(clerk, "Remind", {} if service == "billogram" else {"to": "billing@nordanvind.example"}, {"method": "Email"} if service == "billogram" else {})
    act(second, "Credit", {}, {"mode": "remaining"})
    second.goto("/"); shot(second, "dashboard")
