from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "arapp.approvals"
    label = "approvals"
