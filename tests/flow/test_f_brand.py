"""What the pilot did is on the organisations' public pages, over the real bus; nobody is named there."""

from __future__ import annotations

from typing import Any

from deploy.pilot.stage import Stage

COUNTED = {"confirmed", "rated", "sealed"}


def _page(stage: Stage, organisation_id: str) -> dict[str, Any]:
    """A published page, as somebody sees it who has not signed in."""
    bureau, slug = stage.people["bureau"], f"pilot-{organisation_id[-10:]}"
    made = bureau.post("/v1/brands", organisation_id=organisation_id, slug=slug, story_zh="演示组织的故事")
    bureau.post(f"/v1/brands/{made['brand_id']}/publication")
    shown = stage.http.get(f"{stage.cloud}/v1/public-brands/{slug}")
    assert shown.status_code == 200, shown.text
    return shown.json()  # type: ignore[no-any-return]


def test_the_pilots_work_is_on_the_public_pages(stage: Stage) -> None:
    bureau = stage.people["bureau"]
    stage.settle()
    projects = [bureau.get(f"/v1/projects/{project_id}") for project_id in stage.made["projects"]]
    orders = [row for row in bureau.every("/v1/orders") if row["status"] in COUNTED and row["organisation_id"]]
    assert projects
    assert orders
    for one in sorted({row["organisation_id"] for row in (*projects, *orders)}):
        shown = _page(stage, one)
        own = [row for row in projects if row["organisation_id"] == one]
        assert {row["title"] for row in shown["projects"]} == {row["title"] for row in own}
        done = [row for row in orders if row["organisation_id"] == one]
        assert shown["hours"]["orders"] == len(done)
        assert shown["hours"]["minutes"] == sum(row["delivered_minutes"] for row in done)
        page = stage.http.get(f"{stage.cloud}/o/{shown['slug']}")
        assert page.status_code == 200
        assert all(row["title"] in page.text for row in own)
        image = stage.http.get(f"{stage.cloud}/v1/public-brands/{shown['slug']}/qr")
        assert image.headers["content-type"] == "image/svg+xml"
