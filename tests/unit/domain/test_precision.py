"""How precise lists are, by what people said."""

from bot.domain.precision import RatedAlert, Tally, build_ledger, measure_list
from tests.factories import (
    build_alert,
    build_alert_view,
    build_evidence,
    build_feed,
    build_feedback,
    build_match,
    build_report,
)


def rated(
    useful: bool, *, number: int = 0, rule: str = "named", term: str = "CSTO", outlet: str = "TASS", asked: bool = False
) -> RatedAlert:
    """An alert with one verdict."""
    alert = f"A{number:03}"
    match = build_match(rule=rule, evidence=(build_evidence(term=term),))
    view = build_alert_view(
        alert=build_alert(alert), reports=(build_report(feed=build_feed(outlet=outlet), matches=(match,)),)
    )
    return RatedAlert(view, (build_feedback(alert, useful=useful, asked=asked),))


def test_a_tally_is_told_with_its_wilson_interval() -> None:
    assert Tally(11, 12).words == "11 of 12 rated (92%; likely 65-99%)"
    assert Tally(0, 1).words == "0 of 1 rated (0%; likely 0-79%)"
    assert Tally().words == "not rated yet"


def test_half_of_the_raters_make_an_alert_useful() -> None:
    view = build_alert_view()
    one, other = build_feedback(useful=True), build_feedback(person="telegram:43", useful=False, reason="src")
    third = build_feedback(person="telegram:44", useful=False, reason="")
    assert RatedAlert(view, (one, other)).is_useful
    assert not RatedAlert(view, (one, other, third)).is_useful
    assert RatedAlert(view, (one, other, third)).reasons() == {"src"}


def test_the_headline_takes_only_what_was_asked_for_once_there_is_enough() -> None:
    chosen = [rated(useful=False, number=number) for number in range(30)]
    asked = [rated(useful=True, number=100 + number, asked=True) for number in range(20)]
    assert measure_list("CSTO", [*chosen, *asked[:19]], "csto").headline == Tally(19, 49)
    assert measure_list("CSTO", [*chosen, *asked], "csto").headline == Tally(20, 20)


def test_a_ledger_counts_by_rule_term_and_outlet() -> None:
    alerts = [
        rated(useful=True, number=1, rule="name", term="CSTO", outlet="TASS"),
        rated(useful=False, number=2, rule="acronym", term="=CSTO", outlet="TASS"),
        rated(useful=True, number=3, rule="acronym", term="=CSTO", outlet="Ozodi"),
    ]
    ledger = build_ledger("CSTO", alerts, "csto")
    assert ledger.total.all == Tally(2, 3)
    assert [(one.name, one.all) for one in ledger.rules] == [("acronym", Tally(1, 2)), ("name", Tally(1, 1))]
    assert [(one.name, one.all) for one in ledger.terms] == [("=CSTO", Tally(1, 2)), ("CSTO", Tally(1, 1))]
    assert [(one.name, one.all) for one in ledger.outlets] == [("TASS", Tally(1, 2)), ("Ozodi", Tally(1, 1))]


def test_alerts_of_other_lists_do_not_count() -> None:
    assert build_ledger("TTP", [rated(useful=True)], "ttp").total.all == Tally()
