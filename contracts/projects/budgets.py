"""Budgets of running projects: changes that are told or decided, and the versions they make."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, Text
from chassis.operations import Operation, command, rpc
from contracts.projects.delivery import DOERS, SEERS, STREET, OfProjectQuery, OnProject, ProjectPath
from contracts.projects.proposals import BudgetLine

CHANGE_STATUSES = ("requested", "notified", "approved", "refused", "withdrawn")


class RequestBudgetChange(OnProject):
    """The whole budget as it should become."""

    lines = fields.List(fields.Nested(BudgetLine), required=True, validate=validate.Length(min=1, max=40))
    reason = Text(required=True, at_least=2, at_most=1000)


class DecideBudgetChange(ProjectPath):
    """Staff decide."""

    budget_change_id = Id("bch", required=True)
    approved = fields.Boolean(required=True)
    note = Text(at_most=500, load_default="")


class WithdrawBudgetChange(ProjectPath):
    """The organisation takes its request back."""

    budget_change_id = Id("bch", required=True)


class BudgetChangeView(Schema):
    """A budget change."""

    budget_change_id = fields.String(attribute="id")
    project_id = fields.String()
    status = fields.String(metadata={"enum": list(CHANGE_STATUSES)})
    lines = fields.List(fields.Nested(BudgetLine))
    reason = fields.String()
    note = fields.String(allow_none=True)
    version = fields.Integer()
    district_code = fields.String()
    street_code = fields.String(allow_none=True)


class BudgetVersionView(Schema):
    """A budget that was in force, and where it came from."""

    budget_version_id = fields.String(attribute="id")
    project_id = fields.String()
    number = fields.Integer()
    source = fields.String(metadata={"enum": ["awarded", "told", "decided", "agreement"]})
    source_id = fields.String()
    lines = fields.List(fields.Nested(BudgetLine))
    made_at = Instant()
    district_code = fields.String()
    street_code = fields.String(allow_none=True)


OPERATIONS: tuple[Operation, ...] = (
    rpc(
        "list_budget_changes",
        OfProjectQuery,
        BudgetChangeView,
        roles=SEERS,
        many=True,
        zh="预算调整",
        en="Budget changes of a project",
    ),
    rpc(
        "list_budget_versions",
        OfProjectQuery,
        BudgetVersionView,
        roles=SEERS,
        many=True,
        zh="预算各版本",
        en="Budgets a project had",
    ),
    command(
        "request_budget_change",
        RequestBudgetChange,
        BudgetChangeView,
        roles=DOERS,
        zh="申请预算调整",
        en="Ask for a budget change",
    ),
    command(
        "decide_budget_change",
        DecideBudgetChange,
        BudgetChangeView,
        roles=STREET,
        zh="审批预算调整",
        en="Decide a budget change",
    ),
    command(
        "withdraw_budget_change",
        WithdrawBudgetChange,
        BudgetChangeView,
        roles=DOERS,
        zh="撤回预算调整",
        en="Withdraw a budget change",
    ),
)
