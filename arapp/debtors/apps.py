from django.apps import AppConfig


class DebtorsConfig(AppConfig):
    name = "arapp.debtors"
