from .people import ApiKey, Invitation, Membership, Organization, User
from .work import Counter, Job, JobStatus

__all__ = ["ApiKey", "Counter", "Invitation", "Job", "JobStatus", "Membership", "Organization", "User"]
