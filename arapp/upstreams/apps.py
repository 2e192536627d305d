from django.apps import AppConfig
from django.core import checks


class UpstreamsConfig(AppConfig):
    name = "arapp.upstreams"
    label = "upstreams"

    def ready(self) -> None:
        checks.register(_secrets_open, checks.Tags.security, deploy=True)


def _secrets_open(**_options: object) -> list[checks.CheckMessage]:
    """``check --deploy`` says which stored secrets the keys do not open."""
    from arapp.upstreams.sealed import warning

    sentence = warning()
    return [checks.Error(sentence, id="upstreams.E001")] if sentence else []
