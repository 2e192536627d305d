from django.apps import AppConfig


class UpstreamsConfig(AppConfig):
    name = "arapp.upstreams"
    label = "upstreams"
