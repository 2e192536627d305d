from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "arapp.web"
    label = "web"
