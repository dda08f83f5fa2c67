"""Who the bot takes as its owner: whom its settings name, or else who claimed it by the code it showed at its start."""

import secrets
from collections.abc import Callable

import structlog

from bot.domain.audit import Action, AuditEntry, Subject
from bot.domain.chats import Destination, Person
from bot.domain.command_names import slack_command
from bot.domain.language import tr
from bot.domain.ownership import Guesses, Owner, build_code, read_code, show_code
from bot.errors import Conflict, Forbidden
from bot.ports.clock import Clock
from bot.ports.owner_store import OwnerStore
from bot.services.rounds import look_every

_FOLLOWED_SECONDS = 30.0

log = structlog.get_logger(__name__)


class Ownership:
    """The owner of this service. `configured` is the one whom TOCSIN_OWNER names.

    While there is none, a code makes the first person an owner who sends it. It is never stored, works once, and is
    another one after every start.
    """

    def __init__(
        self,
        store: OwnerStore,
        clock: Clock,
        configured: Destination | None,
        *,
        draw: Callable[[int], int] = secrets.randbelow,
    ) -> None:
        self._store = store
        self._clock = clock
        self._configured = configured
        self._draw = draw
        self._claimed: Owner | None = None
        self._code = ""
        self._guesses = Guesses()

    @property
    def destination(self) -> Destination | None:
        """Where notices about the service itself go, if anywhere."""
        return self._configured or (self._claimed.destination if self._claimed else None)

    @property
    def code(self) -> str:
        """The code as it is shown; empty where there is an owner or nobody is asked for one."""
        return show_code(self._code) if self._code else ""

    def is_owner(self, person: Person) -> bool:
        """Whether this person is the owner. A private chat is named by its person on every platform."""
        return self.destination is not None and self.destination.key == person.key

    def is_claimed_by(self, person: Person) -> bool:
        """Whether this person is the owner by the code, which ends when they are forgotten."""
        return self._configured is None and self.is_owner(person)

    def give_up(self) -> None:
        """The owner by the code was forgotten, and whoever sends a new code becomes the next one."""
        self._claimed = None
        self.invite()

    async def load(self) -> None:
        """Reads who claimed the bot. Raises StoreError."""
        self._claimed = await self._store.find_owner()

    async def follow(self) -> None:
        """Reads it again every half minute until cancelled: another process may have let the owner go."""
        await look_every(_FOLLOWED_SECONDS, self._load_again, lambda: None, self._clock, failed="owner_not_read")

    async def _load_again(self) -> int:
        await self.load()
        return 0

    def invite(self) -> None:
        """Shows a new code in the log, if there is no owner."""
        if self.destination is None:
            self._code = build_code(self._draw)
            log.warning(
                "no_owner",
                text=f"Nobody owns this bot yet. In a private chat with it, send: /start {self.code} "
                f"(in Slack: {slack_command()} claim {self.code}). It works once.",
            )

    async def claim(self, text: str, person: Person, destination: Destination, *, is_private: bool) -> Owner:
        """Makes the person the owner whose `text` is the code. `is_private` says that nobody else could read it.

        Raises Forbidden for a wrong code, too many of them, or one that others can read now; Conflict where there is
        an owner; StoreError.
        """
        if self.destination is not None:
            raise Conflict(tr("This bot has an owner already."), tr("On its server, `tocsin owner` shows who it is."))
        if not self._code:
            cure = tr("A bot in Telegram or Slack shows one in its log.")
            raise Conflict(tr("There is no code to claim this bot by."), cure)
        now = self._clock.monotonic()
        if not self._guesses.may_guess(person.key, now):
            raise Forbidden(tr("Too many wrong codes."), tr("Try again in an hour, or start the bot anew."))
        if not secrets.compare_digest(read_code(text), self._code):
            self._guesses.record_wrong(person.key, now)
            raise Forbidden(
                tr("That is not the code."), tr("The bot's log shows it; after every start it is a new one.")
            )
        if not is_private:
            self.invite()
            raise Forbidden(tr("Others could read that code here, so it is void."), tr("The log shows a new one."))
        owner = Owner(person, destination, self._clock.now())
        entry = AuditEntry(owner.since, person.key, Action.ADDED, Subject.OWNER, "owner", name=person.name)
        if not await self._store.record_owner(owner, entry):
            await self.load()
            raise Conflict(tr("This bot has an owner already."), tr("On its server, `tocsin owner` shows who it is."))
        self._claimed, self._code = owner, ""
        log.info("owner_claimed", owner=person.key)
        return owner
