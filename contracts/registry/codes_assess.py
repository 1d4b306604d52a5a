"""Error codes of rubrics, assessments, the cultivation list, party building, designations and brands."""

from __future__ import annotations

from chassis.codes import Code


class AssessCode(Code):
    """What rulebooks, assessments and the key-cultivation list can refuse."""

    RULEBOOK_NOT_FOUND = "rulebook_not_found", "没有这份规则", "No such rulebook"
    RULEBOOK_STATE = "rulebook_state_conflict", "规则当前状态不能这样做", "The rulebook's state does not allow this"
    RULEBOOK_DRAFT_EXISTS = "rulebook_draft_exists", "该规则已有草稿", "This rulebook has a draft already"
    RULEBOOK_NOT_PUBLISHED = "rulebook_not_published", "规则尚未发布或已停用", "The rulebook is not in force"
    RULEBOOK_ALTERED = "rulebook_altered", "规则内容与发布时的摘要不符", "The rulebook differs from its published hash"
    RULEBOOK_WEIGHTS_INVALID = "rulebook_weights_invalid", "权重之和须为 100", "Weights must add up to 100"
    RULEBOOK_CODES_REPEATED = "rulebook_codes_repeated", "指标代码重复", "A code is used twice"
    RULEBOOK_SCALE_INVALID = "rulebook_scale_invalid", "分值范围有误", "A scale's maximum must exceed its minimum"
    RULEBOOK_THRESHOLDS_INVALID = (
        "rulebook_thresholds_invalid",
        "等级分数线有误：等级须与对象类型相符、不重复，等级越高分数线越高",
        "Thresholds must name grades of this kind once each, higher grades at higher scores",
    )
    ASSESSMENT_NOT_FOUND = "assessment_not_found", "没有这次评估", "No such assessment"
    ASSESSMENT_STATE = (
        "assessment_state_conflict",
        "评估当前状态不能这样做",
        "The assessment's state does not allow this",
    )
    ASSESSMENT_TIER_MISMATCH = (
        "assessment_tier_mismatch",
        "评估标准与组织类型不符",
        "The rubric is for organisations of another tier",
    )
    ASSESSMENT_OPEN = "assessment_open", "该组织已有进行中的评估", "The organisation is being assessed already"
    ASSESSORS_TOO_FEW = "assessors_too_few", "有效评估员人数不足", "Too few assessors"
    ASSESSOR_INVALID = "assessor_invalid", "该账号不能担任评估员", "The account cannot be an assessor"
    ASSESSOR_CONFLICTED = (
        "assessor_conflicted",
        "评估员与该组织有关联，应当回避",
        "The assessor is connected with the organisation and must stand aside",
    )
    ASSESSOR_REPEATED = "assessor_repeated", "该评估员已在名单中", "The assessor is on the panel already"
    SHEET_NOT_FOUND = "assessment_sheet_not_found", "没有这份评估表", "No such assessment sheet"
    SHEET_STATE = "assessment_sheet_state_conflict", "评估表当前状态不能这样做", "The sheet's state does not allow this"
    SHEET_INCOMPLETE = "assessment_sheet_incomplete", "还有指标未评分", "Some criteria have no score"
    SHEETS_OPEN = "assessment_sheets_open", "还有评估表未锁定", "Some sheets are not locked"
    SCORE_INVALID = "assessment_score_invalid", "评分超出范围或没有该指标", "No such criterion, or outside its scale"
    CORRECTION_NOT_FOUND = "assessment_correction_not_found", "没有这项更正", "No such correction"
    CORRECTION_STATE = "assessment_correction_state_conflict", "该更正已处理", "The correction is settled already"
    CORRECTION_OPEN = "assessment_correction_open", "还有更正未处理", "A correction is still open"
    SECOND_PERSON_NEEDED = "second_person_needed", "须由另一人复核", "Another person must decide this"
    APPEAL_NOT_FOUND = "assessment_appeal_not_found", "没有这项申诉", "No such appeal"
    APPEAL_STATE = (
        "assessment_appeal_state_conflict",
        "申诉当前状态不能这样做",
        "The appeal's state does not allow this",
    )
    APPEAL_LATE = "assessment_appeal_late", "申诉期已过", "The time for appeals is over"
    APPEAL_PERIOD_RUNNING = "assessment_appeal_period_running", "申诉期未满", "The time for appeals is still running"
    APPEAL_UNCORRECTED = (
        "assessment_appeal_uncorrected",
        "申诉成立须先有经复核的更正",
        "An appeal is upheld by an approved correction",
    )
    CULTIVATION_LIST_NOT_FOUND = "cultivation_list_not_found", "没有这份重点培养名单", "No such cultivation list"
    CULTIVATION_LIST_STATE = (
        "cultivation_list_state_conflict",
        "名单当前状态不能这样做",
        "The list's state does not allow this",
    )
    CULTIVATION_ENTRY_NOT_FOUND = (
        "cultivation_entry_not_found",
        "名单中没有该组织",
        "The organisation is not on the list",
    )
    CULTIVATION_ENTRY_INCLUDED = (
        "cultivation_entry_included",
        "该组织已在名单中",
        "The organisation is on the list already",
    )
    CULTIVATION_ORGANISATION_INELIGIBLE = (
        "cultivation_organisation_ineligible",
        "该组织不能列入重点培养",
        "The organisation cannot be cultivated",
    )
    CULTIVATION_DATE_INVALID = "cultivation_date_invalid", "日期不能晚于今天", "The day lies in the future"
    CULTIVATION_NOT_COMPUTED = "cultivation_not_computed", "名单尚未计算", "The list has not been computed"


