"""The public side of brand pages: what everybody sees. Nobody is named."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, PageQuery, street_code
from chassis.operations import Operation, rpc
from chassis.views import View
from contracts import roles
from contracts.registry.brands import slug
from contracts.registry.shapes import Evidence


class PublicBrandPath(Schema):
    """The page's address."""

    slug = slug(required=True)


class PublicPhotoPath(PublicBrandPath):
    """A photo of a page."""

    photo_id = Id("pho", required=True)


class PublicBrandQuery(PageQuery):
    """Published pages."""

    street_code = street_code()
    field = fields.String(validate=validate.Regexp(r"^[a-z][a-z_]{1,39}\Z"))


class PublicHonour(View):
    """An honour, a grade or a designation, by whom and since when."""

    kind = fields.String(metadata={"enum": ["honour", "designation"]})
    title = fields.String()
    awarded_by = fields.String()
    awarded_on = fields.Date()


class PublicProject(View):
    """A project, as the projects service told it."""

    title = fields.String()
    status = fields.String()
    started_on = fields.Date(allow_none=True)
    grade = fields.String(allow_none=True)


class PublicPhoto(View):
    """A photo that may be shown today."""

    photo_id = fields.String()
    caption_zh = fields.String()
    caption_en = fields.String()


class PublicGrade(View):
    """The grade that holds."""

    grade = fields.String()
    graded_on = fields.Date()
    valid_until = fields.Date()


class PublicParty(View):
    """That there is a party organisation, and of which form."""

    kind_zh = fields.String()
    kind_en = fields.String()


class PublicHours(View):
    """Confirmed service of the platform's records; no certificate (证明)."""

    minutes = fields.Integer()
    orders = fields.Integer()
    beneficiaries = fields.Integer()


class PublicField(View):
    """A field of service in words."""

    code = fields.String()
    zh = fields.String()
    en = fields.String()


class PublicBrandView(View):
    """The page as the caller may see it: a section that is not shown is null. Nobody is named."""

    slug = fields.String()
    name = fields.String()
    kind = fields.String()
    legal_tier = fields.String()
    fields_ = fields.List(fields.Nested(PublicField), data_key="fields", attribute="field_names")
    street_code = fields.String(allow_none=True)
    street_name = fields.String(allow_none=True)
    founded_on = fields.Date(allow_none=True)
    tagline_zh = fields.String()
    tagline_en = fields.String()
    story_zh = fields.String(allow_none=True)
    story_en = fields.String(allow_none=True)
    honours = fields.List(fields.Nested(PublicHonour), allow_none=True)
    grade = fields.Nested(PublicGrade, allow_none=True)
    party = fields.Nested(PublicParty, allow_none=True)
    projects = fields.List(fields.Nested(PublicProject), allow_none=True)
    hours = fields.Nested(PublicHours, allow_none=True)
    photos = fields.List(fields.Nested(PublicPhoto), allow_none=True)
    published_at = Instant()


class PublicBrandLine(View):
    """A page in the public list."""

    slug = fields.String()
    name = fields.String()
    tagline_zh = fields.String()
    tagline_en = fields.String()
    street_code = fields.String(allow_none=True)


OPERATIONS: tuple[Operation, ...] = (
    rpc(
        "get_public_brand", PublicBrandPath, PublicBrandView, roles=roles.PUBLIC, zh="组织公开主页", en="A public page"
    ),
    rpc(
        "list_public_brands",
        PublicBrandQuery,
        PublicBrandLine,
        roles=roles.PUBLIC,
        many=True,
        zh="公开主页列表",
        en="Public pages",
    ),
    rpc(
        "get_public_photo", PublicPhotoPath, Evidence, roles=roles.PUBLIC, zh="公开照片", en="A photo of a public page"
    ),
)
