"""Billomat: invoices and credit notes of one account, by its REST API."""

from arapp.upstreams.billomat.client import Billomat

__all__ = ["Billomat"]
