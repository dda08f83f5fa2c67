"""Requests from chats: stored before they are acknowledged, then handled, each exactly as often as is harmless."""

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date

import structlog

from bot.commands.all_commands import REGISTRY
from bot.commands.answers import build_answer, commands_in, is_page, notice
from bot.commands.arrivals import follow_membership
from bot.commands.authorisation import REFUSAL, is_allowed, refusal_words
from bot.commands.chat_app import ChatApp, Departure, DialogRefused, Membership, Received, ReceivedFile, Working
from bot.commands.context import Services
from bot.commands.gate import Gate
from bot.commands.help import unknown_command, unknown_reply
from bot.commands.invocation import Invocation, Reply, Via
from bot.commands.registry import Registry, Request
from bot.commands.reply_words import in_english
from bot.commands.veiled import veil_reply
from bot.domain.chats import ChatKind, Destination, InboundUpdate, Platform, ReplyAddress
from bot.domain.deliveries import OutgoingMessage
from bot.domain.dialogs import build_view, find_faulty
from bot.domain.language import error_words, find_language, speaking, tr
from bot.domain.messages import plain_message
from bot.errors import NotFound, StoreError, TocsinError
from bot.services.chat_settings import find_chat_language, settle_language

_BATCH = 100
_REMEMBERED_CHATS = 1_000
# Slack waits three seconds for what is wrong in a dialog; the way there and back needs some of it.
_CHECK_SECONDS = 2.0
# A file is fetched before anybody knows what it asks for.
_FILE_COST = 2
# Elsewhere a notice is a message like any other, and would say the same thing twice.
_WITH_TOASTS = frozenset({Platform.TELEGRAM})

log = structlog.get_logger(__name__)


