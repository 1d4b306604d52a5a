"""What every route inherits."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chassis.errors import ConflictError
from gateway.catalogue import SERVICES
from tests import kit
from tests.gateway import notes
from tests.gateway.kit import LIMIT, Client

NOTE = {"title": "牵手夕阳", "amount": "300.50", "street_code": kit.ZHUHAI}


def draft(client: Client, **values: Any) -> dict[str, Any]:
    reply = client.post("/v1/notes", json={**NOTE, **values})
    assert reply.status_code == 201, reply.text
    made: dict[str, Any] = reply.json
    return made


def test_a_write_answers_the_view_with_its_version_as_etag(bureau: Client) -> None:
    reply = bureau.post("/v1/notes", json=NOTE)
    assert (reply.status_code, reply.headers["etag"][:3]) == (201, '"1-')
    assert reply.json["amount"] == "300.50"
    assert reply.headers["x-request-id"]


def test_nobody_is_asked_to_sign_in(client: Client) -> None:
    reply = client.post("/v1/notes", json=NOTE)
    assert reply.status_code == 401
    assert reply.headers["www-authenticate"].startswith("Bearer")
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json["code"] == "actor_unauthenticated"
    assert reply.json["title"] == reply.json["title_zh"] == "请先登录"


@pytest.mark.parametrize("header", ["Basic eDp5", "Bearer", "Bearer not-a-token", "Bearer é"])
def test_what_is_no_token_of_ours_is_401(client: Client, header: str) -> None:
    assert client.get("/v1/notes", headers={"Authorization": header}).status_code == 401


def test_nobody_at_all_is_refused_before_anything_else_is_looked_at(client: Client) -> None:
    reply = client.post("/v1/notes", body=b"{", headers={"Idempotency-Key": "a b", "Content-Type": "text/plain"})
    assert reply.status_code == 401


def test_a_role_that_may_not_is_403(client: Client) -> None:
    assert client.as_("resident").get("/v1/notes").status_code == 403


def test_english_is_spoken_to_those_who_prefer_it(client: Client) -> None:
    reply = client.get("/v1/notes", headers={"Accept-Language": "en-GB, zh;q=0.5"})
    assert reply.json["title"] == "Sign in first"
    assert reply.headers["content-language"] == "en"


def test_the_same_key_is_carried_out_once(bureau: Client) -> None:
    headers = {"Idempotency-Key": "k-1"}
    first = bureau.post("/v1/notes", json=NOTE, headers=headers).json
    assert bureau.post("/v1/notes", json=NOTE, headers=headers).json == first
    other = bureau.post("/v1/notes", json={**NOTE, "title": "另一条"}, headers=headers)
    assert (other.status_code, other.json["code"]) == (422, "command_key_reused")
    assert len(bureau.get("/v1/notes").json["items"]) == 1


def test_a_key_belongs_to_its_account(client: Client) -> None:
    headers = {"Idempotency-Key": "k-1"}
    one, two = (client.as_("bureau").post("/v1/notes", json=NOTE, headers=headers).json for _ in range(2))
    assert one["note_id"] != two["note_id"]


def test_a_malformed_key_is_400(bureau: Client) -> None:
    reply = bureau.post("/v1/notes", json=NOTE, headers={"Idempotency-Key": "a b"})
    assert (reply.status_code, reply.json["code"]) == (400, "header_invalid")


def test_if_match_lets_only_the_reader_of_the_latest_version_write(bureau: Client) -> None:
    path = f"/v1/notes/{draft(bureau)['note_id']}"
    renamed = bureau.request("PATCH", path, json={"title": "新"}, headers={"If-Match": '"1"'})
    assert (renamed.status_code, renamed.headers["etag"][:3]) == (200, '"2-')
    late = bureau.request("PATCH", path, json={"title": "旧"}, headers={"If-Match": '"1"'})
    assert (late.status_code, late.json["code"]) == (412, "row_stale")
    tag = {"If-Match": renamed.headers["etag"]}
    assert bureau.request("PATCH", path, json={"title": "x"}, headers=tag).status_code == 200
    assert bureau.request("PATCH", path, json={"title": "x"}, headers=tag).status_code == 412
    assert bureau.request("PATCH", path, json={"title": "x"}, headers={"If-Match": 'W/"3"'}).status_code == 412
    assert bureau.request("PATCH", path, json={"title": "x"}, headers={"If-Match": "3"}).status_code == 400
    both = bureau.request("PATCH", path, json={"title": "x", "expected_version": 3}, headers={"If-Match": '"3"'})
    assert both.json["code"] == "parameter_duplicated"


def test_if_none_match_saves_the_body(bureau: Client) -> None:
    path = f"/v1/notes/{draft(bureau)['note_id']}"
    etag = bureau.get(path).headers["etag"]
    reply = bureau.get(path, headers={"If-None-Match": f"W/{etag}"})
    assert (reply.status_code, reply.content) == (304, b"")
    assert bureau.get(path, headers={"If-None-Match": '"7"'}).status_code == 200


def test_another_view_of_the_same_version_is_sent_in_full(bureau: Client) -> None:
    path = f"/v1/notes/{draft(bureau)['note_id']}"
    old = bureau.get(path).headers["etag"]
    other = f'{old[:-2]}{"0" if old[-2] != "0" else "1"}"'
    assert bureau.get(path, headers={"If-None-Match": other}).status_code == 200
    assert bureau.get(path, headers={"If-None-Match": '"1"'}).status_code == 200


def test_a_name_in_path_and_body_is_refused(bureau: Client) -> None:
    note = draft(bureau)
    reply = bureau.request("PATCH", f"/v1/notes/{note['note_id']}", json={"title": "x", "note_id": note["note_id"]})
    assert (reply.status_code, reply.json["code"]) == (422, "parameter_duplicated")


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (b"{", "application/json", 400, "body_not_json"),
        (b"\xff", "application/json", 400, "body_not_json"),
        (b"[" * 2000, "application/json", 400, "body_not_json"),
        (b'{"title": ' + b"[" * 40 + b"]" * 40 + b"}", "application/json", 400, "body_not_json"),
        (b"[]", "application/json", 422, "body_not_object"),
        (b"null", "application/json; charset=utf-8", 422, "body_not_object"),
        (b"{}", "text/plain", 415, "content_type_unsupported"),
        (b"{}", "application/jsonx", 415, "content_type_unsupported"),
        (b" " * (LIMIT + 1), "application/json", 413, "body_too_large"),
        (b'{"title": 123456789012345678901234567890}', "application/json", 422, "request_invalid"),
        (b"", "application/json", 422, "request_invalid"),
    ],
)
def test_a_body_must_be_a_small_json_object(bureau: Client, body: bytes, kind: str, status: int, code: str) -> None:
    reply = bureau.post("/v1/notes", body=body, headers={"Content-Type": kind})
    assert (reply.status_code, reply.json["code"]) == (status, code)


@pytest.mark.parametrize("path", ["/v1/notes", "/v1/files"])
def test_a_compressed_body_is_refused(bureau: Client, path: str) -> None:
    kind = {"Content-Type": "text/plain" if path == "/v1/files" else "application/json", "Content-Encoding": "gzip"}
    reply = bureau.post(path, body=b"{}", headers=kind)
    assert (reply.status_code, reply.json["code"]) == (415, "content_encoding_unsupported")


def test_wrong_fields_are_named(bureau: Client) -> None:
    reply = bureau.post("/v1/notes", json={"title": "", "surprise": 1})
    assert reply.status_code == 422
    assert set(reply.json["errors"]) == {"title", "street_code", "surprise"}


def test_a_list_pages_by_cursor_and_filters_by_repeated_or_comma_separated_values(bureau: Client) -> None:
    made = [draft(bureau, title=f"便笺，{number}")["note_id"] for number in range(3)]
    bureau.post(f"/v1/notes/{made[0]}/seal")
    first = bureau.get("/v1/notes", query_string="limit=2").json
    rest = bureau.get("/v1/notes", query_string=f"limit=2&cursor={first['next_cursor']}").json
    assert [row["note_id"] for row in first["items"] + rest["items"]] == made[::-1]
    assert rest["next_cursor"] is None
    for query in ("status=open&status=sealed", "status=open,sealed"):
        assert len(bureau.get("/v1/notes", query_string=query).json["items"]) == 3
    assert len(bureau.get("/v1/notes", query_string="status=sealed").json["items"]) == 1
    assert bureau.get("/v1/notes", query_string="title=a&title=b").status_code == 422
    assert bureau.get("/v1/notes", query_string="cursor=%00").status_code == 422
    assert bureau.get("/v1/notes", query_string="&".join("a=1" for _ in range(300))).status_code == 400


def test_a_wrong_state_is_409(bureau: Client) -> None:
    path = f"/v1/notes/{draft(bureau)['note_id']}/seal"
    assert bureau.post(path).status_code == 200
    again = bureau.post(path)
    assert (again.status_code, again.json["code"], again.json["details"]) == (409, "note_sealed", {"status": "sealed"})


def test_a_street_gateway_shows_and_accepts_only_its_own_street(client: Client) -> None:
    bureau = client.as_("bureau")
    mine = draft(bureau)
    theirs = draft(bureau, street_code=kit.CHANGJIANG)
    street = Client(replace(client.deps, street=kit.ZHUHAI)).as_("bureau")
    assert [row["note_id"] for row in street.get("/v1/notes").json["items"]] == [mine["note_id"]]
    assert street.get(f"/v1/notes/{theirs['note_id']}").status_code == 404
    assert street.post("/v1/notes", json={**NOTE, "street_code": kit.CHANGJIANG}).status_code == 403


def test_no_such_address_and_no_such_method_are_problems_too(bureau: Client) -> None:
    lost = bureau.get("/v1/nothing")
    assert (lost.status_code, lost.json["code"]) == (404, "route_not_found")
    wrong = bureau.request("PUT", "/v1/notes")
    assert (wrong.status_code, wrong.json["code"]) == (405, "method_not_allowed")
    assert "POST" in wrong.headers["allow"]


def test_a_defect_says_nothing_but_its_trace(client: Client) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    reply = client.get("/v1/note-defects", headers={"traceparent": f"00-{trace}-b7ad6b7169203331-01"})
    assert (reply.status_code, reply.json["code"], reply.json["trace_id"]) == (500, "internal_error", trace)
    assert "secret" not in reply.text


def test_a_request_id_comes_back(client: Client) -> None:
    assert client.get("/healthz", headers={"X-Request-Id": "abcdef-123"}).headers["x-request-id"] == "abcdef-123"
    assert client.get("/healthz", headers={"X-Request-Id": "a b"}).headers["x-request-id"] != "a b"


def test_a_deleted_row_answers_nothing(bureau: Client) -> None:
    path = f"/v1/notes/{draft(bureau)['note_id']}"
    gone = bureau.request("DELETE", path)
    assert (gone.status_code, gone.content) == (204, b"")
    assert bureau.get(path).status_code == 404


def test_long_work_answers_202_and_where_to_follow_it(bureau: Client) -> None:
    reply = bureau.post("/v1/note-exports")
    assert reply.status_code == 202
    assert reply.headers["location"] == f"/v1/jobs/{reply.json['job_id']}"


def test_guessing_passwords_is_slowed_down(client: Client) -> None:
    def attempt(name: str, password: str = "wrong") -> Any:
        return client.post("/v1/note-sessions", json={"name": name, "password": password})

    assert [attempt("a", f"guess{number}").status_code for number in range(4)] == [401, 401, 401, 429]
    assert int(attempt("a").headers["retry-after"]) > 0
    assert attempt("b", "right").status_code == 201


def test_a_service_that_is_away_is_503_with_a_hint(client: Client) -> None:
    reply = client.as_("operator").get("/v1/bus")
    assert (reply.status_code, reply.headers["retry-after"]) == (503, "2")
    assert client.get("/readyz").json == {"ready": False, "bus": True, "missing": list(SERVICES)}


def test_metrics_name_the_route_and_not_the_address(bureau: Client) -> None:
    bureau.get("/v1/notes/nte_x")
    text = bureau.get("/metrics").text
    assert 'route="/v1/notes/{note_id}"' in text
    assert "nte_x" not in text


def test_cross_origin_reading_is_off(client: Client) -> None:
    headers = client.get("/healthz", headers={"Origin": "https://elsewhere.example"}).headers
    assert not [name for name in headers if name.startswith("access-control")]
    assert headers["content-security-policy"].startswith("default-src 'none'")


def test_details_of_an_error_may_be_called_code() -> None:
    error = ConflictError(notes.NoteCode.NOTE_SEALED, code="x", status="sealed")
    assert (error.code, error.details["code"]) == ("note_sealed", "x")
