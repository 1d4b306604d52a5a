"""OpenAPI 3.1 from the contracts and the routes: the same rows that answer are the rows that are documented."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from chassis.operations import Operation
from contracts import roles
from gateway import openapi_parts as parts
from gateway.arguments import EXPECTED_VERSION, Inputs
from gateway.catalogue import Catalogue, is_public, is_sign_in
from gateway.openapi_schemas import Schemas
from gateway.route import Route

TITLE = "足迹 Footprint"
_ABOUT = (
    "“1+1+N”社区社会组织孵化的接口。时刻为东八区 RFC 3339，金额为元（字符串）；"
    "错误为 problem+json，`code` 长期稳定。\n\n"
    "The API of a district's incubation network. Instants are RFC 3339 in Asia/Shanghai, amounts are yuan as strings; "
    "errors are problem+json with stable codes."
)
_WRITES = ("POST", "PUT", "PATCH")


def build(routes: Iterable[Route], catalogue: Catalogue) -> dict[str, Any]:
    """The document."""
    routes = tuple(routes)
    schemas = Schemas(
        title=TITLE,
        version="1.0.0",
        openapi_version="3.1.0",
        info={"description": _ABOUT, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        servers=[{"url": "/"}],
        tags=[],
    )
    spec = schemas.spec
    spec.components.security_scheme(
        "bearer", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "POST /v1/sessions"}
    )
    spec.components.schema("Problem", parts.PROBLEM)
    for name, header in parts.HEADERS.items():
        spec.components.header(name, header)
    for name, response in parts.problem_components().items():
        spec.components.response(name, response)
    for route in routes:
        row = _Row(route, catalogue[route.operation], schemas)
        spec.path(path=route.path, operations={route.method.lower(): row.document()})
    document = spec.to_dict()
    document["tags"] = parts.tags(routes)
    found: dict[str, Any] = parts.portable(document)
    return found


class _Row:
    """One route's operation object."""

    def __init__(self, route: Route, operation: Operation, schemas: Schemas) -> None:
        self.route = route
        self.operation = operation
        self.schemas = schemas
        self.inputs = Inputs(operation.input)
        self.path_names = parts.path_names(route.path)
        self.rest = {
            name: field
            for name, field in self.inputs.fields.items()
            if name not in self.path_names and name != EXPECTED_VERSION
        }

    def document(self) -> dict[str, Any]:
        operation = self.operation
        found: dict[str, Any] = {
            "operationId": parts.operation_id(self.route),
            "tags": [parts.tag(self.route)],
            "summary": operation.zh,
            "description": f"{operation.en}\n\n{_who(operation)}",
            "x-operation": self.route.operation,
            "x-roles": sorted(operation.roles),
            "security": [{}, {"bearer": []}] if is_public(operation) else [{"bearer": []}],
            "parameters": self._parameters(),
            "responses": self._responses(),
        }
        body = self._body()
        return {**found, "requestBody": body} if body else found

    def _parameters(self) -> list[dict[str, Any]]:
        found = [self._parameter(name, "path") for name in self.path_names]
        if self.route.method not in _WRITES:
            found += [self._parameter(name, "query") for name in self.rest]
        if self.inputs.conditional:
            found.append(parts.IF_MATCH)
        if self.route.method == "GET" and self._has_version():
            found.append(parts.IF_NONE_MATCH)
        if self.operation.kind == "command" and self.route.operation not in parts.RAW_BODIES:
            found.append(parts.IDEMPOTENCY_KEY)
        return found + list(parts.EXTRA_PARAMETERS.get(self.route.operation, ()))

    def _parameter(self, name: str, place: str) -> dict[str, Any]:
        field = self.inputs.fields.get(name)
        if field is None:  # a path word the operation does not know: the house tests refuse the route
            return {"name": name, "in": place, "required": True, "schema": {"type": "string"}}
        schema = self.schemas.of_field(field)
        about = schema.pop("description", None)
        found: dict[str, Any] = {
            "name": name,
            "in": place,
            "required": place == "path" or bool(field.required),
            "schema": schema,
        }
        return {**found, "description": about} if about else found

    def _body(self) -> dict[str, Any] | None:
        if self.route.operation in parts.RAW_BODIES:
            return parts.RAW_BODIES[self.route.operation]
        if self.route.method not in _WRITES or not self.rest:
            return None
        schema = self.schemas.of_fields(self.rest)
        return {"required": bool(schema.get("required")), "content": {"application/json": {"schema": schema}}}

    def _has_version(self) -> bool:
        output = self.operation.output
        return output is not None and not self.operation.many and "version" in output().fields

    def _responses(self) -> dict[str, Any]:
        success = parts.RAW_REPLIES.get(self.route.operation) or self._success()
        found = {str(self.route.status): success}
        if self.route.method == "GET" and (self._has_version() or self.route.operation in parts.CACHED):
            found["304"] = {"description": "未变化 / Not modified"}
        found.update(parts.problems(self._statuses()))
        return dict(sorted(found.items()))

    def _success(self) -> dict[str, Any]:
        found: dict[str, Any] = {"description": "成功 / Done", "headers": dict(parts.REQUEST_ID)}
        if self._has_version():
            found["headers"]["ETag"] = {"$ref": "#/components/headers/ETag"}
        if self.route.status == 204:
            return found
        media = parts.REPLY_TYPES.get(self.route.operation, "application/json")
        schema = self.schemas.reply(self.operation.output, many=self.operation.many)
        if media != "application/json":
            schema = {"type": "string", "description": "data: EventNotice"}
        return {**found, "content": {media: {"schema": schema}}}

    def _statuses(self) -> list[int]:
        found = [400, 401, 403, 404, 409, 422, 500, 503, *parts.SERVER_TEXTS]
        if self.operation.kind == "command":
            found.append(412)
        if self.route.method in _WRITES:
            found += [413, 415]
        if is_sign_in(self.operation):
            found.append(429)
        return sorted(found)


def _who(operation: Operation) -> str:
    if is_public(operation):
        return "无需登录 / No sign-in needed."
    names: Mapping[str, str] = roles.TEXTS
    return "角色 / Roles: " + "、".join(f"{names.get(role, role)} `{role}`" for role in sorted(operation.roles)) + "。"
