"""Events of the talent grid and of dispatch: ids and facts only, nobody's name."""

from __future__ import annotations

from chassis.events import Event, event


class TalentFact(Event, frozen=True, kw_only=True):
    """What every event of a talent says."""

    talent_id: str
    status: str


@event(owner="resources", subject="talent_id")
class TalentRegistered(TalentFact, frozen=True, kw_only=True):
    """A capable resident or volunteer is on the talent grid."""


@event(owner="resources", subject="talent_id")
class TalentChanged(TalentFact, frozen=True, kw_only=True):
    """The talent's facts changed; ``fields`` names them."""

    fields: list[str]


@event(owner="resources", subject="talent_id")
class TalentConsentSet(TalentFact, frozen=True, kw_only=True):
    """The talent agreed to be published or dispatched, or does not agree any more."""

    publish: bool
    dispatch: bool


@event(owner="resources", subject="talent_id")
class TalentStepped(TalentFact, frozen=True, kw_only=True):
    """The talent paused, came back or left the grid; ``action`` says which."""

    action: str


@event(owner="resources", subject="talent_id")
class TalentErased(TalentFact, frozen=True, kw_only=True):
    """What the grid told of the person is gone."""


@event(owner="resources", subject="talent_id")
class TalentDisclosed(Event, frozen=True, kw_only=True):
    """Somebody read the talent's personal fields unmasked; why is in the access log."""

    talent_id: str
    fields: list[str]


@event(owner="resources", subject="credential_id")
class CredentialStepped(Event, frozen=True, kw_only=True):
    """A credential was added, checked by staff, or taken away; ``status`` says which."""

    credential_id: str
    talent_id: str
    kind: str
    status: str


@event(owner="resources", subject="skill_id")
class SkillSet(Event, frozen=True, kw_only=True):
    """A skill of the district's taxonomy was named or closed."""

    skill_id: str
    skill: str
    is_active: bool


@event(owner="resources", subject="talent_norm_id")
class TalentNormPublished(Event, frozen=True, kw_only=True):
    """How many people of a skill there should be, from now on."""

    talent_norm_id: str
    skill: str
    basis: str
    people: int
    residents: int
    number: int


@event(owner="resources", subject="cell_id")
class CellResidentsSet(Event, frozen=True, kw_only=True):
    """How many people live in a grid cell, as of a day."""

    cell_id: str
    cell_code: str
    residents: int
    as_of: str


class DispatchFact(Event, frozen=True, kw_only=True):
    """What every event of a dispatch says."""

    dispatch_id: str
    status: str
    order_id: str | None
    need_id: str | None


@event(owner="resources", subject="dispatch_id")
class DispatchOpened(DispatchFact, frozen=True, kw_only=True):
    """Somebody is looked for; ``candidates`` are fit and agreed to be asked."""

    candidates: int


@event(owner="resources", subject="dispatch_id", handled_by=("notify",))
class DispatchOffered(DispatchFact, frozen=True, kw_only=True):
    """The next person on the ranking was asked, and may say no."""

    dispatch_offer_id: str
    talent_id: str
    account_id: str | None
    expires_at: str


@event(owner="resources", subject="dispatch_id")
class DispatchAnswered(DispatchFact, frozen=True, kw_only=True):
    """The person accepted, declined, let it lapse or withdrew; ``answer`` says which."""

    dispatch_offer_id: str
    talent_id: str
    answer: str


@event(owner="resources", subject="dispatch_id", handled_by=("notify",))
class DispatchUnfilled(DispatchFact, frozen=True, kw_only=True):
    """Nobody is left to ask; staff look on."""


@event(owner="resources", subject="dispatch_id")
class DispatchCancelled(DispatchFact, frozen=True, kw_only=True):
    """The dispatch is not needed any more."""


@event(owner="resources", subject="dispatch_id")
class DispatchDone(DispatchFact, frozen=True, kw_only=True):
    """The work was done."""

    talent_id: str


@event(owner="resources", subject="service_hours_id")
class ServiceHoursRecorded(Event, frozen=True, kw_only=True):
    """Minutes of service went into the platform record, or were struck from it (``status``)."""

    service_hours_id: str
    talent_id: str
    dispatch_id: str | None
    minutes: int
    served_on: str
    status: str
