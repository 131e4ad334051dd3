"""Files in forms: refused, but by views that take one, and then kept in memory alone.

Django writes large files into a temporary folder, in plain text and before any view sees who sends
them. Here nothing that is sent ever becomes a file by itself.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopFutureHandlers

# The other fields of the form; and a file that is somewhat too large is told so by its view.
REST_OF_FORM_BYTES = 1024 * 1024


def takes_file[View: Callable[..., Any]](max_bytes: int) -> Callable[[View], View]:
    """Let the form of a view send a file of so many bytes, if staff are logged in."""

    def decorate(view: View) -> View:
        view.takes_file_bytes = max_bytes  # type: ignore[attr-defined]
        return view

    return decorate


class InMemoryHandler(FileUploadHandler):
    """The site's one upload handler."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, Any],  # noqa: N803 - Django's name
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> None:
        self.takes_bytes = self._bytes_taken()
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if self.takes_bytes:
            limit = max(limit, self.takes_bytes + REST_OF_FORM_BYTES)
        if content_length > limit:
            raise RequestDataTooBig("A form is longer than its view takes.")

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if not self.takes_bytes:
            raise SkipFile
        self.file = io.BytesIO()
        raise StopFutureHandlers

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.file.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        self.file.seek(0)
        return InMemoryUploadedFile(
            self.file,
            self.field_name,
            self.file_name,
            self.content_type,
            file_size,
            self.charset,
            self.content_type_extra,
        )

    def _bytes_taken(self) -> int:
        request: Any = self.request
        match = getattr(request, "resolver_match", None)
        taken = getattr(match.func, "takes_file_bytes", 0) if match else 0
        # CSRF reads the form before the view asks who sends it.
        return taken if taken and request.user.is_staff else 0
