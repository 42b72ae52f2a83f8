"""No pattern of mailwhy backtracks without bounds: each is attacked at n, 2n and 4n characters.

The attacks are made from the pattern itself, as ua-parser's suite does: for each part that may repeat, what leads to
it, then many of what it repeats, then something that no pattern goes on with.
"""

import importlib
import inspect
import pkgutil
import re
import signal
import time
import warnings
from collections.abc import Iterator
from re import _constants, _parser
from types import BuiltinMethodType, FunctionType
from typing import Any, NamedTuple

import pytest

import mailwhy
from mailwhy.chatbot.page.highlighting import _pattern
from mailwhy.parsing.reader import default_reader

SIZE = 700
NOISE = 0.008
"""Processor seconds below which a ratio says nothing."""
MOST = 8
"""Times as long for four times the length: 4 is linear, 16 quadratic. Between them there is room for a busy machine."""
HANGS = 2.0
SHORT = {
    "mailwhy.batch.report.replies._VARIABLE": "template_of() cuts a reply at 300 characters first",
    "mailwhy.parsing.phrases._QUOTE_ENDS": "searched for in the twelve characters before a label",
    "mailwhy.parsing.phrases._ENDS_QUOTE": "searched for in the twelve characters before a label",
}
"""Patterns that only ever see short texts, and why."""
ALPHABET = "a1 \t\n.-_@<>:;,'\"|=/()[]{}#*&é"
REPEATS = {_constants.MAX_REPEAT, _constants.MIN_REPEAT, _constants.POSSESSIVE_REPEAT}
EDGES = {_constants.AT, _constants.ASSERT, _constants.ASSERT_NOT}


def sample(tree: Any, fill: str) -> str:
    """A text that the parsed pattern matches, made of the character ``fill`` wherever it may stand."""
    return "".join(one(op, value, fill) for op, value in tree)


def one(op: Any, value: Any, fill: str) -> str:
    if op in REPEATS:
        return str(sample(value[2], fill) * max(1, min(value[0], 3)))
    if op is _constants.LITERAL:
        return chr(value)
    if op is _constants.NOT_LITERAL:
        return fill if ord(fill) != value else "a"
    if op is _constants.ANY:
        return fill
    if op is _constants.IN:
        fits = re.compile(class_of(value)).fullmatch
        return fill if fits(fill) else str(next(filter(fits, ALPHABET + "bcdefFT2345+$!?\u00a0"), low(value)))
    if op is _constants.BRANCH:
        return sample(value[1][0], fill)
    if op is _constants.SUBPATTERN:
        return sample(value[3], fill)
    if op is _constants.ATOMIC_GROUP:
        return sample(value, fill)
    return ""  # an edge, a look-around, a reference


def class_of(value: Any) -> str:
    """The source of a character class, from its parsed form."""
    categories = {"DIGIT": r"\d", "SPACE": r"\s", "WORD": r"\w"}
    parts: list[str] = []
    for op, inner in value:
        if op is _constants.NEGATE:
            parts.insert(0, "^")
        elif op is _constants.LITERAL:
            parts.append(re.escape(chr(inner)))
        elif op is _constants.RANGE:
            parts.append(f"{re.escape(chr(inner[0]))}-{re.escape(chr(inner[1]))}")
        elif op is _constants.CATEGORY:
            name = str(inner).removeprefix("CATEGORY_")
            short = categories[name.removeprefix("NOT_")]
            parts.append(short.upper() if name.startswith("NOT_") else short)
    return f"[{''.join(parts)}]"


def low(value: Any) -> str:
    return next((chr(inner if op is _constants.LITERAL else inner[0]) for op, inner in value
                 if op in (_constants.LITERAL, _constants.RANGE)), "a")  # fmt: skip


def pumps(tree: Any, before: str = "") -> Iterator[tuple[str, str]]:  # noqa: C901 - one case a kind of part
    """What leads to each part that may repeat without end, and what it repeats."""
    for op, value in tree:
        if op in REPEATS:
            if value[1] > 100:
                if before:
                    yield "", before  # what begins again and again, and is never closed
                for fill in ALPHABET:
                    pump = sample(value[2], fill)
                    if fill in pump or fill == "a":
                        yield before, pump
            yield from pumps(value[2], before)
        elif op is _constants.SUBPATTERN:
            yield from pumps(value[3], before)
        elif op is _constants.ATOMIC_GROUP:
            yield from pumps(value, before)
        elif op is _constants.BRANCH:
            for branch in value[1]:
                yield from pumps(branch, before)
        elif op in (_constants.ASSERT, _constants.ASSERT_NOT):
            yield from pumps(value[1], before)
        before += one(op, value, "a")


def seconds(pattern: re.Pattern[Any], anchored: bool, text: str, rounds: int) -> float:
    """Processor time of looking through a text; the least of some rounds, so that other work does not count."""
    attacked: Any = text.encode("utf-8", "replace") if isinstance(pattern.pattern, bytes) else text
    times = []
    for _ in range(rounds):
        begun = time.thread_time()
        if anchored:
            pattern.match(attacked)
            pattern.fullmatch(attacked)
        else:
            for _ in pattern.finditer(attacked):
                pass
        times.append(time.thread_time() - begun)
    return min(times)


