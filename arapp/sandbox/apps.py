from django.apps import AppConfig


class SandboxConfig(AppConfig):
    name = "arapp.sandbox"
    label = "sandbox"
