"""The web application, as a WSGI server finds it."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "desirepath.config.settings")
application = get_wsgi_application()
