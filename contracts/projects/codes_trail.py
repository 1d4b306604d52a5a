"""Error codes of witnesses and of the trail's self-audit."""

from __future__ import annotations

from chassis.codes import Code


class TrailCode(Code):
    """What the trail can refuse besides :class:`contracts.projects.codes_delivery.DeliveryCode`."""

    ALGORITHM_UNKNOWN = (
        "trail_algorithm_unknown",
        "不认识的签名算法，不作判断",
        "A signature algorithm that is not known here is not judged",
    )
    PEER_UNKNOWN = (
        "trail_peer_unknown",
        "未登记该日志的这把公钥，不能见证",
        "That key of that log is not registered here",
    )
    PEER_IS_SELF = "trail_peer_is_self", "日志不能为自己作见证", "A log cannot bear witness to itself"
    HEAD_SIGNATURE_INVALID = ("trail_head_signature_invalid", "树头签名不成立", "The head's signature does not hold")
    HEAD_NOT_FOUND = ("trail_head_not_found", "没有这样的已签名树头", "No such signed head is kept")
    HEAD_OLDER = (
        "trail_head_older",
        "比已见证的树头更早，请改送更新的",
        "Older than the last head witnessed; send a newer one",
    )
    HEAD_PROOF_INVALID = (
        "trail_head_proof_invalid",
        "一致性证明不成立：未证明它延续了已见证的树头",
        "No proof that it extends the last head witnessed",
    )
    LOG_FORKED = (
        "trail_log_forked",
        "该日志已被发现分叉，不再见证",
        "That log has forked; nothing of it is signed any more",
    )
    AUDIT_NOT_FOUND = "trail_audit_not_found", "没有这次自查", "No such self-audit"
    AUDIT_RUNNING = "trail_audit_running", "已有一次自查在进行", "A self-audit is under way already"
