"""Of evidence and flags."""

TEXTS = {
    "activity_evidence_added": "补充了活动佐证",
    "evidence_consent_recorded": "登记了照片的公开同意",
    "evidence_consent_withdrawn": "撤回了照片的公开同意",
    "evidence_erased": "擦除了从照片读出的信息",
    "evidence_policy_changed": "修改了照片参数",
    "evidence_read": "读取了照片并生成展示副本",
    "evidence_refused": "照片无法读取",
    "flag_accepted": "采信说明，预警不成立",
    "flag_closed": "预警办结",
    "flag_explained": "组织对预警作出说明",
    "flag_raised": "按公布的规则发出预警",
    "flag_rules_published": "发布了预警规则",
    "flag_upheld": "认定预警成立",
    "flag_withdrawn": "情况已变，预警撤销",
}
