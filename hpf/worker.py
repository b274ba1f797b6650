"""The Celery application: a hint that work is waiting. The truth about what is done stands in PostgreSQL."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hpf.settings")

app = Celery("hpf")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