class PartyCode(Code):
    """What party building and designations can refuse."""

    PARTY_KIND_UNKNOWN = "party_kind_unknown", "没有这种党组织形式", "No such kind of party organisation"
    PARTY_ORGANISATION_NOT_FOUND = "party_organisation_not_found", "没有这个党组织", "No such party organisation"
    PARTY_ORGANISATION_STATE = (
        "party_organisation_state_conflict",
        "党组织当前状态不能这样做",
        "The party organisation's state does not allow this",
    )
    PARTY_ALREADY_COVERED = (
        "party_already_covered",
        "该组织已有党组织覆盖",
        "The organisation is covered by a party organisation already",
    )
    PARTY_MEMBERS_TOO_FEW = (
        "party_members_too_few",
        "党员人数未达到该形式的要求",
        "Too few members for this kind of party organisation",
    )
    PARTY_DATE_INVALID = "party_date_invalid", "日期有误", "The date is not valid"
    DESIGNATION_NOT_FOUND = "designation_not_found", "没有这项命名", "No such designation"
    DESIGNATION_STATE = (
        "designation_state_conflict",
        "命名当前状态不能这样做",
        "The designation's state does not allow this",
    )
    DESIGNATION_EXISTS = "designation_exists", "该组织已有同类命名", "The organisation has this designation already"
    DESIGNATION_PERIOD_INVALID = "designation_period_invalid", "起止日期有误", "The period is not valid"
    DESIGNATION_PARTY_MISSING = (
        "designation_party_missing",
        "该组织没有在册党组织",
        "The organisation has no active party organisation",
    )


class BrandCode(Code):
    """What brand pages can refuse."""

    BRAND_NOT_FOUND = "brand_not_found", "没有这个品牌主页", "No such brand page"
    BRAND_EXISTS = "brand_exists", "该组织已有品牌主页", "The organisation has a brand page already"
    BRAND_SLUG_TAKEN = "brand_slug_taken", "这个网址已被使用", "The address is taken"
    BRAND_STATE = "brand_state_conflict", "品牌主页当前状态不能这样做", "The page's state does not allow this"
    BRAND_TEXT_PERSONAL = (
        "brand_text_personal",
        "公开文字中不得出现电话、邮箱或身份证号",
        "Public text must not carry a phone, e-mail or identity number",
    )
    BRAND_STORY_MISSING = "brand_story_missing", "请先写好简介再发布", "Write the story before publishing"
    BRAND_HONOUR_NOT_FOUND = "brand_honour_not_found", "没有这项荣誉", "No such honour"
    BRAND_DATE_INVALID = "brand_date_invalid", "日期有误", "The date is not valid"
    BRAND_PHOTO_NOT_FOUND = "brand_photo_not_found", "没有这张照片", "No such photo"
    BRAND_PHOTO_TYPE = "brand_photo_type", "照片须为 JPEG、PNG 或 WebP", "A photo is JPEG, PNG or WebP"
    BRAND_CONSENT_MISSING = (
        "brand_consent_missing",
        "照片中有人物，须有同意书；有未成年人的须有监护人同意",
        "People in a photo must have consented; for minors a guardian",
    )
    BRAND_PHOTO_WITHDRAWN = "brand_photo_withdrawn", "该照片的同意已撤回", "Consent to this photo was withdrawn"
