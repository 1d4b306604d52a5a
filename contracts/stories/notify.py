"""Of notify."""

TEXTS = {
    "delivery_bounced": "消息被对方永久拒收",
    "message_delivered": "消息已送达",
    "template_set": "修改了消息模板",
    "webhook_endpoint_added": "登记了推送地址",
    "webhook_endpoint_disabled": "推送地址已停用",
    "webhook_endpoint_removed": "移除了推送地址",
    "webhook_endpoint_resumed": "恢复了推送地址",
}
