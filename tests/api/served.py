"""The product as gunicorn serves it to tests and benchmarks, on their database: `gunicorn tests.api.served`.

With DWELL_SECONDS it dwells in the middle of a posting, when stock is relieved and finished goods are not yet received,
so that a kill finds it there.
"""

from __future__ import annotations

import os

import django
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backflush.settings")
settings.DATABASES["default"]["NAME"] = os.environ["SERVED_DATABASE"]
django.setup()

if os.environ.get("DWELL_SECONDS"):
    from tests.backflush import work

    work.DWELL_SECONDS = float(os.environ["DWELL_SECONDS"])
    work.slow_down()

from django.core.wsgi import get_wsgi_application  # noqa: E402

application = get_wsgi_application()
