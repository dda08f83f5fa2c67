"""Deliveries: the outbox. One message to one destination, and what to do when sending it fails."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from bot.domain.chats import NO_REPLY_ADDRESS, Destination, Platform, ReplyAddress
from bot.domain.messages import Message
from bot.errors import SendError, SendOutcome

LEASE = timedelta(seconds=60)
REPORTS_APART = timedelta(minutes=10)  # between two edits of a card over which nobody pressed anything
_FIRST_WAIT = timedelta(seconds=2)
# A platform that is out is spared by the circuit breaker, so that one chat's wait need not grow long.
_LONGEST_WAIT = timedelta(minutes=1)
_TOKEN_WAIT = timedelta(minutes=1)


class DeliveryState(StrEnum):
    """Where a delivery stands; the value is stored."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    SUPPRESSED = "suppressed"
    HELD = "held"  # waits until quiet hours are over
    AHEAD = "ahead"  # an edit that is not due yet
    DIGESTED = "digested"  # a digest went out in its place


class Urgency(IntEnum):
    """Order inside one destination: answers to people first, then critical, then the rest, and edits at the end."""

    REPLY = 0
    CRITICAL = 1
    ALERT = 2
    NOTICE = 3
    EDIT = 4


class Form(StrEnum):
    """How much markup is still tried. A message the platform refuses steps down until it is only title and link."""

    RICH = "rich"
    PLAIN = "plain"
    MINIMAL = "minimal"


_STEP_DOWN = {Form.RICH: Form.PLAIN, Form.PLAIN: Form.MINIMAL}


@dataclass(frozen=True, slots=True)
class PlannedCard:
    """The decision to show a story's alert at a destination; `suppressed` says why not, if it is not.

    `not_before` is when quiet hours end that hold it; None sends it at once.
    """

    story_key: str
    destination: Destination
    urgency: Urgency
    silent: bool
    suppressed: str = ""
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """A reply or notice to put into the outbox; `key` makes putting it there twice harmless."""

    key: str
    destination: Destination
    message: Message
    reply_to: ReplyAddress = NO_REPLY_ADDRESS
    urgency: Urgency = Urgency.REPLY


@dataclass(frozen=True, slots=True)
class Delivery:
    """One claimed row of the outbox. Cards carry `alert_id` and are built when sent; others carry `message`.

    `edits` is the platform's id of the message whose place this takes, empty if that was never sent; a new message
    has None. `burst` is the number of the rolling message that it is or edits, `due_at` when it could have gone first.
    An edit of a card that was hidden, and that a reader `opened`, hides nothing.
    """

    id: int
    destination: Destination
    urgency: Urgency
    alert_id: str
    message: Message | None
    reply_to: ReplyAddress
    silent: bool
    form: Form
    attempts: int
    possible_duplicate: bool
    created_at: datetime
    edits: str | None = None
    burst: int = 0
    due_at: datetime | None = None
    opened: bool = False

    @property
    def marker(self) -> str:
        """What a platform that keeps metadata finds this message by."""
        return str(self.id)


