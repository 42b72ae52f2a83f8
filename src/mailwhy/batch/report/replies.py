"""Groups replies that nothing in the knowledge base matched by what they have in common, as drafts of entries.

Addresses, hosts, numbers and ids differ from reply to reply; a template has placeholders in their stead. A draft holds
nothing of a reply but its words: what stood in the placeholders' stead is replaced by names kept for examples.
"""

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import SimpleNamespace

from mailwhy.diagnosis.codes import codes_in
from mailwhy.knowledge.wording import WordingIndex

__all__ = ["Group", "Reply", "draft_entry", "draft_file", "group_replies", "template_of"]

_VARIABLES = (
    ("url", r"\bhttps?://[^\s<>\"'()]+"),
    ("address", r"<?[^\s<>()\[\],;:\"'=]+@[\w.-]+(?:\.[\w-]+|\b)>?"),
    ("ip", r"\bip-[0-9a-f]{10}\b|(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w]|\.\d)"),
    ("ip", r"(?<![\w:.])(?=[\da-fA-F:]*::|(?:[\da-fA-F]{1,4}:){7})[\da-fA-F]{0,4}(?::[\da-fA-F]{0,4}){2,7}(?![\w:])"),
    ("number", r"\bphone-[0-9a-f]{10}\b"),
    ("name", r"\b(?:account|user)-[0-9a-f]{10}\b|<[^<>\s]{1,64}>"),
    ("code", r"\#?\b[245]\.\d{1,3}\.\d{1,3}\b|(?:^|(?<=\s))[245]\d\d(?=[\s-])"),
    ("host", r"(?<![\w.-])(?:[a-zA-Z0-9_](?:[\w-]*\w)?\.)+[a-zA-Z]{2,24}\b(?!\.\w)"),
    ("id", r"(?<![\w-])(?=[\w.+/=-]*\d[\w.+/=-]*\d)(?=[\d.+/=-]*[A-Za-z_])[\w+/=-]{2,}(?:\.[\w+/=-]+)*[\w+/=-]{5,}"),
    ("number", r"\d+(?:[.,:/]\d+)*"),
)
_VARIABLE = re.compile("|".join(f"(?P<v{place}_{name}>{form})" for place, (name, form) in enumerate(_VARIABLES)))
_KINDS = {f"v{place}_{name}": name for place, (name, _) in enumerate(_VARIABLES)}
_PLACEHOLDER = re.compile(r"\{(?:url|address|ip|number|name|host|id)\}")
_EXAMPLE = {
    "{url}": "http://www.example.net/help",
    "{address}": "<user@example.net>",
    "{ip}": "192.0.2.1",
    "{number}": "123",
    "{name}": "example",
    "{host}": "mail.example.net",
    "{id}": "4ZxQ1234abc",
}
_SIGNS = re.compile(r"[^\w'’.-]+")
_LONE_SIGNS = re.compile(r"(?<!\w)['’.-]+|['’.-]+(?!\w)")
_LONGEST = 300
_FEWEST_ALIKE = 3
_FEWEST_WORDS = 3
_MOST_WORDS = 40
_SHORTEST_MATCH = 6
_LONGEST_ID = 40


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply as the rows have it, and how often."""

    text: str
    reports: int
    cause: str | None = None
    server: str | None = None


@dataclass(slots=True)
class Group:
    """Replies of one template."""

    template: str
    reports: int
    example: str
    causes: dict[str, int]
    servers: dict[str, int]

    @property
    def likely_cause(self) -> str | None:
        """What most of these reports were taken for without their reply's words; None where that is nothing."""
        cause = max(self.causes, key=self.causes.__getitem__, default="unknown")
        return None if cause == "unknown" else cause


def template_of(reply: str) -> str:
    """A reply with placeholders for what differs: ``550 5.1.1 {address} is not known on {host}``."""
    return _VARIABLE.sub(_placeholder, " ".join(reply[:_LONGEST].split()))


def _placeholder(found: re.Match[str]) -> str:
    kind = _KINDS[found.lastgroup or ""]
    return found[0] if kind == "code" else f"{{{kind}}}"


def group_replies(replies: Iterable[Reply]) -> list[Group]:
    """The groups, those of most reports first."""
    groups: dict[str, Group] = {}
    for reply in replies:
        _add(groups, template_of(reply.text), reply)
    return sorted(_alike(groups), key=lambda group: (-group.reports, group.template))


