"""The page in a real browser: Debian's Chromium, led by Playwright; accessibility by axe-core where npm has it."""

import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from mailwhy.chatbot import serving
from mailwhy.chatbot.http.app import Service
from mailwhy.chatbot.settings import Settings
from mailwhy.knowledge import KnowledgeBase

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")

pytestmark = pytest.mark.browser

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
VAGUE = "Your message did not reach some or all of the intended recipients."
HOSTILE = "550 5.7.1 Relaying denied <script>alert(1)</script> <img src=x onerror=alert(1)>"
PAGES = [
    "/", "/causes", "/cause/relay_denied", "/code/0x800CCC79", "/search?q=liste noire", "/search?q=zzzz",
    "/provider/orange", "/resolution/create-app-password", "/ask/relay", "/cause/none",
]  # fmt: skip
EVERYTHING = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
BY_LOOK = ["color-contrast", "target-size", "scrollable-region-focusable", "link-in-text-block"]
"""axe-core's rules whose findings depend on colours and widths."""

Page = Any  # Playwright's types are there only where it is installed


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("there is no Chromium; apt-get install chromium")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=program, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Service:
    store = tmp_path_factory.mktemp("feedback") / "feedback.db"
    return Service(KnowledgeBase.load(), Settings(feedback=str(store)))


