from .documents import Backflush, BackflushLine, HeldUse, LotPick

__all__ = ["Backflush", "BackflushLine", "HeldUse", "LotPick"]
