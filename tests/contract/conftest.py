"""Makes failed assertions in the shared suites as telling as in test files."""

import pytest

pytest.register_assert_rewrite(
    "tests.contract.store_alerts",
    "tests.contract.store_archive",
    "tests.contract.store_chats",
    "tests.contract.store_claims",
    "tests.contract.store_bursts",
    "tests.contract.store_departures",
    "tests.contract.store_edits",
    "tests.contract.store_updates",
    "tests.contract.store_feed_drafts",
    "tests.contract.store_feeds",
    "tests.contract.store_fixes",
    "tests.contract.store_forgetting",
    "tests.contract.store_lists",
    "tests.contract.store_onboarding",
    "tests.contract.store_outcomes",
    "tests.contract.store_owner",
    "tests.contract.store_polls",
    "tests.contract.store_statistics",
    "tests.contract.store_stories",
    "tests.contract.store_triage",
    "tests.contract.store_retention",
    "tests.contract.store_seen",
)
