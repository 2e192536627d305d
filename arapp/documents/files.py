"""Files under random names outside of the web root: what people upload and what services gave us.

The type is told from the content, never from the name or from what a browser says; nothing is parsed.
"""

import hashlib
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from arapp.documents.models import StoredFile

LIMIT = 10 * 1024 * 1024
BEGINNINGS = {
    b"%PDF-": "application/pdf",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
}


class Unfit(ValueError):
    """A file that is not kept. The text is a sentence for people."""


def type_of(content: bytes) -> str:
    """The type by how the content begins; "" when it is none that we take."""
    return next((kind for start, kind in BEGINNINGS.items() if content.startswith(start)), "")


def keep(content: bytes, filename: str, person: Any = None) -> StoredFile:
    """Store a file. Unfit when it is empty, longer than 10 MB, or of a type that we do not take."""
    if not content:
        raise Unfit(_("The file is empty."))
    if len(content) > LIMIT:
        raise Unfit(_("The file is larger than 10 MB."))
    content_type = type_of(content)
    if not content_type:
        raise Unfit(_("This is neither a PDF nor a PNG or JPEG picture, whatever its name says."))
    name = secrets.token_hex(24)
    folder = Path(settings.DATA_DIR) / "files"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / name
    path.touch(mode=0o600)
    path.write_bytes(content)
    return StoredFile.objects.create(
        name=name,
        filename=Path(filename).name[:200] or "file",
        content_type=content_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        person=person,
    )


def content(file: StoredFile) -> bytes:
    """The file's bytes. Unfit when it is not on this machine any more."""
    try:
        return (Path(settings.DATA_DIR) / "files" / file.name).read_bytes()
    except OSError as error:
        raise Unfit(_("The file “%(name)s” is not here any more.") % {"name": file.filename}) from error


def named_in(data: Mapping[str, Any]) -> list[StoredFile]:
    """The files that an action's data names, under ``file`` and ``attachments``."""
    names = [data["file"]] if data.get("file") else []
    names += data.get("attachments") or []
    return list(StoredFile.objects.filter(name__in=names)) if names else []
