"""Which words of a full name are the given and which the family name, where no comma says so."""

import re
from collections.abc import Iterable, Sequence
from functools import cache

from enrichment import vocabulary
from enrichment.domain.characters import plain
from enrichment.domain.manner import Manner
from enrichment.domain.name_text import JOINING
from enrichment.domain.spelling import Spelling

Division = tuple[str, str]
"""A first and a last name."""

# Иванович, Ивановна; Ivanovich, Ivanovna. Ильич, Никитична.
_PATRONYMIC = re.compile(
    r".+(?:[оеё]вич|йович|ович|[оеё]вна|[ії]вна|ична|[eo]vich|yovych|ovych|[eo]vna|[iy]ivna|ichna)"
    r"|ильич|ілліч|кузьмич|лукич|фомич|никитич|ilyich|ilich|kuzmich|lukich|fomich"
)
_RUSSIAN_SURNAME = re.compile(
    r"[а-яёіїє'’ʼ]+(?:[оеё]ва?|[иы]на?|ск(?:ий|ая|ой|и|а)|цк(?:ий|ая)|енко|чук|[иы]х|юк|ко|ян)"
)
_CYRILLIC = re.compile(r"[а-яёіїєґ'’ʼ-]+")
_PINYIN = re.compile(
    r"(?:(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?"
    r"(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|ai|an|ao|ei|en|er|ia|ie|in|iu|ou|ua|ue|ui"
    r"|un|uo|a|e|i|o|u)-?){1,3}"
)
_SHORT = re.compile(r"[a-z]{2,5}")
_JAPANESE = re.compile(
    r"(?:(?:[kgnhbpmr]y|sh|ch|ts|[kgsztdnhbpmyrwjf])?[aiueo]{1,2}|n(?![aiueoy]))+"
)
_KOREAN = re.compile(
    r"(?:(?:ae|ah|beom|bin|bo|bum|byung|chan|chang|cheol|chul|da|dae|do|dong|eon|eun|geon|gi|gun|gwang"
    r"|gyu|ha|hak|hee|ho|hong|hoon|hwan|hye|hyeok|hyuk|hyun|il|in|jae|jeong|ji|jin|jong|joo|joon|ju"
    r"|jun|jung|kang|ki|kwang|kyeong|kyu|kyung|mi|min|mo|myeong|myung|na|nam|ok|ra|rae|ri|rin|ro|sang"
    r"|se|seo|seok|seon|seong|seung|shin|si|sik|so|sol|sook|soo|soon|su|suk|sun|sung|tae|uk|won|woo"
    r"|wook|ye|yeon|yeong|yong|yoon|young|yu|yun)-?){1,2}"
)
_VIETNAMESE = re.compile(
    r"(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdghklmnpqrstvx])?[aeiouy]{1,3}(?:ch|ng|nh|[cmnpt])?"
)
_VIETNAMESE_LETTER = re.compile("[\u1ea0-\u1ef9ăđơưĂĐƠƯ]")


def by_culture(words: Sequence[str], manner: Manner, spelling: Spelling) -> Division | None:
    """First and last name as the languages have it in which names are told by their words; None for
    all others.
    """
    folded = [plain(word) for word in words]
    for tell in (_slavic, _vietnamese, _east_asian, _japanese, _hungarian):
        if (division := tell(words, folded, spelling)) is not None:
            return division
    return None if manner.family_first else _iberian(words, folded, manner)


def family_first(words: Sequence[str], manner: Manner) -> Division:
    """First and last name where the family name is known to stand first.

    >>> family_first(["van", "der", "Berg", "Jan"], Manner())
    ('Jan', 'van der Berg')
    >>> family_first(["García", "Gil", "Ana", "Ruth"], Manner(two_surnames=True))
    ('Ana Ruth', 'García Gil')
    """
    folded = [plain(word) for word in words]
    if manner.two_surnames and _sounds_iberian(folded):
        return _two_surnames_first(words)
    start = next((at for at, word in enumerate(folded) if word not in _particles()), 0) + 1
    start = min(start, len(words) - 1)  # Lê and De are names, too
    given = next((at for at in range(start, len(words)) if is_given(folded[at])), start)
    return given_name(words[given:]), " ".join(words[:given])


def given_names(words: Sequence[str], family: Sequence[str], manner: Manner) -> str:
    """The given name of several before or behind a comma: all of them beside two surnames."""
    surnames = vocabulary.word_set("given_names", "iberian_surname")
    two = len(family) > 1 and all(plain(word) in surnames for word in family)
    return " ".join(words) if two or manner.two_surnames else given_name(words)


def given_name(words: Sequence[str]) -> str:
    """The name by which somebody goes of several given ones: the first, or a double one.

    >>> given_name(["Juan", "Carlos"]), given_name(["Jane", "Mary"])
    ('Juan Carlos', 'Jane')
    """
    return " ".join(words[: _given_words([plain(word) for word in words])])


def is_given(folded: str) -> bool:
    """Whether a word is a given name and hardly ever a family name."""
    return any(
        folded in vocabulary.word_set("given_names", table)
        for table in ("given", "iberian", "hungarian", "cyrillic")
    )


