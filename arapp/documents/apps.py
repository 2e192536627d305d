from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "arapp.documents"
    label = "documents"
