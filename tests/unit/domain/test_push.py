"""WebSub: what a hub may do for a feed, and what it may not."""

import hashlib
import hmac
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.feeds import FeedStatus, plan_due
from bot.domain.push import (
    PUSH_FLOOR,
    HubOffer,
    HubSubscription,
    Push,
    PushedFeed,
    PushState,
    after_consent,
    after_push,
    after_refusal,
    has_missed,
    is_signed,
    plan_asking,
    plan_pushed_poll,
    push_words,
    stretch,
)
from bot.domain.schedule import Budget
from tests.factories import at, build_feed, build_feed_state

OFFER = HubOffer("asia-plus", "https://asia-plus.example/rss", "https://hub.example/", "https://asia-plus.example/rss")
HOUR = timedelta(hours=1)


def subscribe(minute: int = 0) -> HubSubscription:
    """A subscription that the hub has agreed to for ten days."""
    return after_consent(plan_asking(OFFER, "token", "secret", at(minute)), timedelta(days=10), at(minute))


def test_a_hub_that_does_not_answer_is_asked_less_and_less_often() -> None:
    asked = plan_asking(OFFER, "token", "secret", at(0))
    waits = []
    for _ in range(12):
        waits.append(asked.next_ask - at(0))
        asked = plan_asking(replace(OFFER, known=asked), "other", "other", at(0))
    assert waits[:3] == [timedelta(minutes=10), timedelta(minutes=20), timedelta(minutes=40)]
    assert waits[-1] == timedelta(days=1)
    assert (asked.token, asked.secret) == ("token", "secret")


def test_another_hub_gets_an_address_of_its_own() -> None:
    moved = replace(OFFER, hub="https://other-hub.example/", known=subscribe())
    asked = plan_asking(moved, "fresh", "new", at(5))
    assert (asked.hub, asked.token, asked.secret, asked.push) == ("https://other-hub.example/", "fresh", "new", Push())


def test_a_lease_is_renewed_before_it_ends_and_lives_on_meanwhile() -> None:
    alive = subscribe()
    assert alive.next_ask == at(0) + timedelta(days=9)
    renewing = plan_asking(replace(OFFER, known=alive), "other", "other", alive.next_ask)
    assert renewing.push.is_alive(alive.next_ask)
    assert after_refusal(renewing, "no", alive.next_ask).push.is_alive(alive.next_ask)
    assert not alive.push.is_alive(at(0) + timedelta(days=10))


@pytest.mark.parametrize(("lease", "kept"), [(1, timedelta(minutes=5)), (10**9, timedelta(days=60))])
def test_a_lease_that_makes_no_sense_is_bounded(lease: int, kept: timedelta) -> None:
    asked = plan_asking(OFFER, "token", "secret", at(0))
    assert after_consent(asked, timedelta(seconds=lease), at(0)).push.until == at(0) + kept


def test_a_refused_subscription_is_asked_for_again_the_next_day() -> None:
    refused = after_refusal(plan_asking(OFFER, "token", "secret", at(0)), "400 unknown topic", at(0))
    assert (refused.push.state, refused.next_ask, refused.reason) == (
        PushState.REFUSED,
        at(0) + timedelta(days=1),
        "400 unknown topic",
    )


def test_polls_are_stretched_only_once_a_hub_has_called_and_missed_nothing() -> None:
    due = at(0) + timedelta(minutes=20)
    agreed = subscribe().push
    called = after_push(subscribe(), at(0)).push
    assert stretch(due, None, at(0)) == stretch(due, agreed, at(0)) == due
    assert stretch(due, called, at(0)) == at(0) + 2 * HOUR
    assert stretch(at(0) + timedelta(minutes=5), called, at(0)) == at(0) + HOUR
    assert stretch(at(0) + 20 * HOUR, called, at(0)) == at(0) + 20 * HOUR
    assert stretch(due, replace(called, missed=at(1)), at(2)) == due
    assert stretch(at(0) + timedelta(days=11), called, at(0) + timedelta(days=10)) == at(0) + timedelta(days=11)


def test_news_that_a_poll_finds_by_itself_is_held_against_the_hub() -> None:
    called = after_push(subscribe(), at(10)).push
    assert not has_missed(called, at(5), at(11))
    assert has_missed(called, at(11), at(60))
    assert has_missed(subscribe().push, at(5), at(11))
    assert not has_missed(None, at(5), at(11))
    assert not has_missed(Push(), at(5), at(11))


def test_a_hub_makes_a_feed_due_at_most_once_a_minute_and_never_one_that_fails() -> None:
    known = subscribe()
    assert plan_pushed_poll(PushedFeed(known, None, 0), at(9)) == at(9)
    assert plan_pushed_poll(PushedFeed(known, at(3), 0), at(9)) == at(9)
    assert plan_pushed_poll(PushedFeed(known, at(9), 0), at(9)) == at(9) + PUSH_FLOOR
    assert plan_pushed_poll(PushedFeed(known, at(3), 1), at(9)) is None


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_only_the_body_that_was_signed_with_our_secret_counts(method: str) -> None:
    body = b"<feed/>"
    right = f"{method}={hmac.new(b'secret', body, getattr(hashlib, method)).hexdigest()}"
    assert is_signed(body, right, "secret")
    assert is_signed(body, right.upper().replace(method.upper(), method), "secret")
    assert not is_signed(body + b" ", right, "secret")
    assert not is_signed(body, right, "another")
    for wrong in ("", method, f"{method}=", f"md5={'0' * 40}", f"{method}={'0' * 40}", right + "00"):
        assert not is_signed(body, wrong, "secret")


def test_a_reader_is_told_how_far_the_subscription_is() -> None:
    asked = plan_asking(OFFER, "token", "secret", at(0))
    called = after_push(subscribe(), at(0)).push
    assert push_words(None, at(0)) == ""
    assert push_words(asked.push, at(0)) == "its hub was asked"
    assert push_words(subscribe().push, at(0)) == "subscribed at its hub"
    assert push_words(called, at(0)) == "its hub calls"
    assert push_words(after_refusal(asked, "no", at(0)).push, at(0)) == "its hub refuses"


def test_an_interval_of_its_own_is_kept_whatever_the_hub_does() -> None:
    called = after_push(subscribe(), at(0)).push
    for interval, expected in ((timedelta(minutes=20), timedelta(minutes=20)), (None, HOUR)):
        status = FeedStatus(build_feed(interval=interval), build_feed_state(), push=called)
        due = plan_due(status, now=at(0), budget=Budget(), private=False, wait=None)
        assert due - at(0) >= expected
        assert (due - at(0) == expected) is (interval is not None)