@dataclass(frozen=True, slots=True)
class Receipt:
    """The platform's id of the message that was sent; empty where it gives none."""

    message: str


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A delivery that was given up. `summary` says what it was about, `reason` what the platform said last."""

    id: int
    destination: Destination
    summary: str
    reason: str
    attempts: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class OutboxHealth:
    """The outbox of one platform in numbers; `oldest_due_at` is the due time of what waits longest, if anything does.

    `repeats` counts messages sent although a first copy may have arrived.
    """

    platform: Platform
    pending: int
    oldest_due_at: datetime | None
    dead: int
    repeats: int


@dataclass(frozen=True, slots=True)
class AfterFailure:
    """What the outbox records after a failed send. `hold_platform` stops every delivery to that platform until then,
    `hold_until` until another moment.

    `doubtful` is what was sent twice and given up because nobody knows whether it arrived.
    """

    state: DeliveryState
    not_before: datetime
    form: Form
    possible_duplicate: bool
    reason: str
    disable_destination: bool = False
    hold_platform: bool = False
    moved_to: str = ""
    doubtful: bool = False
    hold_until: datetime | None = None


def after_failure(delivery: Delivery, error: SendError, *, now: datetime, jitter: float) -> AfterFailure:
    """Decides what follows a failed send. `jitter` in [0, 1) spreads retries. Nothing is given up while it may arrive.

    A message whose fate is unknown is sent once more, marked as a possible duplicate, and then left alone:
    neither platform offers an idempotency key. If it is a card, a notice then names its alert.
    """
    if delivery.edits is not None:
        return _after_failed_edit(delivery, error, now=now, jitter=jitter)
    again = AfterFailure(DeliveryState.PENDING, now, delivery.form, delivery.possible_duplicate, str(error))
    given_up = replace(again, state=DeliveryState.FAILED)
    later = now + backoff(delivery.attempts, jitter)
    simpler = _STEP_DOWN.get(delivery.form)
    match error.outcome:
        case SendOutcome.RATE_LIMITED:
            after = replace(again, not_before=now + (error.retry_after or _FIRST_WAIT))
        case SendOutcome.NOT_SENT:
            after = replace(again, not_before=later)
        case SendOutcome.UNKNOWN:
            repeated = replace(again, not_before=later, possible_duplicate=True)
            after = replace(given_up, doubtful=True) if delivery.possible_duplicate else repeated
        case SendOutcome.BAD_MESSAGE | SendOutcome.MESSAGE_GONE:
            after = replace(again, form=simpler) if simpler else given_up
        case SendOutcome.DESTINATION_GONE:
            moved = error.moved_to
            after = replace(again, moved_to=moved) if moved else replace(given_up, disable_destination=True)
        case _:  # UNAUTHORISED: nothing is wrong with the message, so it waits for the token
            after = replace(again, not_before=now + _TOKEN_WAIT, hold_platform=True)
    return after


def withdraw(delivery: Delivery, reason: str) -> AfterFailure:
    """What the outbox records of a delivery that nobody needs any more."""
    return AfterFailure(
        DeliveryState.SUPPRESSED, delivery.created_at, delivery.form, delivery.possible_duplicate, reason
    )


def _after_failed_edit(delivery: Delivery, error: SendError, *, now: datetime, jitter: float) -> AfterFailure:
    """As `after_failure`. An edit may be made twice, and is not worth a dead letter: the message is there."""
    again = AfterFailure(
        DeliveryState.PENDING, now + backoff(delivery.attempts, jitter), delivery.form, possible_duplicate=False,
        reason=str(error),
    )  # fmt: skip
    given_up = replace(again, state=DeliveryState.SUPPRESSED)
    simpler = _STEP_DOWN.get(delivery.form)
    match error.outcome:
        case SendOutcome.RATE_LIMITED:
            return replace(again, not_before=now + (error.retry_after or _FIRST_WAIT))
        case SendOutcome.BAD_MESSAGE:
            return replace(again, not_before=now, form=simpler) if simpler else given_up
        case SendOutcome.MESSAGE_GONE:
            return given_up
        case SendOutcome.DESTINATION_GONE:  # the next message finds out whether it is; this one is told what moved
            return replace(again, moved_to=error.moved_to) if error.moved_to else given_up
        case SendOutcome.UNAUTHORISED:
            return replace(again, not_before=now + _TOKEN_WAIT, hold_platform=True)
        case _:
            return again


def backoff(attempts: int, jitter: float) -> timedelta:
    """The wait after the `attempts`-th try: 2 s doubling to 1 min, plus up to a quarter by `jitter` in [0, 1)."""
    doublings: int = min(max(attempts - 1, 0), 12)
    return min(_FIRST_WAIT * (1 << doublings), _LONGEST_WAIT) * (1 + jitter / 4)
