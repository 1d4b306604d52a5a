"""Of sheets of offers and needs."""

TEXTS = {
    "needs_exported": "导出了需求清单",
    "needs_imported": "批量导入了需求",
    "offers_exported": "导出了资源清单",
    "offers_imported": "批量导入了资源",
}
