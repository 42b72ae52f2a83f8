"""Writes failure reports: the fields of a report in any layout and language, and the damage that pasting does.

Pure helpers of the property tests. Labels come from ``parser/languages/*.yaml``: always the first spelling of a key.
"""

import html
import quopri
import re
import textwrap
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import yaml

from mailwhy.places import data_folder

__all__ = ["DAMAGES", "LANGUAGES", "LAYOUTS", "PLAIN", "QUOTES", "Style", "fits", "keeps", "printed", "render"]

Fields = Mapping[str, Any]

QUOTES: dict[str, tuple[str, str]] = {
    "straight": ("'", "'"),
    "double": ('"', '"'),
    "curly": ("\u2018", "\u2019"),
    "curly-double": ("\u201c", "\u201d"),
    "wrong-way": ("\u2019", "\u2018"),
    "guillemets": ("\u00ab ", " \u00bb"),
    "low": ("\u201e", "\u201c"),
    "opened-differently": ("\u00ab ", "'"),
    "closed-differently": ("'", "\u00bb"),
    "backtick": ("`", "'"),
}
"""How a value may be quoted, rightly and wrongly."""


@dataclass(frozen=True)
class Style:
    """How a report's fields are written down."""

    quotes: str = "straight"
    colon: str = ": "
    separator: str = ", "
    order: Sequence[int] = field(default_factory=tuple)
    lower: bool = False

    def quote(self, value: object) -> str:
        opening, closing = QUOTES[self.quotes]
        return f"{opening}{value}{closing}"

    def label(self, text: str) -> str:
        return text.lower() if self.lower else text


PLAIN = Style()

_QUOTED = ("subject", "account", "server", "server_response")
_ONE_LINE = (
    "subject", "account", "server", "protocol", "server_response", "port", "ssl", "server_error", "socket_error",
    "error_number",
)  # fmt: skip
_LIVE_MAIL = (
    "subject", "server_error", "server_response", "server", "error_number", "protocol", "port", "ssl", "socket_error",
)  # fmt: skip
_REPLY = ("smtp_code", "enhanced_code", "server_response")


@cache
def _words(language: str) -> dict[str, Any]:
    path = data_folder("parser") / "languages" / f"{language}.yaml"
    content: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return content


LANGUAGES: tuple[str, ...] = tuple(
    sorted(path.stem for path in (data_folder("parser") / "languages").glob("*.yaml") if path.stem != "mul")
)
"""Every language that reports can be written in."""


def _first(language: str, section: str, key: str) -> str:
    spelling: str = _words(language)[section][key][0]
    return spelling.rstrip(":")


def _value(name: str, fields: Fields, language: str, quote: Callable[[object], str]) -> str:
    value = fields[name]
    if name == "ssl":
        return _first(language, "words", "yes" if value else "no")
    return quote(value) if name in _QUOTED else str(value)


def _labelled(name: str, fields: Fields, language: str, style: Style) -> str:
    label = style.label(_first(language, "fields", name))
    return f"{label}{style.colon}{_value(name, fields, language, style.quote)}"


def _one_line(fields: Fields, language: str, style: Style) -> str:
    sentence = _first(language, "messages", "express") + ". "
    if fields.get("rejected_address"):
        label = _first(language, "before", "rejected_address")
        sentence += f"{label} {style.quote(fields['rejected_address'])}. "
    parts = [_labelled(name, fields, language, style) for name in _ONE_LINE if fields.get(name) is not None]
    order = [place for place in style.order if place < len(parts)]
    order += [place for place in range(len(parts)) if place not in order]
    return sentence + style.separator.join(parts[place] for place in order)


def _live_mail(fields: Fields, language: str, style: Style) -> str:
    lines = [_first(language, "messages", "express") + ".", ""]
    for name in _LIVE_MAIL:
        if fields.get(name) is not None:
            label = _first(language, "fields", "live_mail_error_id" if name == "error_number" else name)
            quote = str if name == "server_response" else style.quote  # Windows Live Mail leaves the reply unquoted
            lines.append(f"{label}: {_value(name, fields, language, quote)}")
    return "\n".join(lines)


def _send_receive(fields: Fields, language: str, style: Style) -> str:
    task = _words(language)["task"]
    said = _first(language, "messages", "outlook") + "."
    if fields.get("server_response"):
        said += f" {_first(language, 'before', 'server_reply')}{style.colon}{fields['server_response']}"
    name = style.quote(f"{fields['account']} - {task['actions'][0]}")
    reported = f"{task['reported'][0]} ({fields['error_number']})"
    return f"{task['label'][0]} {name} {reported}{style.colon}{style.quote(said)}"


