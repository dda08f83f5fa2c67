"""The table again, on each platform in another language: nothing is said in English but names and what is typed.

In a language from right to left, names, commands and addresses keep their place in every line.
"""

from collections.abc import Iterator

import pytest

from bot.domain.language import RIGHT_TO_LEFT, install
from bot.sources.catalogues import load_catalogues
from tests.conformance.cases import Case
from tests.conformance.latin import find_english
from tests.conformance.playing import CASES, SEATS, Opener, play_at
from tests.conformance.sides import find_loose_lines
from tests.conformance.voices import Voice
from tests.conformance.world import Stage

# From right to left where texts have markup; each platform says some texts of its own.
_SPOKEN = dict(zip(("fa", "ru", "tg"), SEATS, strict=True))


@pytest.fixture(scope="module", params=_SPOKEN)
def scene(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Opener, Stage, Voice]]:
    install(load_catalogues(), request.param)
    yield _SPOKEN[request.param], Stage(tmp_path_factory.mktemp(request.param)), Voice(request.param)
    install({})


@pytest.mark.parametrize("name", CASES)
async def test_nothing_is_said_in_english_or_out_of_place(name: str, scene: tuple[Opener, Stage, Voice]) -> None:
    open_seat, stage, voice = scene
    shown: dict[Case, dict[str, list[str]]] = {case: {} for case in CASES[name]}
    await play_at(open_seat, stage, shown, voice)
    texts = [(case, text) for case, by_platform in shown.items() for texts in by_platform.values() for text in texts]
    said = {(case.title, text): words for case, text in texts if (words := find_english(case, text, voice.language))}
    assert said == {}
    if voice.language in RIGHT_TO_LEFT:
        assert [loose for _, text in texts for loose in find_loose_lines(text)] == []
