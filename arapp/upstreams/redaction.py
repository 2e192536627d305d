"""A key of ours that a service repeats in its answer gets no further than this."""

import base64
import json
from collections.abc import Mapping
from urllib.parse import quote

SHORTEST = 12
"""Characters. Shorter ones stand in answers by chance."""


class Redaction:
    """Blots out our credentials in a body, letter by letter, so that JSON stays JSON of the same length."""

    def __init__(self, headers: Mapping[str, str], auth: tuple[str, str] | None) -> None:
        keys = [value for name, value in headers.items() if name.lower().endswith("key")]
        if auth:
            keys += [auth[1], base64.b64encode(":".join(auth).encode()).decode()]
        spelt = {form for key in keys if len(key) >= SHORTEST for form in _spellings(key)}
        self._forms = sorted((form.encode() for form in spelt), key=len, reverse=True)

    def __call__(self, body: bytes) -> bytes:
        for form in self._forms:
            body = body.replace(form, b"*" * len(form))
        return body


def _spellings(key: str) -> set[str]:
    escaped = json.dumps(key)[1:-1]
    return {key, escaped, escaped.replace("/", "\\/"), quote(key, safe="")}