def call_name(given: str, family: str) -> str:
    """The given name without what stands before it in Vietnamese: Văn An Nguyễn is called An."""
    words, last = given.split(), plain(family).split()
    if len(words) < 2 or not last or last[0] not in _surnames("vietnamese"):
        return given
    is_vietnamese = plain(words[0]) in ("van", "thi") or _VIETNAMESE_LETTER.search(given + family)
    return words[-1] if is_vietnamese and _all(_VIETNAMESE, map(plain, words)) else given


def _given_words(folded: Sequence[str]) -> int:
    """How many words at the start are one given name."""
    if len(folded) < 2:
        return len(folded)
    if folded[0] in vocabulary.word_set("names", "bound"):
        return 2
    if folded[0] in vocabulary.word_set("given_names", "iberian") and (
        folded[1] in vocabulary.word_set("names", "second_given")
    ):
        return 2
    return 1


def _surnames(of: str) -> frozenset[str]:
    return vocabulary.word_set("names", f"{of}_surname")


def _all(pattern: re.Pattern[str], words: Iterable[str]) -> bool:
    return all(pattern.fullmatch(word) for word in words)


def _slavic(words: Sequence[str], folded: Sequence[str], _spelling: Spelling) -> Division | None:
    """Ivan Ivanovich Ivanov, Ivanov Ivan Ivanovich; Иванов Иван."""
    if len(words) == 3:
        if _PATRONYMIC.fullmatch(folded[1]):
            return words[0], words[2]
        if _PATRONYMIC.fullmatch(folded[2]):
            return words[1], words[0]
    if len(words) != 2 or not _all(_CYRILLIC, folded):
        return None
    if is_given(folded[0]) and _is_of_father(folded[1]):
        return words[0], ""
    known = [is_given(word) for word in folded]
    looks = [bool(_RUSSIAN_SURNAME.fullmatch(word)) for word in folded]
    if known == [False, True] or (known == [False, False] and looks == [True, False]):
        return words[1], words[0]
    return words[0], words[1]


def _is_of_father(word: str) -> bool:
    """Whether a word is the patronymic of a name that is known, and no surname such as
    Прокопович.
    """
    base = re.sub(r"(?:[оеё]вич|[оеё]вна|[ії]вна)$", "", word)
    return base != word and any(is_given(base + end) for end in ("", "й", "ий", "ь"))


def _vietnamese(words: Sequence[str], folded: Sequence[str], spelling: Spelling) -> Division | None:
    """Nguyễn Văn An, An Nguyễn: the last word of the given name is what somebody is called."""
    surnames = _surnames("vietnamese")
    if not _all(_VIETNAMESE, folded) or not {folded[0], folded[-1]} & surnames:
        return None
    middle = vocabulary.word_set("names", "vietnamese_middle")
    is_vietnamese = (
        "nguyen" in folded
        or any(map(_VIETNAMESE_LETTER.search, words))
        or any(words[at] and folded[at] in surnames and not words[at].isascii() for at in (0, -1))
        or (len(words) > 2 and not middle.isdisjoint(folded[1:-1]))
    )
    if not is_vietnamese:
        return None
    if folded[-1] not in surnames:
        return words[-1], words[0]
    called = words[0] if folded[-2] in ("van", "thi") else words[-2]
    if folded[0] not in surnames:
        return called, words[-1]
    if not "".join(words).isascii() and spelling.order(called, words[-1]) <= 0:
        return words[-1], words[0]  # who writes all accents writes in Vietnamese
    return _by_frequency((called, words[-1]), (words[-1], words[0]), "vietnamese", spelling)


def _east_asian(words: Sequence[str], folded: Sequence[str], spelling: Spelling) -> Division | None:
    """Wang Xiaoming, Xiaoming Wang, Kim Min-su, Min Su Kim, Wang David."""
    surnames = _surnames("chinese") | _surnames("korean")
    first, last = folded[0] in surnames, folded[-1] in surnames
    if not (first or last) or len(words) > 3:
        return None
    rest_after, rest_before = folded[1:], folded[:-1]
    after = first and _is_asian_given(rest_after, folded[0])
    before = last and _is_asian_given(rest_before, folded[-1])
    if first and not last and not is_given(folded[0]):
        if after or (len(words) == 2 and is_given(folded[-1])):
            return " ".join(words[1:]), words[0]
        return None
    if before and not after:
        return " ".join(words[:-1]), words[-1]
    if after and before:
        west, east = (" ".join(words[:-1]), words[-1]), (" ".join(words[1:]), words[0])
        return _by_frequency(west, east, "chinese", spelling)
    return None


def _by_frequency(west: Division, east: Division, of: str, spelling: Spelling) -> Division:
    """A name of which each end may be the family name: as the row spells it, or the more common
    surname if it stands last, as the West writes. One that stands first may be either: Li Wei.
    """
    if told := spelling.order(*west):
        return west if told > 0 else east
    by_frequency = vocabulary.words("names", f"{of}_surname")
    rank = {surname: at for at, surname in enumerate(by_frequency)}
    common = rank.get(plain(west[1]), len(rank)) <= rank.get(plain(east[1]), len(rank))
    return west if common else ("", "")


