"""What the sample outlets write. Invented wording around the kind of news the shipped watchlists are for.

Every outlet has an earlier edition, which is there when its feed is read for the first time, and adds a later one. Some
have more to say of a story after that.
Among the news stand items that a plain keyword bot would ring on and Tocsin must not.
"""

from dataclasses import dataclass

_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class SampleItem:
    """One text of a sample outlet, published `minutes_ago` before the demo began.

    `slug` is its address at the outlet. `expected_list` is the watchlist a reader would look at to learn why the
    item stayed silent; it is empty for items that ring and for news no list is about.
    """

    slug: str
    minutes_ago: int
    title: str
    summary: str
    content: str = ""
    expected_list: str = ""


@dataclass(frozen=True, slots=True)
class Edition:
    """What one outlet shows: `earlier` at the first reading, then `later` and `latest` added to it. Newest first."""

    earlier: tuple[SampleItem, ...]
    later: tuple[SampleItem, ...]
    latest: tuple[SampleItem, ...] = ()


_WIRE_SUMMARY = (
    "The secretary general of the Collective Security Treaty Organization told the UN Security Council that terrorism "
    "and drug trafficking from Afghanistan still threaten Central Asia. He called the country the main source of "
    "instability in the region, the Sample News Exchange reports."
)

_WIRE_CONTENT = f"""<p>{_WIRE_SUMMARY}</p>
<p>A working group on Afghanistan meets under the bloc's council of foreign ministers, he said, and asked for regular
contact between the United Nations, the alliance and the countries of the region.</p>
<p>The members, Armenia, Belarus, Kazakhstan, Kyrgyzstan, Russia and Tajikistan, have held several joint exercises in
Tajikistan near the Afghan border in the past three years. Dushanbe has long asked for a common programme to fortify
that border.</p>
<p>More than ten armed groups are said to be present in Afghanistan, among them ISIS, al-Qaeda and
Tehrik-i-Taliban Pakistan (TTP).</p>"""

PAMIR_WIRE = Edition(
    earlier=(
        SampleItem(
            "csto-yerevan",
            9 * 60,
            "CSTO foreign ministers put Afghanistan on the agenda of their next session",
            "The council of foreign ministers of the CSTO will discuss the Tajik stretch of the Afghan border.",
            expected_list="csto",
        ),
        SampleItem(
            "tunnel-snow",
            11 * 60,
            "Snow closes the Anzob road for the second night",
            "Drivers are asked to wait at the lower checkpoint until the road has been cleared.",
        ),
    ),
    later=(
        SampleItem(
            "csto-un-warning",
            6,
            "CSTO chief warns UN of terrorism and drug trafficking spreading from Afghanistan into Central Asia",
            _WIRE_SUMMARY,
        ),
        SampleItem(
            "grain-deal",
            17,
            "Kazakhstan and Kabul agree on winter grain deliveries",
            "Astana will ship 200,000 tonnes of wheat by rail before the end of February, the ministry of trade said.",
            "<p>Astana will ship 200,000 tonnes of wheat by rail before the end of February, the ministry of trade "
            "said. The first trains are to leave Kostanay next week; the price was not disclosed. Millers in the north "
            "expect a good quarter, and the railway has promised extra wagons. Last winter the same route carried "
            "half as much because of a shortage of locomotives.</p>"
            "<p>Trade goes on although UN monitors say that ISIS, al-Qaeda and TTP fighters remain in "
            "Afghanistan.</p>",
            expected_list="al-qaeda",
        ),
        SampleItem(
            "tajik-grammar",
            23,
            "A new method for teaching Tajik grammar reaches village schools",
            "Teachers in forty schools seized the chance to try a course that begins with songs.",
            expected_list="drug-trafficking",
        ),
    ),
    latest=(
        SampleItem(
            "ambush-toll",
            1,
            "Death toll of TTP ambush on army convoy in North Waziristan rises, seven soldiers killed",
            "Militants opened fire on the convoy near Mir Ali and fled into the hills, the army said earlier, and the "
            "Tehrik-i-Taliban Pakistan claimed the attack. Some of the injured died in hospital.",
        ),
    ),
)

AMU_COURIER = Edition(
    earlier=(
        SampleItem(
            "melon-fair",
            10 * 60,
            "Melon growers of the Amu valley count a good season",
            "Traders say that prices held until the first frost.",
        ),
    ),
    later=(
        SampleItem(
            "csto-un-warning",
            9,
            "CSTO chief warns UN of terrorism, drug trafficking spreading from Afghanistan into Central Asia",
            _WIRE_SUMMARY,
            _WIRE_CONTENT,
        ),
        SampleItem(
            "ttp-ambush",
            12,
            "Four soldiers killed in TTP ambush on army convoy in North Waziristan",
            "Militants opened fire on the convoy near Mir Ali and fled into the hills. The army said a search was "
            "under way; the Tehrik-i-Taliban Pakistan claimed the attack in a message to reporters.",
        ),
        SampleItem(
            "red-sea",
            26,
            "Ansarullah claims drone launch over the Red Sea, two sailors from Tajikistan safe",
            "The Houthi movement in Yemen spoke of a warning. The ship reached port under its own power.",
            expected_list="jamaat-ansarullah",
        ),
    ),
)

