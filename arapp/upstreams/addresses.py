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


def is_safe_file(url: str, base_url: str) -> bool:
    """Whether a file address a service gave may be opened: https to a public name, or the service's own host."""
    try:
        parts, own = urlsplit(url), urlsplit(base_url)
        host = parts.hostname or ""
    except ValueError:
        return False
    same_host = (parts.scheme, parts.netloc) == (own.scheme, own.netloc)
    return same_host or (parts.scheme == "https" and is_public_name(host))
