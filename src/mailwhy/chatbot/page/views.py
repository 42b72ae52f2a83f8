"""Fills the page's templates."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from babel.core import Locale
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from mailwhy.chatbot.answering import wish_for
from mailwhy.diagnosis.api import translator_for
from mailwhy.diagnosis.models import Hit
from mailwhy.i18n import available_locales
from mailwhy.knowledge import KnowledgeBase
from mailwhy.rendering import facts, html, pieces

__all__ = ["FOLDER", "Visit", "shown"]

FOLDER = Path(__file__).resolve().parent

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Vary": "Accept-Language",
    "Cache-Control": "no-store",  # a result holds what somebody pasted; the other pages cost next to nothing
}


@dataclass(frozen=True, slots=True)
class Visit:
    """Who asks for a page: in which language, and under which address the service is reached.

    Attributes:
        locale: the language of the page.
        chosen: the language that was chosen on the page, which its links keep; None where the browser decides.
        prefix: what a proxy puts before every path.
        path: the path of the page.
        query: the parameters of its address, but for the language.
    """

    locale: str
    chosen: str | None
    prefix: str
    path: str
    query: Mapping[str, str]

    @classmethod
    def of(cls, request: Request, chosen: str | None = None) -> "Visit":
        """The visit of a request, whose form or address (``?lang=``) may choose a language."""
        asked = chosen or request.query_params.get("lang")
        wish = wish_for(asked, request.headers.get("accept-language"))
        kept = wish.locale if asked and not wish.notices else None
        prefix = request.scope.get("root_path", "")
        query = {name: value for name, value in request.query_params.items() if name != "lang"}
        return cls(wish.or_english, kept, prefix, request.scope["path"].removeprefix(prefix), query)

    def url(self, path: str, **parameters: str) -> str:
        """The address of a page, in the language that was chosen."""
        given = {**parameters, **({"lang": self.chosen} if self.chosen else {})}
        return self.prefix + quote(path) + (f"?{urlencode(given)}" if given else "")

    def here_in(self, locale: str) -> str:
        """The address of this page in another language."""
        return f"{self.prefix}{quote(self.path)}?{urlencode({**self.query, 'lang': locale})}"


def shown(visit: Visit, template: str, kb: KnowledgeBase, status: int = 200, **values: object) -> HTMLResponse:
    """A page.

    Args:
        visit: who asks.
        template: its file.
        kb: the knowledge base, whose overlays may hold translations.
        status: HTTP status.
        values: what the template shows.
    """
    say = translator_for(visit.locale, kb)
    page = (
        _environment()
        .get_template(template)
        .render({"say": say, "visit": visit, "url": visit.url, "languages": _languages(), "state": None, **values})
    )
    return HTMLResponse(page, status, {**_HEADERS, "Content-Language": visit.locale})


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals.update({name: getattr(module, name) for module, names in _PIECES.items() for name in names})
    environment.globals["hit_path"] = hit_path
    environment.globals["code_path"] = code_path
    environment.filters["inline"] = html.inline
    return environment


_PIECES: Mapping[Any, Iterable[str]] = {
    html: ("answer_buttons", "blocks_html", "resolution_html"),
    facts: ("responsible_text",),
    pieces: ("less_likely", "likelihood", "links", "reason_line", "reasons_of"),
}
"""Functions of the renderings that the templates use."""


@cache
def _languages() -> tuple[tuple[str, str], ...]:
    """The languages there are, each with its own name for itself."""
    return tuple((name, _own_name(name)) for name in available_locales())


def _own_name(locale: str) -> str:
    name = Locale.parse(locale, sep="-").get_language_name(locale.replace("-", "_")) or locale
    return name[:1].upper() + name[1:]


def hit_path(hit: Hit) -> str:
    """The address of the page about a find."""
    return code_path(hit.id.partition("/")[2]) if hit.kind == "code" else f"/{hit.kind}/{hit.id}"


def code_path(code: str) -> str:
    """The address of the page about a code; one that stands for all classes is shown as a final refusal."""
    return f"/code/5{code[1:]}" if code.startswith("X.") else f"/code/{code}"
