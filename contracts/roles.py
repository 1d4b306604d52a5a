"""Roles (DOMAIN.md "Who uses it", CONTRACT.md "Who calls") and the groups the authorisation table names."""

from chassis.actor import ANYONE

BUREAU = "bureau"
SPECIALIST = "specialist"
STEWARD = "steward"
STREET_STAFF = "street_staff"
HUB = "hub"
CSO = "cso"
PROVIDER = "provider"
JUDGE = "judge"
TALENT = "talent"
RESIDENT = "resident"
OPERATOR = "operator"
GRID_WORKER = "grid_worker"
ADMINISTRATOR = "administrator"
SECURITY = "security"
AUDITOR = "auditor"
API_CLIENT = "api_client"

TEXTS = {
    BUREAU: "民政局",
    SPECIALIST: "基地服务专员",
    STEWARD: "专属服务管家",
    STREET_STAFF: "街道孵化中心",
    HUB: "枢纽型社会组织",
    CSO: "社区社会组织",
    PROVIDER: "资源方",
    JUDGE: "评委",
    TALENT: "社区人才/志愿者",
    RESIDENT: "居民",
    OPERATOR: "运维",
    GRID_WORKER: "网格员",
    ADMINISTRATOR: "系统管理员",
    SECURITY: "安全管理员",
    AUDITOR: "审计员",
    API_CLIENT: "接口客户端",
}
EVERY_ROLE = tuple(TEXTS)
DISTRICT_STAFF = (BUREAU, SPECIALIST)
STAFF = (BUREAU, SPECIALIST, STEWARD, STREET_STAFF)
SIGNED_IN = EVERY_ROLE
PUBLIC = (ANYONE,)
READERS = (*STAFF, HUB, AUDITOR)
