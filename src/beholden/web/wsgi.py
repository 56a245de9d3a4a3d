# SPDX-License-Identifier: Apache-2.0
"""What a web server loads: `gunicorn beholden.web.wsgi`. Keep its access log off; see `middleware` for why."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beholden.settings")
application = get_wsgi_application()
