"""The body of an answer, unpacked piece by piece, so that a small one cannot unfold into a huge one."""

import zlib
from collections.abc import Iterable, Iterator

PIECE = 64 * 1024
EITHER, BARE = zlib.MAX_WBITS | 32, -zlib.MAX_WBITS
PLAIN, PACKED = ("", "identity"), ("gzip", "x-gzip", "deflate")


class NotUnpacked(ValueError):
    """Packed in a way that was not asked for, damaged, or cut."""


def unpacked(chunks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """The plain bytes of a body with this ``Content-Encoding``, at most ``PIECE`` at a time. NotUnpacked."""
    if encoding in PLAIN:
        yield from chunks
    elif encoding in PACKED:
        yield from _inflated(chunks)
    else:
        raise NotUnpacked(encoding)


def _inflated(chunks: Iterable[bytes]) -> Iterator[bytes]:
    machine = None
    for chunk in chunks:
        if not chunk:
            continue
        machine = machine or _machine_for(chunk)
        try:
            yield machine.decompress(chunk, PIECE)
            while machine.unconsumed_tail:
                yield machine.decompress(machine.unconsumed_tail, PIECE)
        except zlib.error as error:
            raise NotUnpacked(str(error)) from error
    if machine and not machine.eof:
        raise NotUnpacked("cut")


def _machine_for(first: bytes) -> "zlib._Decompress":
    """Some servers send ``deflate`` without the two bytes in front that make their number divisible by 31."""
    head = int.from_bytes(first[:2].ljust(2), "big")
    wrapped = first[:1] == b"\x1f" or (first[0] & 0x0F == 8 and head % 31 == 0)
    return zlib.decompressobj(EITHER if wrapped else BARE)
