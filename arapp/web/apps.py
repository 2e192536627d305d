from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "arapp.web"
    label = "web"

    def ready(self) -> None:
        from arapp.web.hook_paths import keep_out_of_logs

        keep_out_of_logs()
