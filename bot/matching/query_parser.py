"""Reading queries: a recursive-descent parser of the grammar in the query specification, section 2."""

from bot.errors import QueryError
from bot.matching.query import (
    ATTRIBUTES,
    MOST_DISTANCE,
    And,
    AtLeast,
    GroupName,
    Near,
    Not,
    Or,
    Phrase,
    Query,
    Regex,
    Scoped,
    Word,
    is_acronym,
)
from bot.matching.query_lexer import EXAMPLE, Kind, Sign, read_signs
from bot.matching.query_text import format_query
from bot.matching.regexes import check_pattern
from bot.matching.tokens import folded_words
from bot.sentences import Sentence

DEEPEST = 50
_MOST_OF = 1000
_SHORTEST_PREFIX = 3
_LONGEST_READING = 300
_UNIT_STARTS = (Kind.OPEN, Kind.FIELD, Kind.NUMBER, Kind.WORD, Kind.PHRASE, Kind.GROUP, Kind.REGEX)


def parse_query(text: str) -> Query:
    """The tree of a query. Raises QueryError with the place, what was expected and a corrected example."""
    try:
        return _parse(text)
    except QueryError as error:
        if _is_readable(error.example):
            raise
        # A text with several mistakes is not cured by mending one of them.
        raise QueryError(error.position, error.stopped_at, error.reason, EXAMPLE) from None


def _is_readable(text: str) -> bool:
    try:
        _parse(text)
    except QueryError:
        return False
    return True


