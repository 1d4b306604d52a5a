"""What the gateway itself can refuse."""

from __future__ import annotations

from chassis.codes import Code


class GatewayCode(Code):
    """Codes of HTTP itself; everything else is a service's."""

    ROUTE_NOT_FOUND = "route_not_found", "没有这个地址", "No such address"
    METHOD_NOT_ALLOWED = "method_not_allowed", "这个地址不支持该方法", "The address does not support this method"
    BODY_NOT_JSON = "body_not_json", "请求体不是有效的 JSON", "The body is not valid JSON"
    BODY_NOT_OBJECT = "body_not_object", "请求体必须是 JSON 对象", "The body must be a JSON object"
    BODY_TOO_LARGE = "body_too_large", "请求体过大", "The body is too large"
    CONTENT_TYPE_UNSUPPORTED = "content_type_unsupported", "不支持这种内容类型", "The content type is not supported"
    CONTENT_ENCODING_UNSUPPORTED = (
        "content_encoding_unsupported",
        "不接受压缩的请求体",
        "A compressed body is not accepted; send it as it is",
    )
    PARAMETER_DUPLICATED = "parameter_duplicated", "同一参数出现在多处", "A parameter is given in more than one place"
    HEADER_INVALID = "header_invalid", "请求头格式有误", "A request header is malformed"
    REQUEST_MALFORMED = "request_malformed", "请求格式有误", "The request is malformed"
    TOO_MANY_ATTEMPTS = "too_many_attempts", "尝试过于频繁，请稍后再试", "Too many attempts; try again later"
    TOO_MANY_REQUESTS = "too_many_requests", "请求过于频繁，请稍后再试", "Too many requests with this key; slow down"
    FILE_NOT_FOUND = "file_not_found", "没有这个文件", "No such file"
    FILE_TOO_LARGE = "file_too_large", "文件过大", "The file is too large"
    FILE_EMPTY = "file_empty", "文件为空", "The file is empty"
    FILE_TYPE_MISMATCH = "file_type_mismatch", "文件内容与类型不符", "The content is not what its type says"
    FILE_LOCKED = (
        "file_locked",
        "文件已加密或为旧版 Office 格式，请去除密码或另存为新格式",
        "The file is encrypted or of an old Office format; remove its password or save it anew",
    )
    FILE_DIGEST_MISMATCH = "file_digest_mismatch", "文件摘要不符", "The content does not match its digest"
    PROVIDER_UNAVAILABLE = (
        "provider_unavailable",
        "单点登录提供方暂时无法访问",
        "The identity provider cannot be reached",
    )
    PROVIDER_REFUSED = "provider_refused", "单点登录提供方拒绝了登录", "The identity provider refused the sign-in"
    GATEWAY_OVERLOADED = "gateway_overloaded", "系统繁忙，请稍后重试", "Too much at once; try again in a moment"
    CLOCK_NOT_SETTLED = "clock_not_settled", "辖区尚未平静，请稍后再查", "The district has not come to rest yet"