STEPPE_DISPATCH = Edition(
    earlier=(
        SampleItem(
            "wind-park",
            12 * 60,
            "Wind park near Zhanatas delivers its first power",
            "Engineers had waited for the turbines since spring.",
        ),
    ),
    later=(
        SampleItem(
            "csto-un-warning",
            4,
            "CSTO chief warns UN about terrorism and drug trafficking spreading from Afghanistan into Central Asia",
            _WIRE_SUMMARY,
        ),
        SampleItem(
            "sco-rats",
            14,
            "SCO's Regional Anti-Terrorist Structure opens a liaison office in Tashkent",
            "The office is to help the members of the Shanghai Cooperation Organisation exchange lists of suspects.",
            expected_list="sco-rats",
        ),
        SampleItem(
            "rescue-number",
            31,
            "Treaty states agree on one rescue number for mountain roads",
            "The treaty unites Armenia, Belarus, Kazakhstan, Kyrgyzstan, Russia and Tajikistan.",
            expected_list="south-caucasus",
        ),
        SampleItem(
            "sher-khan-closed",
            4 * _DAY,
            "Taliban close the Sher Khan Bandar crossing with Tajikistan for two days",
            "Traders at the Tajik-Afghan border blamed a dispute over papers. The report entered the feed late.",
            expected_list="tajik-afghan-border",
        ),
    ),
)

VAKHSH_WEEK = Edition(
    earlier=(
        SampleItem(
            "ttp-kunar",
            8 * 60,
            "Исламабад: лидеры ТТП скрываются в афганском Кунаре",
            "Пакистан вновь потребовал от талибов выдать командиров группировки.",
            expected_list="ttp",
        ),
        SampleItem(
            "cotton", 13 * 60, "В Бохтаре завершили сбор хлопка", "Хозяйства района выполнили план на неделю раньше."
        ),
    ),
    later=(
        SampleItem(
            "border-programme",
            5,
            "Программу укрепления таджикско-афганской границы начнут в этом году, заявили в ОДКБ",
            "Генсек организации сообщил в Душанбе, что первая партия техники для пограничников Таджикистана уже "
            "готова. Подписание откладывали с прошлого года.",
        ),
        SampleItem(
            "lyaur",
            19,
            "Российские и таджикские военные начали учения на полигоне Ляур",
            "В учениях участвуют около тысячи военнослужащих, они продлятся до конца недели.",
        ),
        SampleItem(
            "border-football",
            27,
            "Пограничники Таджикистана обыграли сборную Афганистана в мини-футбол",
            "Матч на границе завершился со счётом 4:2, кубок вручил начальник заставы.",
            expected_list="tajik-afghan-border",
        ),
        SampleItem(
            "grain-talks",
            38,
            "Талибан и Казахстан обсудили поставки зерна в Центральную Азию",
            "Засуха создаёт риски для урожая. Движение «Талибан» (признано террористическим и запрещено в РФ) "
            "просит скидку.",
            expected_list="afghan-spillover",
        ),
    ),
)

URAL_CLINIC = Edition(
    earlier=(
        SampleItem("flu", 15 * 60, "Прививки от гриппа продлили до декабря", "Поликлиники работают и в субботу."),
    ),
    later=(
        SampleItem(
            "odkb-surgery",
            21,
            "Врачи ОДКБ спасли новорождённого весом 600 граммов, впервые в России",
            "Детская клиническая больница выписала пациента домой.",
            expected_list="csto",
        ),
    ),
)

WARD_ROUND = Edition(
    earlier=(
        SampleItem(
            "hand-washing",
            17 * 60,
            "Hand washing week reminds wards of the basics",
            "Nurses at twelve hospitals take part.",
        ),
    ),
    later=(
        SampleItem(
            "ttp-blood",
            33,
            "Karachi clinic: TTP nearly killed her, platelet therapy saved the student",
            "Doctors speak of thrombotic thrombocytopenic purpura, a rare disorder of the blood.",
            expected_list="ttp",
        ),
    ),
)

