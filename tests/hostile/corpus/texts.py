"""Watchlist YAML, search patterns, and HTML inside entries, each made to cost or confuse."""

from collections.abc import Iterator

from tests.hostile.corpus.cases import Case, Kind, name_cases
from tests.hostile.corpus.feeds import rss

_HEAD = "schema: 1\nid: evil\ntitle: Evil\npriority: low\n"
_RULE = "match: {rules: [{id: a, any: [a]}]}\n"
_GROUP = "groups: {a: {en: [word]}}\n"
_SCALARS = (
    *(
        "no",
        "on",
        "~",
        "null",
        "010",
        "0x10",
        "12:30:45",
        "2026-99-99",
        "1e400",
        ".nan",
        ".inf",
        "9" * 5_000,
        "=",
        "<<",
    ),
    *("!!python/object/apply:os.system [id]", "!!binary aGk=", "!!set {a}", "!x y", "&a b", "*a", "|\n", ">-\n", "? a"),
    *(
        "'",
        '"',
        '"\\x"',
        '"\\U00110000"',
        "{",
        "[",
        "}",
        "%",
        "@",
        "`",
        "\t",
        "---",
        "...",
        "# only a comment",
        "- - - -",
    ),
    *("\u202e", "\ufeff", "\u0085", "\u2028", "\x1b", "\ud800", "ﷺ" * 5_000, "a" * 200_000, "$" * 50_000),
)
_PATTERNS = (
    *(
        "(a*)*b",
        "(a+)+$",
        "(a|aa)+b",
        "(a|a?)+c",
        r"(\w+\s?)*x",
        "(.*)*y",
        "(.*a){50}",
        "a.{0,500}b.{0,400}c",
        "(x+x+)+y",
    ),
    *(
        "((a{100}){100}){100}",
        "a{1000}{1000}",
        "a{1001}",
        "(a{0,200}){0,200}",
        "(" * 400 + "a" + ")" * 400,
        "(?:" * 99 + ")" * 99,
    ),
    *(
        "(?=a)b",
        "(?!a)b",
        "(?<=a)b",
        "(?<!a)b",
        r"(a)\1",
        "(?P<n>a",
        "(?P<n>a)(?P<n>b)",
        "a++",
        "(?>a)",
        r"\Z",
        r"\K",
        "(?#x)",
    ),
    *(
        "",
        "a*",
        "a?",
        "()",
        "|",
        "a|",
        "|a",
        "^",
        "$",
        "^$",
        r"\b",
        ".*",
        "(?:)",
        "[]",
        "[",
        "(",
        ")",
        "\\",
        "*",
        "+",
        "?",
        "{",
        "[z-a]",
    ),
    *(
        r"\p{Greek}+",
        r"\p{Nope}",
        r"\pN",
        r"\X",
        r"\C",
        r"\x{110000}",
        r"\x{d800}",
        r"\u0041",
        r"\777",
        r"\Qa\E",
        r"\cA",
        "(?i)a",
        "(?s).*b",
    ),
    *(
        "(?R)",
        "(?1)",
        "(?(1)a)",
        "[[:foo:]]",
        "[[=a=]]",
        "[a-\\d]",
        "\x00",
        "\ud800",
        "\u202ea",
        "a" * 513,
        "[" + "a-b" * 150 + "]",
    ),
    *(
        "|".join(f"w{n}" for n in range(120)),
        "[а-яё]{1,100}[а-яё]{1,100}я",
        r"\W*\w*\W*\w*\W*x",
        "(?i)" + "ſ" * 200,
        ".{500}x",
        "a/b",
        "/",
    ),
)
_FRAGMENTS = (
    *(
        "<div>",
        "<!--",
        "<!",
        "<?",
        "</",
        "<a href='",
        '<a href="',
        "<b ",
        "<p/",
        "&",
        "&#",
        "&#x",
        "&amp;",
        "&lt;script&gt;",
        "<svg/onload=1>",
    ),
    *(
        "<script>",
        "<style>",
        "<textarea>",
        "<title>",
        "<plaintext>",
        "<noscript>",
        "<template>",
        "<select>",
        "<table><tr><td>",
        "<math><mi>",
    ),
    *(
        "<iframe srcdoc='",
        "<form><input>",
        "<img src=x onerror=alert(1)>",
        "<base href=//evil>",
        "<meta http-equiv=refresh>",
        "<![CDATA[",
        "]]>",
    ),
    *(
        "<b><i></b></i>",
        "<a><b><a>",
        "<ul><li>",
        "<font color=red>",
        "<a " + "x=y " * 50 + ">",
        "\x00<b>",
        "<\x00b>",
        "<b\u2028>",
        "＜b＞",
    ),
    *(
        "<IMG SRC=`javascript:alert(1)`>",
        "<details open ontoggle=x>",
        "&#0;",
        "&#xD800;",
        "&#99999999;",
        "&bogus;",
        "\u202e",
        "\u0301",
        "\ufdfa",
    ),
    *(
        "<p>" * 3 + "</p>",
        "<o:p>",
        "<x:y z:w='1'>",
        "<a href='javascript:x'>t</a>",
        "<a href='tg://x'>t</a>",
        "<video><source>",
        "<object><embed>",
    ),
    *(
        "<h1><h2>",
        "<dl><dt><dd>",
        "<ruby><rt>",
        "<frameset>",
        "<marquee>",
        "<blink>",
        "\r\n<br>",
        "<br/><br/>",
        "<body><html>",
        "<a\nhref\n=\nx>",
    ),
)


