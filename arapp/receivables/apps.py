from django.apps import AppConfig


class ReceivablesConfig(AppConfig):
    name = "arapp.receivables"
    label = "receivables"
