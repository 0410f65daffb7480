from .events import Event
from .people import ApiKey, Invitation, Membership, Organization, User
from .work import Counter, Job, JobStatus

__all__ = [
    "ApiKey",
    "Counter",
    "Event",
    "Invitation",
    "Job",
    "JobStatus",
    "Membership",
    "Organization",
    "User",
]
