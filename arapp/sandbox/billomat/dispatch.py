"""What every paper does once it is written: complete, cancel, uncancel, PDF, signature, e-mail, letter."""

import base64
import binascii
from typing import Any

from arapp.sandbox.base import Answer, Request
from arapp.sandbox.billomat.fields import Field, read
from arapp.sandbox.billomat.pdf import one_page
from arapp.sandbox.billomat.table import Table
from arapp.sandbox.billomat.wire import Refused, Reply, Row, body_of, children

LETTER = {"color": "flag", "duplex": "flag", "paper_weight": "int"}
PLAIN_LETTER = {"color": False, "duplex": True, "paper_weight": 90}


class Dispatched(Table):
    name = ""
    """What it is called in comments."""
    word = ""
    """How placeholders name it: ``[Invoice.due_date]``."""
    template_type = ""
    parts: tuple[str, ...] = ()
    """The resources that go with a deleted document."""
    actions = Table.actions | {
        ("PUT", "complete"): "complete",
        ("PUT", "cancel"): "cancel",
        ("PUT", "uncancel"): "uncancel",
        ("GET", "pdf"): "pdf",
        ("PUT", "upload-signature"): "sign",
        ("POST", "email"): "email",
        ("POST", "mail"): "mail",
    }

    def __init__(self, service: Any) -> None:
        super().__init__(service)
        self.pdfs: dict[int, Row] = {}
        self.signed: dict[int, bytes] = {}

    @property
    def key(self) -> str:
        return f"{self.singular.replace('-', '_')}_id"

    def note(self, document: Row, key: str, **facts: Any) -> None:
        """Write a comment; resources without comments leave this out."""
        self.service.tables[f"{self.singular}-comments"].note(document, key, **facts)

    def demand(self, allowed: bool, message: str) -> None:
        """What the reference does not know the code for: 400 unless ``illegal_code`` says otherwise."""
        if not allowed:
            raise Refused(self.service.illegal_code, message)

    def demand_draft(self, document: Row) -> None:
        self.demand(document["status"] == "DRAFT", "Only status DRAFT can be edited")

    def standing(self, document: Row) -> str:
        """OPEN or OVERDUE, by due date."""
        due = document.get("due_date")
        return "OVERDUE" if due and due < self.service.today() else "OPEN"

    # complete

    def complete(self, document: Row, request: Request) -> Reply:
        if document["status"] != "DRAFT":
            raise Refused(400, "Only status DRAFT can be completed")
        self._template(document, body_of(request))
        self.finish(document)
        return Reply()

    def _template(self, document: Row, body: Any) -> None:
        """The template asked for must exist (404 if not); without one any usable one will do."""
        inner = body.get("complete") if isinstance(body, dict) else None
        asked = inner.get("template_id") if isinstance(inner, dict) else None
        templates = self.service.tables["templates"]
        if asked not in (None, "", {}):
            document["template_id"] = templates.row(str(asked))["id"]
        elif document["template_id"] not in templates.rows:
            usable = [row for row in templates.rows.values() if row["type"] == self.template_type]
            self.demand(bool(usable), "No template found")

    def finish(self, document: Row) -> None:
        """Make a draft final."""
        document["status"] = self.standing(document)
        created = self.service.now()
        self.pdfs[document["id"]] = {"id": self.service.next_pdf(), "created": created}
        self.touch(document)
        self.note(document, "STATUS", status=document["status"])

    # cancel

    def cancel(self, document: Row, request: Request) -> Reply:
        self.demand(document["status"] in ("OPEN", "OVERDUE"), "Only status OPEN or OVERDUE can be canceled")
        self.call_off(document)
        return Reply()

    def call_off(self, document: Row) -> None:
        document["status"] = "CANCELED"
        self.touch(document)
        self.note(document, "CANCEL", name=self.name)

    def uncancel(self, document: Row, request: Request) -> Reply:
        self.demand(document["status"] == "CANCELED", "Only status CANCELED can be uncanceled")
        document["status"] = self.standing(document)
        self.touch(document)
        self.note(document, "STATUS", status=document["status"])
        return Reply()

    # PDF

    def pdf_lines(self, document: Row) -> list[str]:
        raise NotImplementedError

    def pdf_name(self, document: Row) -> str:
        raise NotImplementedError

    def pdf(self, document: Row, request: Request) -> Reply:
        """The file itself with ``format=pdf``, else an object with it in base64. A draft has none."""
        known = self.pdfs.get(document["id"])
        content = self._content(document, (request.first("type") or "").lower())
        if known is None or content is None:
            raise Refused(404, "Row not found")
        name = self.pdf_name(document)
        if (request.first("format") or "").lower() == "pdf":
            return Reply(raw=Answer(200, content, (("Content-Type", "application/pdf"),)))
        about = {self.key: document["id"], "filename": name, "mimetype": "application/pdf"}
        held = {"filesize": len(content), "base64file": base64.b64encode(content).decode()}
        return Reply({"pdf": known | about | held})

    def _content(self, document: Row, kind: str) -> bytes | None:
        """``print`` is without the letterhead, and only where the account has that switched on."""
        if kind == "signed":
            return self.signed.get(document["id"])
        if kind == "print":
            return one_page(self.pdf_lines(document)) if self.service.settings["print_version"] else None
        return one_page([self.service.account, *self.pdf_lines(document)])

    def sign(self, document: Row, request: Request) -> Reply:
        self.demand(document["status"] != "DRAFT", "Status DRAFT can not be signed")
        content = _decoded(_inner(body_of(request), "signature").get("base64file"))
        self.signed[document["id"]] = content
        self.note(document, "SIGN")
        return Reply()

    # sending

    def email(self, document: Row, request: Request) -> Reply:
        """Accepted with any recipient at all, well formed or not (reference section 2.8)."""
        message = _inner(body_of(request), "email")
        people = recipients(message.get("recipients"))
        if not people:
            raise Refused(400, "recipients are missing")
        self.demand(document["status"] != "DRAFT", "Status DRAFT can not be sent")
        self.send(document, people, self._wording(document, message) | {"attachments": attachments(message)})
        return Reply()

    def _wording(self, document: Row, message: Row) -> Row:
        """What is not said comes from the e-mail template and the account's settings."""
        templates = self.service.tables["email-templates"]
        asked = message.get("email_template_id")
        template = templates.named(asked, "email_template_id") if asked not in (None, "") else {}
        known = {"subject": template.get("subject"), "body": template.get("text")}
        known |= {"from": self.service.settings["default_email_sender"]}
        return known | {"filename": f"{self.singular}_{document['id']}"} | message

    def send(self, document: Row, people: list[str], message: Row) -> None:
        sent = {"resource": self.plural, "document": document["id"], "recipients": people, "message": message}
        self.service.emails.append(sent)
        self.note(document, "MAIL", email_id=len(self.service.emails), name=self.name, to=", ".join(people))

    def mail(self, document: Row, request: Request) -> Reply:
        """A letter: black and white on both sides of 90 gram paper unless told otherwise."""
        self.demand(document["status"] != "DRAFT", "Status DRAFT can not be sent")
        wish = _inner(body_of(request), "mail")
        letter = {name: read(Field(name, kind), wish.get(name)) for name, kind in LETTER.items()}
        letter = {name: default if letter[name] is None else letter[name] for name, default in PLAIN_LETTER.items()}
        if letter["paper_weight"] not in (80, 90):
            raise Refused(400, "paper_weight is invalid")
        posted = {"resource": self.plural, "document": document["id"], "attachments": attachments(wish)}
        self.service.letters.append(posted | letter)
        self.note(document, "LETTER", name=self.name)
        return Reply()

    # delete

    def delete(self, row: Row) -> None:
        free = row["status"] == "DRAFT" or self.service.deletes_completed
        self.demand(free, "Only status DRAFT can be deleted")
        self.drop(row)

    def drop(self, row: Row) -> None:
        for plural in self.parts:
            table = self.service.tables[plural]
            for part in table.of(table.key, row["id"]):
                table.drop(part)
        self.pdfs.pop(row["id"], None)
        self.signed.pop(row["id"], None)
        super().drop(row)


def _inner(body: Any, wrapper: str) -> Row:
    inner = body.get(wrapper) if isinstance(body, dict) else None
    return inner if isinstance(inner, dict) else {}


def recipients(given: Any) -> list[str]:
    """Everyone in ``to``, ``cc`` and ``bcc``, each one string or a list."""
    if not isinstance(given, dict):
        return []
    held = [given.get(name) for name in ("to", "cc", "bcc")]
    flat = [one for part in held for one in (part if isinstance(part, list) else [part])]
    return [one for one in flat if isinstance(one, str) and one.strip()]


def attachments(message: Row) -> list[Row]:
    """Name, type and content of each file that was sent along."""
    return [
        {name: file.get(name) for name in ("filename", "mimetype")} | {"content": _decoded(file.get("base64file"))}
        for file in children(message, "attachments", "attachment")
    ]


def _decoded(encoded: Any) -> bytes:
    try:
        content = base64.b64decode(str(encoded or ""), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refused(400, "base64file is invalid") from error
    if not content:
        raise Refused(400, "base64file is missing")
    return content
