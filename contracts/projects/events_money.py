"""Events of money: agreements, payments, recoveries, debarments, the ledger. Ids and facts only, no account numbers."""

from __future__ import annotations

from chassis.events import Event, event


class AgreementFact(Event, frozen=True, kw_only=True):
    """What every event of an agreement's version says."""

    award_id: str
    agreement_id: str
    organisation_id: str
    number: int
    content_hash: str


@event(owner="projects", subject="award_id", handled_by=("notify",))
class AgreementProposed(AgreementFact, frozen=True, kw_only=True):
    """A version of the agreement waits for both signatures."""

    side: str


@event(owner="projects", subject="award_id")
class AgreementSideSigned(AgreementFact, frozen=True, kw_only=True):
    """One side signed; the other has not yet."""

    side: str


@event(owner="projects", subject="award_id", handled_by=("notify",))
class AgreementChanged(AgreementFact, frozen=True, kw_only=True):
    """A later version is in force: both sides signed it anew."""

    amount_fen: int


@event(owner="projects", subject="award_id")
class AgreementWithdrawn(AgreementFact, frozen=True, kw_only=True):
    """A later version was withdrawn before both had signed; the one before stays in force."""

    side: str


@event(owner="projects", subject="payee_id")
class PayeeRegistered(Event, frozen=True, kw_only=True):
    """An organisation's account for payments was written down; somebody else has to verify it."""

    payee_id: str
    organisation_id: str


@event(owner="projects", subject="payee_id")
class PayeeVerified(Event, frozen=True, kw_only=True):
    """The account may be paid to; the one before is not any more."""

    payee_id: str
    organisation_id: str


@event(owner="projects", subject="payee_id")
class PayeeRetired(Event, frozen=True, kw_only=True):
    """The account is not paid to any more."""

    payee_id: str
    organisation_id: str


class BatchFact(Event, frozen=True, kw_only=True):
    """What every event of a payment batch says."""

    batch_id: str
    payments: int
    total_fen: int


@event(owner="projects", subject="batch_id")
class PaymentBatchDrafted(BatchFact, frozen=True, kw_only=True):
    """Released tranches were put together for the bank."""


@event(owner="projects", subject="batch_id")
class PaymentBatchApproved(BatchFact, frozen=True, kw_only=True):
    """A second person approved."""


@event(owner="projects", subject="batch_id")
class PaymentBatchCancelled(BatchFact, frozen=True, kw_only=True):
    """Not sent to the bank; its tranches are free again."""

    reason: str


@event(owner="projects", subject="batch_id")
class PaymentBatchExported(BatchFact, frozen=True, kw_only=True):
    """The file for the bank was handed out, with account numbers in full: by whom and why is in the access log."""

    access_id: str
    file_sha256: str


@event(owner="projects", subject="batch_id")
class PaymentBatchReconciled(BatchFact, frozen=True, kw_only=True):
    """Every payment of the batch has the bank's answer."""

    paid: int
    failed: int


@event(owner="projects", subject="batch_id")
class PaymentAnswerImported(Event, frozen=True, kw_only=True):
    """A file of the bank was taken in; how many rows of which outcome."""

    batch_id: str
    answer_id: str
    file_sha256: str
    rows: int
    paid: int
    failed: int
    refused: int


@event(owner="projects", subject="award_id", handled_by=("notify",))
class PaymentFailed(Event, frozen=True, kw_only=True):
    """The bank did not pay a tranche; it may be paid again."""

    award_id: str
    tranche_id: str
    batch_id: str


@event(owner="projects", subject="recovery_id", handled_by=("notify",))
class RecoveryClaimed(Event, frozen=True, kw_only=True):
    """A project was terminated: money it got must come back."""

    recovery_id: str
    award_id: str
    organisation_id: str
    amount_fen: int


