"""A stand-in of Billomat's REST API: sales side, JSON and plain XML, one account."""

from arapp.sandbox.billomat.app import BAD_GATEWAY, Billomat

__all__ = ["BAD_GATEWAY", "Billomat"]
