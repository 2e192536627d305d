from django.apps import AppConfig


class ActionsConfig(AppConfig):
    name = "arapp.actions"
    label = "actions"
