"""The jobs that send mails."""

from __future__ import annotations

from .invitations import address_of
from .jobs import Result, job
from .mail import send_template
from .models import Invitation, Job
from .progress import Progress
from .tenancy.binding import bind


@job("mail_invitation", is_quiet=True)
def mail_invitation(job: Job, progress: Progress) -> Result:
    """The link is made here and now, from the invitation as it stands: the queue never holds one."""
    with bind(job.organization):
        invitation = (
            Invitation.objects.select_related("invited_by", "organization")
            .filter(pk=job.arguments["invitation"], accepted_at=None, withdrawn_at=None)
            .first()
        )
    if invitation is None:
        return {"message": "Not sent: the invitation was accepted or withdrawn meanwhile"}
    send_template(
        organization=job.organization,
        to=invitation.email,
        template="accounts/mail/invitation.txt",
        context={
            "address": address_of(invitation, job.arguments["base_url"]),
            "invited_by": str(invitation.invited_by),
            "role": invitation.get_role_display(),
            "expires_at": invitation.expires_at,
        },
        job=job,
    )
    return {"message": "Sent"}
