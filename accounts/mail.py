"""Mails: sent after the commit of what they tell of, never inside its transaction.

A mail of an organization is sent by a job, which commits with what the mail tells of. A mail of a person's account
belongs to no organization, and its link lets in whoever reads it, so no queue keeps it: `adapter` sends it after the
commit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import resend
from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from resend.exceptions import ResendError

from .models import Job, Organization

IDEMPOTENCY_HEADER = "Idempotency-Key"


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
