"""Words of notify that both sides of the boundary use: kinds of messages, channels, states, priorities."""

from __future__ import annotations

ACCOUNTS = "accounts"
INCUBATION = "incubation"
VISITS = "visits"
CONSULTATIONS = "consultations"
ROUNDS = "rounds"
PROPOSALS = "proposals"
NOTICES = "notices"
MONEY = "money"
PROJECTS = "projects"
ORDERS = "orders"
RESOURCES = "resources"
ASSESSMENTS = "assessments"
TRAINING = "training"
BOOKINGS = "bookings"

KINDS = {
    ACCOUNTS: "账号与组织",
    INCUBATION: "入孵与成长",
    VISITS: "督导与整改",
    CONSULTATIONS: "政策咨询",
    ROUNDS: "创投公告",
    PROPOSALS: "方案与评审",
    NOTICES: "公示与异议",
    MONEY: "资金",
    PROJECTS: "项目执行",
    ORDERS: "服务订单",
    RESOURCES: "供需对接",
    ASSESSMENTS: "评估与等级",
    TRAINING: "培训活动",
    BOOKINGS: "场地预订",
}
# Rights and money: a person must hear of these, whatever they would rather not read.
MANDATORY_KINDS = (NOTICES, MONEY)

EMAIL = "email"
WEBHOOK = "webhook"
INBOX = "inbox"
PREFERENCE_CHANNELS = (INBOX, EMAIL)
DELIVERY_CHANNELS = (EMAIL, WEBHOOK)

LOW, NORMAL, HIGH = "low", "normal", "high"
PRIORITIES = (LOW, NORMAL, HIGH)

MESSAGE_STATUSES = ("unread", "read")
DELIVERY_STATUSES = ("queued", "sending", "sent", "failed", "abandoned", "bounced", "suppressed")
ENDPOINT_STATUSES = ("active", "disabled", "removed")
