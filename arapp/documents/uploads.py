"""How much of an upload is taken in: enough to see that it is too large, and no more."""

from django.core.files.uploadhandler import FileUploadHandler

from arapp.documents.files import LIMIT


class AtMost(FileUploadHandler):
    """First of the handlers: beyond the limit nothing more reaches the disk; the file shows that it was too large."""

    def new_file(self, *args: object, **kwargs: object) -> None:
        super().new_file(*args, **kwargs)
        self.came = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        if self.came > LIMIT:
            return None
        self.came += len(raw_data)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The handlers behind this one have the file."""