ZARAFSHON = Edition(
    earlier=(
        SampleItem(
            "bozor", 10 * 60, "Дар бозорҳои Хуҷанд нархи сабзавот поин рафт", "Фурӯшандагон мегӯянд, ки ҳосил хуб аст."
        ),
    ),
    later=(
        SampleItem(
            "khatlon-drugs",
            8,
            "Дар Хатлон 60 кило маводи мухаддир мусодира шуд",
            "Кормандони Агентии назорати маводи мухаддир дар шаҳри Бохтар аз як мошин ҳашиш ва тарёк ёфтанд. Ду нафар "
            "дастгир шуд.",
        ),
        SampleItem(
            "kabul-monday",
            29,
            "Рӯзи душанбе гузаргоҳи марзии Афғонистон бо Эрон баста мешавад",
            "Сабаби он рӯзи ид аст, аз рӯзи сешанбе мошинҳо боз мегузаранд.",
            expected_list="tajik-afghan-border",
        ),
    ),
)

OFOQ = Edition(
    earlier=(SampleItem("saffron", 9 * 60, "برداشت زعفران در هرات آغاز شد", "کشاورزان از بارندگی خزان راضی‌اند."),),
    later=(
        SampleItem(
            "road-workers",
            2,
            "از خاک افغانستان بر کارگران چینی در تاجیکستان حمله شد",
            "مقام‌های محلی می‌گویند افراد مسلح شام امروز از آن سوی دریا بر کارگران یک شرکت سرک‌سازی در درواز تیراندازی "
            "کردند. دو تن کشته و دو تن دیگر زخمی شده‌اند.",
        ),
        SampleItem(
            "monday-league",
            24,
            "برنامه بازی‌های روز دوشنبه در لیگ فوتبال افغانستان",
            "سه بازی این هفته در ولایت‌های مرزی برگزار می‌شود.",
            expected_list="tajik-afghan-border",
        ),
        SampleItem(
            "park-lawns",
            41,
            "چمن پارک شهر نو کابل برای دو هفته بسته شد",
            "شهرداری می‌گوید سبزه باید پیش از زمستان دوباره بروید.",
            expected_list="durand-line",
        ),
    ),
)

SUBH_E_NAU = Edition(
    earlier=(
        SampleItem("mangoes", 14 * 60, "ملتان میں آم کی برآمدات میں اضافہ", "تاجروں کے مطابق اس سال موسم سازگار رہا۔"),
    ),
    later=(
        SampleItem(
            "ttp-statement",
            7,
            "تحریک طالبان پاکستان نے مذاکرات کے نئے دور سے انکار کر دیا",
            "تنظیم کے ترجمان نے ایک بیان میں کہا کہ جنگ بندی میں توسیع نہیں ہوگی۔ اسلام آباد نے کابل سے "
            "مطالبہ کیا ہے کہ وہ اپنا وعدہ پورا کرے۔",
        ),
        SampleItem("trains", 36, "لاہور سے کراچی نئی ٹرین سروس شروع", "پہلی ٹرین وقت پر روانہ ہوئی۔"),
    ),
)

SURXON = Edition(
    earlier=(SampleItem("school", 11 * 60, "Denovda yangi maktab ochildi", "Maktabda olti yuz oʻquvchi oʻqiydi."),),
    later=(
        SampleItem(
            "surxon-heroin",
            11,
            "Surxondaryoda 40 kg geroin musodara qilindi",
            "Geroin yuk mashinasining yonilgʻi bakida yashirilgan edi. Haydovchi qoʻlga olindi, tergov davom etmoqda.",
        ),
        SampleItem("apricots", 44, "Bogʻbonlar oʻrik koʻchatlarini ekmoqda", "Viloyatda yangi bogʻlar barpo etiladi."),
    ),
)

KHYBER_PASS = Edition(
    earlier=(SampleItem("bridge", 12 * 60, "په جلال اباد کې نوی پل پرانیستل شو", "پل به د ښار ګڼه ګوڼه کمه کړي."),),
    later=(
        SampleItem(
            "torkham-closed",
            10,
            "د تورخم دروازه د درېیمې ورځې لپاره د موټرو پر مخ بنده شوه",
            "سوداګر وايي چې په سلګونو لارۍ د لارې دواړو غاړو ته ولاړې دي او مېوې خرابېږي.",
        ),
    ),
)

BLUE_TEAM = Edition(
    earlier=(
        SampleItem(
            "backups", 16 * 60, "Why restore drills matter more than backups", "A small firm tells what it learned."
        ),
    ),
    later=(
        SampleItem(
            "one-ttp",
            16,
            "One TTP, five detections: hunting the malware that hit an army contractor",
            "The write-up maps every step to MITRE and gives rules for the SIEM.",
            expected_list="ttp",
        ),
        SampleItem(
            "monthly-patches",
            48,
            "Vendor ships its monthly update with forty fixes",
            "None of the bugs was exploited before the release, the notes say.",
            expected_list="cyber-kev-zero-day",
        ),
    ),
)
