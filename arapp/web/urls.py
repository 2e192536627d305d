"""The paths of the desk's pages. ``invoice_approve`` and its kin are one view; the action stands in the table."""

from django.urls import path

from arapp.approvals.effects import APPROVE, REJECT, REOPEN
from arapp.web.views import accounts, approvals, customers, dashboard, invoices, people, sources

urlpatterns = [
    # Invoices and decisions
    path("invoices/", invoices.invoices, name="invoices"),
    path("invoices/export.csv", invoices.invoices_csv, name="invoices_csv"),
    path("invoices/export.xlsx", invoices.invoices_xlsx, name="invoices_xlsx"),
    path("invoices/decide/", approvals.decide_many, name="invoices_decide"),
    path("invoices/<int:pk>/", invoices.invoice, name="invoice"),
    path("invoices/<int:pk>/row/", invoices.invoice_row, name="invoice_row"),
    path("invoices/<int:pk>/document/", invoices.invoice_document, name="invoice_document"),
    path("invoices/<int:pk>/approve/", approvals.decide, {"action": APPROVE}, name="invoice_approve"),
    path("invoices/<int:pk>/reject/", approvals.decide, {"action": REJECT}, name="invoice_reject"),
    path("invoices/<int:pk>/reopen/", approvals.decide, {"action": REOPEN}, name="invoice_reopen"),
    # Customers
    path("customers/", customers.customers, name="customers"),
    path("customers/export.csv", customers.customers_csv, name="customers_csv"),
    path("customers/export.xlsx", customers.customers_xlsx, name="customers_xlsx"),
    path("customers/<int:pk>/", customers.customer, name="customer"),
    # Dashboard, sources and people
    path("", dashboard.dashboard, name="dashboard"),
    path("sources/", sources.sources, name="sources"),
    path("sources/sync/", sources.sync_all, name="sync_all"),
    path("sources/<int:pk>/", sources.source, name="source"),
    path("sources/<int:pk>/sync/", sources.sync, name="sync_source"),
    path("sources/intents/<int:pk>/retry/", sources.retry_intent, name="retry_intent"),
    path("sources/intents/<int:pk>/drop/", sources.drop_intent, name="drop_intent"),
    path("users/", people.users, name="users"),
    path("users/add/", people.user_add, name="user_add"),
    path("users/<int:pk>/", people.user, name="user"),
    # Accounts
    path("accounts/login/", accounts.login, name="login"),
    path("accounts/logout/", accounts.logout, name="logout"),
    path("accounts/password/", accounts.password_change, name="password_change"),
    path("healthz", accounts.healthz, name="healthz"),
]
