"""Error codes of evidence: photos, their shown copies, consent."""

from __future__ import annotations

from chassis.codes import Code


class EvidenceCode(Code):
    """What evidence can refuse, and why a photo could not be read (``problem`` of a piece of evidence)."""

    EVIDENCE_NOT_FOUND = "evidence_not_found", "没有这份佐证", "No such evidence"
    EVIDENCE_STATE = "evidence_state_conflict", "佐证当前状态不能这样做", "The evidence's state does not allow this"
    EVIDENCE_CONSENT_STATE = (
        "evidence_consent_conflict",
        "公开同意的当前状态不能这样做",
        "The state of the consent does not allow this",
    )
    EVIDENCE_NOT_YOURS = "evidence_not_yours", "这不是您组织的佐证", "Not your organisation's evidence"
    ACTIVITY_UNKNOWN = (
        "evidence_activity_unknown",
        "项目没有这个已开始的活动",
        "The project has no such activity that has begun",
    )
    PHOTO_MISSING = "photo_missing", "文件库中没有这张照片", "The photo is not in the file store"
    PHOTO_UNREADABLE = "photo_unreadable", "照片损坏或不完整", "The photo is damaged or cut off"
    PHOTO_TOO_LARGE = "photo_too_large", "照片的字节数或像素数超过上限", "The photo has too many bytes or pixels"
    PHOTO_TYPE_UNSUPPORTED = (
        "photo_type_unsupported",
        "只读取 JPEG、PNG、WebP 照片；HEIC 请先转换",
        "Only JPEG, PNG and WebP photos are read; convert HEIC first",
    )
