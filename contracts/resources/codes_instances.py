"""Error codes of matching instances that are sent to be solved."""

from __future__ import annotations

from chassis.codes import Code


class InstanceCode(Code):
    """Why an instance is not solved, or its answer not there."""

    INVALID = (
        "matching_instance_invalid",
        "撮合实例的内容有误，见所指位置",
        "The instance is not what it should be at the place named",
    )
    UNPROVED = (
        "matching_instance_unproved",
        "未能证明最优，因此不作答复",
        "No proof of the optimum was found, so nothing is answered",
    )
    LATE = "matching_instance_late", "求解超过时限，已停止", "Solving took longer than it may and was stopped"
    FILE_GONE = (
        "matching_instance_gone",
        "实例文件已过保存期，请重新提交",
        "The instance is kept no longer; send it again",
    )
    TOO_MANY = (
        "matching_instances_waiting",
        "该账号待求解的实例过多，请稍后再提交",
        "Too many instances of this account wait to be solved; send it later",
    )
    PENDING = "matching_answer_pending", "尚未求解完成", "It is not solved yet"
    FAILED = "matching_answer_failed", "求解未成功，原因见 reason", "It was not solved; reason says why"
    ANSWER_GONE = "matching_answer_gone", "答案已过保存期", "The answer is kept no longer"
