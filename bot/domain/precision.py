"""How precise watchlists are, by what people said of their alerts: by list, rule, term and outlet. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.domain.alerts import AlertView, Feedback
from bot.domain.backtests import likely_range
from bot.domain.cards import all_matches
from bot.domain.language import tr
from bot.domain.origins import outlet_of
from bot.matching.records import Match

# People rate the bad ones; what was asked for at random is fair. It takes the headline once it is worth something.
ENOUGH_ASKED = 20


@dataclass(frozen=True, slots=True)
class RatedAlert:
    """An alert with what people said of it, at least one verdict."""

    view: AlertView
    verdicts: tuple[Feedback, ...]

    @property
    def is_useful(self) -> bool:
        """Whether at least half of those who rated it found it useful."""
        return _most(self.verdicts)

    def reasons(self) -> frozenset[str]:
        """Why people found it not relevant."""
        return frozenset(verdict.reason for verdict in self.verdicts if not verdict.useful and verdict.reason)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rated alerts were useful."""

    useful: int = 0
    rated: int = 0

    @property
    def words(self) -> str:
        """`11 of 12 rated (92%; likely 65-99%)`; the interval is Wilson's at 95 %."""
        if not self.rated:
            return tr("not rated yet")
        low, high = likely_range(self.useful, self.rated)
        share = round(100 * self.useful / self.rated)
        return tr("{useful} of {rated} rated ({share}%; likely {low}-{high}%)",
                  useful=self.useful, rated=self.rated, share=share, low=low, high=high)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Precision:
    """The tally of one subject: `all` verdicts, and those `asked` for at random."""

    name: str
    all: Tally
    asked: Tally

    @property
    def headline(self) -> Tally:
        """The fair number once there is enough of it, else every verdict."""
        return self.asked if self.asked.rated >= ENOUGH_ASKED else self.all


@dataclass(frozen=True, slots=True)
class Ledger:
    """The precision of a list, and of its rules, terms and outlets, those with the most verdicts first."""

    total: Precision
    rules: tuple[Precision, ...]
    terms: tuple[Precision, ...]
    outlets: tuple[Precision, ...]


def build_ledger(title: str, rated: Sequence[RatedAlert], watchlist: str) -> Ledger:
    """The ledger of one list over alerts that rang on it."""
    own = [alert for alert in rated if any(_own(alert.view, watchlist))]

    def named(names: Callable[[AlertView], Iterable[str]]) -> tuple[Precision, ...]:
        groups: dict[str, list[RatedAlert]] = defaultdict(list)
        for alert in own:
            for name in dict.fromkeys(names(alert.view)):
                groups[name].append(alert)
        tallies = [_measure(name, alerts) for name, alerts in groups.items()]
        return tuple(sorted(tallies, key=lambda one: (-one.all.rated, one.name)))

    return Ledger(
        total=_measure(title, own),
        rules=named(lambda view: (match.rule for match in _own(view, watchlist))),
        terms=named(lambda view: (hit.term for match in _own(view, watchlist) for hit in match.evidence)),
        outlets=named(lambda view: (outlet_of(one.feed) for one in view.reports if _rings(one.matches, watchlist))),
    )


def measure_list(title: str, rated: Sequence[RatedAlert], watchlist: str) -> Precision:
    """The precision of one list over alerts that rang on it."""
    return _measure(title, [alert for alert in rated if any(_own(alert.view, watchlist))])


def _measure(name: str, alerts: Sequence[RatedAlert]) -> Precision:
    asked = [answers for alert in alerts if (answers := [one for one in alert.verdicts if one.asked])]
    return Precision(
        name,
        Tally(sum(alert.is_useful for alert in alerts), len(alerts)),
        Tally(sum(_most(answers) for answers in asked), len(asked)),
    )


def _most(verdicts: Sequence[Feedback]) -> bool:
    return 2 * sum(verdict.useful for verdict in verdicts) >= len(verdicts)


def _own(view: AlertView, watchlist: str) -> list[Match]:
    return [match for match in all_matches(view) if match.rings and match.watchlist == watchlist]


def _rings(matches: Iterable[Match], watchlist: str) -> bool:
    return any(match.rings and match.watchlist == watchlist for match in matches)
