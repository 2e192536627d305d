from django.apps import AppConfig


class ListsConfig(AppConfig):
    name = "arapp.lists"
    label = "lists"
