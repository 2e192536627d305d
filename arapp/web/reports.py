"""Which reports a source offers, and the form that asks for one."""

from dataclasses import dataclass

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from arapp.actions.table import ACTIONS
from arapp.receivables.models import Choice, ChoiceKind, Service, Source
from arapp.web.action_forms import ActionForm, of_service
from arapp.web.typed import typed_in

DOWNLOAD = ACTIONS["report.download"]
MADE_ON_DEMAND = {
    Service.BILLOMAT: [("totals", _("Totals of invoices by group (CSV)"))],
    Service.BILLOVER: [("export-csv", _("Invoices (CSV)")), ("export-xlsx", _("Invoices (Excel)"))],
}
"""Reports that a service makes as they are asked for; the others stand in the service's own list."""


@dataclass(frozen=True)
class Reports:
    source: Source
    offered: list[tuple[str, str]]
    """Names of reports and what they are called."""
    form: ActionForm
    asks: bool
    """Whether the service wants to know more than the report's name."""

    @classmethod
    def of(cls, source: Source, query: QueryDict) -> "Reports":
        """The form stands as the address has it."""
        fields = of_service(DOWNLOAD.fields, source.service)
        offered = [(name, str(label)) for name, label in MADE_ON_DEMAND.get(Service(source.service), ())]
        listed = Choice.objects.filter(source=source, kind=ChoiceKind.REPORT)
        offered += [(row.external_id, str(row)) for row in listed]
        form = ActionForm(fields, source, typed_in(fields, query))
        form.fields["report"].widget = forms.Select(choices=offered)
        return cls(source, offered, form, len(fields) > 1)


def offers_reports(source: Source) -> bool:
    return source.service in DOWNLOAD.services