class Inbox:
    """Stores updates and answers them. One for all platforms; each has its own loop.

    `on_replies` is called after answers were put into the outbox.
    """

    def __init__(
        self, services: Services, registry: Registry = REGISTRY, *, on_replies: Callable[[], None] = lambda: None
    ) -> None:
        self._services = services
        self._on_replies = on_replies
        self._registry = registry
        self._gate = Gate(services.catalog.allowed)
        self._arrivals = {platform: asyncio.Event() for platform in Platform}
        self._rests = {platform: asyncio.Event() for platform in Platform}
        self._hinted: dict[str, date] = {}

    async def store_update(self, update: InboundUpdate) -> None:
        """Keeps an update, so that it may be acknowledged to its platform, and wakes the loop that handles it."""
        await self._services.store.record_update(update)
        self._wake(update.platform)

    def wake(self) -> None:
        """Says that another process may have stored updates."""
        for platform in Platform:
            self._wake(platform)

    def _wake(self, platform: Platform) -> None:
        self._rests[platform].clear()
        self._arrivals[platform].set()

    async def take(self, app: ChatApp, update: InboundUpdate) -> None:
        """Like `store_update`; a dialog with mistakes is not kept.

        Raises DialogRefused with what is wrong in it, and StoreError.
        """
        content = app.read(update)
        if isinstance(content, Received) and content.invocation.fields:
            mistakes = await self._find_mistakes(app, content.invocation)
            if mistakes:
                raise DialogRefused(find_faulty(mistakes, tuple(content.invocation.fields)))
        await self.store_update(update)

    async def _find_mistakes(self, app: ChatApp, invocation: Invocation) -> Mapping[str, str]:
        """What is wrong in a dialog, by field. What cannot be found in time is found when it is handled."""
        command = self._registry.find_for(invocation)
        if command is None or not self._services.catalog.allowed.allows(invocation.destination):
            return {}
        request = self._request(app, invocation)
        try:
            async with asyncio.timeout(_CHECK_SECONDS):
                if not await is_allowed(command, request):
                    return {"": tr(REFUSAL)}
                return await command.check(request) if command.check else {}
        except TimeoutError:
            return {}
        except StoreError:
            raise
        except TocsinError as error:
            return {"": error_words(error)}

    def _request(self, app: ChatApp, invocation: Invocation) -> Request:
        async def is_admin() -> bool:
            return await app.is_admin(invocation)

        async def find_obstacle() -> str:
            return await app.find_obstacle(invocation.destination)

        async def find_administered(name: str) -> Destination | None:
            found = await app.find_chat(name)
            is_theirs = found is not None and await app.is_admin(replace(invocation, destination=found))
            return found if is_theirs else None

        return Request(invocation, self._services, self._registry, is_admin, find_obstacle, find_administered)

    async def run(self, app: ChatApp) -> None:
        """Handles the updates of a platform until cancelled, first those left over from before.

        Each chat is served in order, and a slow request there (a feed that takes its time) keeps no other chat
        waiting. Raises StoreError when the store refuses; nothing is lost by starting it again.
        """
        arrival = self._arrivals[app.platform]
        lanes: dict[str, asyncio.Task[None]] = {}
        try:
            while True:
                arrival.clear()
                for lane, updates in (await self._list_lanes(app)).items():
                    if lane not in lanes:
                        lanes[lane] = asyncio.create_task(self._handle_lane(app, updates))
                        lanes[lane].add_done_callback(lambda _: arrival.set())
                if not lanes:
                    self._rests[app.platform].set()
                await arrival.wait()
                for lane in [lane for lane, task in lanes.items() if task.done()]:
                    lanes.pop(lane).result()
        finally:
            for task in lanes.values():
                task.cancel()
            await asyncio.gather(*lanes.values(), return_exceptions=True)

    async def settle(self, app: ChatApp) -> None:
        """Returns once `run` has handled everything that came from a platform until then."""
        await self._rests[app.platform].wait()

    async def _list_lanes(self, app: ChatApp) -> dict[str, list[InboundUpdate]]:
        """What waits, by the chat it came from."""
        lanes: dict[str, list[InboundUpdate]] = {}
        for update in await self._services.store.list_unhandled_updates(app.platform, _BATCH):
            lanes.setdefault(self._lane(update, app.read(update)), []).append(update)
        return lanes

    def _lane(self, update: InboundUpdate, content: Received | Membership | Departure | None) -> str:
        """Updates of one lane are handled one after the other. Whoever waits for a dialog waits for nobody else."""
        if not isinstance(content, Received):
            return content.destination.key if isinstance(content, Membership) else ""
        command = self._registry.find_for(content.invocation) if content.can_ask else None
        own = f" {update.key}" if command is not None and command.asks else ""
        return content.invocation.destination.key + own

    async def _handle_lane(self, app: ChatApp, updates: Sequence[InboundUpdate]) -> None:
        for update in updates:
            await self._handle(app, update)

    async def _handle(self, app: ChatApp, update: InboundUpdate) -> None:
        content = app.read(update)
        with speaking(await self._find_language(app, content)):
            await self._handle_content(app, update, content)

    async def _find_language(self, app: ChatApp, content: Received | Membership | Departure | None) -> str:
        """The language of the chat; a person who writes for the first time brings that of the app."""
        if not isinstance(content, Received):
            known = content.destination.key if isinstance(content, Membership) else ""
            return await find_chat_language(self._services.store, known) if known else ""
        invocation = content.invocation
        if not self._services.catalog.allowed.allows(invocation.destination):
            return find_language(invocation.language)
        store, chat = self._services.store, invocation.destination
        known = await find_chat_language(store, chat.key)
        if known or chat.kind is not ChatKind.PRIVATE:
            return known
        told = invocation.language or await app.find_language(invocation)
        return await settle_language(store, chat, told, by=invocation.person, now=self._services.clock.now())

    async def _handle_content(
        self, app: ChatApp, update: InboundUpdate, content: Received | Membership | Departure | None
    ) -> None:
        try:
            toast, replies = await self._respond(app, update, content)
            await self._services.store.record_handled(update, replies, self._services.clock.now())
            if replies:
                self._on_replies()
                toast = toast if update.platform in _WITH_TOASTS else ""
        except StoreError:
            raise
        except Exception:  # An update that nobody can handle must not come back for ever.
            log.exception("update_failed", platform=update.platform.value, reference=_reference(update))
            toast = _internal_error(update)
            await self._services.store.record_handled(update, (), self._services.clock.now())
        if isinstance(content, Received) and content.invocation.via is Via.BUTTON:
            await app.show_notice(update, toast)

    async def _respond(
        self, app: ChatApp, update: InboundUpdate, content: Received | Membership | Departure | None
    ) -> tuple[str, Sequence[OutgoingMessage]]:
        """The toast over a pressed button and the messages that an update leads to."""
        if isinstance(content, Departure):
            await self._services.store.leave_workspace(update.platform, content.workspace, content.reason)
            return "", ()
        if isinstance(content, Membership):
            return "", await follow_membership(self._services, app, content, _reply_key(update))
        return await self._answer(app, update, content) if content else ("", ())

    async def _answer(
        self, app: ChatApp, update: InboundUpdate, received: Received
    ) -> tuple[str, Sequence[OutgoingMessage]]:
        destination = received.invocation.destination
        if self._services.catalog.allowed.allows(destination):
            destination = await self._services.store.ensure_destination(destination)
        received = replace(received, invocation=replace(in_english(received.invocation), destination=destination))
        async with app.show_working(destination, received.reply_to) as working:
            return await self._give_answer(app, update, received, working)

    async def _give_answer(
        self, app: ChatApp, update: InboundUpdate, received: Received, working: Working
    ) -> tuple[str, Sequence[OutgoingMessage]]:
        invocation, reply = received.invocation, None
        destination = invocation.destination
        if received.file is not None:
            invocation, reply = await self._read_file(app, invocation, received.file)
        reply = reply or await self._reply(app, update, invocation)
        reply = reply and await veil_reply(self._services.store, destination, reply)
        if reply is not None and await self._show(app, update, received, destination, reply):
            return "", ()
        if reply is not None and (reply.buttons is not None or reply.otherwise is not None):
            reply = await self._show_buttons(app, update, invocation, reply)
        if reply is not None and reply.message is None and reply.notice and invocation.via is Via.DIALOG:
            reply = replace(reply, message=plain_message(reply.notice))  # there is no button to show it over
        if reply is not None and reply.message is None and reply.in_place and invocation.via is Via.BUTTON:
            await app.show_in_place(update, destination, plain_message(reply.notice))
        if reply is None or reply.message is None:
            return reply.notice if reply else "", ()
        is_turned = invocation.via is Via.BUTTON and (reply.in_place or is_page(invocation.subject))
        if is_turned and await app.show_in_place(update, destination, reply.message):
            return reply.notice, ()
        if not reply.more and await working.finish(reply.message):
            return reply.notice, ()
        reply_to = received.reply_to if reply.private else ReplyAddress(message=received.reply_to.message)
        key, more = _reply_key(update), enumerate(reply.more, 2)
        first = OutgoingMessage(key, destination, reply.message, reply_to)
        rest = (OutgoingMessage(f"{key}:{number}", destination, message, reply_to) for number, message in more)
        return reply.notice, (first, *rest)

    async def _show_buttons(self, app: ChatApp, update: InboundUpdate, invocation: Invocation, reply: Reply) -> Reply:
        """Puts other buttons under the pressed message; what is to be sent where there is none or that fails."""
        is_press = reply.buttons is not None and invocation.via is Via.BUTTON
        if is_press and await app.show_buttons(update, reply.buttons or ()):
            return reply
        return replace(reply, message=reply.message or reply.otherwise)

    async def _show(
        self, app: ChatApp, update: InboundUpdate, received: Received, destination: Destination, reply: Reply
    ) -> bool:
        """Shows an answer at once, where it is a dialog or was asked for on a screen; whether that could be done."""
        dialog = reply.dialog
        if dialog is None and received.on_screen and reply.private:
            body = reply.message or reply.otherwise or (plain_message(reply.notice) if reply.notice else None)
            dialog = build_view(body, "Tocsin", tr("Close")) if body else None
        # Who only looks at something is not asked to look at a screen of its own.
        is_asked = dialog is not None and (dialog.fields or received.on_screen)
        if dialog is None or not is_asked or not received.can_ask:
            return False
        return await app.show_dialog(update, destination, dialog)

    async def _reply(self, app: ChatApp, update: InboundUpdate, invocation: Invocation) -> Reply | None:
        """The answer of the command, of the error it met, or None for silence."""
        command = self._registry.find_for(invocation)
        unknown = self._unknown(invocation) if command is None else None
        if command is None and unknown is None:
            return None
        cost = command.cost if command else 1
        turned_away = self._gate.turn_away(invocation, cost, self._services.clock.monotonic())
        if command is None or turned_away:
            return turned_away or unknown
        request = self._request(app, invocation)
        try:
            if not await is_allowed(command, request):
                return notice(invocation, refusal_words(invocation))
            return await command.handler(request)
        except StoreError:
            raise
        except TocsinError as error:
            return _refuse(invocation, error)
        except Exception:  # A request that breaks a command must not block the requests behind it.
            log.exception("command_failed", command=command.name, reference=_reference(update))
            return notice(invocation, _internal_error(update))

    async def _read_file(
        self, app: ChatApp, invocation: Invocation, file: ReceivedFile
    ) -> tuple[Invocation, Reply | None]:
        """The request as if the text of the file had been written, or the answer where that cannot be."""
        turned_away = self._gate.turn_away(invocation, _FILE_COST, self._services.clock.monotonic())
        if turned_away:
            return invocation, turned_away
        try:
            text = await app.read_file(file)
        except TocsinError as error:
            return invocation, _refuse(invocation, error)
        if invocation.verb:
            return replace(invocation, argument=text), None
        verb, _, argument = text.strip().partition(" ")
        invocation = replace(invocation, verb=verb, argument=argument)
        if self._registry.find_for(invocation) is None:
            return invocation, Reply(plain_message(tr("Of files I read watchlists, as YAML.")))
        return invocation, None

    def _unknown(self, invocation: Invocation) -> Reply | None:
        destination = invocation.destination
        if invocation.via is Via.BUTTON:
            return Reply(notice=tr("This button is no longer in use."))
        if invocation.via is Via.REPLY:
            return self._explain_reply_words(invocation)
        if destination.kind is not ChatKind.PRIVATE and destination.platform is not Platform.SLACK:
            return None  # It may be meant for another bot.
        text = unknown_command(self._registry, invocation.verb)
        return Reply(build_answer(text, destination.platform))

    def _explain_reply_words(self, invocation: Invocation) -> Reply | None:
        """Once per chat and day; people answer cards in their own words, too."""
        chat, today = invocation.destination.key, invocation.at.date()
        if self._hinted.get(chat) == today:
            return None
        if len(self._hinted) >= _REMEMBERED_CHATS:
            self._hinted.clear()
        self._hinted[chat] = today
        return Reply(build_answer(unknown_reply(), invocation.destination.platform))


def _refuse(invocation: Invocation, error: TocsinError) -> Reply:
    """The cause and the cure; over the button where it asked for something that is gone."""
    platform = invocation.destination.platform
    if invocation.via is Via.BUTTON and isinstance(error, NotFound):
        return Reply(notice=commands_in(error_words(error), platform))
    return Reply(build_answer(error_words(error), platform))


def _reply_key(update: InboundUpdate) -> str:
    return f"{update.platform.value}:{update.key}:0"


def _internal_error(update: InboundUpdate) -> str:
    return tr("Something went wrong on my side (ref {ref}). Nothing was changed.", ref=_reference(update))


def _reference(update: InboundUpdate) -> str:
    """A short word that finds the log line of an update; the same each time it is tried."""
    return hashlib.blake2b(f"{update.platform.value}:{update.key}".encode(), digest_size=4).hexdigest()
