"""The promises of every store, as one suite. A store joins by giving the fixtures `store` and `reopen`.

`store` is an open store with the present schema and nothing in it. `reopen` closes it and opens the same
database again.
"""

from tests.contract.store_alerts import AlertContract
from tests.contract.store_archive import ArchiveContract
from tests.contract.store_attention import AttentionContract
from tests.contract.store_audit import AuditContract
from tests.contract.store_bursts import BurstContract
from tests.contract.store_chats import ChatContract
from tests.contract.store_claims import ClaimContract
from tests.contract.store_departures import DepartureContract
from tests.contract.store_edits import EditContract
from tests.contract.store_feed_drafts import FeedDraftContract
from tests.contract.store_feed_memories import FeedMemoryContract
from tests.contract.store_feeds import FeedContract
from tests.contract.store_fixes import FixContract
from tests.contract.store_forgetting import ForgettingContract
from tests.contract.store_hubs import HubContract
from tests.contract.store_lists import ListContract
from tests.contract.store_onboarding import OnboardingContract
from tests.contract.store_outbox import OutboxContract
from tests.contract.store_outcomes import OutcomeContract
from tests.contract.store_owner import OwnerContract
from tests.contract.store_polls import PollContract
from tests.contract.store_retention import RetentionContract
from tests.contract.store_routes import RouteContract
from tests.contract.store_seen import SeenContract
from tests.contract.store_statistics import StatisticsContract
from tests.contract.store_stories import StoryContract
from tests.contract.store_triage import TriageContract
from tests.contract.store_updates import UpdateContract
from tests.contract.store_workspaces import WorkspaceContract


class StoreContract(
    FeedContract,
    FeedDraftContract,
    FeedMemoryContract,
    HubContract,
    PollContract,
    StoryContract,
    SeenContract,
    RetentionContract,
    ClaimContract,
    OutcomeContract,
    EditContract,
    BurstContract,
    UpdateContract,
    OutboxContract,
    ChatContract,
    AlertContract,
    ArchiveContract,
    AuditContract,
    AttentionContract,
    RouteContract,
    ListContract,
    OwnerContract,
    DepartureContract,
    OnboardingContract,
    StatisticsContract,
    TriageContract,
    FixContract,
    ForgettingContract,
    WorkspaceContract,
):
    """Everything a store promises."""