def _add(groups: dict[str, Group], template: str, reply: Reply) -> None:
    group = groups.get(template)
    if group is None:
        group = groups[template] = Group(template, 0, reply.text, {}, {})
    group.reports += reply.reports
    for counts, key in ((group.causes, reply.cause or "unknown"), (group.servers, reply.server)):
        if key is not None:
            counts[key] = counts.get(key, 0) + reply.reports


def _alike(groups: dict[str, Group]) -> list[Group]:
    """Puts together templates that differ in one word only: "no mailbox bob here", "no mailbox eve here".

    Three of a kind show that the word is a name; two do where one of them has a placeholder there already.
    """
    kinds: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    for template in groups:
        for pattern, variable in _patterns(template):
            kinds[pattern].append((template, variable))
    merged: list[Group] = []
    taken: set[str] = set()
    for template, group in groups.items():
        if template in taken:
            continue
        pattern = max((found for found, _ in _patterns(template)), key=lambda found: len(kinds[found]), default="")
        alike = [(other, variable) for other, variable in kinds[pattern] if other not in taken]
        if len(alike) >= _FEWEST_ALIKE or (len(alike) > 1 and any(variable for _, variable in alike)):
            group = Group(pattern, 0, group.example, {}, {})  # noqa: PLW2901 - the whole in place of a part
            for other, _ in alike:
                _join(group, groups[other])
                taken.add(other)
        merged.append(group)
    return merged


def _patterns(template: str) -> list[tuple[str, bool]]:
    """The template with one word made a name, for each word, and whether there was a placeholder before."""
    words = template.split(" ")
    if not _FEWEST_WORDS < len(words) <= _MOST_WORDS:
        return []
    return [
        (" ".join([*words[:place], "{name}", *words[place + 1 :]]), word.startswith("{"))
        for place, word in enumerate(words)
        if word.startswith("{") or any(map(str.isalpha, word))
    ]


def _join(group: Group, other: Group) -> None:
    group.reports += other.reports
    for mine, theirs in ((group.causes, other.causes), (group.servers, other.servers)):
        for key, count in theirs.items():
            mine[key] = mine.get(key, 0) + count


def draft_file(entries: Sequence[str]) -> str:
    """The drafts as a file of ``replies/``."""
    return 'source: "Drafts from a ticket export"\nreplies:\n' + "\n".join(entries)


def draft_entry(group: Group) -> str | None:
    """A group as an entry of ``replies/*.yaml`` whose causes are still empty; None where it has no words to match.

    Once a cause is filled in, ``mailwhy kb check`` accepts it: the example is known to match.
    """
    example = _PLACEHOLDER.sub(lambda found: _EXAMPLE[found[0]], group.template)
    for wording in _wordings(group.template):
        if _matches(wording, example):
            break
    else:
        return None
    guess = f"  # {group.likely_cause}: 4 ?" if group.likely_cause else ""
    return (
        f"  - id: {_name(group.template)}\n"
        f"    match: [{json.dumps(wording, ensure_ascii=False)}]\n"
        f"    where: reply\n"
        f"    causes: {{}}{guess}\n"
        f"    examples:\n"
        f"      - {json.dumps(example, ensure_ascii=False)}\n"
    )


def _wordings(template: str) -> list[str]:
    """The words with gaps for the placeholders; else the longest run of words alone, where the whole does not fit."""
    pieces = [_plain(piece) for piece in re.split(rf"{_PLACEHOLDER.pattern}|{_VARIABLES[6][1]}", template)]
    pieces = [piece for piece in pieces if piece]
    longest = max(pieces, key=len, default="")
    return [wording for wording in (" * ".join(pieces), longest) if len(wording) >= _SHORTEST_MATCH]


def _plain(text: str) -> str:
    """Words without the signs around them, which don't count in a wording and may look like a regular expression."""
    return " ".join(_LONE_SIGNS.sub(" ", _SIGNS.sub(" ", text)).split())


def _matches(wording: str, example: str) -> bool:
    entry = SimpleNamespace(id="draft", match=[wording], unless=(), codes=(), where="reply")
    try:
        index = WordingIndex.build([entry])
    except ValueError:
        return False
    return any(found.entry_id == "draft" for found in index.match(example, "reply", codes_in(example)))


def _name(template: str) -> str:
    """An id that tells what it is about and is no other template's."""
    words = re.findall(r"[a-z]+", _PLACEHOLDER.sub(" ", template).lower())
    told = "-".join(words)[:_LONGEST_ID].rpartition("-")[0] or "-".join(words)[:_LONGEST_ID] or "reply"
    return f"draft-{told}-{hashlib.sha256(template.encode()).hexdigest()[:4]}"
