"""The page's addresses, and what stands at each of them."""

from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from mailwhy.chatbot.answering import Answerer, Wish
from mailwhy.chatbot.page.asking import answered, led
from mailwhy.chatbot.page.entries import KINDS, UnknownEntryError, all_causes
from mailwhy.chatbot.page.forms import BadFormError, Form, read_form
from mailwhy.chatbot.page.highlighting import highlighted
from mailwhy.chatbot.page.views import FOLDER, Visit, shown
from mailwhy.chatbot.working import TookTooLongError, Workers
from mailwhy.diagnosis.api import PROGRAMS, UnknownAnswerError, UnknownCodeError, UnknownProgramError, translator_for
from mailwhy.diagnosis.dialogue import UnknownDialogueError
from mailwhy.i18n import N_, Translator
from mailwhy.parsing import TextTooLargeError
from mailwhy.rendering.document import documents
from mailwhy.rendering.facts import client_name
from mailwhy.rendering.markdown import markdown_answer
from mailwhy.rendering.pieces import left_out

__all__ = ["add_routes"]

_MOST_HITS = 12
_LONGEST_QUERY = 500

_EXAMPLE = N_(
    "The message could not be sent because one of the recipients was rejected by the server. The rejected e-mail "
    "address was 'anna@example.net'. Subject 'Saturday', Account: 'Home', Server: 'smtp.example.com', Protocol: SMTP, "
    "Server Response: '550 5.7.1 <anna@example.net>... Relaying denied', Port: 25, Secure(SSL): No, Server Error: 550, "
    "Error Number: 0x800CCC79"
)
_NO_PAGE = N_("There is no page of that name.")
_REFUSALS: dict[type[Exception], tuple[int, str]] = {
    TookTooLongError: (503, N_("This text takes too long to read. Paste only the part with the error message.")),
    TextTooLargeError: (413, N_("This text is too long. Paste only the part with the error message.")),
    UnknownAnswerError: (422, N_("One of the answers belongs to no question here. Start again with your text.")),
    UnknownProgramError: (422, N_("There is no program of that name here.")),
    BadFormError: (400, N_("This was not sent by a form of this page. Start again with your text.")),
    UnknownDialogueError: (404, _NO_PAGE),
    UnknownEntryError: (404, _NO_PAGE),
    UnknownCodeError: (404, N_("This is no code that mail programs or servers print.")),
}

Handler = Callable[[Request], Awaitable[Response]]


def add_routes(app: Starlette, answerer: Answerer, workers: Workers, *, feedback: bool = False) -> None:
    """Adds the page to an application: ``/`` and the pages that it links to.

    Args:
        app: the application; where addresses are the same, its earlier routes go first.
        answerer: gives the answers.
        workers: give the diagnoses.
        feedback: whether the application keeps feedback (``/v1/feedback``), so that the page may ask for it.
    """
    pages = _Pages(answerer, workers, feedback=feedback)
    for path, handler, method in (
        ("/", pages.start, "GET"),
        ("/", pages.result, "POST"),
        ("/search", pages.search, "GET"),
        ("/causes", pages.causes, "GET"),
        ("/code/{code:path}", pages.code, "GET"),
        ("/ask/{dialogue}", pages.dialogue, "GET"),
        ("/ask/{dialogue}", pages.dialogue, "POST"),
        *((f"/{kind}/{{name}}", pages.entry(kind), "GET") for kind in KINDS),
    ):
        app.router.routes.append(Route(path, pages.guarded(handler), methods=[method], include_in_schema=False))
    app.router.routes.append(Mount("/static", StaticFiles(directory=FOLDER / "static"), name="static"))


class _Pages:
    """The pages of one service."""

    def __init__(self, answerer: Answerer, workers: Workers, *, feedback: bool) -> None:
        self._answerer = answerer
        self._feedback = feedback
        self._kb = answerer.kb
        self._workers = workers

    def guarded(self, handler: Handler) -> Handler:
        """The handler, whose refusals become pages in the visitor's language."""

        async def answer(request: Request) -> Response:
            try:
                return await handler(request)
            except tuple(_REFUSALS) as error:
                status, told = next(refusal for kind, refusal in _REFUSALS.items() if isinstance(error, kind))
                return shown(Visit.of(request), "refused.html", self._kb, status, told=told)

        return answer

    async def start(self, request: Request) -> Response:
        """The page to paste into; ``?example`` fills an example in."""
        visit = Visit.of(request)
        text = self._say(visit)(_EXAMPLE) if "example" in request.query_params else ""
        return shown(visit, "start.html", self._kb, text=text, empty=False)

    async def result(self, request: Request) -> Response:
        """Why the mail of the pasted text was not sent."""
        form = await read_form(request)
        visit = Visit.of(request, form.locale)
        if not form.text.strip():
            return shown(visit, "start.html", self._kb, text="", empty=True)
        wish = Wish(visit.locale)
        answer = await self._workers.diagnose(form.text, wish, form.answers, form.program)
        say = self._say(visit)
        diagnoses = answer.diagnoses
        excerpts = [highlighted(form.text, diagnosis.report, say) for diagnosis in diagnoses]
        parts = zip(diagnoses, documents(diagnoses), excerpts, strict=True)
        return shown(
            visit,
            "result.html",
            self._kb,
            heading=_heading(answer.found, say),
            left=left_out(answer.found - len(diagnoses), say),
            form=form,
            state=form,
            feedback=self._feedback,
            parts=list(parts),
            hits=answer.suggestions,
            answered=answered(form.answers, self._kb, visit.locale),
            programs=[(name, client_name(name, say)) for name in PROGRAMS],
            markdown=markdown_answer(diagnoses, answer.suggestions, say, full=True),
        )

    async def search(self, request: Request) -> Response:
        """What the knowledge base has on some words."""
        visit = Visit.of(request)
        query = request.query_params.get("q", "")[:_LONGEST_QUERY].strip()
        hits = self._answerer.search(query, Wish(visit.locale), _MOST_HITS).hits if query else ()
        return shown(visit, "search.html", self._kb, query=query, hits=hits)

    async def causes(self, request: Request) -> Response:
        """All causes."""
        visit = Visit.of(request)
        return shown(visit, "causes.html", self._kb, causes=all_causes(self._kb, self._say(visit)))

    async def code(self, request: Request) -> Response:
        """What a code means."""
        visit = Visit.of(request)
        explanation = self._answerer.explain(request.path_params["code"], Wish(visit.locale))
        return shown(visit, "code.html", self._kb, explanation=explanation)

    def entry(self, kind: str) -> Handler:
        """The handler for the pages about entries of a kind."""

        async def handler(request: Request) -> Response:
            visit = Visit.of(request)
            values = KINDS[kind](request.path_params["name"], self._kb, self._say(visit))
            return shown(visit, f"{kind}.html", self._kb, **values)

        return handler

    async def dialogue(self, request: Request) -> Response:
        """A dialogue, question by question."""
        form = await read_form(request) if request.method == "POST" else Form()
        visit = Visit.of(request, form.locale)
        state, told, wrong = led(request.path_params["dialogue"], form.answers, form.asking, self._kb, self._say(visit))
        kept = Form("", state.answers, None, form.locale)
        return shown(visit, "dialogue.html", self._kb, dialogue=state, answered=told, wrong=wrong, state=kept)

    def _say(self, visit: Visit) -> Translator:
        return translator_for(visit.locale, self._kb)


def _heading(reports: int, say: Translator) -> str:
    if reports == 1:
        return say("Why the mail was not sent")
    return say.plural("{number} error message was found", "{number} error messages were found", reports).format(
        number=reports
    )