def _parse(text: str) -> Query:
    parser = _Parser(text)
    query = parser.read_or()
    parser.expect_end()
    if _holds_on_nothing(query):
        stopped = text.strip()[:40]
        raise QueryError(0, stopped, Sentence("it only says what must not occur"), f"{EXAMPLE} {stopped}")
    return query


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._signs = list(read_signs(text))
        self._next = 0
        self._depth = 0

    def _peek(self) -> Sign:
        return self._signs[self._next]

    def _take(self) -> Sign:
        sign = self._signs[self._next]
        self._next += 1
        return sign

    def _refuse(self, reason: str, example: str = EXAMPLE, sign: Sign | None = None) -> QueryError:
        sign = sign or self._peek()
        return QueryError(sign.position, sign.text[:40] or Sentence("the end"), reason, example)

    def expect_end(self) -> None:
        """Raise QueryError if anything is left."""
        sign = self._peek()
        if sign.kind is Kind.CLOSE:
            raise self._refuse(Sentence("this bracket was never opened"), self._without(sign))
        if sign.kind is not Kind.END:
            raise self._refuse(Sentence("I expected AND, OR, NEAR or a word"), self._without(sign))

    def _without(self, sign: Sign) -> str:
        rest = self._text[: sign.position] + self._text[sign.position + len(sign.text) :]
        return " ".join(rest.split()) or EXAMPLE

    def read_or(self) -> Query:
        """or = and {"OR" and}; AND and OR side by side need brackets."""
        first, second = self._read_and()
        parts, unclear = [first], None
        while self._peek().kind is Kind.OR:
            # The later of the first AND and the first OR is where the two readings part.
            unclear = unclear or (self._peek() if second else None)
            self._take()
            part, second = self._read_and()
            parts.append(part)
            unclear = unclear or second
        if len(parts) == 1:
            return _joined(parts[0])
        if unclear is not None:
            raise self._ambiguous(parts, unclear)
        return Or(tuple(part[0] for part in parts))

    def _ambiguous(self, parts: list[list[Query]], unclear: Sign) -> QueryError:
        first = format_query(Or(tuple(_joined(part) for part in parts)))
        chain: list[list[Query]] = [[query] for query in parts[0]]
        for part in parts[1:]:
            chain[-1].append(part[0])
            chain += [[query] for query in part[1:]]
        second = format_query(_joined([Or(tuple(link)) if len(link) > 1 else link[0] for link in chain]))
        if len(first) > _LONGEST_READING:
            first, second = "(a AND b) OR c", "a AND (b OR c)"
        reason = Sentence(
            "AND and OR side by side can mean `{first}` or `{second}`; put brackets round one of them",
            first=first,
            second=second,
        )
        return self._refuse(reason, first, unclear)

    def _read_and(self) -> tuple[list[Query], Sign | None]:
        """The parts, and the first AND between them: where it is not written, the sign that it stands before."""
        parts, joint = [self._read_not()], None
        while self._peek().kind in (Kind.AND, Kind.NOT, *_UNIT_STARTS):
            joint = joint or self._peek()
            if self._peek().kind is Kind.AND:
                self._take()
            parts.append(self._read_not())
        return parts, joint

    def _read_not(self) -> Query:
        if self._peek().kind is not Kind.NOT:
            return self._read_near()
        sign = self._take()
        if self._peek().kind is Kind.NOT:
            raise self._refuse(Sentence("two NOTs in a row; leave both out or use brackets"), self._without(sign))
        return Not(self._read_near(), sign.position)

    def _read_near(self) -> Query:
        left = self._read_unit()
        links = 0
        while self._peek().kind is Kind.NEAR:
            sign = self._take()
            links += 1
            if links > DEEPEST:
                raise self._refuse(Sentence("at most {most} NEARs can follow each other", most=DEEPEST), EXAMPLE, sign)
            distance = int(sign.value)
            if distance > MOST_DISTANCE:
                reason = Sentence("the distance can be at most {most}", most=MOST_DISTANCE)
                raise self._refuse(reason, f"a NEAR/{MOST_DISTANCE} b", sign)
            right = self._read_unit()
            for side in (left, right):
                if not _stands_somewhere(side):
                    reason = Sentence("beside NEAR only words, phrases, groups and ORs of them can stand")
                    raise self._refuse(reason, '(a OR "b c") NEAR/10 d', sign)
            left = Near(left, right, distance, sign.text.startswith("O"), sign.position)
        return left

    def _read_unit(self) -> Query:
        sign = self._peek()
        if sign.kind is Kind.FIELD:
            self._take()
            return self._read_scoped(sign)
        if sign.kind is Kind.OPEN:
            return self._read_bracket()
        if sign.kind is Kind.NUMBER and self._signs[self._next + 1].kind is Kind.OF:
            return self._read_at_least()
        return self._read_atom()

    def _read_scoped(self, sign: Sign) -> Query:
        self._enter(sign)
        inner = self._read_unit()
        self._depth -= 1
        if sign.value in ATTRIBUTES and not _is_value(inner):
            reason = Sentence("{field}: takes a value, or values in brackets with OR", field=sign.value)
            raise self._refuse(reason, f"{sign.value}:(a OR b)", sign)
        return Scoped(sign.value, inner, sign.position)

    def _read_bracket(self) -> Query:
        opening = self._take()
        self._enter(opening)
        if self._peek().kind is Kind.CLOSE:
            raise self._refuse(Sentence("the brackets are empty"), "(a OR b)")
        query = self.read_or()
        self._close(opening)
        return query

    def _read_at_least(self) -> Query:
        number = self._take()
        self._take()
        if self._peek().kind is not Kind.OPEN:
            raise self._refuse(Sentence("I expected a bracket"), f"{number.text} OF (a, b, c)")
        opening = self._take()
        self._enter(opening)
        parts = [self.read_or()]
        while self._peek().kind is Kind.COMMA:
            self._take()
            parts.append(self.read_or())
        self._close(opening)
        if not 1 <= int(number.text[:6]) <= min(len(parts), _MOST_OF):
            corrected = AtLeast(max(1, min(int(number.text[:6]), len(parts))), tuple(parts))
            example = format_query(corrected)
            if len(parts) == 1 or len(example) > _LONGEST_READING:
                example = "2 OF (a, b, c)"
            one = Sentence("the list has 1 part")
            raise self._refuse(
                one if len(parts) == 1 else Sentence("the list has {count} parts", count=len(parts)), example, number
            )
        return AtLeast(int(number.text), tuple(parts), number.position)

    def _enter(self, opening: Sign) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            reason = Sentence("brackets and fields can be at most {most} deep", most=DEEPEST)
            raise self._refuse(reason, "(a OR b) AND c", opening)

    def _close(self, opening: Sign) -> None:
        if self._peek().kind is not Kind.CLOSE:
            if self._peek().kind is Kind.END:
                place = opening.position + 1
                reason = Sentence("the bracket opened at character {place} is never closed", place=place)
                raise self._refuse(reason, f"{self._text.strip()})")
            raise self._refuse(
                Sentence("I expected AND, OR, NEAR, a word or a closing bracket"), self._without(self._peek())
            )
        self._take()
        self._depth -= 1

    def _read_atom(self) -> Query:
        sign = self._peek()
        if sign.kind not in _UNIT_STARTS:
            raise self._expected_word()
        self._take()
        if sign.kind is Kind.GROUP:
            return GroupName(sign.value, sign.position)
        if sign.kind is Kind.REGEX:
            ignore_case = sign.text.endswith("/i")
            check_pattern(sign.value, sign.position)
            return Regex(sign.value, ignore_case, sign.position)
        if not folded_words(sign.value or sign.text):
            raise self._refuse(Sentence("there is no letter or digit in it"), EXAMPLE, sign)
        if sign.kind is Kind.PHRASE:
            return Phrase(sign.value, sign.position)
        return self._read_word(sign)

    def _expected_word(self) -> QueryError:
        sign = self._peek()
        if sign.kind is Kind.END and not self._text.strip():
            return self._refuse(Sentence("the query is empty"), EXAMPLE)
        if sign.kind is Kind.END:
            return self._refuse(Sentence("I expected a word"), f"{self._text.strip()} border")
        if sign.kind in (Kind.AND, Kind.OR, Kind.NEAR, Kind.OF):
            quoted = f'{self._text[: sign.position]}"{sign.text}"{self._text[sign.position + len(sign.text) :]}'
            return self._refuse(Sentence("I expected a word before it; quote it if you mean the word"), quoted.strip())
        return self._refuse(Sentence("I expected a word"), self._without(sign))

    def _read_word(self, sign: Sign) -> Word:
        text = sign.text
        exact = text.startswith("=")
        body = text.removeprefix("=")
        prefix = body.endswith("*")
        body = body.removesuffix("*")
        if "*" in body or "=" in body[:1]:
            raise self._refuse(Sentence("a star may only end a word"), f"{body.replace('*', '').strip('=')}*", sign)
        if prefix and not exact and len(folded_words(body)[-1]) < _SHORTEST_PREFIX:
            reason = Sentence("write at least {least} letters before the star", least=_SHORTEST_PREFIX)
            raise self._refuse(reason, EXAMPLE, sign)
        return Word(body, prefix, exact or (not prefix and is_acronym(body)), sign.position)


def _joined(parts: list[Query]) -> Query:
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def _stands_somewhere(query: Query) -> bool:
    """Whether a query stands at a place, so that a distance can be measured from it."""
    match query:
        case Word() | Phrase() | GroupName() | Regex() | Near():
            return True
        case Or():
            return all(_stands_somewhere(part) for part in query.parts)
        case Scoped():
            return query.field not in ATTRIBUTES and _stands_somewhere(query.inner)
        case _:
            return False


def _is_value(query: Query) -> bool:
    """Whether a query can be the value of an attribute: a word, a phrase, or an OR of them."""
    if isinstance(query, Or):
        return all(_is_value(part) for part in query.parts)
    return isinstance(query, Word | Phrase)


def _holds_on_nothing(query: Query) -> bool:
    """Whether a query would match a text without any words."""
    match query:
        case And():
            return all(_holds_on_nothing(part) for part in query.parts)
        case Or():
            return any(_holds_on_nothing(part) for part in query.parts)
        case Not():
            return not _holds_on_nothing(query.part)
        case AtLeast():
            return sum(_holds_on_nothing(part) for part in query.parts) >= query.number
        case Scoped():
            return _holds_on_nothing(query.inner)
        case _:
            return False
