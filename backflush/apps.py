from django.apps import AppConfig


class BackflushConfig(AppConfig):
    name = "backflush"
    verbose_name = "Backflushes"
