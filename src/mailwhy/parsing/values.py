"""Reading the value behind a label: quotes of any kind, mismatched, nested or lost; numbers, addresses, host names."""

import re

from mailwhy.parsing.normalize import fold

__all__ = [
    "ACCOUNT_NAME",
    "AFTER_HOST",
    "ENDPOINT",
    "ENDPOINT_VALUE",
    "KIND_OF_SERVER",
    "MAIL_PORTS",
    "MAIL_PORT_NUMBERS",
    "SESSION_LINE",
    "SESSION_SIGNS",
    "SHAPE",
    "SHAPES",
    "WORDS",
    "closing_quote",
    "find_address",
    "find_host",
    "is_quoted",
    "read_hresult",
    "read_number",
    "read_value",
]

WORDS = re.compile(r"[^\W_]+")
KIND_OF_SERVER = re.compile(r"\s*(?:SMTP|(?:[^\W\d_]{2,12} )?\(SMTP\))\s", re.IGNORECASE)
ACCOUNT_NAME = re.compile(r"\s*+['\"«“‘]?\s*+(.{1,80}?)\s*['\"»”’]?(?:\.\s|\.$|,\s|\n| account\b)")
_OPENS = re.compile(r"[^\w]{0,8}?[\"'`´«»“”„‟‘’‚<(\[{「『《]").match
_SHUTS = frozenset("\"'`´«»“”„‟‘’‚>)]}」』》")

_LEAD = re.compile(r"[\s:;=,、：，]*")
_QUOTES = "'\""
_CLOSES = re.compile(r"[\s,;.:)\]}»*_]*(?:$|\n|[,;.)(}])|\s*$")
# Letters, digits, blanks and full stops are neither quotes nor brackets, but for two letters that look like quotes.
_EDGE = re.compile(r"[^\w\s.,]|[\u02bc\u02b9]").match
_BRACKETS = {"<": ">", "(": ")", "[": "]", "{": "}"}
_TRAILING = " \t\r\n,;.、，。；"
_NOT_IN_ADDRESS = r"\s<>@\"'«»“”„‟‘’‚‹›「」『』《》`:;,，、：；。()（）\[\]{}|"
_ADDRESS = re.compile(rf"[^{_NOT_IN_ADDRESS}=]{{1,128}}@@?[^{_NOT_IN_ADDRESS}]{{1,255}}")
_MAILTO = re.compile(r"mailto:|smtp\\?:", re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?)+", re.IGNORECASE)
_HEX = re.compile(r"(?:0[xX×] ?)?([0-9a-fA-F]{8})(?![0-9a-fA-F])")
_DECIMAL = re.compile(r"-?\d{10}(?!\d)")
_INTEGER = re.compile(r"\d{1,10}")
_WORD = re.compile(r"[^\W_]")


def closing_quote(folded: str, start: int, quote: str, *, last: bool) -> int:
    """Position of the quote that closes what ``quote`` opened before ``start`` in a folded text, or -1.

    An apostrophe between two letters closes nothing. A quote of the other kind closes only where the right kind is
    missing. ``last`` takes the last candidate of the text instead of the first.
    """
    for mark in (quote, "'" if quote == '"' else '"'):
        candidate = -1
        index = folded.rfind(mark, start) if last else folded.find(mark, start)
        while index >= 0:
            if not (folded[index - 1 : index].isalnum() and folded[index + 1 : index + 2].isalnum()):
                if _CLOSES.match(folded, index + 1):
                    return index
                candidate = index if candidate < 0 else candidate
            index = folded.rfind(mark, start, index) if last else folded.find(mark, index + 1)
        if candidate >= 0:
            return candidate
    return -1


def is_quoted(stretch: str) -> bool:
    """Whether a stretch of text is one value in quotes or brackets, with separators behind it."""
    tail = stretch.rstrip(" \t\r\n,;.、，。；\u00a0\u202f\u3000")
    return tail[-1:] in _SHUTS and len(tail) > 1 and _OPENS(tail) is not None


