"""Chinese names of the nouns of delivery and of community projects."""

from __future__ import annotations

NOUNS = {
    "community-projects": "社区项目",
    "community-sessions": "社区项目场次",
    "delivery-policy": "变更与终止规则",
    "evaluation-rubrics": "评估标准",
    "evaluations": "项目评估",
    "project-changes": "项目变更",
    "report-policy": "报告规则",
    "report-slots": "定期报告",
    "terminations": "提前终止",
}
