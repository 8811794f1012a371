"""Quantities of a claim: amounts as intervals, with their unit or what they count, in digits, words and duals.

The words of each language stand in `configs/numbers/`. What is no amount (dates, years, clock times, scores, names
such as "Su-24") is left out; what counts nothing surely is left out too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import zip_longest
from typing import Any

from tabayyun.configs import language_table
from tabayyun.spelling import any_of, flat, fold

_ABOUT = 0.1
_YEARS = range(1900, 2101)
_THOUSAND = 1000
_CLOCK_OR_SCORE = 10
_MOST_DIGITS = 15
"""What is longer is the number of something, and no float holds it exactly."""
_TOKEN = re.compile(
    r"(?P<number>\d{1,3}(?:[ \u00a0\u202f]\d{3}(?!\d))+|\d+(?:[.,\u066b\u066c]\d+)*(?:ر\d+)?)"
    r"|(?P<word>[^\W\d_]+)|(?P<sign>[$€£%٪])"
)
_NEVER = re.compile(
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}"  # dates
    r"|\d{1,2}:\d{2}"  # clock times
    r"|(?<![\w-])[A-Za-zء-يА-Яа-я]{1,5}-\d+"  # Su-24
    r"|(?<!\d)\d+\+\d+"  # 5+1
    r"|(?<![A-Za-z])[A-Za-z]+\d+"
    r"|(?<![\d.,-])\d{1,2}\s?[-–]\s?\d(?!\d|[.,]\d)"  # scores of matches
    r"|(?<!\S)\d{1,2}-(?=\s)"  # numbers of a list
    r"|\+\d[\d -]{7,}|(?<!\d)0\d{8,}"  # telephones
)
_CLITICS = "وفبلك"
_HYPHEN = re.compile(r"\s?[-–]\s?")
_OF_MONTH = re.compile(r"^(?:\s+من)?(?:\s+شهر)?\s*")
_WEEKDAYS = frozenset(map(fold, ("الأحد", "الاثنين", "الإثنين", "الأثنين", "الثلاثاء", "الأربعاء", "الخميس")))


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount from `low` to `high` (None: open), in a unit or counting something; offsets into its text.

    `unit` is "count", "percent", an ISO 4217 currency, a measure or a span of time; `counted` the noun as written.
    """

    low: float | None
    high: float | None
    unit: str
    counted: str
    start: int
    end: int

    def to_dict(self, offset: int = 0) -> dict[str, Any]:
        """The quantity as it stands in the claims JSON, its offsets moved by `offset`."""
        return {
            "low": self.low,
            "high": self.high,
            "unit": self.unit,
            "counted": self.counted,
            "start": self.start + offset,
            "end": self.end + offset,
        }


@dataclass(frozen=True, slots=True)
class _Amount:
    """A quantity in flat text; `counted` is the span of the noun, empty without one."""

    low: float | None
    high: float | None
    unit: str
    counted: tuple[int, int]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    kind: str
    folded: str


@dataclass(frozen=True, slots=True)
class _Number:
    """A number that was read: tokens `first` to `last` (exclusive), its value and its last multiplier."""

    first: int
    last: int
    start: int
    end: int
    value: float
    scale: float = 1
    plain: bool = False
    definite: bool = False


@dataclass(frozen=True, slots=True)
class _Words:
    """The compiled table of one language."""

    values: dict[str, float]
    alone: dict[str, float]
    fractions: dict[str, float]
    multipliers: dict[str, float]
    syntax: dict[str, tuple[str, ...]]
    before: tuple[tuple[str, re.Pattern[str]], ...]
    after: tuple[tuple[str, re.Pattern[str]], ...]
    between: re.Pattern[str]
    between_join: re.Pattern[str]
    range_join: re.Pattern[str]
    """What makes a range of two numbers without a word before the first: "three to five", "three or four"."""
    units: tuple[tuple[str, re.Pattern[str]], ...]
    signs: dict[str, str]
    duals: dict[str, str]
    no_duals: frozenset[str]
    no_clitic: frozenset[str]
    months: re.Pattern[str]
    clock: re.Pattern[str]
    part: re.Pattern[str]
    """A fraction that is added to a number."""
    glued: dict[str, float]
    """Multipliers that count only right behind digits, and those that also need a sign of money before these."""
    glued_to_money: dict[str, float]
    changed: re.Pattern[str]
    """Verbs of change: "rose from 20 to 25" names no range, and its "to" no limit."""
    over: re.Pattern[str]
    """MORE THAN with the subject between it and the number: "the toll of dead passed 50"."""


