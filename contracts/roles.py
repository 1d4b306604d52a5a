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
DISTRICT, STREETS, CARE, OWN, PERSON, CREDENTIALS = (
    "全辖区 / the district",
    "所属街道及全辖区性内容（只读）/ own streets, and what is district-wide to read",
    "自身及所培育的组织 / its organisation and those in its care",
    "本组织 / its own organisation",
    "本人 / what concerns the person",
    "账号与凭证，不含业务数据 / accounts and credentials, no data",
)
# The third side of the authorisation table: whose rows (CONTRACT.md, "Whose row"). Applied in queries and domain rules.
SCOPES = {
    BUREAU: DISTRICT,
    SPECIALIST: DISTRICT,
    STEWARD: STREETS,
    STREET_STAFF: STREETS,
    HUB: CARE,
    CSO: OWN,
    PROVIDER: OWN,
    JUDGE: PERSON,
    TALENT: PERSON,
    RESIDENT: PERSON,
    OPERATOR: "各服务运行状态 / the state of the services",
    GRID_WORKER: STREETS,
    ADMINISTRATOR: CREDENTIALS,
    SECURITY: CREDENTIALS,
    AUDITOR: "全辖区，只读 / the district, read-only",
    API_CLIENT: "密钥所列操作 / the operations its key lists",
}
EVERY_ROLE = tuple(TEXTS)
DISTRICT_STAFF = (BUREAU, SPECIALIST)
STAFF = (BUREAU, SPECIALIST, STEWARD, STREET_STAFF)
SIGNED_IN = EVERY_ROLE
PUBLIC = (ANYONE,)
READERS = (*STAFF, HUB, AUDITOR)
