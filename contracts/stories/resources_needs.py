"""Of residents' needs."""

TEXTS = {
    "need_requested": "居民提出需求",
    "need_requester_disclosed": "查阅居民需求中的个人信息",
    "need_requester_linked": "来电人关联账号",
    "need_shaped": "居民需求制单",
    "need_taken_on": "承接居民需求",
}
