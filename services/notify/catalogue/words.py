"""Words of closed vocabularies as they stand in a Chinese sentence: events carry the words of the code."""

CHINESE = {
    # how grave a finding is
    "low": "轻微",
    "medium": "一般",
    "high": "严重",
    # what is owed by a deadline
    "case_review": "入孵评审",
    "case_answer": "补充入孵材料",
    "case_agreement": "签订入孵协议",
    "case_term": "孵化期满处理",
    "finding": "督导问题整改",
    "consultation": "政策咨询答复",
    "visit": "督导走访",
    # what changes of an organisation
    "name": "名称",
    "fields": "服务领域",
    "hub_id": "联系枢纽",
    "community_code": "所在社区",
    "responsible_person": "负责人",
    "phone": "联系电话",
    "introduction": "简介",
    "status": "状态",
    "legal_tier": "登记类型",
    "legal_form": "组织形式",
    "uscc": "统一社会信用代码",
    "filing_number": "备案编号",
    "founded_on": "成立日期",
    "in_breach": "失信状态",
    "merged_into_id": "并入的组织",
    # who serves a case
    "specialist": "基地服务专员",
    "steward": "专属服务管家",
    # designations
    "district_brand": "创益领航",
    "party_model_site": "党建样板",
    "red_flag_party": "红旗党组织",
    # what a policy question is about
    "registration": "登记注册",
    "filing": "备案",
    "tax": "税务",
    "funding": "资金",
    "labour": "用工",
    "volunteering": "志愿服务",
    "governance": "内部治理",
    "party_building": "党建",
    "other": "其他",
}
