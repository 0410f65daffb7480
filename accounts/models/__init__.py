from .events import Event
from .people import ApiKey, Invitation, Membership, Organization, User
from .webhooks import DeliveryStatus, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from .work import Counter, Job, JobStatus

__all__ = [
    "ApiKey",
    "Counter",
    "DeliveryStatus",
    "Event",
    "Invitation",
    "Job",
    "JobStatus",
    "Membership",
    "Organization",
    "User",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookEndpoint",
]
