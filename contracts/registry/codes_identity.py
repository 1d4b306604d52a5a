"""Error codes of sign-in, sessions, API keys and privacy."""

from __future__ import annotations

from chassis.codes import Code


class IdentityCode(Code):
    """What the registry can refuse about who somebody is and what may be shown of them."""

    PASSWORD_CHANGE_REQUIRED = (
        "password_change_required",
        "请设置新密码后登录（同时提交 new_password）",
        "Choose a new password to sign in: send new_password as well",
    )
    PASSWORD_TOO_SHORT = "password_too_short", "密码太短", "The password is too short"
    PASSWORD_COMMON = "password_common", "密码过于常见，容易被猜到", "The password is one of the most guessed"
    PASSWORD_LIKE_LOGIN = "password_like_login", "密码不能与登录名相近", "The password is too much like the login"
    PASSWORD_MONOTONE = "password_monotone", "密码的字符过于单一或连续", "The password repeats or counts"
    PASSWORD_SAME = "password_same", "新密码不能与旧密码相同", "The new password is the old one"
    PASSWORD_WRONG = "password_wrong", "当前密码不对", "The current password is wrong"
    PASSWORD_NOT_OWN = "password_not_own", "不能重置自己的密码，请修改密码", "Change your own password instead"
    PASSWORD_NOT_YOURS = (
        "password_not_yours",
        "该角色的密码由安全管理员（或系统管理员）重置",
        "Security resets the passwords of security and auditors, the administrator all others",
    )
    ACCOUNT_STATE = "account_state_conflict", "账号当前状态不能这样做", "The account's state does not allow this"
    ACCOUNT_LAST_ADMINISTRATOR = (
        "account_last_administrator",
        "不能注销最后一个系统管理员",
        "The last administrator cannot be removed",
    )
    ACCOUNT_OWN = "account_own", "不能对自己的账号这样做", "Not to one's own account"
    ACCOUNT_SELF_GRANT = (
        "account_self_grant",
        "不能给自己开通其他角色",
        "Nobody grants a role to himself",
    )
    ACCOUNT_NOT_LOCKED = "account_not_locked", "该账号没有被锁定", "The account is not locked"
    SESSION_NOT_FOUND = "session_not_found", "没有这个登录会话", "No such session"
    SESSION_ENDED = "session_ended", "该登录会话已经结束", "The session has ended already"
    API_KEY_NOT_FOUND = "api_key_not_found", "没有这个接口密钥", "No such API key"
    API_KEY_INVALID = "api_key_invalid", "接口密钥无效", "The API key is not valid"
    API_KEY_REVOKED = "api_key_revoked", "接口密钥已吊销", "The API key was revoked already"
    API_KEY_ACCOUNT_INVALID = (
        "api_key_account_invalid",
        "只能为接口客户端账号签发密钥",
        "Keys are issued to API client accounts only",
    )
    API_KEY_SCOPE_UNKNOWN = (
        "api_key_scope_unknown",
        "接口客户端不能调用这个操作",
        "API clients may not call this operation",
    )
    API_KEY_EXPIRY_INVALID = "api_key_expiry_invalid", "密钥有效期超出允许范围", "The key would live too long"
    POLICY_NOT_YOURS = "policy_not_yours", "该参数由其他角色管理", "Another role sets this number"
    PERSON_NOT_FOUND = "person_not_found", "没有可查看的个人信息", "Nobody whose data could be shown"
    PURPOSE_FORBIDDEN = "purpose_forbidden", "该目的不适用于您的角色", "The purpose does not allow your role"
    PURPOSE_FIELDS = "purpose_fields_excessive", "超出该目的所需的最少信息", "More than the purpose needs"
    CONSENT_NOT_FOUND = "consent_not_found", "没有这项同意记录", "No such consent"
    CONSENT_STATE = "consent_state_conflict", "同意当前状态不能这样做", "The consent's state does not allow this"
    CONSENT_GIVEN = "consent_given", "已同意该版本", "This version was agreed to already"
    CONSENT_TEXT_UNKNOWN = "consent_text_unknown", "没有这个告知文本", "No such notice"
    CONSENT_TEXT_OLD = "consent_text_old", "告知文本已更新，请阅读新版本", "The notice has a newer version"
    EXPORT_NOT_FOUND = "export_not_found", "没有这份个人信息副本", "No such copy of your data"
    EXPORT_NOT_READY = "export_not_ready", "副本尚未生成", "The copy is not made yet"
    ERASURE_REQUESTED = "erasure_requested", "已提交删除申请", "Erasure was asked for already"
    ERASURE_NOT_REQUESTED = (
        "erasure_not_requested",
        "本人未申请删除，且账号未注销",
        "Nobody asked for it, and the account is not closed",
    )
    PROVIDER_UNKNOWN = "provider_unknown", "没有这个单点登录提供方", "No such identity provider"
    OIDC_REQUEST_INVALID = "oidc_request_invalid", "登录请求已失效，请重新开始", "Start signing in anew"
    OIDC_TOKEN_INVALID = "oidc_token_invalid", "单点登录凭证无效", "The identity provider's answer is not valid"
    OIDC_NO_ACCOUNT = "oidc_no_account", "该身份没有对应的账号", "No account belongs to this identity"
    OIDC_REDIRECT_UNKNOWN = "oidc_redirect_unknown", "回跳地址未登记", "The redirect address is not registered"
    OIDC_KEYS_MISSING = (
        "oidc_keys_missing",
        "尚未取得提供方的公钥，请稍后再试",
        "The provider's keys are not here yet; try again shortly",
    )
