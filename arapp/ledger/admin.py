"""Rates in the admin site, to be looked at; they are entered at the desk or on the command line."""

from django.contrib import admin

from arapp.ledger.models import Rate
from arapp.receivables.admin import ReadOnly


@admin.register(Rate)
class RateAdmin(ReadOnly):
    list_display = ["currency", "rate", "home", "day", "person", "at"]
    list_filter = ["currency"]
    list_select_related = ["person"]
