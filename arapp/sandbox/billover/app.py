"""The way in: addresses, the key, and what happens to anything that does not fit."""

import re
from collections.abc import Callable
from urllib.parse import quote, urlencode

from arapp.sandbox.base import Answer, Request

from . import cards, companies, exports, files, invoices
from .answers import Refused, error
from .workspace import Workspace

Methods = dict[str, Callable[..., Answer]]

ROUTES: tuple[tuple[re.Pattern[str], Methods], ...] = tuple(
    (re.compile(pattern), methods)
    for pattern, methods in (
        (r"/invoices/", invoices.COLLECTION),
        (r"/invoices/export-csv", {"POST": exports.as_csv}),
        (r"/invoices/export-xlsx", {"POST": exports.as_excel}),
        (r"/invoices/([^/]+)", invoices.SINGLE),
        (r"/invoices/([^/]+)/(approve|reject|remove-approval)", {"POST": invoices.decide}),
        (r"/companies/", companies.COLLECTION),
        (r"/companies/([^/]+)", companies.SINGLE),
        (r"/cards/", cards.COLLECTION),
        (r"/cards/([^/]+)", cards.SINGLE),
    )
)
"""Under the base path; slashes exactly as the reference writes them (A8, A9)."""


class Billover(Workspace):
    """The BillOver stand-in; its switches and its methods for tests are in ``Workspace``."""

    service = "billover"
    base_path = "/v1"

    def answer(self, request: Request) -> Answer:
        try:
            return self._answer(request)
        except Refused as refusal:
            return refusal.answer
        except Exception:
            return self.server_error()

    def server_error(self) -> Answer:
        return error(500, "Something went wrong.")

    def throttled(self, retry_after: int | str | None = None) -> Answer:
        """A 429 for use in a ``Fault``, with or without ``Retry-After``."""
        headers = () if retry_after is None else (("Retry-After", str(retry_after)),)
        return error(429, "Rate limit exceeded.", *headers)

    def _answer(self, request: Request) -> Answer:
        if request.path.startswith(files.PREFIX):
            return files.fetch(self, request)
        found = _route(self.base_path, request.path)
        if found is None:
            return self._elsewhere(request)
        if self.revoked or request.headers.get("api-key") != self.credentials()["secret"]:
            return error(401, "Invalid or missing API key.")
        methods, parts = found
        handler = methods.get("GET" if request.method == "HEAD" else request.method)
        if handler is None:
            return error(405, f'Method "{request.method}" not allowed.', ("Allow", ", ".join(methods)))
        self.let_time_pass()
        return handler(self, request, *parts)

    def _elsewhere(self, request: Request) -> Answer:
        """A 301 when only a slash is wrong (key or none), and otherwise a 404."""
        path = request.path.removesuffix("/") if request.path.endswith("/") else f"{request.path}/"
        if not self.slash_redirects or _route(self.base_path, path) is None:
            return error(404, "There is nothing at this address.")
        query = f"?{urlencode(request.query)}" if request.query else ""
        return Answer(301, b"", (("Content-Type", "text/html"), ("Location", quote(path) + query)))


def _route(base_path: str, path: str) -> tuple[Methods, tuple[str, ...]] | None:
    if not path.startswith(base_path):
        return None
    for pattern, methods in ROUTES:
        if match := pattern.fullmatch(path.removeprefix(base_path)):
            return methods, match.groups()
    return None
