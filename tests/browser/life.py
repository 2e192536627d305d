"""The steps of an invoice's life in the browser, each seen on the page, on the timeline and at the service."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from playwright.sync_api import Page, expect

from arapp.outbox.models import Intent
from tests.browser.story import Story

NAME, MAIL = "Nordanvind Te AB", "billing@nordanvind.example"
CUSTOMER = {"name": NAME, "email": MAIL, "address.street": "Tegatan 3", "address.zip": "11122"}
CUSTOMER |= {"address.city": "Stockholm", "address.country": "SE"}
TEN_HOURS = {"lines.0.title": "Consulting", "lines.0.quantity": "10", "lines.0.unit_price": "1000"}
TEN_HOURS |= {"lines.0.vat_rate": "25", "due_days": "10"}


@dataclass(frozen=True)
class Case:
    """What differs between the services. ``{id}`` stands for the invoice there."""

    service: str
    currency: str
    issue: str
    issued: str
    number: str
    reminder: Mapping[str, str]
    reminded: str
    due: str
    """What is open after the reminder."""
    ended: str
    writes: Mapping[str, str]

    def told(self, step: str, external_id: str = "") -> list[str]:
        """Each write of a step."""
        return self.writes[step].format(id=external_id).split(", ")


BILLOGRAM = Case(
    service="billogram",
    currency="SEK",
    issue="Approve and send",
    issued=f"Approves {{id}} of 12,500.00 SEK and sends it to {NAME} by e-mail to {MAIL}.",
    number="1001",
    reminder={},
    reminded=f"Reminds {NAME} of 10,000.00 SEK on 1001; the service adds its fee.",
    due="10,064.66 SEK",
    ended="Credited",
    writes={
        "customer": "POST /customer 200",
        "draft": "POST /billogram 200",
        "issue": "POST /billogram/{id}/command/send 200",
        "payment": "POST /billogram/{id}/command/payment 200",
        "reminder": "POST /billogram/{id}/command/remind 200",
        "credit": "POST /billogram/{id}/command/credit 200",
    },
)
BILLOMAT = Case(
    service="billomat",
    currency="EUR",
    issue="Approve and issue",
    issued="Approves {id} of 12,500.00 EUR and issues it at Billomat; nothing is sent to the customer.",
    number="RE1",
    reminder={"to": MAIL},
    reminded=f"Reminds {NAME} of 10,000.00 EUR on RE1 and e-mails it to {MAIL}.",
    due="10,000.00 EUR",
    ended="Paid",
    writes={
        "customer": "POST /clients 201",
        "draft": "POST /invoices 201",
        "issue": "PUT /invoices/{id}/complete 200",
        "e-mail": "POST /invoices/{id}/email 200",
        "payment": "POST /invoice-payments 201",
        "reminder": "POST /reminders 201, PUT /reminders/550001/complete 200, POST /reminders/550001/email 200",
        "credit": "POST /credit-notes 201, PUT /credit-notes/3000001/complete 200, "
        "POST /invoice-payments 201, POST /credit-note-payments 201",
    },
)


@dataclass
class Life(Story):
    """What the clerk and the approver do, in this order."""

    case: Case = BILLOGRAM

    def make_customer(self, clerk: Page) -> None:
        clerk.goto("/customers/")
        clerk.get_by_role("link", name="New customer").click()
        self.fill(clerk, CUSTOMER)
        clerk.get_by_role("button", name=f"Make it at {self.service}").click()
        assert self.made(clerk) == self.case.told("customer")
        expect(clerk.locator("h1")).to_have_text(NAME)

    def make_draft(self, clerk: Page) -> None:
        """From the page of the customer; the sums stand there before anything is stored."""
        currency = self.case.currency
        clerk.get_by_role("link", name="New invoice").click()
        expect(clerk.locator("#pick-customer")).to_contain_text(MAIL)
        self.fill(clerk, TEN_HOURS)
        if not self.scripts:
            clerk.locator("[name=due_days]").press("Enter")
        sums = [f"10,000.00 {currency}", f"2,500.00 {currency}", f"12,500.00 {currency}"]
        expect(clerk.locator("#sums dd")).to_have_text(sums)
        assert not Intent.objects.unsettled().exists()
        clerk.get_by_role("button", name=f"Make it at {self.service}").click()
        assert self.made(clerk) == self.case.told("draft")
        expect(clerk.locator("h1")).to_have_text(self.invoice.external_id)
        expect(clerk.locator(".amount")).to_have_text(sums[-1])
        expect(clerk.locator(".timeline")).to_contain_text(f"New invoice · clerk · Done at {self.service}")
        assert self.open_there() == 12_500

    def refuse_the_clerk(self, clerk: Page) -> None:
        """In the menu with the reason, and at the address itself."""
        self.desk.expected.add(403)
        name = "invoice.send" if self.case.service == "billogram" else "invoice.complete"
        clerk.locator(".offers > summary").click()
        grey = clerk.locator(".offers .off", has_text=self.case.issue)
        expect(grey).to_contain_text("it takes the role Approver, Controller or Administrator.")
        clerk.goto(f"{self.address}act/{name}/")
        expect(clerk.get_by_role("alert")).to_contain_text("it takes the role Approver")
        expect(clerk.locator(".act form")).to_have_count(0)
        assert self.told() == []

    def issue(self, approver: Page) -> None:
        self.choose(approver, self.case.issue)
        self.confirm(approver, self.case.issue, self.case.issued.format(id=self.external_id))
        expect(approver.locator("#standing")).to_have_text(f"On its way to {self.service}")
        expect(approver.locator(".timeline")).to_contain_text("Approved · approver")
        assert self.told() == self.case.told("issue", self.external_id)
        self.look_again(approver)
        expect(approver.locator("#standing")).to_contain_text(f"Done at {self.service}")
        expect(approver.locator("h1")).to_have_text(self.case.number)
        expect(approver.locator(".status")).to_contain_text("Open")

    def e_mail(self, approver: Page) -> None:
        """Where issuing alone sends nothing."""
        label = "Send by e-mail"
        form = self.choose(approver, label)
        expect(form.locator("[name=to]")).to_have_value(MAIL)
        self.fill(approver, {"subject": "Your invoice", "body": "Ten hours of consulting."})
        self.confirm(approver, label, f"E-mails RE1 of 12,500.00 EUR to {MAIL}.")
        writes = self.arrives(approver, f"E-mail to {MAIL}", "approver")
        assert writes == self.case.told("e-mail", self.external_id)
        assert [sent["recipients"] for sent in self.stand_in.emails] == [[MAIL]]

    def open_the_pdf(self, page: Page) -> None:
        """Billogram takes a moment to make one; the desk says so and asks again."""
        page.goto(self.address)
        if self.case.service == "billogram":
            self.stand_in.pdf_delay = 3600
            with page.expect_popup() as opened:
                page.get_by_role("link", name="View Invoice").click()
            expect(opened.value.locator("h1")).to_have_text("The document is not ready yet")
            opened.value.close()
            self.stand_in.pdf_delay = 0
        with page.context.expect_event("response", lambda answer: "/document/" in answer.url) as shown:
            page.get_by_role("link", name="View Invoice").click()
        assert (shown.value.status, shown.value.headers["content-type"]) == (200, "application/pdf")
        with page.expect_download() as saved:
            page.get_by_role("link", name="Save Invoice").click()
        assert saved.value.path().read_bytes().startswith(b"%PDF-")

    def pay_a_part(self, clerk: Page) -> None:
        form, currency = self.choose(clerk, "Record a payment"), self.case.currency
        expect(form.locator("[name=amount]")).to_have_value("12500.00")
        self.fill(clerk, {"amount": "2500"})
        what = f"Records a payment of 2,500.00 {currency} on {self.case.number} at {self.service}."
        self.confirm(clerk, "Record a payment", what)
        writes = self.arrives(clerk, f"Payment of 2,500.00 {currency}", "clerk")
        assert writes == self.case.told("payment", self.external_id)
        expect(clerk.locator(".status")).to_contain_text(f"open 10,000.00 {currency}")
        expect(clerk.locator("section", has=clerk.locator("#movements"))).to_contain_text(f"2,500.00 {currency}")
        assert self.open_there() == 10_000

    def remind(self, clerk: Page) -> None:
        clerk.goto(self.address)
        expect(clerk.locator(".status .late")).to_have_text("2 days late")
        self.choose(clerk, "Remind")
        self.fill(clerk, self.case.reminder)
        self.confirm(clerk, "Remind", self.case.reminded)
        act = f"Reminder to {MAIL}" if self.case.reminder else "Reminder"
        assert self.arrives(clerk, act, "clerk") == self.case.told("reminder", self.external_id)
        expect(clerk.locator(".documents")).to_contain_text("Reminder")
        expect(clerk.locator(".status")).to_contain_text(f"open {self.case.due}")
        assert f"{self.open_there():,.2f} {self.case.currency}" == self.case.due

    def credit_the_rest(self, approver: Page) -> None:
        form = self.choose(approver, "Credit")
        expect(form.locator("[name=mode] :checked")).to_have_text("The rest")
        self.confirm(approver, "Credit", f"Credits {self.case.due} of {self.case.number} to {NAME}.")
        writes = self.arrives(approver, "Credit of the rest", "approver")
        assert writes == self.case.told("credit", self.external_id)
        expect(approver.locator(".status")).to_contain_text(self.case.ended)
        expect(approver.locator(".status")).to_contain_text(f"open 0.00 {self.case.currency}")
        for heading in ("#movements", "#happened-title"):
            expect(approver.locator("section", has=approver.locator(heading))).not_to_contain_text("[desk-")
        assert self.open_there() == 0

    @property
    def external_id(self) -> str:
        return self.invoice.external_id

    def open_there(self) -> Decimal:
        """What the service itself says is open."""
        found = self.stand_in.find(self.external_id)
        return Decimal(str(found["remaining_sum" if self.case.service == "billogram" else "open_amount"]))
