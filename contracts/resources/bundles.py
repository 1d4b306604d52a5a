"""The certificate of a matching round as a file, and the names that its reader may know."""

from __future__ import annotations

from marshmallow import Schema, fields

from chassis.fields import PageQuery, one_of
from chassis.operations import Operation, rpc
from contracts import roles
from contracts.resources.instances import KeptFile
from contracts.resources.matching import MatchingRoundQuery

FOLDER = "bundles"


class BundleNamesQuery(MatchingRoundQuery, PageQuery):
    """Of which side of the file."""

    side = one_of("offers", "needs", required=True)


class BundleNameView(Schema):
    """Who stands behind a name of the file, where the reader may see the row."""

    name = fields.String()
    id = fields.String()


OPERATIONS: tuple[Operation, ...] = (
    rpc(
        "get_matching_bundle",
        MatchingRoundQuery,
        KeptFile,
        roles=roles.READERS,
        zh="对接批次的证明文件",
        en="Certificate of a matching round as a file",
    ),
    rpc(
        "list_bundle_names",
        BundleNamesQuery,
        BundleNameView,
        roles=roles.READERS,
        zh="证明文件中的名称",
        en="Names in the certificate's file",
        many=True,
    ),
)
