from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Organizations and members"

    def ready(self) -> None:
        from accounts import mail_jobs, webhook_jobs  # noqa: F401 - registers what workers do
