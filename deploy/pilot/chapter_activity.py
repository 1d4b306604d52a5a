"""An activity of a funded project: a code that changes, hours on record, a photo shown without its place."""

from __future__ import annotations

import io
import random
import time
from datetime import datetime, timedelta
from typing import Any

from PIL import ExifTags, Image
from PIL.TiffImagePlugin import IFDRational

from deploy.pilot.client import Session
from deploy.pilot.stage import DAY, Stage

GUESTS = range(10, 13)  # residents by their number
PLACE = ((35, 52, 34), (119, 59, 15))  # degrees, minutes, seconds: the park of the demonstration


def hold_activity(stage: Stage) -> None:
    """Of the oldest project, while it runs."""
    projects = stage.people["bureau"].every("/v1/projects", round_id=stage.made["round_id"])
    project = min(projects, key=lambda one: one["project_id"])
    doer = stage.people[stage.made["login_of"][project["organisation_id"]]]
    with stage.chapter("活动：动态码签到、服务时长、照片佐证 · an activity with check-in"):
        starts_at = (stage.now() + timedelta(hours=3)).replace(second=0, microsecond=0)
        path = _plan(doer, project["project_id"], starts_at)
        guests = [stage.zhuhai(f"resident-{number}") for number in GUESTS]
        for guest in guests:
            guest.post(f"{path}/sign-ups")
        _reach(stage, starts_at - timedelta(minutes=10))
        for guest in guests:
            guest.post(f"{path}/check-ins", code=doer.get(f"{path}/code")["code"])
        _reach(stage, starts_at + timedelta(minutes=151))
        photo = _photo(stage, doer, project["project_id"], path)
        people = doer.get(f"/v1/projects/{project['project_id']}/beneficiary-counts")["people"]
        minutes = [guest.get("/v1/platform-record")["minutes"] for guest in guests]
    stage.made["activity_id"] = path.rpartition("/")[2]
    stage.tell("活动签到 activity", f"{len(GUESTS)} 人，平台记录 {sum(minutes)} 分钟")
    stage.checks.equal("服务对象不重复计数 each person counts once", people, len(GUESTS))
    stage.checks.equal("每人记录两小时 two hours each on record", minutes, [120] * len(GUESTS))
    stage.checks.true("照片含位置，展示件不含 the shown photo has lost its place", photo, photo)


def _plan(doer: Session, project_id: str, starts_at: datetime) -> str:
    made = doer.post(
        f"/v1/projects/{project_id}/activities",
        title="健康义诊（演示）",
        kind="service",
        place="社区活动室",
        capacity=len(GUESTS),
        latitude=35.876,
        longitude=119.988,
        starts_at=starts_at.isoformat(),
        ends_at=(starts_at + timedelta(hours=2)).isoformat(),
    )
    return f"/v1/activities/{made['activity_id']}"


def _reach(stage: Stage, moment: datetime) -> None:
    stage.advance(((moment - stage.now()).total_seconds() + 1) / DAY)
    stage.settle()


def _photo(stage: Stage, doer: Session, project_id: str, path: str) -> bool:
    """Whether the place was read from the photo, and whoever looks at it gets a picture without it."""
    taken = stage.now() - timedelta(minutes=90)
    stored = doer.upload(picture(stage.random, taken), "image/jpeg")
    where = f"/v1/projects/{project_id}"
    doer.post(f"{where}/activity-evidence", activity_id=path.rpartition("/")[2], evidence=[stored])
    stage.settle()
    row = _read(stage, f"{where}/evidence", stored["sha256"])
    address = f"{stage.cloud}/v1/evidence/{row['evidence_id']}/image"
    shown = stage.http.get(address, headers={"Authorization": f"Bearer {doer.bearer()}"})
    shown.raise_for_status()
    bare = dict(Image.open(io.BytesIO(shown.content)).getexif()) == {}
    return bare and row["latitude"] is not None and shown.content != b""


def _read(stage: Stage, path: str, sha256: str) -> dict[str, Any]:
    """The job process has read it within seconds."""
    limit = time.monotonic() + 60
    while time.monotonic() < limit:
        for row in stage.people["bureau"].every(path):
            if row["sha256"] == sha256 and row["status"] == "read":
                found: dict[str, Any] = row
                return found
        time.sleep(0.3)
    raise AssertionError("the photo was not read")


def picture(dice: random.Random, taken: datetime) -> bytes:
    """A JPEG as a phone makes it, with time and place in its EXIF; demo data."""
    coarse = Image.new("RGB", (12, 9))
    coarse.putdata([tuple(dice.randrange(256) for _ in range(3)) for _ in range(12 * 9)])
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Demo phone"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = taken.strftime("%Y:%m:%d %H:%M:%S")
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSLatitudeRef], gps[ExifTags.GPS.GPSLongitudeRef] = "N", "E"
    gps[ExifTags.GPS.GPSLatitude], gps[ExifTags.GPS.GPSLongitude] = (
        tuple(IFDRational(part) for part in side) for side in PLACE
    )
    out = io.BytesIO()
    coarse.resize((1200, 900), Image.Resampling.BICUBIC).save(out, "JPEG", exif=exif)
    return out.getvalue()
