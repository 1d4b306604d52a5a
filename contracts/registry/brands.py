"""Brand pages: what an organisation tells the public, what of it is shown to whom, and the consent photos rest on."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, PageQuery, Text, day, one_of, street_code
from chassis.operations import Operation, command, rpc
from chassis.views import View
from contracts import roles
from contracts.registry.shapes import Evidence, NounView, Reason, evidence_list, expected_version

STATUSES = ("draft", "published", "hidden")
SECTIONS = ("story", "honours", "grade", "party", "projects", "hours", "photos")
VISIBILITIES = ("public", "registered", "hidden")
AUTHORS = (roles.CSO, roles.HUB, roles.STREET_STAFF, roles.SPECIALIST, roles.BUREAU)
PUBLISHERS = (roles.HUB, roles.STREET_STAFF, roles.SPECIALIST, roles.BUREAU)
SEERS = (*roles.READERS, roles.CSO)
SLUG = r"^[a-z0-9](?:[a-z0-9-]{1,38}[a-z0-9])\Z"


def slug(**kwargs: Any) -> fields.String:
    """The last word of the page's address: 3–40 of a–z, 0–9 and inner hyphens."""
    return fields.String(validate=validate.Regexp(SLUG), **kwargs)


class Visibility(Schema):
    """Per section: for everybody, for people who signed in, or for nobody but those who keep the page."""

    story = one_of(*VISIBILITIES)
    honours = one_of(*VISIBILITIES)
    grade = one_of(*VISIBILITIES)
    party = one_of(*VISIBILITIES)
    projects = one_of(*VISIBILITIES)
    hours = one_of(*VISIBILITIES)
    photos = one_of(*VISIBILITIES)


class BrandContent(Schema):
    """Texts may not carry a phone, an e-mail or an identity number; only what is sent changes."""

    slug = slug()
    tagline_zh = Text(at_most=100)
    tagline_en = Text(at_most=200)
    story_zh = Text(at_most=4000)
    story_en = Text(at_most=8000)
    visibility = fields.Nested(Visibility)


class DraftBrand(BrandContent):
    """The page of an organisation; one each. Without a slug it gets one from its id."""

    organisation_id = Id("org", required=True)


class BrandPath(Schema):
    """One page."""

    brand_id = Id("brd", required=True)


class OnBrand(BrandPath):
    """A step of one page."""

    expected_version = expected_version()


class ChangeBrand(OnBrand, BrandContent):
    """Only what is sent changes."""


class HideBrand(BrandPath, Reason):
    """Off the public site, with the reason."""


class AddBrandHonour(BrandPath):
    """An honour others gave. Name no person."""

    title = Text(required=True, at_least=2, at_most=100)
    awarded_by = Text(required=True, at_least=2, at_most=100)
    awarded_on = day(required=True)
    evidence = evidence_list()


class RemoveBrandHonour(BrandPath):
    """Off the page; the record keeps it with the reason."""

    honour_id = Id("hon", required=True)
    reason = Text(required=True, at_least=2, at_most=500)


class PhotoConsent(Schema):
    """The signed consent to publish on the brand page, and until when."""

    given_on = day(required=True)
    until = day()
    document = fields.Nested(Evidence, required=True)
    guardian = fields.Boolean(
        load_default=False,
        metadata={"description": "监护人同意，照片中有未成年人时必须 / a guardian's, where minors are shown"},
    )


class AddBrandPhoto(BrandPath):
    """``people``: how many can be recognised; from one on, consent is needed."""

    file = fields.Nested(Evidence, required=True)
    caption_zh = Text(required=True, at_least=1, at_most=100)
    caption_en = Text(at_most=200, load_default="")
    people = fields.Integer(required=True, strict=True, validate=validate.Range(min=0, max=1000))
    minors = fields.Boolean(load_default=False)
    consent = fields.Nested(PhotoConsent)


class WithdrawBrandPhoto(BrandPath):
    """Consent is withdrawn, or the photo goes: at once, and its file is forgotten."""

    photo_id = Id("pho", required=True)
    reason = Text(required=True, at_least=2, at_most=500)


class BrandQuery(PageQuery):
    """Filters; scope is applied besides."""

    organisation_id = Id("org")
    status = one_of(*STATUSES)
    street_code = street_code()


class HonourView(View):
    """An honour; ``removed_at`` only on the keepers' view."""

    honour_id = fields.String()
    title = fields.String()
    awarded_by = fields.String()
    awarded_on = fields.Date()
    removed_at = Instant(allow_none=True)


class PhotoView(View):
    """A photo and its consent, for those who keep the page."""

    photo_id = fields.String()
    file = fields.Nested(Evidence, allow_none=True)
    caption_zh = fields.String()
    caption_en = fields.String()
    people = fields.Integer()
    minors = fields.Boolean()
    consent_on = fields.Date(allow_none=True)
    consent_until = fields.Date(allow_none=True)
    consent_document = fields.Nested(Evidence, allow_none=True)
    guardian_consent = fields.Boolean()
    added_at = Instant()
    withdrawn_at = Instant(allow_none=True)
    withdrawn_reason = fields.String(allow_none=True)


class BrandView(NounView):
    """A page, for those who keep it."""

    brand_id = fields.String()
    organisation_id = fields.String()
    slug = fields.String()
    tagline_zh = fields.String()
    tagline_en = fields.String()
    visibility = fields.Nested(Visibility)
    published_at = Instant(allow_none=True)
    hidden_reason = fields.String(allow_none=True)


class BrandDetail(BrandView):
    """With its texts, honours and photos."""

    story_zh = fields.String()
    story_en = fields.String()
    honours = fields.List(fields.Nested(HonourView))
    photos = fields.List(fields.Nested(PhotoView))


def _step(name: str, takes: type[Schema], who: tuple[str, ...], zh: str, en: str) -> Operation:
    return command(name, takes, BrandDetail, roles=who, reread="get_brand", zh=zh, en=en)


OPERATIONS: tuple[Operation, ...] = (
    _step("draft_brand", DraftBrand, AUTHORS, "新建品牌主页", "Draft a brand page"),
    _step("change_brand", ChangeBrand, AUTHORS, "修改品牌主页", "Change a brand page"),
    _step("publish_brand", OnBrand, PUBLISHERS, "发布品牌主页", "Publish a brand page"),
    _step("hide_brand", HideBrand, PUBLISHERS, "下线品牌主页", "Hide a brand page"),
    _step("add_brand_honour", AddBrandHonour, AUTHORS, "增加荣誉", "Add an honour"),
    _step("remove_brand_honour", RemoveBrandHonour, AUTHORS, "移除荣誉", "Remove an honour"),
    _step("add_brand_photo", AddBrandPhoto, AUTHORS, "增加照片", "Add a photo"),
    _step("withdraw_brand_photo", WithdrawBrandPhoto, AUTHORS, "撤回照片", "Withdraw a photo"),
    rpc("get_brand", BrandPath, BrandDetail, roles=SEERS, zh="查看品牌主页", en="One page, for its keepers"),
    rpc("list_brands", BrandQuery, BrandView, roles=SEERS, many=True, zh="品牌主页列表", en="Pages, for their keepers"),
)
