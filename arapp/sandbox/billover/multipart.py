"""The file in an upload."""

from email import message_from_string
from email.message import Message
from email.utils import collapse_rfc2231_value

from arapp.sandbox.base import Request

from .answers import Refused, as_json, detail
from .files import SUFFIXES
from .records import Document


def uploaded_file(request: Request) -> Document:
    """The part named ``file``; a 400 in the framework's words when it is missing or empty."""
    kind = _headers(f"Content-Type: {request.headers.get('content-type', '')}")
    if kind.get_content_type() == "application/json" and request.body:
        raise _wrong("The submitted data was not a file. Check the encoding type on the form.")
    if kind.get_content_type() != "multipart/form-data":
        raise Refused(detail(415, f'Unsupported media type "{kind.get_content_type()}" in request.'))
    boundary = kind.get_boundary()
    if not boundary:
        raise Refused(detail(400, "Multipart form parse error - Invalid boundary in multipart: None"))
    found = [part for part in _parts(request.body, boundary) if _named(part[0], "name") == "file"]
    if not found:
        raise _wrong("No file was submitted.")
    return _document(*found[-1])


def _document(headers: Message, content: bytes) -> Document:
    name = _named(headers, "filename")
    if name is None:
        raise _wrong("The submitted data was not a file. Check the encoding type on the form.")
    if not name:
        raise _wrong("No filename could be determined.")
    if not content:
        raise _wrong("The submitted file is empty.")
    kind = headers.get_content_type()
    return Document(name, kind if kind in SUFFIXES else "application/octet-stream", content)


def _parts(body: bytes, boundary: str) -> list[tuple[Message, bytes]]:
    pieces = (b"\r\n" + body).split(b"\r\n--" + boundary.encode("utf-8", "replace"))
    parts = []
    for piece in pieces[1:]:
        if piece.startswith(b"--"):
            break
        head, _, content = piece.partition(b"\r\n\r\n")
        parts.append((_headers(head.decode("utf-8", "replace").strip()), content))
    return parts


def _headers(text: str) -> Message:
    return message_from_string(f"{text}\n\n")


def _named(headers: Message, parameter: str) -> str | None:
    value = headers.get_param(parameter, None, "content-disposition")
    return None if value is None else collapse_rfc2231_value(value)


def _wrong(message: str) -> Refused:
    return Refused(as_json({"file": [message]}, 400))
