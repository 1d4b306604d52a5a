"""Refusals of residents' needs."""

from __future__ import annotations

from chassis.codes import Code


class NeedCode(Code):
    """Asking, taking on, shaping, receiving for somebody."""

    CALLER_INVALID = (
        "need_caller_invalid",
        "来电人须有姓名、电话和同意，且不能同时指定账号",
        "A caller needs a name, a phone and consent, and is not named with an account",
    )
    REQUESTER_MISSING = (
        "need_requester_missing",
        "请指定求助居民的账号或来电人",
        "Say for whom: an account of a resident, or a caller",
    )
    REQUESTER_UNKNOWN = "need_requester_unknown", "没有这个居民账号", "No such account of a resident"
    NOT_YOURS = "need_not_yours", "只能办理本人或本组织承接的需求", "Only your own need, or one that you handle"
    NOT_OF_A_RESIDENT = "need_not_of_a_resident", "这不是居民需求", "This is no resident's need"
    NOT_TAKEN_ON = "need_not_taken_on", "居民需求须先承接", "Nobody has taken on this need yet"
    NOT_SHAPED = "need_not_shaped", "居民需求须先制单再核实", "The need must be shaped before it is verified"
    TAKEN_ON = "need_taken_on", "该需求已有承接方", "The need has a handler already"
    STREET_DIFFERS = "need_street_differs", "社区不在该街道内", "The community is not in this street"
    REQUESTER_LINKED = "need_requester_linked", "这位来电人已关联账号", "The caller is linked to an account already"
    PROXY_REASON = (
        "need_proxy_reason",
        "代居民签收须说明原因",
        "Whoever acknowledges for a resident must say why",
    )
    GIVER_RECEIVES = (
        "need_giver_receives",
        "提供方不能代居民签收自己提供的资源",
        "Who gives cannot acknowledge receipt for the resident",
    )
    STORY_NOT_YOURS = (
        "need_story_not_yours",
        "公开去向须由居民本人同意",
        "Only the resident in person may agree that it is told publicly",
    )