@pytest.fixture(scope="module")
def address(service: Service) -> Iterator[str]:
    listening = serving.listen("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(service.asgi, log_config=None, ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield serving.url_of(listening)
    server.should_exit = True
    thread.join()


Open = Callable[..., Page]


@pytest.fixture
def open_page(browser: Any, address: str) -> Iterator[Open]:
    """Opens a page in a fresh browser; at the end nothing may have gone wrong or gone elsewhere."""
    faults: list[str] = []
    contexts = []

    def open_page(path: str = "/", *, quiet: bool = True, **options: Any) -> Page:
        context = browser.new_context(**{"locale": "en", "viewport": {"width": 1280, "height": 800}, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: faults.append(message.text) if quiet else None)
        page.on("dialog", lambda dialog: faults.append(dialog.message))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda request: None if request.url.startswith(address) else faults.append(request.url))
        page.goto(address + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not faults


def paste(page: Page, text: str) -> Page:
    page.fill("#text", text)
    return follow(page, page.locator("button.primary"))


def follow(page: Page, button: Any) -> Page:
    """Clicks what leads to another page, and waits for it."""
    with page.expect_navigation():
        button.click()
    return page


@pytest.fixture(scope="module")
def axe() -> str:
    """axe-core's script: named by AXE_CORE, or installed by npm for the checkout or for the machine."""
    places = [Path.cwd() / "node_modules"]
    if npm := shutil.which("npm"):
        told = subprocess.run([npm, "root", "--global"], capture_output=True, text=True, check=False)
        places.append(Path(told.stdout.strip()))
    named = os.environ.get("AXE_CORE")
    scripts = [Path(named)] if named else [place / "axe-core" / "axe.min.js" for place in places]
    found = next((script for script in scripts if script.is_file()), None)
    if found is None:
        pytest.skip("there is no axe-core; npm install --no-save axe-core, or name its script in AXE_CORE")
    return found.read_text(encoding="utf-8")


def violations(page: Page, axe: str, rules: list[str]) -> list[str]:
    page.evaluate(axe)
    found = page.evaluate("rules => axe.run({runOnly: rules, resultTypes: ['violations']})", rules)["violations"]
    return [f"{rule['id']}: {node['html']} {node['failureSummary']}" for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize(("scheme", "width", "rules"), [("light", 1280, EVERYTHING), ("dark", 375, BY_LOOK)])
def test_axe_finds_nothing(open_page: Open, axe: str, report: str, scheme: str, width: int, rules: list[str]) -> None:
    page = open_page(color_scheme=scheme, viewport={"width": width, "height": 800}, quiet=False)
    home = page.url.rstrip("/")
    for path in PAGES:
        page.goto(home + path)
        assert violations(page, axe, rules) == [], path
    for text in (f"{report}\n{report}", VAGUE, "nothing to see"):
        page.goto(home)
        paste(page, text)
        for fold in page.locator("details").all():
            fold.evaluate("fold => fold.open = true")
        assert violations(page, axe, rules) == [], text


def test_keyboard_alone_is_enough(open_page: Open, report: str) -> None:
    page = open_page()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "text"
    page.keyboard.insert_text(report)
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    page.locator("details.remedy > summary").nth(1).focus()
    page.keyboard.press("Enter")
    assert page.locator("details.remedy").nth(1).evaluate("fold => fold.open")
    box = page.locator("input[type=checkbox]").first
    box.focus()
    page.keyboard.press("Space")
    assert box.is_checked()
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"


@pytest.mark.parametrize("scripts", [True, False])
def test_conversation_with_and_without_scripts(open_page: Open, scripts: bool) -> None:
    page = paste(open_page(java_script_enabled=scripts), VAGUE)
    question = page.locator(".ask h2").inner_text()
    follow(page, page.locator(".ask button").first)
    assert question in page.locator(".so-far").inner_text()
    follow(page, page.locator(".languages button"))
    assert page.locator("html").get_attribute("lang") == "fr"
    assert page.locator(".so-far li").count() == 1
    follow(page, page.locator(".so-far button"))
    assert page.locator(".so-far li").count() == 0
    assert page.locator("html").get_attribute("lang") == "fr"
    assert page.get_by_role("button", name="Copier pour le ticket").is_visible() == scripts
    page.locator("details.fold summary").first.click()
    assert page.locator("#markdown").is_visible()


def test_dialogue_leads_to_an_outcome(open_page: Open) -> None:
    page = open_page("/ask/relay")
    for label in ("With a mail program, such as Outlook", "At home", "Somebody else"):
        follow(page, page.get_by_role("button", name=label))
    for typed in ("me@example.com", "you@example.net"):
        page.locator("input[name=typed]").fill(typed)
        with page.expect_navigation():
            page.keyboard.press("Enter")
    follow(page, page.get_by_role("button", name="I don't know"))
    assert "may well be blocked" in page.locator(".verdict").inner_text()
    assert page.locator(".so-far li").count() == 6


def test_pasted_script_is_shown_and_not_run(open_page: Open) -> None:
    page = paste(open_page(), HOSTILE)
    assert "<script>alert(1)</script>" in page.locator(".paste").inner_text()
    follow(page, page.locator(".languages button"))
    assert HOSTILE in page.locator("#text").input_value()


def test_answer_is_copied_for_the_ticket(open_page: Open, report: str) -> None:
    page = paste(open_page(permissions=["clipboard-read", "clipboard-write"]), report)
    page.get_by_role("button", name="Copy for the ticket").click()
    playwright.expect(page.locator(".tools [role=status]")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("#markdown").input_value()


def test_fact_and_place_point_at_each_other(open_page: Open, report: str) -> None:
    page = paste(open_page(), report)
    page.locator("[data-fact=server] dt").hover()
    assert page.locator("mark.pointed").inner_text() == "smtp.example.com"
    page.locator("mark[data-fact=error_number]").hover()
    assert "0x800CCC79" in page.locator(".mailwhy-facts .pointed").inner_text()


@pytest.mark.parametrize("width", [320, 768])
def test_nothing_sticks_out(open_page: Open, report: str, width: int) -> None:
    page = open_page(locale="fr", viewport={"width": width, "height": 700}, quiet=False)
    home = page.url
    for path in PAGES:
        page.goto(home.rstrip("/") + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    page.goto(home)
    paste(page, f"{report} {'x' * 300}\n{report}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_dark_is_dark(open_page: Open) -> None:
    shade = "getComputedStyle(document.documentElement).backgroundColor.match(/\\d+/g).map(Number)[0]"
    assert open_page(color_scheme="dark").evaluate(shade) < 64
    assert open_page(color_scheme="light").evaluate(shade) > 192


def test_paper_shows_all_steps_and_no_buttons(open_page: Open, report: str) -> None:
    page = paste(open_page(), report)
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    last = page.locator("details.remedy").last
    assert last.locator("li").first.is_visible()
    assert not page.locator(".top nav").is_visible()
    assert not page.get_by_role("button", name="Copy for the ticket").is_visible()


def test_feedback_is_sent_without_leaving_the_page(open_page: Open, service: Service, report: str) -> None:
    page = paste(open_page(), report)
    page.locator("input[type=checkbox]").first.check()
    asked = page.locator(".helped").first
    asked.get_by_role("button", name="Yes").click()
    playwright.expect(asked.locator("[role=status]")).to_have_text("Thank you.")
    assert asked.get_by_role("button").count() == 0
    assert page.locator("input[type=checkbox]").first.is_checked()
    assert service.tally is not None
    assert service.tally()["relay_denied", "turn-on-smtp-authentication"] == (1, 1)
