"""The frame 框架: settings, addresses, the order of the day, and the few words every room speaks.

Importing the project makes its Celery application the default one, so that a task queued by the web process
reaches our broker.
"""

from hpf.worker import app as celery_app

__all__ = ["celery_app"]
