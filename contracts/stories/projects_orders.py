"""Of callers, clocks, appointments, credentials and recurring orders."""

TEXTS = {
    "credential_recorded": "登记了一项资质",
    "credential_revoked": "撤销了一项资质",
    "order_appointment_moved": "改约服务时间，等居民同意",
    "order_caller_disclosed": "查阅了来电人的联系方式",
    "order_caller_linked": "来电人关联了账号，第一求助人不变",
    "order_follow_up_settled": "低分回访已办结",
    "order_given_back": "接单者退回了服务单，转询下一位",
    "order_move_agreed": "居民同意改约时间",
    "order_occurrence_made": "周期订单生成了一次服务",
    "order_offer_withdrawn": "已有人接单或订单已取消，不再询问其他对象",
    "order_overdue": "服务单超过时限，提醒工作人员",
    "order_proxy_named": "指定了代为确认的人",
    "order_rated_low": "评价较低，转工作人员回访",
    "order_series_advanced": "周期订单开始、暂停、恢复或结束",
    "order_series_changed": "周期订单有变更",
    "order_series_requested": "申请了周期订单",
}
