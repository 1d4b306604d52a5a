"""Error codes of the registry."""

from __future__ import annotations

from chassis.codes import Code


class RegistryCode(Code):
    """What the registry can refuse about places, people and organisations."""

    PLACE_NOT_FOUND = "place_not_found", "没有这个地方", "No such place"
    PLACE_MISMATCH = "place_mismatch", "社区不属于该街道", "The community is not part of the street"
    ACCOUNT_NOT_FOUND = "account_not_found", "没有这个账号", "No such account"
    ACCOUNT_LOGIN_TAKEN = "account_login_taken", "登录名已被使用", "The login is taken"
    ACCOUNT_ROLE_FORBIDDEN = (
        "account_role_forbidden",
        "您不能开通这种角色的账号",
        "You may not open accounts of this role",
    )
    ACCOUNT_STREETS_INVALID = (
        "account_streets_invalid",
        "该角色需要（或不能有）所属街道",
        "The role needs streets, or must have none",
    )
    ACCOUNT_ORGANISATION_INVALID = (
        "account_organisation_invalid",
        "该角色需要（或不能有）所属组织，且类型相符",
        "The role needs an organisation of the right kind, or must have none",
    )
    ACCOUNT_NOT_RESIDENT = "account_not_resident", "只有居民账号需要核验", "Only residents are verified"
    ACCOUNT_ALREADY_VERIFIED = "account_already_verified", "该居民已核验", "The resident is already verified"
    SIGN_IN_FAILED = "sign_in_failed", "登录名或密码不对", "The login or the password is wrong"
    SIGN_IN_LOCKED = (
        "sign_in_locked",
        "失败次数过多，请稍后再试",
        "Too many failures; wait before trying again",
    )
    SESSION_INVALID = "session_invalid", "登录状态已失效，请重新登录", "The session has ended; sign in again"
    POLICY_NOT_FOUND = "policy_not_found", "没有这项政策参数", "No such policy number"
    POLICY_VALUE_INVALID = "policy_value_invalid", "参数值超出允许范围", "The value is outside its bounds"
    FIELD_UNKNOWN = "field_unknown", "没有这个服务领域", "No such field"
    FIELD_EXISTS = "field_exists", "这个服务领域已存在", "The field exists already"
    ORGANISATION_NOT_FOUND = "organisation_not_found", "没有这个组织", "No such organisation"
    ORGANISATION_DUPLICATE = "organisation_duplicate", "该组织已经登记", "The organisation is registered already"
    ORGANISATION_KIND_FORBIDDEN = (
        "organisation_kind_forbidden",
        "您不能登记这类组织",
        "You may not register organisations of this kind",
    )
    ORGANISATION_IDENTITY_INVALID = (
        "organisation_identity_invalid",
        "登记的组织需统一社会信用代码；备案的组织需备案号、街道和负责人",
        "A registered organisation needs its credit code; a filed one filing number, street and responsible person",
    )
    ORGANISATION_HUB_INVALID = (
        "organisation_hub_invalid",
        "所选枢纽组织无效",
        "Not a hub organisation that may take it in",
    )
    ORGANISATION_CLOSED = "organisation_closed", "该组织已注销", "The organisation is closed"
    CREDIT_CODE_INVALID = "credit_code_invalid", "统一社会信用代码有误", "Not a valid unified social credit code"
    CREDIT_CODE_IS_IDENTITY_NUMBER = (
        "credit_code_is_identity_number",
        "这是身份证号码，不是信用代码，请勿填写",
        "This is an identity-card number, not a credit code",
    )
    CREDIT_CODE_KIND_MISMATCH = (
        "credit_code_kind_mismatch",
        "信用代码的登记管理部门与组织类型不符",
        "The credit code belongs to another kind of organisation",
    )
    SEED_GROUP_NOT_FOUND = "seed_group_not_found", "没有这个种子团队", "No such seed group"
    SEED_GROUP_STATE = (
        "seed_group_state_conflict",
        "种子团队当前状态不能这样做",
        "The seed group's state does not allow this",
    )
    SEED_MEMBER_NOT_FOUND = "seed_member_not_found", "没有这位成员", "No such member"
    SEED_MEMBER_DUPLICATE = "seed_member_duplicate", "这位成员已在团队中", "The member is in the group already"
    SEED_MEETING_IN_FUTURE = "seed_meeting_in_future", "会议日期不能晚于今天", "A meeting cannot be held in the future"
