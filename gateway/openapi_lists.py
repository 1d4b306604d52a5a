"""Nouns in the addresses of the one list, the census, the talent grid and dispatch, with their Chinese names."""

LISTS = {
    "cell-residents": "网格人口",
    "census-records": "摸排记录",
    "censuses": "摸排",
    "dispatch-offers": "派遣邀请",
    "dispatches": "人才派遣",
    "one-list": "一张清单",
    "one-list-exports": "清单导出",
    "one-list-rules": "清单与网格参数",
    "one-list-versions": "清单版本",
    "personal-readings": "个人信息查阅记录",
    "public-one-list": "公开清单",
    "service-hours": "服务时长平台记录",
    "skills": "技能分类",
    "talent-credentials": "人才资质",
    "talent-gaps": "人才覆盖与缺口",
    "talent-map": "人才缺口地图",
    "talent-norms": "人才配置标准",
    "talents": "人才网格",
}
