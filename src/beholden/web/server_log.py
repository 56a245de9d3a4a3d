# SPDX-License-Identifier: Apache-2.0
"""Takes codes out of what the web server itself writes down. It reads an address before any of our pages does."""

import logging
import re

_CODE = re.compile(r"(/l/|/letter/|[?&]c=)(?=[^\s\"']*[A-Z0-9])[^\s\"'&]+", re.IGNORECASE)
_OURS = re.compile(
    r"/letter/(scanned|check|not-me(/thanks)?|lost|leave|left|stay|use/\d+|child/\d+|review|saved|wider|more|mine(/answer)?)$"
)
SERVER_LOGS = ("gunicorn.error", "gunicorn.access")


def hide_codes(text: str) -> str:
    """Return the text with whatever may be a letter's code replaced by an ellipsis."""
    return _CODE.sub(lambda found: found[0] if _OURS.match(found[0]) else f"{found[1]}…", text)


class HideCodes(logging.Filter):
    """Lets every record through, without codes."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record's sentence once it is put together."""
        record.msg, record.args = hide_codes(record.getMessage()), None
        return True


def hide_codes_in_server_logs() -> None:
    """Put the filter on the loggers of gunicorn, as it loads the pages."""
    for name in SERVER_LOGS:
        logging.getLogger(name).addFilter(HideCodes())