def read_value(text: str, *, bounded: bool, last: bool = False) -> tuple[str | None, int]:
    """The value at the beginning of ``text`` and where it ends there; None if nothing but punctuation is there.

    Args:
        text: what follows a label.
        bounded: a label follows ``text``, so all of it is the value; otherwise the value is the quoted part, or the
            first line.
        last: the value may hold quotes of its own and reaches to the last one.
    """
    lead = _LEAD.match(text)
    start = lead.end() if lead else 0
    folded = fold(text)
    quote = folded[start : start + 1]
    if quote and quote in _QUOTES:
        end = closing_quote(folded, start + 1, quote, last=last)
        if end >= 0:
            value = text[start + 1 : end]
            if not _WORD.search(value) and folded[end + 1 : end + 2].isalnum():
                return _tidy(text[end + 1 :]), len(text)
            return _tidy(value), end + 1
        start += 1
    line_end = len(text)
    if not bounded or text[:line_end].rstrip(" \t").endswith("\n"):
        newline = text.find("\n", start)
        line_end = newline if newline >= 0 else line_end
    plain = text[start:line_end].rstrip(_TRAILING)
    if plain[:1] == "(" and plain[-1:] == ")":
        plain = plain[1:-1]
    return _tidy(plain), line_end


def _tidy(value: str) -> str | None:
    """Without the quotes, brackets and separators around it, on one line; None if no letter or digit is left."""
    if not _WORD.search(value):
        return None
    value = " ".join(value.split()).strip(_TRAILING)
    inner = _inside(value)
    while inner != value:
        value = inner
        inner = _inside(value)
    return value or None


def _inside(value: str) -> str:
    """``value`` without its outermost quotes or brackets, or the half of a pair that is left at one end."""
    if not (_EDGE(value) or _EDGE(value, len(value) - 1)):
        return value
    folded = fold(value)
    first, final = folded[:1], folded[-1:]
    quoted = len(value) > 1 and first in _QUOTES and final in _QUOTES
    enclosed = len(value) > 1 and first in "<[{" and final == _BRACKETS[first] and first not in folded[1:]
    if quoted or enclosed:
        return value[1:-1].strip()
    if first and ((first in _QUOTES and first not in folded[1:]) or (first == "<" and ">" not in folded)):
        return value[1:].strip()
    if final and ((final in _QUOTES and final not in folded[:-1]) or (final == ">" and "<" not in folded)):
        return value[:-1].strip()
    return value


def find_address(text: str, start: int = 0) -> tuple[str, int, int] | None:
    """The first mail address of ``text`` from ``start`` on, with its place; without ``mailto:`` and closing dots."""
    at = text.find("@", start)
    if at < 0:
        return None
    match = _ADDRESS.search(text, max(start, text.rfind(" ", start, at)))  # an address holds no blank
    if match is None:
        return None
    address = match.group().rstrip(".!?*")
    return address, match.start(), match.start() + len(address)


def find_host(text: str) -> tuple[str, int] | None:
    """The host name or IP address at the beginning of ``text`` (quotes and blanks may precede it), and its end."""
    lead = re.match(r"[\s'\"«“„‘<(\u00a0]*", text)
    match = _HOST.match(text, lead.end() if lead else 0)
    return (match.group(), match.end()) if match else None


def read_number(text: str) -> int | None:
    """The first whole number of ``text``."""
    match = _INTEGER.search(text)
    return int(match.group()) if match else None


def read_hresult(text: str) -> str | None:
    """An HRESULT as ``0x`` and eight capital digits, from hexadecimal or from signed or unsigned decimal."""
    decimal = _DECIMAL.search(text)
    if decimal is not None and "x" not in text.lower() and "×" not in text:
        number = int(decimal.group())
        return f"0x{number & 0xFFFFFFFF:08X}" if -0x80000000 <= number <= 0xFFFFFFFF else None
    match = _HEX.search(text)
    return f"0x{match[1].upper()}" if match else None


# ---- shapes: what is known without a label