class HangsError(Exception):
    pass


def hangs(*_: object) -> None:
    raise HangsError


def growth(pattern: re.Pattern[Any], anchored: bool = False) -> str | None:
    """The attack that makes a pattern grow faster than its text; None where none does."""
    source = pattern.pattern
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = _parser.parse(source, pattern.flags & ~re.DEBUG)
    for before, pump in dict.fromkeys(pumps(tree)):
        for head in dict.fromkeys(("", before)):
            try:
                signal.setitimer(signal.ITIMER_PROF, HANGS)
                texts = [head + pump * (SIZE * times // max(1, len(pump))) + "\x00" for times in (1, 2, 4)]
                long = seconds(pattern, anchored, texts[2], 1)
                if long < NOISE:
                    continue
                short, middle, long = (seconds(pattern, anchored, text, 3) for text in texts)
                if long > NOISE and (long > MOST * short or long > MOST / 2 * middle):
                    return f"{head[-40:]!r} + {pump!r} * n: {short:.4f}, {middle:.4f}, {long:.4f} s"
            except HangsError:
                return f"{head[-40:]!r} + {pump!r} * n: does not end"
            finally:
                signal.setitimer(signal.ITIMER_PROF, 0)
    return None


class Found(NamedTuple):
    """A pattern, where it stands, and whether it is only ever tried at one place of a text."""

    where: str
    pattern: re.Pattern[Any]
    anchored: bool


def found_patterns() -> list[Found]:
    """Every pattern that a module of mailwhy holds, as it stands, as a bound method, or within a test of phrases."""
    kept: dict[Any, Found] = {}
    for module in pkgutil.walk_packages(mailwhy.__path__, "mailwhy."):
        if module.name.endswith("__main__"):
            continue
        try:
            loaded = importlib.import_module(module.name)
        except ModuleNotFoundError as error:
            if (error.name or "").startswith("mailwhy"):
                raise
            continue  # an optional dependency
        source = inspect.getsource(loaded)
        for name, value in list(vars(loaded).items()):
            used = set(re.findall(rf"\b{name}\.(match|fullmatch|search|finditer|findall|sub|subn|split)\b", source))
            for pattern, method in held(value, 4):
                anchored = {method} if method else used
                found = Found(f"{module.name}.{name}", pattern, bool(anchored) and anchored <= {"match", "fullmatch"})
                known = kept.setdefault((pattern.pattern, pattern.flags), found)
                if known.anchored and not found.anchored and method:
                    kept[pattern.pattern, pattern.flags] = found
    reader = default_reader()
    of_lexicon = (reader._finder._unspaced_pattern, reader._prefilter._sentences, *reader._prefilter._anywhere)
    for pattern in of_lexicon:
        kept.setdefault((pattern.pattern, pattern.flags), Found("mailwhy.parsing.lexicon", pattern, anchored=False))
    return list(kept.values())


def held(value: Any, depth: int) -> Iterator[tuple[re.Pattern[Any], str]]:
    """The patterns in a value, each with the only method of it that is held, if one is."""
    if isinstance(value, re.Pattern):
        yield value, ""
    elif isinstance(value, BuiltinMethodType) and isinstance(value.__self__, re.Pattern):
        yield value.__self__, value.__name__
    elif depth and isinstance(value, dict):
        for inner in list(value.values()):
            yield from held(inner, depth - 1)
    elif depth and isinstance(value, tuple | list | frozenset | set):
        for inner in value:
            yield from held(inner, depth - 1)
    elif depth and isinstance(value, FunctionType) and value.__module__.startswith("mailwhy"):
        for cell in value.__closure__ or ():
            yield from held(cell.cell_contents, depth - 1)


@pytest.fixture(autouse=True)
def _ends() -> Iterator[None]:
    """An attack that takes too much of the processor raises in the midst of the match."""
    before = signal.signal(signal.SIGPROF, hangs)
    yield
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.signal(signal.SIGPROF, before)


def test_the_attacks_find_what_is_not_linear() -> None:
    for faulty in (r"(\w+[\w ]*)+!", r"[\w.]+@", r"a[\s>|]+\|[\s>|]+\|[\s>|]+\|[\s>|]+x", r"<!--.*?-->", r"\s*\s*\s*x"):
        assert growth(re.compile(faulty, re.DOTALL)) is not None, faulty
    for sound in (r"(?<![\w.])[\w.]++@", r"\d{3} [a-z]+", r"<!--.*?(?:-->|\Z)"):
        assert growth(re.compile(sound, re.DOTALL)) is None, sound


def test_every_pattern_is_linear() -> None:
    patterns = found_patterns()
    assert len(patterns) > 200
    faults = [
        f"{found.where}: {told}"
        for found in patterns
        if found.where not in SHORT and (told := growth(found.pattern, found.anchored))
    ]
    assert not faults, "\n".join(faults)


def test_what_the_page_highlights_is_linear() -> None:
    for value in ("user unknown " + "| " * 40 + "<x>", "a | b > c", "a " * 40 + "!", "> " * 40 + "x"):
        pattern = _pattern("server_response", value)
        assert pattern is not None
        assert growth(pattern) is None, value
        assert pattern.search(value.replace(" ", "\n> ")), value
    assert _pattern("server", "|>") is None