def _is_asian_given(folded: Sequence[str], surname: str) -> bool:
    if surname in _surnames("chinese"):
        two = len(folded) == 2 or "-" in folded[0]  # Wong Kar-wai, Goh Chok Tong
        parts = [part for word in folded for part in word.split("-")]
        if _all(_PINYIN, folded) or (two and _all(_SHORT, parts) and not any(map(is_given, parts))):
            return True
    return surname in _surnames("korean") and _all(_KOREAN, folded)


def _japanese(words: Sequence[str], folded: Sequence[str], _: Spelling) -> Division | None:
    """Tanaka Hiroshi; Hiroshi Tanaka stands as the West writes."""
    surnames = vocabulary.word_set("names", "japanese_surname_in_latin")
    if len(words) != 2 or folded[0] not in surnames or folded[1] in surnames:
        return None
    return (words[1], words[0]) if _JAPANESE.fullmatch(folded[1]) else None


def _hungarian(words: Sequence[str], folded: Sequence[str], _: Spelling) -> Division | None:
    """Nagy László; a name of Hungary alone in the second place is seldom a family name."""
    if folded[1] not in vocabulary.word_set("given_names", "hungarian") or is_given(folded[0]):
        return None
    return words[1], words[0]


def _iberian(words: Sequence[str], folded: Sequence[str], manner: Manner) -> Division | None:
    """Juan Carlos García López; João da Silva Santos; María del Carmen Ruiz Gil."""
    if len(words) < 3:
        return None
    if manner.two_surnames:
        return _two_surnames(words) if _sounds_iberian(folded) else None
    given, surnames = (
        vocabulary.word_set("given_names", table) for table in ("iberian", "iberian_surname")
    )
    if folded[0] not in given:
        return None
    written = any(letter in "".join(words) for letter in "áéíóúñãõçÁÉÍÓÚÑÃÕÇ")
    two = folded[-1] in surnames and folded[-2] in surnames and folded[-1] != folded[-2]
    is_double = _given_words(folded) > 1 or (len(words) == 4 and is_given(folded[1]))
    if _with_particle(folded) or (two and (written or is_double)):
        return _two_surnames(words)
    return None


def _sounds_iberian(folded: Sequence[str]) -> bool:
    """Whether one of the words is known as a given name or an Iberian surname."""
    surnames = vocabulary.word_set("given_names", "iberian_surname")
    return not surnames.isdisjoint(folded) or any(map(is_given, folded))


def _two_surnames(words: Sequence[str]) -> Division | None:
    """One or two given names before two surnames, of which each may have particles."""
    pieces = _pieces(words)
    if len(pieces) < 2:
        return None
    count = len(pieces) - 2
    if len(pieces) == 3:
        count = 2 if _is_given_piece(pieces) else 1
    elif len(pieces) == 4:
        count = 1 if " " in pieces[1] and not _is_given_piece(pieces) else 2
    elif len(pieces) > 4:
        known = next((at for at, piece in enumerate(pieces) if not is_given(plain(piece))), 0)
        count = min(known, count) if known > 1 else count
    count = max(count, 1)
    return " ".join(pieces[:count]), " ".join(pieces[count:])


def _two_surnames_first(words: Sequence[str]) -> Division:
    pieces = _pieces(words)
    count = 2 if len(pieces) > 3 or (len(pieces) == 3 and not is_given(plain(pieces[1]))) else 1
    return " ".join(pieces[count:]), " ".join(pieces[:count])


def _pieces(words: Sequence[str]) -> list[str]:
    """The words with their particles, and with what `y` joins: Ruiz, de la Vega, Ortega y Gil."""
    pieces: list[str] = []
    goes_on = False
    for word in words:
        joins = plain(word) in JOINING and bool(pieces)
        if (goes_on or joins) and pieces:
            pieces[-1] += f" {word}"
        else:
            pieces.append(word)
        goes_on = joins or plain(word) in _particles()
    return pieces


def _is_given_piece(pieces: Sequence[str]) -> bool:
    """Whether the second piece is a given name, too: Juan Carlos, Ana del Carmen."""
    second = plain(pieces[1])
    of_mary = vocabulary.load("names")["with_particle"]["second"]
    return is_given(second) or (" " in second and second.split()[-1] in of_mary)


@cache
def _particles() -> frozenset[str]:
    return vocabulary.word_set("names", "particle") - {"y"}


def _with_particle(folded: Sequence[str]) -> int:
    """How many words María del Carmen has, at the start of a longer name; 0 if it does not begin
    so.
    """
    first, second = vocabulary.load("names")["with_particle"].values()
    if folded[0] not in first:
        return 0
    for count in (3, 4):
        is_one = len(folded) > count and folded[1] in ("de", "del", "da", "do", "das", "dos")
        if is_one and folded[count - 1] in second:
            return count
    return 0