def _system_administrator(fields: Fields, language: str, style: Style) -> str:
    labels = _words(language)["fields"]
    when = "12/03/2010 10:22"
    on = _words(language)["words"].get("on", [""])[0]
    return (
        f"{_first(language, 'notices', 'system_administrator')}.\n\n"
        f"      {labels['subject'][0]}:\t{fields['subject']}\n      {labels['sent'][0]}:\t{when}\n\n"
        f"{_first(language, 'before', 'failed_recipients')}:\n\n"
        f"      '{fields['rejected_address']}' {on} {when}\n            {fields['server_response']}\n"
    )


def _exchange(fields: Fields, language: str, style: Style) -> str:
    address = fields["rejected_address"]
    return (
        f"{_first(language, 'before', 'failed_recipients')}:\n\n{address}\n\n"
        f"{_first(language, 'notices', 'exchange')}:\n\nGenerating server: mbx.example.org\n\n{address}\n"
        f"Remote Server returned '{fields['server_response']}'\n\n"
        f"{_first(language, 'notices', 'original_headers')}:\n"
    )


def _exchange_2007(fields: Fields, language: str, style: Style) -> str:
    address = fields["rejected_address"]
    return (
        f"{_first(language, 'notices', 'exchange')}:\n\nGenerating server: edge.example.org\n\n"
        f"{address}\nmx.example.com #{fields['server_response']} ##\n\n"
    )


def _thunderbird(fields: Fields, language: str, style: Style) -> str:
    check = _first(language, "before", "checked_recipient")
    reply = str(fields["server_response"]).rstrip(".")
    return (
        f"{_first(language, 'messages', 'other')}. {_first(language, 'before', 'server_reply')}:  {reply}. "
        f'{check} "{fields["rejected_address"]}".'
    )


def _roundcube(fields: Fields, language: str, style: Style) -> str:
    error, add = _first(language, "before", "webmail_error"), _first(language, "before", "webmail_address")
    reply = re.sub(r"^\d{3}[ -]", "", str(fields["server_response"]))
    return f'{error} ({fields["smtp_code"]}): {add} "{fields["rejected_address"]}" ({reply})'


def _postfix(fields: Fields, language: str, style: Style) -> str:
    return (
        f"<{fields['rejected_address']}>: host mx.example.com[192.0.2.7] said: {fields['server_response']} "
        "(in reply to RCPT TO command)"
    )


def _dsn(fields: Fields, language: str, style: Style) -> str:
    return (
        f"Final-Recipient: rfc822; {fields['rejected_address']}\nAction: failed\nStatus: {fields['enhanced_code']}\n"
        f"Diagnostic-Code: smtp; {fields['server_response']}\n"
    )


def _bare(fields: Fields, language: str, style: Style) -> str:
    return str(fields["server_response"])


@dataclass(frozen=True)
class Layout:
    """One way in which a report is printed, the fields it prints, and the client that prints it."""

    write: Callable[[Fields, str, Style], str]
    fields: tuple[str, ...]
    client: str
    needs: tuple[str, ...] = ()
    needed_fields: tuple[str, ...] = ()
    paragraph: bool = False


LAYOUTS: dict[str, Layout] = {
    "one-line": Layout(
        _one_line, (*_ONE_LINE, *_REPLY, "rejected_address"), "outlook-express",
        ("fields.error_number", "before.rejected_address", "messages.express"), paragraph=True,
    ),
    "live-mail": Layout(
        _live_mail, (*_LIVE_MAIL, *_REPLY), "windows-live-mail", ("fields.live_mail_error_id", "messages.express"),
    ),
    "send-receive": Layout(
        _send_receive, ("account", "error_number", *_REPLY), "outlook-send-receive",
        ("task.label", "messages.outlook", "before.server_reply"), ("account", "error_number"), paragraph=True,
    ),
    "system-administrator": Layout(
        _system_administrator, ("subject", "rejected_address", *_REPLY), "outlook-system-administrator-ndr",
        ("notices.system_administrator",), ("subject", "rejected_address", "server_response"),
    ),
    "exchange": Layout(
        _exchange, ("rejected_address", *_REPLY), "exchange-ndr", ("notices.original_headers",),
        ("rejected_address", "server_response"),
    ),
    "exchange-2007": Layout(
        _exchange_2007, ("rejected_address", *_REPLY), "exchange-ndr", ("notices.exchange",),
        ("rejected_address", "server_response"),
    ),
    "thunderbird": Layout(
        _thunderbird, ("rejected_address", *_REPLY), "other",
        ("messages.other", "before.server_reply", "before.checked_recipient"), ("rejected_address", "server_response"),
        paragraph=True,
    ),
    "roundcube": Layout(
        _roundcube, ("rejected_address", *_REPLY), "other", ("before.webmail_address",),
        ("rejected_address", "server_response", "smtp_code"),
    ),
    "postfix": Layout(
        _postfix, ("rejected_address", *_REPLY), "mta-bounce", (), ("rejected_address", "server_response"),
        paragraph=True,
    ),
    "dsn": Layout(
        _dsn, ("rejected_address", *_REPLY), "mta-bounce", (), ("rejected_address", "server_response", "enhanced_code"),
    ),
    "bare": Layout(_bare, _REPLY, "bare-reply", (), ("server_response",), paragraph=True),
}  # fmt: skip
"""Every layout by name."""