@event(owner="projects", subject="recovery_id")
class RecoveryReceived(Event, frozen=True, kw_only=True):
    """Part or all of it came back."""

    recovery_id: str
    award_id: str
    organisation_id: str
    amount_fen: int
    open_fen: int
    status: str


@event(owner="projects", subject="recovery_id", handled_by=("notify",))
class RecoveryOverdue(Event, frozen=True, kw_only=True):
    """An instalment was not there on its day."""

    recovery_id: str
    award_id: str
    organisation_id: str
    due_on: str
    missing_fen: int


@event(owner="projects", subject="recovery_id")
class RecoveryWriteOffProposed(Event, frozen=True, kw_only=True):
    """Somebody proposes to give up what is left of the claim; a second person decides."""

    recovery_id: str
    award_id: str
    organisation_id: str


@event(owner="projects", subject="recovery_id")
class RecoveryWriteOffRefused(Event, frozen=True, kw_only=True):
    """The claim goes on."""

    recovery_id: str
    award_id: str
    organisation_id: str


@event(owner="projects", subject="recovery_id")
class RecoveryWrittenOff(Event, frozen=True, kw_only=True):
    """What is left of the claim was given up, by two people."""

    recovery_id: str
    award_id: str
    organisation_id: str
    amount_fen: int


@event(owner="projects", subject="round_id", handled_by=("resources",))
class PoolLineRefunded(Event, frozen=True, kw_only=True):
    """The round is archived: of a line's pledge ``used_fen`` was given away, ``amount_fen`` goes back."""

    round_id: str
    line_id: str
    offer_id: str
    amount_fen: int
    used_fen: int


@event(owner="projects", subject="round_id", handled_by=("notify",))
class LedgerFoundWrong(Event, frozen=True, kw_only=True):
    """The nightly check found accounts that do not agree with their postings."""

    round_id: str
    accounts: list[str]


@event(owner="projects", subject="project_id")
class BudgetChangeNotified(Event, frozen=True, kw_only=True):
    """A small shift between budget lines: told, and in force without a decision."""

    project_id: str
    budget_change_id: str
    moved_fen: int


@event(owner="projects", subject="project_id")
class BudgetChangeWithdrawn(Event, frozen=True, kw_only=True):
    """The organisation took its request back."""

    project_id: str
    budget_change_id: str


class DebarmentFact(Event, frozen=True, kw_only=True):
    """What every event of a debarment says."""

    debarment_id: str
    organisation_id: str
    from_on: str
    until_on: str


@event(owner="projects", subject="debarment_id")
class DebarmentProposed(DebarmentFact, frozen=True, kw_only=True):
    """Somebody proposes to bar an organisation; a second person decides."""


@event(owner="projects", subject="debarment_id")
class DebarmentDropped(DebarmentFact, frozen=True, kw_only=True):
    """The proposal was not followed."""


@event(owner="projects", subject="debarment_id", handled_by=("registry", "notify"))
class DebarmentConfirmed(DebarmentFact, frozen=True, kw_only=True):
    """The organisation is barred for that time."""


@event(owner="projects", subject="debarment_id")
class DebarmentAppealed(DebarmentFact, frozen=True, kw_only=True):
    """The organisation appeals; it stays barred meanwhile."""


@event(owner="projects", subject="debarment_id")
class DebarmentUpheld(DebarmentFact, frozen=True, kw_only=True):
    """The appeal was heard and the debarment stands."""


@event(owner="projects", subject="debarment_id", handled_by=("registry", "notify"))
class DebarmentLifted(DebarmentFact, frozen=True, kw_only=True):
    """It was lifted before its time."""

    reason: str


@event(owner="projects", subject="debarment_id", handled_by=("registry",))
class DebarmentExpired(DebarmentFact, frozen=True, kw_only=True):
    """Its time is over."""


@event(owner="projects", subject="district")
class MoneyPolicyChanged(Event, frozen=True, kw_only=True):
    """The district's numbers for money were changed."""

    district: str
    changed: list[str]
