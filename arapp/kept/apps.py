from django.apps import AppConfig


class KeptConfig(AppConfig):
    name = "arapp.kept"
    label = "kept"