@cache
def _words(language: str) -> _Words:
    content = language_table("numbers", language)
    qualifiers, units, duals = content["qualifiers"], content["units"], content.get("duals", {})
    ends = [
        (name, re.compile(rf"(?<!\w)[وفبل]?{any_of(tuple(qualifiers[name]))}[\s-]*(?:ال)?$", re.I))
        for name in ("at_most", "at_least", "about")
    ]
    starts = [
        (name, re.compile(rf"[\s'’]*{any_of(tuple(qualifiers[f'{name}_after']))}(?!\w)", re.I))
        for name in ("at_most", "at_least", "about")
    ]
    pairs = sorted(((name, word) for name, found in units.items() for word in found), key=lambda pair: -len(pair[1]))
    ending = r"\w{0,4}" if language == "tr" else ""
    of = any_of(tuple(content["syntax"].get("of_words", ())))
    and_a = any_of(tuple(content["syntax"].get("and_a_part", ())))
    fraction = any_of(tuple(content.get("fractions", {})))
    multiplier = any_of(tuple(content["multipliers"]))
    syntax = {
        name: tuple(fold(w) for w in value) if isinstance(value, list) else (value,)
        for name, value in content["syntax"].items()
    }
    return _Words(
        values={fold(word): value for word, value in content["words"].items()},
        alone={fold(word): value for word, value in content.get("alone", {}).items()},
        fractions={fold(word): value for word, value in content.get("fractions", {}).items()},
        multipliers={fold(word): value for word, value in content["multipliers"].items()},
        syntax=syntax,
        before=tuple(ends),
        after=tuple(starts),
        between=re.compile(rf"(?<!\w)[وفبل]?{any_of(tuple(qualifiers['between']))}\s+$", re.I),
        between_join=re.compile(rf"\s*{any_of(tuple(qualifiers['between_join']))}[\s-]*", re.I),
        range_join=re.compile(rf"\s+{any_of(tuple(qualifiers.get('range_join', ())))}[\s$€£]+", re.I),
        units=tuple(
            (name, re.compile(rf"\s*(?:{of}\s*)?{any_of((word,))}{ending}(?!\w)", re.I)) for name, word in pairs
        ),
        signs=content.get("signs", {}) | {"%": "percent", "٪": "percent"},
        duals=_duals(duals),
        no_duals=frozenset(map(fold, duals.get("count_feminine_not", ()))),
        no_clitic=frozenset(map(fold, duals.get("no_clitic", ()))),
        months=re.compile(rf"(?<!\w)[وفبلובלה]?{months(language)}(?!\w)", re.I),
        clock=re.compile(rf"\s*{any_of(tuple(content['syntax'].get('clock_after', ())))}(?!\w)", re.I),
        glued={fold(word): value for word, value in content.get("glued", {}).items()},
        glued_to_money={fold(word): value for word, value in content.get("glued_to_money", {}).items()},
        changed=re.compile(rf"(?<!\w)[وف]?{any_of(tuple(content['syntax'].get('changed_from', ())))}(?!\w)", re.I),
        over=re.compile(
            rf"(?<!\w)(?P<no>{any_of(('لا', 'لم', 'لن'))}\s+)?[وف]?"
            rf"{any_of(tuple(content['syntax'].get('over_at_a_distance', ())))}\s+"
            rf"(?:{any_of(('عددهم', 'عددها', 'عددهن'))}|{any_of(('عدد', 'حصيلة'))}\s+\w+)\s+"
            rf"(?:{any_of(('على', 'عن'))}\s+)?(?:ال\s?)?$"
        ),
        part=re.compile(rf"\s+{and_a}(?P<part>{fraction})(?:\s+(?:ال)?(?P<scale>{multiplier}))?(?!\w)", re.I),
    )


def months(language: str) -> str:
    """Return an alternation of the names of the months; an English one needs its capital: "may" is no month.

    >>> bool(re.search(months("en"), "may", re.I)), bool(re.search(months("en"), "MAY", re.I))
    (False, True)
    """
    capital = "(?-i:(?=[A-Z]))" if language == "en" else ""
    return capital + any_of(tuple(name for found in language_table("times", language)["months"] for name in found))


