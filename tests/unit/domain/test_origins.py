"""Outlets are counted, and so are the independent origins behind them."""

from bot.domain.alerts import Report
from bot.domain.origins import find_origins
from tests.factories import build_feed, build_item

TEXT = "Border guards found sixty kilograms of hashish in a lorry near Ishkoshim late on Monday evening, officers said."


def report(outlet: str, summary: str = "", **feed: str) -> Report:
    key = outlet.casefold().replace(" ", "-")
    return Report(build_item(key, title="Talks end", summary=summary), build_feed(key, outlet=outlet, **feed))


def words(*reports: Report) -> str:
    return find_origins(reports).words


def test_one_outlet_is_one_outlet_however_often_it_reports() -> None:
    assert words(report("Daily")) == words(report("Daily"), report("Daily")) == "1 outlet"


def test_outlets_that_write_for_themselves_are_independent() -> None:
    assert words(report("Daily", "Guards stopped a lorry."), report("Courier", "A truck was searched.")) == (
        "2 outlets, 2 origins"
    )


def test_an_outlet_that_names_another_as_its_source_adds_no_origin() -> None:
    assert words(report("TASS (EN)"), report("RASC", "TASS reports that talks ended.")) == "2 outlets, 1 origin (TASS)"


def test_outlets_that_name_the_same_absent_source_are_one_origin() -> None:
    quoting = [report("Daily", "сообщает ТАСС"), report("Courier", "به نقل از تاس"), report("Herald", "told TASS")]
    assert words(*quoting) == "3 outlets, 1 origin (TASS)"


def test_who_passes_on_a_passed_on_report_leads_to_the_first_source() -> None:
    chain = [report("Khaama Press", "Reuters reported it."), report("Courier", "according to Khaama")]
    found = find_origins(chain)
    assert found.words == "2 outlets, 1 origin (Reuters)"
    assert found.cited == ("Reuters", "Khaama Press")


def test_feeds_of_one_group_are_one_voice() -> None:
    family = [report("RIA Novosti", origin_group="rs"), report("Sputnik Tajikistan", origin_group="rs")]
    assert words(*family) == "2 outlets, 1 origin (RIA Novosti)"


def test_nearly_the_same_text_is_one_origin_whatever_the_headline() -> None:
    assert words(report("Daily", TEXT), report("Courier", f"{TEXT} More soon.")) == "2 outlets, 1 origin (Daily)"


def test_a_short_lead_is_a_copy_only_together_with_its_headline() -> None:
    """Some feeds carry a sentence at most, and what they copied is the headline with it."""
    lead, title = (
        "Militants opened fire near Mir Ali and fled into the hills.",
        "Four soldiers killed in TTP ambush on army convoy in Waziristan",
    )
    first, copy, own = (
        Report(build_item(outlet, title=headline, summary=lead), build_feed(outlet, outlet=outlet))
        for outlet, headline in (
            ("Daily", title),
            ("Courier", f"{title}, army says"),
            ("Herald", "Witnesses describe how gunmen waited for the army's lorries at dawn"),
        )
    )
    assert words(first, copy) == "2 outlets, 1 origin (Daily)"
    assert words(first, own) == "2 outlets, 2 origins"


def test_a_second_origin_counts_beside_copies_of_the_first() -> None:
    reports = [report("TASS"), report("Daily", "TASS said"), report("Courier", "Our correspondent saw the convoy.")]
    assert words(*reports) == "3 outlets, 2 origins"


def test_two_outlets_that_name_each_other_come_to_an_end() -> None:
    circle = [report("Meduza", "according to Kommersant"), report("Kommersant", "according to Meduza")]
    assert len(find_origins(circle).origins) == 1


def test_an_outlet_no_agency_table_knows_is_recognised_as_the_source_of_another() -> None:
    assert words(report("Pamir Herald"), report("Courier", "the Pamir Herald reported on Monday")) == (
        "2 outlets, 1 origin (Pamir Herald)"
    )
    assert words(report("Pamir Herald"), report("Courier", "the herald of spring")) == "2 outlets, 2 origins"
