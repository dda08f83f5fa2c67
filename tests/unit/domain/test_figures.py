"""What texts of nine languages count, and how many."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.figures import Figure, contradict, find_figures
from bot.matching.tokens import folded_words

KILLED = {("killed", 7)}
DIED_OF_WOUNDS = {("succumbed", 3)}


def read(text: str) -> set[tuple[str, int]]:
    """The figures of a text."""
    return {(figure.kind, figure.many) for figure in find_figures(folded_words(text))}


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("Four soldiers killed and six injured", {("killed", 4), ("wounded", 6)}),
        ("Погибли пять человек, двенадцать ранены", {("killed", 5), ("wounded", 12)}),
        ("دو تن کشته و دو تن زخمی شدند", {("killed", 2), ("wounded", 2)}),
        ("панҷ нафар кушта ва ду нафар захмӣ шуд", {("killed", 5), ("wounded", 2)}),
        ("40 kg geroin topildi", {("kg", 40)}),
        ("изъяли 60 кг, задержаны двое", {("kg", 60), ("held", 2)}),
        ("حملے میں 4 اہلکار شہید اور 6 زخمی", {("killed", 4), ("wounded", 6)}),
        ("Two injured, one dead", {("wounded", 2)}),
        ("Двадцать раненых доставлены в больницу", {("wounded", 20)}),
        ("The 201st base was opened in 2004", set()),
    ],
)
def test_the_nearest_counting_word_says_what_a_number_counts(text: str, figures: set[tuple[str, int]]) -> None:
    assert read(text) == figures


@pytest.mark.parametrize(
    "text",
    [
        "Death toll in North Waziristan ambush rises to seven soldiers",
        "Toll of the ambush rises to at least seven",
        "Number of dead now at seven",
        "число погибших выросло до семи",
        "Число погибших при взрыве в Кабуле достигло семи человек",
        "شمار کشته‌ها به ۷ تن رسید",
        "شمار کشته‌شدگان حمله در کابل به هفت تن افزایش یافت",
        "шумори кушташудагон ба 7 нафар расид",
        "Шумори қурбониёни таркиш ба ҳафт нафар расид",
        "Qurbonlar soni yetti nafarga yetdi",
        "Halok bo‘lganlar soni 7 nafarga yetdi",
        "Қурбон бўлганлар сони етти нафарга етди",
        "Каза болгондордун саны жетиге жетти",
        "Қаза тапқандар саны жетіге жетті",
        "ہلاکتوں کی تعداد سات ہو گئی",
        "دھماکے میں جاں بحق افراد کی تعداد 7 ہوگئی",
        "د وژل شویو شمېر اوو ته ورسېد",
        "د وژل شویو شمېر ۷ تنو ته لوړ شو",
    ],
)
def test_a_raised_toll_is_read_in_nine_languages(text: str) -> None:
    assert read(text) == KILLED


@pytest.mark.parametrize(
    "text",
    [
        "Three of the wounded have died",
        "Three more succumb to their injuries",
        "Three of the wounded in TTP ambush on army convoy in North Waziristan have died",
        "Трое раненых скончались в больнице",
        "سه تن از زخمیان جان باختند",
        "Се нафар аз захмиён вафот карданд",
        "Yaradorlardan uch nafari vafot etdi, uch yarador vafot etdi",
    ],
)
def test_wounded_who_died_are_counted_as_such(text: str) -> None:
    assert read(text) == DIED_OF_WOUNDS


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("Число раненых выросло до 12, погибших — до 7", {("wounded", 12), ("killed", 7)}),
        ("Death toll rises to 46 as three of the wounded die", {("killed", 46), ("succumbed", 3)}),
        ("Death toll rises from four to seven", {("killed", 4), ("killed", 7)}),
        ("Three killed as temperature rises to 45 degrees", {("killed", 3)}),
        ("Three killed as the number of pupils rises to 450", {("killed", 3)}),
        ("Five people were wounded in a blast near the market where he died", {("wounded", 5)}),
        ("Five militants wounded, two soldiers dead", {("wounded", 5), ("killed", 2)}),
    ],
)
def test_other_numbers_of_the_sentence_keep_their_meaning(text: str, figures: set[tuple[str, int]]) -> None:
    assert read(text) == figures


@pytest.mark.parametrize(
    ("text", "weights"),
    [
        ("Police seized 1,200 kg of opium and 60 kg of heroin", {("kg", 1200), ("kg", 60)}),
        ("Изъято 1 200 кг опия", {("kg", 1200)}),
        ("Изъяли 2,5 кг гашиша", {("kg", 2)}),
    ],
)
def test_weights_with_marks_in_their_digits_are_one_number(text: str, weights: set[tuple[str, int]]) -> None:
    assert read(text) == weights


def test_figures_contradict_only_where_both_count_the_same_thing() -> None:
    killed = [Figure("killed", 4)]
    assert contradict(killed, [Figure("killed", 6)])
    assert not contradict(killed, [Figure("killed", 4), Figure("killed", 6)])
    assert not contradict(killed, [Figure("wounded", 6)])


_WORDS = st.sampled_from(
    [
        "toll",
        "rises",
        "to",
        "from",
        "seven",
        "4",
        "300",
        "20000",
        "kg",
        "wounded",
        "killed",
        "died",
        "one",
        "раненых",
        "скончались",
        "число",
        "выросло",
        "до",
        "شمار",
        "رسید",
    ]
)


@given(st.lists(_WORDS, max_size=20))
def test_no_order_of_words_breaks_the_reading(words: list[str]) -> None:
    for figure in find_figures(words):
        assert figure.many > 0