_STAMP = r"(?m:^)[ \t]*(?:[\[(]?\d[\d:.,TZ/\- +]{6,40}[\])]?[ \t]*)?"
SHAPES: dict[str, str] = {
    # A server's line in a session: <** 535 5.7.8 Authentication failed ; SERVER -> CLIENT: 250 ok ; SMTP< 250 ok ;
    # and as others write it: Out: 250 ok ; S: 250 ok ; < 250 ok ; reply: b'250 ok'
    "SERVER_LINE": _STAMP
    + r"(?:SERVER -> CLIENT:|SMTP<|<[-~*]{1,2}\*?(?!<)|Out:|S:|<(?= ?[2-5]\d\d[ -])|reply: b?['\"])[ \t]*"
    r"[2-5]\d\d(?:[ \-][^\n]*|(?=\n|\Z))(?:\n[2-5]\d\d[ \-][^\n]*)*\n?",
    # A client's line in a session: -> MAIL FROM:<ann@example.org> ; CLIENT -> SERVER: QUIT ; SMTP> QUIT ; In: QUIT ;
    # and as others write it: C: QUIT ; > QUIT ; send: 'quit'
    "CLIENT_LINE": _STAMP
    + r"(?:CLIENT -> SERVER:|SMTP>|(?:-|~)>(?= )|In:|C:(?= [A-Z])|>(?= [A-Z]{4})|send: b?['\"])[^\n]*\n?",
    # 0x800CCC79 ; -2147467259
    "HRESULT": r"(?<!\w)(?:0[xX×]8[0-9a-fA-F]{7}|-2147[0-9]{6}|-2146[0-9]{6})(?!\w)",
    # <<< 550 5.1.1 <ann@example.org>... User unknown
    "TRANSCRIPT": r"<<< ?[^\n]+(?:\n<<< ?[^\n]+)*|>>> ?(?![245][0-9][0-9])[^\n]*\n?",
    # (550, b'5.1.1 User unknown', 'ann@example.org') ; (code: 535, response: 5.7.8 Bad credentials)
    "CODE_PAIR": r"\([245][0-9][0-9],\s{0,4}b?(?:'[^'\n]*'|\"[^\"\n]*\")[^)\n]*\)?"
    r"|\(code: [245][0-9][0-9], response: [^\n]{1,900}?\)(?=[\s\]]|\Z)",
    # 550 5.7.1 Relaying denied ; S: 550 ... ; -ERR Invalid login ; Error 554 ... (at the start of a line)
    "REPLY_LINE": r"(?m:^)[^\w\n]{0,20}(?:S: ?|smtp; ?|SMTP; ?|[Ee]rr(?:or|eur|ore) )?"
    r"(?:[245][0-9][0-9](?:[ \-]|[.,:] )|-ERR |HTTP\/1\.[01] [45][0-9][0-9] )"
    r"(?:[^\n]++|\n(?!\s*\n|"
    r"[ \t]*['\"‘“«<][^\s'\"<>@]{1,64}@[^\s'\"<>]{1,190}['\"’”»>]{1,2}[ \t]+\S{1,3}[ \t]+\S*\d))*\n?",
    # <mx.example.org #5.1.1 smtp;550 5.1.1 User unknown> ; #550 5.7.1 Relaying denied ##
    "WRAPPER": r"#?<[^<>\n]{0,120}#[ ]?[245]\.[0-9]{1,3}\.[0-9]{1,3}"
    r"(?:(?:[^>]{0,400}>){1,5}?(?=\s*(?:\n|\Z|#SMTP#))|[^>]{0,400}>)(?:\s{0,3}#SMTP#)?"
    r"|#[245][0-9][0-9] (?:[245]\.[0-9]{1,3}\.[0-9]{1,3}[^\n]*|[^\n]{1,400}##)",
    # 5.1.1 User unknown (at the start of a line)
    "STATUS_LINE": r"(?m:^)[^\w\n]{0,20}[45]\.[0-9]{1,3}\.[0-9]{1,3}[ :](?:[^\n]++|\n(?!\s*\n))*\n?",
    # ... said: 550 5.1.1 User unknown ; ('550 Relaying denied ; code 554 5.7.1 Denied ; Exception: 5.7.1 Denied
    "INLINE_REPLY": r"(?:(?<=[:>=;\"'«“‘„(]\s)|(?<=[\"'«“‘„(`:=>;])(?<![0-9]:))"
    r"(?:[245][0-9][0-9](?:[ \-]|: (?=[245]\.)|, (?=ERROR_CODE))(?=[^\W_]|[<#\[(\"'])|-ERR )(?:[^\n]++|\n(?!\s*\n))*\n?"
    r"|(?<=\S )[45][0-9][0-9][ \-]"
    r"#?[45]\.[0-9]{1,3}\.[0-9]{1,3} (?::[ ])?(?=[^\W\d_]|<)(?:[^\n]++|\n(?!\s*\n))*\n?"
    r"|(?:(?<=failed: )|(?<=denied: ))[45][0-9][0-9](?=\s|\Z)"
    r"|(?<=[^\W\d_)]: )[45]\.[0-7]\.[0-9]{1,3} (?=[^\W\d_<])(?:[^\n]++|\n(?!\s*\n))*\n?",
    # 2026-01-02 10:11:12 1abcde-000abc-AB ** ann@example.org ; <ann@example.org>: ; 'ann@example.org' on 1/2/2026 9:15
    "ADDRESS_LINE": r"(?m:^)[0-9][0-9\-:. ]{9,30}(?:\[[0-9]+\] )?[^\s]{10,30} "
    r"(?:[^\n]{0,200}? rejected RCPT|\*\*|==) <?[^\s<>@]{1,64}@[^\s<>@:]{1,190}>?(?=:?\s)"
    r"|(?m:^)[^\w\n]{0,40}(?:smtp\\?:|mailto:)?[^\s<>@\"':;,()\[\]]{1,64}@[^\s<>@\"':;,()\[\]]{1,190}(?:@[\w.-]{1,100})?[>'\")\]]{0,3}"
    r"(?=:|, ERROR_CODE|\.\.\. |[ \t]*(?:<br>|\n|\r|\Z|\()|[ \t]+\S{1,3}[ \t]+\S*\d)",
    # Service refuse. Veuillez essayer plus tard. OFR_103 [103]
    "PROVIDER_LINE": r"(?m:^)(?:(?![245][0-9][0-9][ \-])[^\n]){8,300}?\b(?:OFR|LPN)[A-Z0-9]{0,4}[_ ][0-9]{3}\b[^\n]*",
    # anything else, as far as none of the others can start
    "TEXT": r"(?:[^\n\d<#>(-]++|\((?!\d{3},\s{0,4}b?['\"]|code: \d)|(?<=[\w.])[\d-]"
    r"|\d(?!\d\d(?:[\s\-.,:]|\Z)|[xX×]8|\.\d)"
    r"|<(?!<<)(?![^<>\n]{0,120}#)|-(?!214|ERR)|>(?!>> (?![245][0-9][0-9])))+\n*"
    r"|[^\n](?:[^\n\d<#>(-]++|(?<=[\w.#])[\d-])*|\n",
}
"""Terminals of report.lark that need no label, in the order in which they are tried, each with texts that it is for."""

