"""One account at a stand-in, a clerk and an approver: what they do in the browser and what arrives at the service."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from arapp.people.models import Role, User
from arapp.receivables.models import Invoice, Kind, Source
from arapp.sandbox.base import StandIn
from arapp.upstreams.models import Worker
from arapp.upstreams.pull import pull
from arapp.upstreams.push import push
from tests.browser.conftest import Desk
from tests.conftest import make_user


@dataclass
class Story:
    """``scripts`` says whether the browsers of the two run them."""

    desk: Desk
    source: Source
    stand_in: StandIn
    scripts: bool = True
    people: dict[str, User] = field(init=False)

    def __post_init__(self) -> None:
        self.people = {role: make_user(role, role=role) for role in (Role.CLERK, Role.APPROVER)}
        self.read()

    @property
    def service(self) -> str:
        return self.source.get_service_display()

    @property
    def invoice(self) -> Invoice:
        """The only one there is; what credits it is another document."""
        return Invoice.objects.get(source=self.source, kind=Kind.INVOICE)

    @property
    def address(self) -> str:
        return f"/invoices/{self.invoice.pk}/"

    # The worker's part

    def read(self) -> None:
        """A sign of life of the worker, and one reading of the source."""
        Worker.objects.update_or_create(name="w", defaults={"seen_at": timezone.now()})
        pull(self.source)

    def told(self) -> list[str]:
        """Carry out what is due. Each write that arrived at the service, with the code it was answered with."""
        push(self.source.pk)
        base = self.stand_in.base_path
        writes = [f"{w.method} {w.path.removeprefix(base)} {w.status}" for w in self.stand_in.journal]
        self.stand_in.journal.clear()
        return writes

    # The people's part

    def sign_in(self) -> tuple[Page, Page]:
        """A page of the clerk, and one of the approver."""
        clerk, approver = (
            self.desk.signed_in(person, java_script_enabled=self.scripts) for person in self.people.values()
        )
        return clerk, approver

    def made(self, page: Page) -> list[str]:
        """What was asked for is on its way, then its own page opens; the writes that took."""
        expect(page.locator("#made")).to_contain_text(f"On its way to {self.service}")
        assert self.stand_in.journal == []
        writes = self.told()
        if not self.scripts:
            page.get_by_role("link", name="Look again").click()
        expect(page.locator("#messages")).to_contain_text(f"is made at {self.service}.")
        return writes

    def fill(self, page: Page, values: Mapping[str, str]) -> None:
        """Fields of a form by their names."""
        for name, value in values.items():
            page.locator(f"main [name='{name}']").fill(value)

    def choose(self, page: Page, label: str) -> Locator:
        """The form of an action, from the menu of the invoice."""
        page.goto(self.address)
        page.locator(".offers > summary").click()
        page.locator(".offers").get_by_role("link", name=label, exact=True).click()
        expect(page.locator(".act .quiet").first).to_be_visible()
        return page.locator(".act")

    def confirm(self, page: Page, label: str, effect: str) -> None:
        """Ask for it, read what exactly will happen, and say yes. Until then nothing has happened."""
        page.locator(".act").get_by_role("button", name=f"{label}…").click()
        expect(page.locator(".act .effect")).to_have_text(effect)
        page.locator(".act").get_by_role("button", name=label, exact=True).click()
        expect(page.locator(".act")).to_have_count(0)
        assert self.stand_in.journal == []

    def arrives(self, page: Page, act: str, who: str) -> list[str]:
        """The page says that it is on its way; once told, that it is done and who wanted it. The writes it took."""
        expect(page.locator(".under-way")).to_contain_text(f"{act} On its way to {self.service}")
        writes = self.told()
        self.look_again(page)
        expect(page.locator(".under-way")).to_have_count(0)
        happened = page.locator(".timeline > li", has_text=f"{act} · {who}")
        expect(happened).to_contain_text(f"Done at {self.service}")
        return writes

    def look_again(self, page: Page) -> None:
        """A page with scripts asks by itself."""
        if not self.scripts:
            page.reload()
