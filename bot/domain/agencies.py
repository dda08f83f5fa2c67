"""News agencies and large outlets that others copy, with their names as nine languages write them.

From this table an item's named source is recognised. Latin and Cyrillic names are told from common words by their
capitals: "Dawn reported", not "at dawn". Short or ambiguous names stand only with a second word: Amu is also a river.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Agency:
    """An outlet whose reports others pass on. `id` is what feeds may give as their `origin_group`."""

    id: str
    name: str
    spellings: tuple[str, ...]


AGENCIES = (
    Agency("tass", "TASS", ("TASS", "Tass", "ТАСС", "تاس", "ٹاس")),
    Agency(
        "rossiya-segodnya", "RIA Novosti",
        ("RIA Novosti", "РИА Новости", "Sputnik", "Спутник", "ریا نووستی", "اسپوتنیک", "سپوتنیک"),
    ),
    Agency("interfax", "Interfax", ("Interfax", "Интерфакс", "اینترفاکس")),
    Agency("kommersant", "Kommersant", ("Kommersant", "Коммерсантъ", "Коммерсант")),
    Agency("meduza", "Meduza", ("Meduza", "Медуза")),
    Agency("reuters", "Reuters", ("Reuters", "Рейтер", "Рейтерс", "رویترز", "رائٹرز", "روئٹرز")),
    Agency("afp", "AFP", ("AFP", "Agence France-Presse", "АФП", "فرانس پرس", "خبرگزاری فرانسه", "اے ایف پی")),
    Agency("ap", "AP", ("Associated Press", "AP", "Ассошиэйтед Пресс", "اسوشیتد پرس", "آسوشیتدپرس", "اے پی")),
    Agency("bbc", "BBC", ("BBC", "Би-би-си", "بی بی سی", "بی‌بی‌سی")),
    Agency("cnn", "CNN", ("CNN", "سی ان ان", "سی‌ان‌ان")),
    Agency("xinhua", "Xinhua", ("Xinhua", "Синьхуа", "شینهوا", "ژنهوا", "新华社", "新华")),
    Agency("anadolu", "Anadolu", ("Anadolu", "Анадолу", "آناتولی", "اناطولیہ")),
    Agency("irna", "IRNA", ("IRNA", "ИРНА", "ایرنا")),
    Agency("tasnim", "Tasnim", ("Tasnim", "Тасним", "تسنیم")),
    Agency("mehr", "Mehr", ("Mehr News", "خبرگزاری مهر")),
    Agency("khovar", "Khovar", ("Khovar", "Ховар", "خاور")),
    Agency("asia-plus", "Asia-Plus", ("Asia-Plus", "Азия-Плюс", "Asia Plus", "Азия Плюс", "Осиё-плюс", "آسیا پلاس")),
    Agency("avesta", "Avesta", ("Avesta", "Авеста")),
    Agency(
        "ozodi", "Radio Ozodi",
        ("Radio Ozodi", "Радио Озоди", "Радиои Озодӣ", "Радиои Озоди", "Ozodi", "Озоди", "Озодӣ"),
    ),
    Agency("rfe-rl", "RFE/RL", ("RFE/RL", "Radio Free Europe", "Радио Свобода", "Радио Азаттык", "Azattyk", "Azattyq")),
    Agency("azadi", "Radio Azadi", ("Radio Azadi", "رادیو آزادی", "ازادي راډیو", "Radio Mashaal")),
    Agency("ozodlik", "Ozodlik", ("Ozodlik", "Озодлик")),
    Agency("khaama", "Khaama Press", ("Khaama", "Khaama Press", "خامه پرس", "خامه‌پرس")),
    Agency("pajhwok", "Pajhwok", ("Pajhwok", "Пажвок", "پژواک")),
    Agency("tolonews", "TOLOnews", ("TOLOnews", "Tolo News", "TOLO News", "طلوع‌نیوز", "طلوع نیوز", "Tolonews")),
    Agency("ariana", "Ariana News", ("Ariana News", "آریانا نیوز")),
    Agency("amu", "Amu TV", ("Amu TV", "Amu Television", "آمو تی‌وی", "تلویزیون آمو")),
    Agency("8am", "Hasht-e Subh", ("Hasht-e Subh", "8am Media", "8AM Media", "هشت صبح", "۸صبح", "8صبح")),
    Agency(
        "afintl", "Afghanistan International",
        ("Afghanistan International", "افغانستان اینترنشنال", "افغانستان انترنشنل"),
    ),
    Agency("kabulnow", "KabulNow", ("KabulNow", "Kabul Now")),
    Agency("bakhtar", "Bakhtar", ("Bakhtar", "Бахтар", "باختر")),
    Agency("dawn", "Dawn", ("Dawn", "Dawn News", "DawnNews", "ڈان", "ڈان نیوز")),
    Agency("geo", "Geo News", ("Geo News", "جیو نیوز", "جیو")),
    Agency("ary", "ARY News", ("ARY News", "ARY", "اے آر وائی")),
    Agency("app", "APP", ("Associated Press of Pakistan", "APP", "اے پی پی")),
    Agency("ispr", "ISPR", ("ISPR", "Inter-Services Public Relations", "آئی ایس پی آر")),
    Agency("akipress", "AKIpress", ("AKIpress", "АКИpress", "Акипресс", "АКИ")),
    Agency("24kg", "24.kg", ("24.kg",)),
    Agency("kabar", "Kabar", ("Kabar", "Кабар")),
    Agency("kloop", "Kloop", ("Kloop", "Клооп")),
    Agency("gazeta-uz", "Gazeta.uz", ("Gazeta.uz", "Газета.uz")),
    Agency("kun-uz", "Kun.uz", ("Kun.uz", "Кун.уз")),
    Agency("uza", "UzA", ("UzA", "УзА", "OʻzA", "ЎзА")),
    Agency("podrobno", "Podrobno.uz", ("Podrobno.uz",)),
    Agency("tengri", "Tengrinews", ("Tengrinews", "Tengri News")),
    Agency("kazinform", "Kazinform", ("Kazinform", "Казинформ", "Қазақпарат")),
    Agency("armenpress", "Armenpress", ("Armenpress", "Арменпресс")),
    Agency("fergana", "Fergana", ("Fergana News", "Фергана.ру", "Фергана.Ру")),
    Agency("unnews", "UN News", ("UN News",)),
)  # fmt: skip
