from .batches import ImportBatch, ImportIssue, ImportMapping

__all__ = ["ImportBatch", "ImportIssue", "ImportMapping"]
