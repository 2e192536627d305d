from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class PeopleConfig(AppConfig):
    name = "arapp.people"
    label = "people"


class DeskAdminConfig(AdminConfig):
    default_site = "arapp.people.site.DeskAdmin"