def _duals(content: dict[str, list[str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for unit, listed in content.items():
        if unit in ("count", "count_nominative"):
            endings = ("ان", "ين") if unit == "count" else ("ان",)
            found |= {fold(noun) + ending: "count" for noun in listed for ending in endings}
        elif unit not in ("count_feminine_not", "no_clitic"):
            found |= {fold(word): unit for word in listed}
    return found


def find(text: str, language: str) -> tuple[Quantity, ...]:
    """Return the quantities of `text` in order.

    >>> [(q.low, q.high, q.counted) for q in find("قصفت أكثر من أربعين هدفا ودمرت دبابتين", "ar")]
    [(40, None, 'هدفا'), (2, 2, 'دبابتين')]
    >>> [(q.low, q.unit) for q in find("ارتفع الخام ٤٫٥ في المئة إلى 80 دولارا", "ar")]
    [(4.5, 'percent'), (80, 'USD')]
    """
    words = _words(language)
    plain, at = flat(text)
    tokens = _tokens(plain)
    numbers = list(_numbers(plain, tokens, words, language))
    found = [*_duals_of(plain, tokens, words)]
    taken = -1
    for number, following in zip_longest(numbers, numbers[1:]):
        if number.start < taken:
            continue
        amount = _amount(plain, tokens, number, following, words)
        if amount:
            found.append(amount)
            taken = amount.end
    return tuple(
        Quantity(f.low, f.high, f.unit, text[at[f.counted[0]] : at[f.counted[1]]], at[f.start], at[f.end])
        for f in sorted(found, key=lambda f: f.start)
    )


def in_currency_of(country_text: str, found: tuple[Quantity, ...], language: str) -> tuple[Quantity, ...]:
    """Return the quantities with riyals, dinars, pounds, liras and dirhams as those of the country a text speaks of.

    A name that several currencies share stays a counted noun when the text names none or several of their countries.
    """
    currencies = language_table("numbers", language).get("currencies", {})

    def resolved(quantity: Quantity) -> Quantity:
        stem = next((name for name in currencies if fold(quantity.counted).startswith(fold(name))), None)
        if quantity.unit != "count" or stem is None:
            return quantity
        bag = _words_of(country_text)
        named = [code for code, places in currencies[stem].items() if {flat(place)[0] for place in places} & bag]
        return replace(quantity, unit=named[0], counted="") if len(named) == 1 else quantity

    return tuple(resolved(quantity) for quantity in found)


def units(quantity: Quantity) -> frozenset[str]:
    """Return the units that an amount may be in: several currencies where it names one that countries share.

    >>> sorted(units(find("خسر 5 ملايين درهم", "ar")[0])), sorted(units(find("خسر 5 جنود", "ar")[0]))
    (['AED', 'MAD'], ['count'])
    """
    shared = language_table("numbers", "ar")["currencies"]
    noun = fold(quantity.counted)
    codes = next(
        (codes for name, codes in shared.items() if quantity.unit == "count" and noun.startswith(fold(name))), ()
    )
    return frozenset(codes or (quantity.unit,))


@lru_cache(maxsize=4)
def _words_of(text: str) -> frozenset[str]:
    """The words of a whole article, kept while its claims are read."""
    return frozenset(re.findall(r"\w+", flat(text)[0]))


def _tokens(text: str) -> list[_Token]:
    never = [m.span() for m in _NEVER.finditer(text)]
    found = []
    for match in _TOKEN.finditer(text):
        kind = str(match.lastgroup)
        long = sum(map(str.isdecimal, match.group())) > _MOST_DIGITS
        if kind == "number" and (long or any(a < match.end() and match.start() < b for a, b in never)):
            kind = "never"
        found.append(_Token(match.start(), match.end(), kind, fold(match.group())))
    return found


def _numbers(text: str, tokens: list[_Token], words: _Words, language: str) -> Iterator[_Number]:
    at = 0
    while at < len(tokens):
        number = _number_at(text, tokens, at, words, language)
        if number:
            yield number
        at = number.last if number else at + 1


@dataclass(slots=True)
class _Sum:
    """A number while it is read: what is settled, what the next multiplier multiplies, and what may still follow."""

    total: float = 0.0
    current: float | None = None
    limit: float = float("inf")
    scale: float = 1.0
    plain: bool = True
    definite: bool = False
    counts: bool = False

    def add_digits(self, value: float, follower: float, *, joined: bool, glued: bool) -> bool:
        """Add digits; False when they begin another number ("15 thousand and 16 thousand")."""
        if self.current is not None or value >= self.limit or (self.total and not joined and glued):
            return False
        if joined and follower >= self.limit:
            return False
        self.current, self.counts = value, True
        return True

    def add_word(self, known: tuple[float, bool, bool, bool], *, joined: bool, first: bool, counts: bool) -> bool:
        """Add a number word; False when it begins another number."""
        value, multiplies, with_and, with_the = known
        joined = joined or (with_and and not (first and not with_the))
        step = _combine(self.total, self.current, self.limit, value, multiplies=multiplies, joined=joined, first=first)
        if step is None:
            return False
        self.total, self.current, self.limit = step
        self.scale = value if multiplies and value >= _THOUSAND else self.scale
        self.plain, self.definite = False, self.definite or (with_the and first)
        self.counts = self.counts or counts
        return True


def _number_at(text: str, tokens: list[_Token], first: int, words: _Words, language: str) -> _Number | None:
    """Read the longest number that begins at token `first`."""
    found = _Sum()
    at = end = first
    while at < len(tokens):
        joined = at > first and _is_and(tokens[at], words) and at + 1 < len(tokens)
        at += joined
        gap = text[tokens[at - 1].end : tokens[at].start] if at > first else ""
        if gap.strip("- \u00a0\u202f\u200c") or not _add(found, tokens, at, gap, words, language, joined, first):
            break
        at += 1
        end = at
    if end == first:
        return None
    alone = end == first + 1 and tokens[first].kind == "word" and found.current == 1
    measured = words.part.match(text, tokens[end - 1].end) or _unit(text, tokens[end - 1].end, words)[0] == "percent"
    if (alone or not found.counts) and not measured:  # "one" counts nothing surely, "one and a half per cent" does
        return None
    start = tokens[first].start + (_clitic_length(text, tokens[first], words) if tokens[first].kind == "word" else 0)
    value, finish = found.total + (found.current or 0), tokens[end - 1].end
    part = words.part.match(text, finish)
    if part:  # "nine and a half million", "nine million and a half"
        whole = part.group("scale")
        value += words.fractions[fold(part.group("part"))] * (words.multipliers[fold(whole)] if whole else found.scale)
        finish = part.end()
        end = next(n for n, token in enumerate(tokens) if token.end == finish) + 1
    definite = found.definite or _article_apart(tokens, first)
    return _Number(first, end, start, finish, _neat(value), found.scale, found.plain and not part, definite)


def _article_apart(tokens: list[_Token], first: int) -> bool:
    """Whether the article is a token of its own, as it is before digits ("the 24 dead")."""
    return first > 1 and tokens[first - 1].folded == "ال"


def _add(
    found: _Sum, tokens: list[_Token], at: int, gap: str, words: _Words, language: str, joined: bool, first: int
) -> bool:
    token = tokens[at]
    following = _known(tokens[at + 1], words, True) if at + 1 < len(tokens) else None
    follower = following[0] if following and following[1] else 0.0
    if token.kind == "number":
        return found.add_digits(_value(token.folded, language), follower, joined=joined, glued=gap.strip(" ") == gap)
    if token.kind != "word":
        return False
    if at == first and follower:
        fraction = next((words.fractions[w] for w in _bare(token.folded, words) if w in words.fractions), None)
        if fraction is not None:
            found.current, found.plain = fraction, False
            return True
    if not gap and at > first and tokens[at - 1].kind == "number":
        money = first > 0 and tokens[first - 1].kind == "sign"
        scale = words.glued.get(token.folded) or (words.glued_to_money.get(token.folded) if money else None)
        if scale:
            return found.add_word((scale, True, False, False), joined=False, first=False, counts=True)
    joins = at + 1 < len(tokens) and at == first and following is not None and following[2]
    known = _known(token, words, at > first, joins=joins)  # "a thousand and four hundred" is no dual
    one_of_many = found.current == 1 and known is not None and known[1]  # "one thousand"
    counts = one_of_many or token.folded not in words.syntax.get("lone_not_counted", ())
    if known and found.total and not known[1] and follower >= found.limit:  # "200 million and 300 million"
        return False
    return known is not None and found.add_word(known, joined=joined, first=at == first, counts=counts)


def _combine(
    total: float,
    current: float | None,
    limit: float,
    value: float,
    *,
    multiplies: bool,
    joined: bool,
    first: bool,
) -> tuple[float, float | None, float] | None:
    """Add one number word to what was read; None when it begins another number."""
    if multiplies and not joined and current is not None:
        if value >= _THOUSAND and value < limit:
            return total + current * value, None, value
        return (total, current * value, limit) if value == 100 and current < 10 else None
    if value >= _THOUSAND:
        return (total + value, None, _magnitude(value)) if current is None and value < limit else None
    if current is None:
        return (total, value, limit) if first or joined or total else None
    units_then_ten = value == 10 and current < 10 and not joined
    units_and_tens = 20 <= value < 100 and current < 10 and joined
    tens_units = value < 10 and current % 100 >= 10 and current % 10 == 0
    hundreds = current >= 100 and current % 100 == 0 and value < 100
    hundreds_units = joined and current > 100 and current % 100 < 10 and 20 <= value < 100
    hundred_teen = not joined and current > 100 and 0 < current % 100 < 10 and value == 10
    four_score = current % 100 == 4 and value == 20 and not joined  # French: 4 x 20
    french_teens = current % 100 in (60, 80) and 10 <= value < 20
    tens = units_then_ten or units_and_tens or tens_units or french_teens or four_score
    if tens or hundreds or hundreds_units or hundred_teen:
        return total, current + (76 if four_score else value), limit
    return None


def _magnitude(value: float) -> float:
    return float(10 ** (3 * ((len(str(int(value))) - 1) // 3)))


def _is_and(token: _Token, words: _Words) -> bool:
    return token.folded in words.syntax.get("and_words", ()) or token.folded == words.syntax.get("joined_and", ("",))[0]


def _known(token: _Token, words: _Words, inside: bool, *, joins: bool = False) -> tuple[float, bool, bool, bool] | None:
    """The value of a number word, whether it multiplies, and whether "and" or the article is written before it.

    `inside` a number no preposition is glued to it; what another number word `joins` is no dual.
    """
    if token.folded in _WEEKDAYS or token.folded.removeprefix("و") in _WEEKDAYS:
        return None
    joined_and = words.syntax.get("joined_and", ("",))[0]
    for clitic in ("", *words.syntax.get("clitics", ())):
        stem = token.folded.removeprefix(clitic)
        if clitic and (stem == token.folded):
            continue
        with_and = bool(joined_and) and clitic.startswith(joined_and)
        if inside and clitic and not with_and and clitic != "ال":
            continue
        if not inside and not joins and stem in words.alone:
            return words.alone[stem], False, with_and, False
        if stem in words.values:
            return words.values[stem], False, with_and, clitic.endswith("ال")
        if stem in words.multipliers:
            return words.multipliers[stem], True, with_and, clitic.endswith("ال")
    return None


def _bare(word: str, words: _Words) -> list[str]:
    """A word as it stands and without its clitic: "and the resolution" is a resolution too."""
    if not words.syntax.get("clitics"):
        return [word]
    whole = ["ال" + word[2:]] if word.startswith("لل") else []
    return [word, *whole, *([word[1:]] if len(word) > 3 and word[0] in _CLITICS else [])]


def _clitic_length(text: str, token: _Token, words: _Words) -> int:
    if token.folded in words.values or token.folded in words.multipliers:
        return 0
    for clitic in words.syntax.get("clitics", ()):
        stem = token.folded.removeprefix(clitic)
        if stem != token.folded and (stem in words.values or stem in words.multipliers):
            return len(clitic) if text[token.start : token.start + len(clitic)] == clitic and clitic != "ال" else 0
    return 0


def _value(written: str, language: str) -> float:
    """The value of digits: 1,200 and 1.200 are thousands (1.200 in English is not), 4,5 and 4ر5 decimals."""
    written = re.sub(r"[\u00a0\u202f\s\u066c]", "", written).replace("\u066b", ".").replace("ر", ".")
    groups = re.split(r"[.,]", written)
    thousands = all(len(g) == 3 for g in groups[1:]) and 0 < len(groups[0]) <= 3 and groups[0] != "0"
    if len(groups) > 1 and thousands and not (language == "en" and "." in written):
        return int("".join(groups))
    if len(groups) == 1:
        return int(written)
    return _neat(float("".join(groups[:-1]) + f".{groups[-1]}"))


def _amount(
    text: str, tokens: list[_Token], number: _Number, following: _Number | None, words: _Words
) -> _Amount | None:
    start, end = number.start, number.end
    low = high = number.value
    last = number.last
    ranged = _range(text, number, following, words)
    if ranged and following:
        low, high, end, last = ranged, following.value, following.end, following.last
    before = text[max(0, start - 40) : start]
    opening = words.between.search(before)
    if ranged and opening:
        start -= len(before) - opening.start()
    unit, end_of_unit = _unit(text, end, words)
    sign = tokens[number.first - 1] if number.first else None
    if not unit and sign and sign.folded in words.signs and not text[sign.end : number.start].strip():
        unit, start = words.signs[sign.folded], sign.start
    qualifier, start, end_qualified = _qualified(text, start, max(end, end_of_unit), words)
    if _is_no_amount(text, tokens, number, words, has_unit=bool(unit), qualified=bool(qualifier or ranged)):
        return None
    counted = (0, 0)
    if not unit:
        unit = "count"
        counted, start, end = _counted(text, tokens, number, last, start, end, words)
        if not qualifier:
            qualifier, _, end = _qualified(text, number.start, end, words, after_only=True)
    else:
        end = max(end, end_of_unit)
    return _Amount(*_bounds(low, high, qualifier), unit, counted, start, max(end, end_qualified))


def _bounds(low: float, high: float, qualifier: str) -> tuple[float | None, float | None]:
    """The interval of an amount after "about", "at least" or "at most"."""
    if qualifier == "about" and low == high:
        return _neat(low * (1 - _ABOUT)), _neat(low * (1 + _ABOUT))
    return None if qualifier == "at_most" else low, None if qualifier == "at_least" else high


def _neat(value: float) -> float:
    rounded = round(float(value), 6)
    return int(rounded) if rounded.is_integer() else rounded


def _range(text: str, number: _Number, following: _Number | None, words: _Words) -> float | None:
    """The lower end when two numbers make an interval ("between 3 and 5 million", "30-40"); None otherwise."""
    if following is None:
        return None
    gap = text[number.end : following.start]
    low = number.value * (following.scale if number.value < following.value / following.scale + 1 else 1)
    if number.scale != 1 or following.scale == 1:
        low = number.value
    if low >= following.value:
        return None
    opened = words.between.search(text[max(0, number.start - 20) : number.start])
    if words.changed.search(text[max(0, number.start - 40) : number.start]):
        return None
    if (words.between_join.fullmatch(gap) and opened) or words.range_join.fullmatch(gap):
        return low
    if _HYPHEN.fullmatch(gap) and following.value > _CLOCK_OR_SCORE:
        return low
    return None


def _unit(text: str, end: int, words: _Words) -> tuple[str, int]:
    for name, expression in words.units:
        match = expression.match(text, end)
        if match and (match.end() - match.start() > 0):
            return name, match.end()
    return "", end


def _qualified(text: str, start: int, end: int, words: _Words, *, after_only: bool = False) -> tuple[str, int, int]:
    before = text[max(0, start - 30) : start]
    if not after_only:
        found = [(match.start(), name) for name, expression in words.before if (match := expression.search(before))]
        if found:  # the longest wins: "not less than" over "less than"
            first, name = min(found)
            if name != "at_most" or not words.changed.search(text[max(0, start - 40) : start]):
                return name, start - (len(before) - first), end
        over = words.over.search(text[max(0, start - 40) : start])
        if over:
            return "at_most" if over["no"] else "at_least", start, end
    for name, expression in words.after:
        match = expression.match(text, end)
        if match:
            return name, start, match.end()
    return "", start, end


def _is_no_amount(
    text: str, tokens: list[_Token], number: _Number, words: _Words, *, has_unit: bool, qualified: bool
) -> bool:
    """Whether the number is an age, part of a date, an hour or an ordinal, a year or the number of something."""
    before = text[: number.start]
    previous = tokens[number.first - 1].folded if number.first else ""
    if _article_apart(tokens, number.first):
        previous = tokens[number.first - 2].folded
    near = fold(before[-25:]).rstrip()
    age = near.endswith(words.syntax.get("age_before") or ("\0",)) and not near.endswith(
        words.syntax.get("not_age_before") or ("\0",)
    )
    in_brackets = has_unit and before.rstrip().endswith("(")
    in_span = number.definite and previous in words.syntax.get("past_spans", ())
    joined = number.first > 1 and tokens[number.first - 1].folded in words.syntax.get("and_words", ("و",))
    ordinal = tokens[number.first - 2].folded if joined else previous
    written = joined or not text[number.start].isdecimal()
    part_of_ordinal = written and ordinal in words.syntax.get("ordinals", ())
    clock = words.clock.match(text, number.end)
    behind = tokens[number.last].folded if number.last < len(tokens) else ""
    share = behind in words.syntax.get("fraction_nouns", ()) or (behind in words.glued_to_money and not has_unit)
    if share or age or in_brackets or in_span or part_of_ordinal or clock or _in_date(text, number, words):
        return True
    if has_unit or qualified:
        return False
    is_year = number.plain and number.value in _YEARS and "," not in text[number.start : number.end]
    bare = _bare(previous, words)
    if number.definite and any(word in words.syntax.get("ordinals_after", ()) for word in bare):
        return True
    return is_year or any(word in words.syntax.get("not_after", ()) for word in bare)


def _in_date(text: str, number: _Number, words: _Words) -> bool:
    if words.months.match(_OF_MONTH.sub("", text[number.end : number.end + 40])):
        return True
    before = text[max(0, number.start - 15) : number.start].rstrip(" ,،")
    return any(match.end() == len(before) for match in words.months.finditer(before))


def _counted(
    text: str, tokens: list[_Token], number: _Number, last: int, start: int, end: int, words: _Words
) -> tuple[tuple[int, int], int, int]:
    """The span of the noun that is counted: the next word, or with the article ("the four dead") the one before."""
    head = number.first - _article_apart(tokens, number.first)
    previous, first = tokens[head - 1] if head else None, tokens[head]
    qualified = any(name.search(text[max(0, first.start - 30) : first.start]) for _, name in words.before)
    heads = number.definite and not qualified and previous and previous.kind == "word"
    if heads and previous and not text[previous.end : first.start].strip():
        begin = previous.start + (previous.folded.startswith("وال") and text[previous.start] == "و")
        return (begin, previous.end), min(start, begin), end
    at = last
    while at < len(tokens) and tokens[at].folded in words.syntax.get("skip_before_counted", ()):
        at += 1
    if at >= len(tokens) or tokens[at].kind != "word" or text[tokens[at - 1].end : tokens[at].start].strip("' \"“«"):
        return (0, 0), start, end
    if tokens[at].folded in words.syntax.get("not_counted", ()) or _opens_with_and(tokens[at].folded, words):
        return (0, 0), start, end
    noun = tokens[at]
    following = tokens[at + 1] if at + 1 < len(tokens) else noun
    plural = words.syntax.get("plural_of_compounds", ("\0",))
    if not noun.folded.endswith(plural) and following.folded.endswith(plural) and following.start - noun.end == 1:
        return (noun.start, following.end), start, following.end  # "60 mortar rounds"
    return (noun.start, noun.end), start, noun.end


def _opens_with_and(word: str, words: _Words) -> bool:
    """Whether an Arabic word is "and" with another word: "4 dead and 12" counts no "and the wounding"."""
    return bool(words.syntax.get("and_nouns")) and word.startswith("و") and word not in words.syntax["and_nouns"]


def _duals_of(text: str, tokens: list[_Token], words: _Words) -> Iterator[_Amount]:
    """Arabic and Hebrew duals: "two tanks" as one word."""
    if not words.duals:
        return
    for number, token in enumerate(tokens):
        if token.kind != "word" or (number and _counts(tokens[number - 1], words)):
            continue
        if number and _is_feminine_dual(tokens[number - 1].folded, words):
            continue  # an adjective of the dual before it
        for clitic in ("و", "ف", "ب", "ل", ""):
            stem = token.folded.removeprefix(clitic)
            if clitic and (stem == token.folded or token.folded in words.no_clitic):
                continue
            unit = words.duals.get(stem, "") or ("count" if _is_feminine_dual(stem, words) else "")
            if unit:
                start = token.start + len(clitic)
                counted = (start, token.end) if unit == "count" else (0, 0)
                qualifier, first, last = _qualified(text, start, token.end, words)
                yield _Amount(*_bounds(2, 2, qualifier), unit, counted, first, last)
                break


def _counts(token: _Token, words: _Words) -> bool:
    return token.kind == "number" or _known(token, words, False) is not None


def _is_feminine_dual(word: str, words: _Words) -> bool:
    long_enough = len(word) >= 6
    return (
        long_enough
        and word.endswith(("تان", "تين"))
        and not word.endswith("ستان")
        and not word.startswith("ال")
        and word not in words.no_duals
    )
