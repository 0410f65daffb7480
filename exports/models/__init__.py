from .batches import DueBelowMark, DueMark, ExportBatch, ExportColumn, ExportLine, ExportTemplate

__all__ = ["DueBelowMark", "DueMark", "ExportBatch", "ExportColumn", "ExportLine", "ExportTemplate"]