SESSION_LINE = re.compile(f"{SHAPES['SERVER_LINE']}|{SHAPES['CLIENT_LINE']}")
SESSION_SIGNS = ("->", "SMTP<", "<-", "<~", "<*", "< ", "Out:", "S: ", "reply: ")
"""A part of each line that a server speaks in a session: a quick look."""
MAIL_PORTS = "25|465|587|2525|2587|110|143|993|995"
MAIL_PORT_NUMBERS = frozenset(map(int, MAIL_PORTS.split("|")))
# smtp.example.org:587 ; ssl://192.0.2.25:465
ENDPOINT = re.compile(
    rf"(?<![\w@.-])(?:[a-z]{{3,5}}://)?((?:[A-Za-z0-9_-]{{1,63}}\.){{1,8}}[A-Za-z0-9-]{{1,63}})"
    rf":({MAIL_PORTS})(?![\w.])"
)
# behind "connect to": smtp.example.org:587 ; smtp.example.org, port 465 ; ssl://smtp.example.org:465
ENDPOINT_VALUE = re.compile(
    r"[\s:='\"(<]{0,6}(?:, port: )?(?:[a-z]{3,5}://)?(?!\S{1,60}\.(?:js|ts|py|rb|go|cs|php|java|p[lm]|cpp|rs)\b)"
    r"((?:[A-Za-z0-9][A-Za-z0-9_-]{0,62}\.){1,8}(?:[A-Za-z][A-Za-z0-9-]{1,62}|\d{1,3}))(?:[/\[][0-9a-fA-F:.]{3,40}\]?)?['\"]?"
    r"(?:(?::|,? {0,2}\(?port[:= ]{1,3}|, )(\d{1,5})(?!\d))?"
)
AFTER_HOST = re.compile(r"[\w-]\.[\w-]{1,63}:$")
"""A reply code does not follow a host's name: that is a port."""

SHAPE = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in SHAPES.items()))
