from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "approvals"
    verbose_name = "Approvals"

    def ready(self) -> None:
        from approvals import notice_jobs  # noqa: F401 - registers what workers do
        from approvals.queries.proposals import lines_asked_about
        from backflush.actions.rewriting import ASKED_ABOUT

        ASKED_ABOUT.append(lines_asked_about)
