"""Files the desk keeps: what people upload, and each document of a service once per version."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from arapp.receivables.models import Invoice


class StoredFile(models.Model):
    """A file under a random name outside of the web root. Its type was told from its content, never from its name."""

    name = models.CharField(_("name on disk"), max_length=64, unique=True)
    filename = models.CharField(_("file name"), max_length=200, help_text=_("As it is offered when saved."))
    content_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveIntegerField(_("bytes"))
    sha256 = models.CharField(_("SHA-256"), max_length=64, db_index=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("person")
    )
    created_at = models.DateTimeField(_("stored"), default=timezone.now)

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.filename


class InvoiceDocument(models.Model):
    """A document of an invoice as its service gave it, once per version."""

    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="documents", verbose_name=_("invoice"))
    variant = models.CharField(
        _("variant"),
        max_length=200,
        blank=True,
        help_text=_("print, signed, or the id of a letter; empty for the usual one."),
    )
    version = models.CharField(_("version"), max_length=64, help_text=_("Digest of what the document shows."))
    file = models.ForeignKey(StoredFile, models.PROTECT, verbose_name=_("file"))
    fetched_at = models.DateTimeField(_("fetched"), default=timezone.now)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["invoice", "variant", "version"], name="document_once_per_version")
        ]

    def __str__(self) -> str:
        return f"{self.invoice} {self.variant}".rstrip()
