from .notices import NoticeWish
from .signatures import ApprovalDecision, ApprovalRequest, ApprovalTier

__all__ = ["ApprovalDecision", "ApprovalRequest", "ApprovalTier", "NoticeWish"]
