"""Events of activities, attendance and beneficiaries: ids and facts only, nobody's name. The trail hears every one."""

from __future__ import annotations

from chassis.events import Event, event


@event(owner="projects", subject="activity_id")
class ActivityPlanned(Event, frozen=True):
    """An activity was planned."""

    activity_id: str
    project_id: str
    organisation_id: str
    starts_at: str
    ends_at: str
    capacity: int | None


@event(owner="projects", subject="activity_id")
class ActivityChanged(Event, frozen=True):
    """The plan of an activity was changed; ``changed`` names what."""

    activity_id: str
    project_id: str
    changed: list[str]


@event(owner="projects", subject="activity_id", handled_by=("notify",))
class ActivityPostponed(Event, frozen=True):
    """An activity was put off until a time to be found; ``account_ids``: who signed up or waits."""

    activity_id: str
    project_id: str
    organisation_id: str
    old_starts_at: str
    old_ends_at: str
    title: str = ""
    account_ids: list[str] = []


@event(owner="projects", subject="activity_id", handled_by=("notify",))
class ActivityRescheduled(Event, frozen=True):
    """An activity has new times; the old ones are kept. ``account_ids``: who signed up or waits."""

    activity_id: str
    project_id: str
    organisation_id: str
    old_starts_at: str
    old_ends_at: str
    starts_at: str
    ends_at: str
    title: str = ""
    account_ids: list[str] = []


@event(owner="projects", subject="activity_id", handled_by=("notify",))
class ActivityCancelled(Event, frozen=True):
    """An activity does not take place. ``account_ids``: who signed up or waits."""

    activity_id: str
    project_id: str
    organisation_id: str
    title: str = ""
    account_ids: list[str] = []
    starts_at: str | None = None


@event(owner="projects", subject="activity_id")
class ActivityOpened(Event, frozen=True):
    """Check-in of an activity is open."""

    activity_id: str
    project_id: str


@event(owner="projects", subject="activity_id", handled_by=("projects",))
class ActivityHeld(Event, frozen=True):
    """An activity is over; how many came, and the minutes of all of them."""

    activity_id: str
    project_id: str
    organisation_id: str
    attended: int
    minutes: int


@event(owner="projects", subject="activity_id")
class ActivityClosed(Event, frozen=True):
    """The records of an activity are locked; ``records_hash`` is over all of them."""

    activity_id: str
    project_id: str
    organisation_id: str
    attended: int
    minutes: int
    records_hash: str


@event(owner="projects", subject="activity_id")
class ActivitySignedUp(Event, frozen=True):
    """Somebody signed up for an activity, or waits for a seat."""

    activity_id: str
    sign_up_id: str
    waiting: bool


@event(owner="projects", subject="activity_id")
class SignUpWithdrawn(Event, frozen=True):
    """Somebody who had signed up does not come."""

    activity_id: str
    sign_up_id: str


@event(owner="projects", subject="activity_id", handled_by=("notify",))
class SeatGiven(Event, frozen=True):
    """Somebody who waited has a seat now; ``account_id`` null: who has no account is told by the organisers."""

    activity_id: str
    sign_up_id: str
    account_id: str | None = None
    title: str = ""
    starts_at: str | None = None
    ends_at: str | None = None


@event(owner="projects", subject="activity_id")
class ActivityAttended(Event, frozen=True):
    """Somebody came to an activity."""

    activity_id: str
    project_id: str
    attendance_id: str
    method: str
    late: bool
    walk_in: bool
    arrived_at: str


@event(owner="projects", subject="activity_id")
class ActivityLeft(Event, frozen=True):
    """Somebody left an activity."""

    activity_id: str
    attendance_id: str
    left_at: str


@event(owner="projects", subject="activity_id")
class OfflineListIssued(Event, frozen=True):
    """An organiser took the list of an activity along."""

    activity_id: str
    list_id: str
    people: int
    valid_until: str


@event(owner="projects", subject="activity_id")
class OfflineCheckInsUploaded(Event, frozen=True):
    """What was noted without a network arrived; ``rows_hash`` is over all the rows."""

    activity_id: str
    list_id: str
    accepted: int
    refused: int
    repeated: int
    rows_hash: str


@event(owner="projects", subject="activity_id")
class AttendanceCorrectionProposed(Event, frozen=True):
    """Somebody wants to change a locked record; another person decides."""

    activity_id: str
    attendance_id: str
    attendance_correction_id: str


@event(owner="projects", subject="activity_id")
class AttendanceCorrected(Event, frozen=True):
    """A record was corrected; old and new values stay visible."""

    activity_id: str
    attendance_id: str
    attendance_correction_id: str
    old_minutes: int | None
    minutes: int | None


@event(owner="projects", subject="activity_id")
class AttendanceCorrectionRefused(Event, frozen=True):
    """A record stays as it is."""

    activity_id: str
    attendance_id: str
    attendance_correction_id: str


@event(owner="projects", subject="activity_id")
class AttendanceErased(Event, frozen=True):
    """Who came is no longer known; that somebody did stays."""

    activity_id: str
    attendance_id: str


@event(owner="projects", subject="district")
class ActivityPolicyChanged(Event, frozen=True):
    """The district changed its numbers for activities; ``changed`` names them."""

    district: str
    changed: list[str]


@event(owner="projects", subject="project_id")
class BeneficiaryRegistered(Event, frozen=True):
    """A project serves one more person, or one whom other projects know."""

    project_id: str
    beneficiary_id: str
    sensitive: bool


@event(owner="projects", subject="project_id")
class BeneficiariesMerged(Event, frozen=True):
    """Two entries proved to be one person, who counts once."""

    project_id: str
    beneficiary_id: str
    merged_id: str


@event(owner="projects", subject="project_id")
class BeneficiaryErased(Event, frozen=True):
    """Who a beneficiary was is no longer known; the count stays."""

    project_id: str
    beneficiary_id: str


@event(owner="projects", subject="project_id")
class BeneficiaryGroupCounted(Event, frozen=True):
    """A group was served whose number is an estimate."""

    project_id: str
    group_id: str
    activity_id: str | None
    estimated: int