def list_yaml() -> Iterator[Case]:
    """Texts that somebody sends as a watchlist."""
    values = [
        (f"title: {value[:20]!a}", f"schema: 1\nid: evil\ntitle: {value}\npriority: low\n{_GROUP}{_RULE}")
        for value in _SCALARS
    ]
    floods: list[tuple[str, str | bytes]] = [
        ("brackets", "[" * 100_000),
        ("braces", "{" * 100_000),
        ("dashes", "- " * 100_000),
        ("question marks", "? " * 100_000),
        ("staircase", "".join(f"{' ' * depth}a:\n" for depth in range(700))),
        ("keys", _HEAD + "".join(f"key{number}: x\n" for number in range(20_000))),
        ("values", _HEAD + "tags: [" + "a, " * 60_000 + "]\n"),
        ("five megabytes", "x" * 5_000_000),
        ("alias bomb", "a: &a [x, x]\n" + "".join(f"b{n}: &b{n} [*a, *a, *a, *a]\n" for n in range(20))),
        ("a list in itself", "&a [*a]\n"),
        ("merge keys", "a: &a {b: c}\nd: {<<: *a}\n"),
        ("two documents", "a: b\n---\nc: d\n"),
        ("same key twice", "id: a\nid: b\n"),
        ("directive", "%YAML 9.9\n---\na: b\n"),
        ("latin-1", "title: приве́т\n".encode("utf-16")),
        ("not utf-8", b"title: \xff\xfe\xfa\n"),
        ("nothing", b""),
        ("colons", "a:" * 100_000),
        ("tabs", "\t" * 200_000),
        ("quotes that never close", "a: '" + "x\n" * 50_000),
        ("escaped line ends", '"' + "\\\n" * 100_000 + '"'),
        ("document ends", "...\n" * 60_000),
        ("anchors", "".join(f"- &a{n} x\n" for n in range(10_000))),
        (
            "groups that name each other",
            _HEAD + "groups:\n" + "".join(f"  g{n}: {{en: [w{n}]}}\n" for n in range(5_000)) + _RULE,
        ),
        (
            "rules of unknown groups",
            _HEAD + f"match: {{rules: [{{id: a, any: [{', '.join(f'g{n}' for n in range(9_000))}]}}]}}\n",
        ),
        ("one id for all rules", _HEAD + "match: {rules: [" + "{id: a, any: [a]}, " * 2_500 + "]}\n"),
        ("a query of brackets", _HEAD + f"match: {{rules: [{{id: a, query: '{'(' * 5_000}'}}]}}\n"),
        ("a query of nears", _HEAD + f"match: {{rules: [{{id: a, query: '{'a NEAR ' * 3_000}a'}}]}}\n"),
        ("a pattern", _HEAD + "match: {rules: [{id: a, query: '/((a{100}){100}){100}/'}]}\n"),
        (
            "ten thousand terms",
            _HEAD + f"groups: {{a: {{ru: [{', '.join(f'слово{n}' for n in range(10_000))}]}}}}\n{_RULE}",
        ),
        ("a wide window", _HEAD + _GROUP + "match: {rules: [{id: a, all: [a, a], within: 999999999999}]}\n"),
        ("a negative window", _HEAD + _GROUP + "match: {rules: [{id: a, all: [a, a], within: -1}]}\n"),
        ("a path for an id", _HEAD.replace("evil", "../../etc/passwd") + _GROUP + _RULE),
        (
            "examples without end",
            _HEAD + _GROUP + _RULE + "examples: {positive: [" + "{lang: en, title: word}, " * 3_000 + "]}\n",
        ),
        (
            "a monstrous example",
            _HEAD + _GROUP + _RULE + f"examples: {{positive: [{{lang: en, title: '{'a ' * 90_000}'}}]}}\n",
        ),
        ("JSON", '{"schema": 1, "id": "evil"}'),
        ("HTML", "<html><body>404</body></html>"),
    ]
    yield from name_cases(Kind.YAML, [*values, *floods])


def list_patterns() -> Iterator[Case]:
    """Patterns that somebody types in a query."""
    yield from name_cases(Kind.PATTERN, [(f"/{pattern[:30]!a}/", pattern) for pattern in _PATTERNS])


def list_html() -> Iterator[Case]:
    """Entries whose text is one fragment of HTML a hundred thousand characters long."""
    for fragment in _FRAGMENTS:
        safe = (fragment * (100_000 // len(fragment))).replace("]]>", "]]]]><![CDATA[>")
        inner = f"<item><guid>1</guid><title>One</title><description><![CDATA[{safe}]]></description></item>"
        yield Case(Kind.HTML, f"{fragment[:25]!a}", rss(inner).encode("utf-8", "replace"), "text/xml")