def fits(layout: str, language: str, fields: Fields) -> bool:
    """Whether the language has the words of the layout, and the report the fields without which it is not printed."""
    words = _words(language)
    has_words = all(
        key in words.get(section, {}) for section, key in (need.split(".") for need in LAYOUTS[layout].needs)
    )
    return has_words and all(fields.get(name) is not None for name in LAYOUTS[layout].needed_fields)


def render(fields: Fields, layout: str, language: str, style: Style = PLAIN) -> str:
    """The report as its client prints it."""
    return LAYOUTS[layout].write(fields, language, style)


def printed(fields: Fields, layout: str) -> dict[str, Any]:
    """What a perfect reader finds in the rendered report: the fields that its layout prints."""
    found = {name: fields[name] for name in LAYOUTS[layout].fields if fields.get(name) is not None}
    if layout == "roundcube":
        found["server_response"] = re.sub(r"^\d{3}[ -]", "", str(found["server_response"]))
    if layout == "thunderbird":
        found["server_response"] = str(found["server_response"]).rstrip(".")
    return found


_TICKET = (
    "Dear support team,\n\nsince the new router came (order 550-571, 42 euros) nothing leaves my Outbox.\n\n{}\n\n"
    "It worked until Monday. You reach me at 0800 550 57 10 until five.\n\nKind regards\nMolly, room 421"
)


def _wrapped(text: str) -> str:
    return textwrap.fill(text, 60, break_long_words=False, break_on_hyphens=False)


def _quoted(levels: int) -> Callable[[str], str]:
    return lambda text: "\n".join("> " * levels + line for line in text.split("\n"))


def _without_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def _quoted_printable(text: str) -> str:
    return quopri.encodestring(text.encode()).decode("ascii")


DAMAGES: dict[str, Callable[[str], str]] = {
    "wrapped": _wrapped,
    "quoted": _quoted(1),
    "quoted-thrice": _quoted(3),
    "html-escaped": lambda text: html.escape(text, quote=True),
    "html-breaks": lambda text: text.replace("\n", "<br>\n"),
    "quoted-printable": _quoted_printable,
    "accents-lost": _without_accents,
    "mojibake": lambda text: text.encode().decode("latin-1"),
    "no-break-spaces": lambda text: re.sub(r"(?<=[:,]) ", "\u00a0", text),
    "narrow-spaces": lambda text: re.sub(r" (?=[:;])", "\u202f", text),
    "multiplication-sign": lambda text: text.replace("0x8", "0\u00d78"),
    "lower-case-hex": lambda text: re.sub(r"0x[0-9A-F]{8}", lambda match: match.group().lower(), text),
    "carriage-returns": lambda text: text.replace("\n", "\r\n"),
    "in-a-ticket": _TICKET.format,
    "in-quotes": lambda text: f"\u201c{text}\u201d",
    "indented": lambda text: textwrap.indent(text, "    "),
}
"""What pasting, forwarding and retyping do to a text, by name."""

_LATIN = frozenset({"en", "fr", "de", "es", "it", "pt", "nl", "pl", "cs", "sk"})


def keeps(damage: str, layout: str, language: str) -> bool:
    """Whether a reader can still find everything: some damage destroys what some layouts or scripts need."""
    if damage == "wrapped":
        return LAYOUTS[layout].paragraph and language in _LATIN
    if damage == "accents-lost":
        return language in _LATIN
    if damage == "mojibake":  # three of four bytes of an ideograph become control characters, which no paste keeps
        return language in _LATIN or language == "ru"
    if damage == "in-quotes":
        return LAYOUTS[layout].paragraph
    return True
