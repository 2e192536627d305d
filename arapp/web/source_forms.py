"""What an administrator sets at a source."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now_
from django.utils.translation import gettext_lazy as _

from arapp.receivables.models import SecondPerson, Source
from arapp.receivables.money import AmountError, Money, currency_code, in_form, typed_number


class SecondPersonForm(forms.Form):
    """When somebody else than who prepared an invoice has to issue, credit or write it off."""

    rule = forms.ChoiceField(label=_("A second person is needed"), choices=SecondPerson.choices)
    amount = forms.CharField(label=_("Amount"), required=False, max_length=40)
    currency = forms.CharField(
        label=_("Currency"),
        required=False,
        max_length=3,
        help_text=_("Invoices in other currencies always need a second person."),
    )

    def __init__(self, data: Any = None, *, source: Source) -> None:
        limit = source.second_person_limit
        known = {"amount": in_form(limit.plain()), "currency": limit.currency} if limit else {}
        super().__init__(data, initial={"rule": source.second_person, **known})
        self.source = source
        self.fields["amount"].widget.attrs["inputmode"] = "decimal"

    def clean_currency(self) -> str:
        text = self.cleaned_data["currency"]
        if not self._above():
            return ""
        try:
            return currency_code(text)
        except AmountError as error:
            raise forms.ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self._above() and data.get("currency") and "amount" in data:
            data["above"] = self._amount(data["amount"], data["currency"])
        return data

    def save(self) -> None:
        self.source.ask_second_person(self.cleaned_data["rule"], self.cleaned_data.get("above"))

    def _above(self) -> bool:
        return self.cleaned_data.get("rule") == SecondPerson.ABOVE

    def _amount(self, text: str, currency: str) -> Money | None:
        try:
            amount = Money.parse(typed_number(text), currency)
        except AmountError as error:
            self.add_error("amount", str(error))
            return None
        if amount.minor <= 0:
            self.add_error("amount", _now_("The amount must be more than zero."))
        return amount
