# SPDX-License-Identifier: Apache-2.0
"""Streams a file that a school sends into the home's inbox, piece by piece. It is never in memory whole, nor in /tmp.

This is the only handler of uploads that the pages have: whatever else is posted anywhere, its files are dropped
unread. A file is taken only at the one address, only from somebody whose sealed session says that a school is signed
in, and only up to a size that was announced beforehand. Who it is and what is in the file is the keeper's business.
"""

import io
import os
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload
from django.http import HttpRequest
from django.urls import reverse

from beholden.home import here, inbox
from beholden.rights.school.asked import MOST_BYTES
from beholden.web.school.sitting import SCHOOL

FIELD = "return"
TOO_LARGE, NO_ROOM = "too large", "no room"

_FORM = 65_536
"""What a form may weigh beside its file."""

_READ_ON = 4 * MOST_BYTES
"""A request that announces more is not read to its end: its sender sees the connection break, and not our page."""


class Received(UploadedFile):  # type: ignore[type-arg]  # the stubs give it a parameter, Django does not
    """A file that arrived whole. It lies in the inbox until it is closed, which is at the end of its request."""

    def __init__(self, name: str, out: io.FileIO, size: int) -> None:
        super().__init__(file=out, name=name, size=size)
        self.inbox_name = name

    def close(self) -> None:
        """Take the file away, wherever the request ended; the keeper has done with it."""
        inbox.take_away(here(), self.inbox_name)
        super().close()


class ToInbox(FileUploadHandler):
    """Writes each piece on disk as it comes, and nothing but that."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self._announced = 0
        self._name = ""
        self._out: io.FileIO | None = None

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, Any],  # noqa: N803  the name is Django's
        content_length: int,
        boundary: Any,
        encoding: Any = None,
    ) -> None:
        """Note how much was announced; the form is read as ever."""
        self._announced = content_length

    def new_file(self, field_name: str, *args: Any, **kwargs: Any) -> None:
        """Make room for a file, or drop it.

        What must hold: 1 it is the one field at the one address; 2 a school is signed in; 3 the request is no larger
        than a file may be; 4 there is a disk to write on. Where 3 or 4 fails the rest is read and thrown away, so that
        the sender sees a page that says so.
        """
        super().new_file(field_name, *args, **kwargs)
        request = self.request
        if request is None or field_name != FIELD or request.path_info != reverse("school-send"):  # 1
            raise SkipFile
        if SCHOOL.shown_in(request) is None:  # 2
            raise SkipFile
        if self._announced > MOST_BYTES + _FORM:  # 3
            raise self._stopped(TOO_LARGE)
        try:
            self._name, descriptor = inbox.put_down(here())  # 4
        except OSError:
            raise self._stopped(NO_ROOM) from None
        self._out = os.fdopen(descriptor, "wb", buffering=0)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write one piece. A disk that is full ends it, and nothing of the file stays."""
        if self._out is None:
            raise SkipFile
        if start + len(raw_data) > MOST_BYTES:
            raise self._stopped(TOO_LARGE)
        try:
            written = self._out.write(raw_data)
        except OSError:
            raise self._stopped(NO_ROOM) from None
        if written != len(raw_data):
            raise self._stopped(NO_ROOM)

    def file_complete(self, file_size: int) -> Received | None:
        """Hand over what arrived."""
        if self._out is None:
            return None
        whole, self._out = Received(self._name, self._out, file_size), None
        return whole

    def upload_interrupted(self) -> None:
        """Keep nothing of a file whose sender went away."""
        self._drop()

    def _stopped(self, why: str) -> StopUpload:
        self._drop()
        if self.request is not None:
            self.request.__dict__["upload_stopped"] = why
        return StopUpload(connection_reset=self._announced > _READ_ON)

    def _drop(self) -> None:
        if self._out is not None:
            inbox.take_away(here(), self._name)
            self._out.close()
            self._out = None


def stopped(request: HttpRequest) -> str:
    """Return why a file was not taken: `TOO_LARGE`, `NO_ROOM`, or nothing. Only after the form was read."""
    return str(getattr(request, "upload_stopped", ""))
