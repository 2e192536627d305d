"""The paths of the desk's pages. ``invoice_approve`` and its kin are one view; the action stands in the table."""

from django.urls import path

from arapp.actions.table import CUSTOMER, ITEM
from arapp.approvals.effects import APPROVE, REJECT, REOPEN
from arapp.web.views import (
    accounts,
    acting,
    approvals,
    customers,
    dashboard,
    documents,
    groups,
    hooks,
    invoices,
    items,
    making,
    people,
    reports,
    settling,
    sources,
    switches,
)
from arapp.web.views.settling import DONE, DROP, RETRY

urlpatterns = [
    # Invoices and decisions
    path("invoices/", invoices.invoices, name="invoices"),
    path("invoices/export.csv", invoices.invoices_csv, name="invoices_csv"),
    path("invoices/export.xlsx", invoices.invoices_xlsx, name="invoices_xlsx"),
    path("invoices/grouped/", groups.grouped, name="invoices_grouped"),
    path("invoices/grouped/export.csv", groups.grouped_csv, name="invoices_grouped_csv"),
    path("invoices/grouped/export.xlsx", groups.grouped_xlsx, name="invoices_grouped_xlsx"),
    path("invoices/decide/", approvals.decide_many, name="invoices_decide"),
    path("invoices/<int:pk>/", invoices.invoice, name="invoice"),
    path("invoices/act/<str:name>/", acting.act_on_many, name="act_on_many"),
    path("invoices/<int:pk>/act/<str:name>/", acting.act, name="act"),
    path("invoices/<int:pk>/row/", invoices.invoice_row, name="invoice_row"),
    path("invoices/<int:pk>/document/", documents.invoice_document, name="invoice_document"),
    path("files/<slug:name>/", documents.stored_file, name="stored_file"),
    path("invoices/<int:pk>/approve/", approvals.decide, {"action": APPROVE}, name="invoice_approve"),
    path("invoices/<int:pk>/reject/", approvals.decide, {"action": REJECT}, name="invoice_reject"),
    path("invoices/<int:pk>/reopen/", approvals.decide, {"action": REOPEN}, name="invoice_reopen"),
    # Customers
    path("customers/", customers.customers, name="customers"),
    path("customers/export.csv", customers.customers_csv, name="customers_csv"),
    path("customers/export.xlsx", customers.customers_xlsx, name="customers_xlsx"),
    path("customers/<int:pk>/", customers.customer, name="customer"),
    path("customers/new/", making.make, {"name": "customer.create"}, name="customer_new"),
    path("customers/<int:pk>/edit/", making.change, {"name": "customer.update"}, name="customer_edit"),
    path("customers/<int:pk>/act/<str:name>/", making.act_beside, {"concerns": CUSTOMER}, name="customer_act"),
    # Items
    path("items/", items.items, name="items"),
    path("items/export.csv", items.items_csv, name="items_csv"),
    path("items/export.xlsx", items.items_xlsx, name="items_xlsx"),
    path("items/new/", making.make, {"name": "item.create"}, name="item_new"),
    path("items/<int:pk>/", items.item, name="item"),
    path("items/<int:pk>/edit/", making.change, {"name": "item.update"}, name="item_edit"),
    path("items/<int:pk>/act/<str:name>/", making.act_beside, {"concerns": ITEM}, name="item_act"),
    # What is made
    path("invoices/new/", making.make, {"name": "invoice.create"}, name="invoice_new"),
    path("invoices/upload/", making.make, {"name": "invoice.upload"}, name="invoice_upload"),
    path("invoices/<int:pk>/edit/", making.change, {"name": "invoice.update"}, name="invoice_edit"),
    path("made/<int:pk>/", making.made, name="made"),
    # Dashboard, sources and people
    path("", dashboard.dashboard, name="dashboard"),
    path("sources/", sources.sources, name="sources"),
    path("sources/sync/", sources.sync_all, name="sync_all"),
    path("sources/<int:pk>/", sources.source, name="source"),
    path("sources/<int:pk>/sync/", sources.sync, name="sync_source"),
    path("sources/<int:pk>/pause/", switches.switch, {"action": "pause"}, name="source_pause"),
    path("sources/<int:pk>/resume/", switches.switch, {"action": "resume"}, name="source_resume"),
    path("sources/<int:pk>/watch-only/", switches.switch, {"action": "watch-only"}, name="source_watch_only"),
    path("sources/<int:pk>/writes/", switches.switch, {"action": "writes"}, name="source_writes"),
    path("sources/<int:pk>/disconnect/", switches.switch, {"action": "disconnect"}, name="source_disconnect"),
    path("sources/<int:pk>/reports/", reports.reports, name="reports"),
    path("sources/<int:pk>/reports/download/", reports.report, name="report"),
    path("sources/<int:pk>/second-person/", switches.second_person, name="second_person"),
    path("sources/<int:pk>/accept-gone/", switches.accept_gone, name="source_accept_gone"),
    path("sources/quarantined/<int:pk>/again/", switches.read_again, name="read_again"),
    path("sources/intents/<int:pk>/retry/", settling.settle, {"action": RETRY}, name="retry_intent"),
    path("sources/intents/<int:pk>/drop/", settling.settle, {"action": DROP}, name="drop_intent"),
    path("sources/intents/<int:pk>/done/", settling.settle, {"action": DONE}, name="done_intent"),
    path("users/", people.users, name="users"),
    path("users/add/", people.user_add, name="user_add"),
    path("users/<int:pk>/", people.user, name="user"),
    # Accounts
    path("accounts/login/", accounts.login, name="login"),
    path("accounts/logout/", accounts.logout, name="logout"),
    path("accounts/password/", accounts.password_change, name="password_change"),
    path("healthz", accounts.healthz, name="healthz"),
    path("hooks/<str:token>/", hooks.hook, name="hook"),
]
