"""Mails. They are sent by jobs, after the commit of what they tell of, and never inside its transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import resend
from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from resend.exceptions import ResendError

from .jobs import start_job
from .models import Job, Organization, User

IDEMPOTENCY_HEADER = "Idempotency-Key"


def queue_mail(
    *, organization: Organization, to: str, template: str, context: dict[str, Any], actor: User | None
) -> Job:
    """Queue a mail in the transaction that is open.

    `template` is a text template whose first line is the subject; `context` is JSON and gets `organization` added.
    """
    return start_job(
        organization=organization,
        kind="mail",
        title=f"Mail to {to}",
        arguments={"to": to, "template": template, "context": context},
        actor=actor,
        priority=10,
    )


def send_template(
    *, organization: Organization, to: str, template: str, context: dict[str, Any], job: Job
) -> None:
    """Render and send now. A retry of the same job is known to the provider and sent once."""
    text = render_to_string(template, {**context, "organization": organization})
    subject, _, body = text.strip().partition("\n")
    EmailMessage(
        subject.strip(),
        body.strip() + "\n",
        to=[to],
        headers={IDEMPOTENCY_HEADER: f"job-{job.pk}"},
    ).send()


class ResendBackend(BaseEmailBackend):
    """Django's mail backend over the HTTP interface of Resend."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        resend.api_key = settings.RESEND_API_KEY
        sent = 0
        for message in email_messages:
            if not message.recipients():
                continue
            try:
                self._send(message)
            except ResendError:
                if not self.fail_silently:
                    raise
            else:
                sent += 1
        return sent

    def _send(self, message: EmailMessage) -> None:
        headers = dict(message.extra_headers)
        key = headers.pop(IDEMPOTENCY_HEADER, "")
        parameters: resend.Emails.SendParams = {
            "from": message.from_email,
            "to": list(message.to),
            "subject": str(message.subject),
            "text": str(message.body),
        }
        if message.cc:
            parameters["cc"] = list(message.cc)
        if message.bcc:
            parameters["bcc"] = list(message.bcc)
        if message.reply_to:
            parameters["reply_to"] = list(message.reply_to)
        if headers:
            parameters["headers"] = headers
        if isinstance(message, EmailMultiAlternatives):
            for alternative in message.alternatives:
                if alternative[1] == "text/html":
                    parameters["html"] = str(alternative[0])
        resend.Emails.send(parameters, {"idempotency_key": key} if key else None)
