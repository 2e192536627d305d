"""The form for an exchange rate."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from arapp.ledger.models import Rate
from arapp.ledger.rates import enter, read_rate, why_not
from arapp.lists.days import today
from arapp.lists.values import read_date
from arapp.receivables.money import AmountError, currency_code


class RateForm(forms.Form):
    """What one of a currency is worth in the home currency, from a day on."""

    currency = forms.CharField(label=_("Currency"), max_length=3, min_length=3)
    rate = forms.CharField(label=_("One of it is worth"), max_length=40)
    day = forms.CharField(label=_("From"), max_length=10, widget=forms.DateInput({"type": "date"}))

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id="rate_%s", **kwargs)
        self.fields["currency"].widget.attrs |= {"autocapitalize": "characters", "autocomplete": "off"}
        self.fields["rate"].widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}
        for bound in self if self.is_bound and self.errors else ():
            bound.field.widget.attrs |= {"aria-invalid": "true"} if bound.errors else {}

    def clean_currency(self) -> str:
        return _read(currency_code, self.cleaned_data["currency"])

    def clean_rate(self) -> Decimal:
        return _read(read_rate, self.cleaned_data["rate"])

    def clean_day(self) -> date:
        return read_date(self.cleaned_data["day"].strip())

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if "currency" in data and "day" in data:
            for name, sentence in why_not(data["currency"], data["day"], today()).items():
                self.add_error(name, sentence)
        return data

    def save(self, person: Any) -> Rate:
        return enter(self.cleaned_data["currency"], self.cleaned_data["rate"], self.cleaned_data["day"], person)


def _read(read: Any, text: str) -> Any:
    try:
        return read(text)
    except AmountError as error:
        raise forms.ValidationError(str(error)) from error
