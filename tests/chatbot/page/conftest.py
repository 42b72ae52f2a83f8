"""Reads the page as a browser without scripts would."""

from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest
from starlette.testclient import TestClient

VOID = {"meta", "link", "input", "img", "br"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str | None]
    text: str = ""


@dataclass
class Page:
    """The elements of a page in order, and its text."""

    status: int
    html: str
    headers: dict[str, str]
    elements: list[Element] = field(default_factory=list)
    text: str = ""

    def all(self, tag: str, **attributes: str) -> list[Element]:
        return [
            element
            for element in self.elements
            if element.tag == tag
            and all(element.attributes.get(name.replace("_", "-")) == value for name, value in attributes.items())
        ]

    def one(self, tag: str, **attributes: str) -> Element:
        (found,) = self.all(tag, **attributes)
        return found

    def state(self) -> list[tuple[str, str]]:
        """What the form with the conversation would send."""
        fields = self.all("input", type="hidden")
        kept = [element for element in fields if element.attributes["name"] in ("text", "lang", "answer")]
        inside = self.html.partition('<form id="state"')[2].partition("</form>")[0]
        return [
            (element.attributes["name"] or "", element.attributes["value"] or "")
            for element in kept
            if f'name="{element.attributes["name"]}"' in inside
        ]


class Reader(HTMLParser):
    def __init__(self, page: Page) -> None:
        super().__init__()
        self.page = page
        self.open: list[Element] = []
        self.feed(page.html)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        self.page.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().tag == tag, tag

    def handle_data(self, data: str) -> None:
        self.page.text += data
        for element in self.open:
            element.text += data


Visit = Callable[..., Page]


@pytest.fixture
def visit(client: TestClient) -> Visit:
    """Gets a page, or sends it a form (a list of pairs)."""

    def visit(path: str, form: list[tuple[str, str]] | None = None, accept: str = "en") -> Page:
        headers = {"accept-language": accept}
        if form is None:
            response = client.get(path, headers=headers)
        else:
            from urllib.parse import urlencode

            headers["content-type"] = "application/x-www-form-urlencoded"
            response = client.post(path, content=urlencode(form), headers=headers)
        page = Page(response.status_code, response.text, dict(response.headers))
        Reader(page)
        return page

    return visit
