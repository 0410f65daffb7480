from .bills import BillOfMaterials, BomLine, Operation, Substitute
from .completions import Completion, Receipt, ReceiptItem, ReportedUse
from .orders import Document, WorkOrder, WorkOrderInput, WorkOrderOutput

__all__ = [
    "BillOfMaterials",
    "BomLine",
    "Completion",
    "Document",
    "Operation",
    "Receipt",
    "ReceiptItem",
    "ReportedUse",
    "Substitute",
    "WorkOrder",
    "WorkOrderInput",
    "WorkOrderOutput",
]
