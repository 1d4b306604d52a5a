"""The inbox: RPCs, and one line for each event people are told of."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import clock, revocations
from chassis.actor import Actor
from chassis.events import Envelope
from chassis.runtime import command, every, on_event, rpc
from contracts.registry.events import (
    AccountOpened,
    AccountVerified,
    OrganisationChanged,
    OrganisationRegistered,
    SessionRevoked,
)
from contracts.registry.events_organisations import AccountMoved
from services.notify import settings
from services.notify.known import actions as known
from services.notify.messages import actions, handlers, queries
from services.notify.messages.handlers import told


class Messages:
    """What I am told, and what I want to be told."""

    @rpc
    def get_message(self, session: Session, *, actor: Actor, message_id: str) -> dict[str, Any]:
        return queries.get_message(session, actor=actor, message_id=message_id)

    @rpc
    def list_messages(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return queries.list_messages(session, actor=actor, **filters)

    @rpc
    def count_unread(self, session: Session, *, actor: Actor) -> dict[str, Any]:
        return queries.count_unread(session, actor=actor)

    @command
    def read_message(self, session: Session, *, actor: Actor, message_id: str) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return actions.read_message(session, actor=actor, message_id=message_id, now=now)

    @rpc
    def list_preferences(self, session: Session, *, actor: Actor) -> dict[str, Any]:
        return queries.list_preferences(session, actor=actor)

    @command
    def set_preference(self, session: Session, *, actor: Actor, **choice: Any) -> dict[str, Any]:
        return actions.set_preference(session, actor=actor, **choice)

    @every(seconds=3600)
    def prune_held(self, session: Session) -> None:
        known.prune_held(session, now=clock.system_now(), days=settings.HELD_DAYS.get())


class Told:
    """Event handlers: five keep facts, the rest do what the rule table says."""

    @on_event(AccountOpened)
    def on_account_opened(self, session: Session, event: AccountOpened, envelope: Envelope) -> None:
        handlers.on_account_opened(session, event, envelope)

    @on_event(AccountMoved)
    def on_account_moved(self, session: Session, event: AccountMoved, envelope: Envelope) -> None:
        handlers.on_account_moved(session, event, envelope)

    @on_event(AccountVerified)
    def on_account_verified(self, session: Session, event: AccountVerified, envelope: Envelope) -> None:
        handlers.on_account_verified(session, event, envelope)

    @on_event(OrganisationRegistered)
    def on_organisation_registered(self, session: Session, event: OrganisationRegistered, envelope: Envelope) -> None:
        handlers.on_organisation_registered(session, event, envelope)

    @on_event(OrganisationChanged)
    def on_organisation_changed(self, session: Session, event: OrganisationChanged, envelope: Envelope) -> None:
        handlers.on_organisation_changed(session, event, envelope)

    @on_event(SessionRevoked)
    def on_session_revoked(self, session: Session, event: SessionRevoked, envelope: Envelope) -> None:
        revocations.note(session, event.session_id)

    on_account_proposed = told("account_proposed")
    on_seed_group_filed = told("seed_group_filed")
    on_case_notice_published = told("case_notice_published")
    on_case_agreed = told("case_agreed")
    on_plan_reviewed = told("plan_reviewed")
    on_visit_held = told("visit_held")
    on_finding_recorded = told("finding_recorded")
    on_consultation_answered = told("consultation_answered")
    on_deadline_missed = told("deadline_missed")
    on_erasure_requested = told("erasure_requested")

    on_case_submitted = told("case_submitted")
    on_case_advanced = told("case_advanced")
    on_case_extended = told("case_extended")
    on_case_objected = told("case_objected")
    on_team_member_assigned = told("team_member_assigned")
    on_team_member_replaced = told("team_member_replaced")
    on_plan_submitted = told("plan_submitted")
    on_visit_planned = told("visit_planned")
    on_visit_cancelled = told("visit_cancelled")
    on_finding_rechecked = told("finding_rechecked")
    on_finding_overdue = told("finding_overdue")
    on_consultation_asked = told("consultation_asked")
    on_consultation_reopened = told("consultation_reopened")
    on_designation_granted = told("designation_granted")

    on_assessor_assigned = told("assessor_assigned")
    on_assessment_published = told("assessment_published")
    on_assessment_appealed = told("assessment_appealed")
    on_assessment_appeal_settled = told("assessment_appeal_settled")
    on_assessment_confirmed = told("assessment_confirmed")
    on_assessment_ended = told("assessment_ended")
    on_flag_raised = told("flag_raised")
    on_flag_explained = told("flag_explained")
    on_flag_upheld = told("flag_upheld")
    on_training_moved = told("training_moved")
    on_training_cancelled = told("training_cancelled")
    on_booking_made = told("booking_made")
    on_booking_advanced = told("booking_advanced")

    on_round_published = told("round_published")
    on_round_amended = told("round_amended")
    on_round_cancelled = told("round_cancelled")
    on_vote_opened = told("vote_opened")
    on_vote_cancelled = told("vote_cancelled")
    on_notice_published = told("notice_published")
    on_round_awarded = told("round_awarded")
    on_proposal_submitted = told("proposal_submitted")
    on_proposal_returned = told("proposal_returned")
    on_proposal_screened_in = told("proposal_screened_in")
    on_proposal_screened_out = told("proposal_screened_out")
    on_objection_upheld = told("objection_upheld")
    on_reserve_promoted = told("reserve_promoted")
    on_proposal_awarded = told("proposal_awarded")
    on_award_declined = told("award_declined")
    on_proposal_declined = told("proposal_declined")
    on_tranche_paid = told("tranche_paid")
    on_agreement_proposed = told("agreement_proposed")
    on_agreement_changed = told("agreement_changed")
    on_payment_failed = told("payment_failed")
    on_recovery_claimed = told("recovery_claimed")
    on_recovery_overdue = told("recovery_overdue")
    on_debarment_confirmed = told("debarment_confirmed")
    on_debarment_lifted = told("debarment_lifted")
    on_ledger_found_wrong = told("ledger_found_wrong")
    on_project_started = told("project_started")
    on_project_closed = told("project_closed")
    on_order_offered = told("order_offered")
    on_order_confirmed = told("order_confirmed")
    on_dispatch_offered = told("dispatch_offered")
    on_dispatch_unfilled = told("dispatch_unfilled")
    on_census_assigned = told("census_assigned")
    on_list_entry_fell_due = told("list_entry_fell_due")
    on_order_opened = told("order_opened")
    on_order_accepted = told("order_accepted")
    on_order_scheduled = told("order_scheduled")
    on_order_move_agreed = told("order_move_agreed")
    on_order_given_back = told("order_given_back")
    on_order_escalated = told("order_escalated")
    on_order_proxy_named = told("order_proxy_named")
    on_order_cancelled = told("order_cancelled")
    on_order_no_show_reported = told("order_no_show_reported")
    on_order_disputed = told("order_disputed")
    on_order_resolved = told("order_resolved")
    on_order_overdue = told("order_overdue")
    on_order_offer_withdrawn = told("order_offer_withdrawn")
    on_order_appointment_moved = told("order_appointment_moved")
    on_order_rated_low = told("order_rated_low")

    on_report_reminded = told("report_reminded")
    on_report_overdue = told("report_overdue")
    on_periodic_report_returned = told("periodic_report_returned")
    on_evaluation_announced = told("evaluation_announced")
    on_evaluation_concluded = told("evaluation_concluded")
    on_project_change_decided = told("project_change_decided")
    on_termination_proposed = told("termination_proposed")
    on_termination_settled = told("termination_settled")
    on_community_project_published = told("community_project_published")
    on_community_project_cancelled = told("community_project_cancelled")

    on_round_notice_ended = told("round_notice_ended")
    on_survey_opened = told("survey_opened")
    on_coauthor_invited = told("coauthor_invited")
    on_entrustment_refused = told("entrustment_refused")

    on_allocation_reserved = told("allocation_reserved")
    on_allocation_confirmed = told("allocation_confirmed")
    on_allocation_handed_over = told("allocation_handed_over")
    on_allocation_received = told("allocation_received")
    on_need_confirmation_due = told("need_confirmation_due")
    on_need_requested = told("need_requested")
    on_need_taken_on = told("need_taken_on")
    on_need_closed_unmet = told("need_closed_unmet")

    on_seat_given = told("seat_given")
    on_activity_postponed = told("activity_postponed")
    on_activity_rescheduled = told("activity_rescheduled")
    on_activity_cancelled = told("activity_cancelled")
