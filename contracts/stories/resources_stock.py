"""Of units, stock and gifts."""

TEXTS = {
    "allocation_lost": "途中遗失、损坏或过期",
    "allocation_part_received": "受助方分批签收",
    "allocation_part_returned": "部分退回",
    "allocation_resolved": "争议已裁定",
    "gift_used": "登记资源使用",
    "need_confirmation_due": "请确认需求是否仍有效",
    "need_confirmed": "确认需求仍有效",
    "stock_expired": "批次到期，余量核销",
    "unit_defined": "定义计量单位",
}
