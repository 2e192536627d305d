from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "arapp.outbox"
    label = "outbox"
