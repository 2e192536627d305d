"""Which addresses are this machine's, and which are the public network's."""

from ipaddress import ip_address
from urllib.parse import urlsplit


def is_loopback(url: str) -> bool:
    """Whether an address is on this machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def is_public_name(host: str) -> bool:
    """Whether a host is a name or a public address: no address of a private network."""
    host = host.rstrip(".")
    try:
        return ip_address(host).is_global
    except ValueError:
        last = host.rpartition(".")[2]
    return "." in host and not last.isdigit() and last not in ("localhost", "local", "internal", "lan", "home")
