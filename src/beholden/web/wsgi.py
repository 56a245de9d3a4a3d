# SPDX-License-Identifier: Apache-2.0
"""What a web server loads: `gunicorn beholden.web.wsgi`. A server in front must not log `/l/…`; see `middleware`."""

import os

from django.core.wsgi import get_wsgi_application

from beholden.web import asker  # noqa: F401  its key is drawn here, once for all workers
from beholden.web.server_log import hide_codes_in_server_logs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beholden.settings")
hide_codes_in_server_logs()
application = get_wsgi_application()
