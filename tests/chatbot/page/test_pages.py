"""The page without a browser: addresses, forms, languages, and what is pasted stays text."""

from collections.abc import Iterable

import pytest
from starlette.testclient import TestClient

from mailwhy.chatbot.answering import MOST_REPORTS
from mailwhy.i18n import available_locales
from mailwhy.knowledge import KnowledgeBase

from .conftest import Visit

HOSTILE = "550 5.7.1 Relaying denied <script>alert(1)</script> \"'><img src=x onerror=alert(1)> {{7*7}}"


def test_pasting_gives_the_reason_the_facts_and_the_steps(visit: Visit, report: str) -> None:
    page = visit("/", [("text", report)])
    assert page.status == 200
    assert page.all("h2")[0].text == "The outgoing server will not pass your message on"
    marked = {mark.attributes["data-fact"]: mark.text for mark in page.all("mark")}
    assert marked["error_number"] == "0x800CCC79"
    assert marked["server"] == "smtp.example.com"
    assert marked["server_response"] == "550 Relaying denied"
    assert marked["port"] == "25"
    assert page.all("input", type="checkbox")
    assert "### " in page.one("textarea", id="markdown").text


def test_conversation_is_carried_by_the_form_alone(visit: Visit, kb: KnowledgeBase) -> None:
    text = "Your message did not reach some or all of the intended recipients."
    first = visit("/", [("text", text)])
    button = first.all("button", name="answer")[0]
    assert button.attributes["form"] == "state"
    second = visit("/", [*first.state(), ("answer", str(button.attributes["value"]))])
    assert second.status == 200
    assert ("answer", button.attributes["value"]) in second.state()
    assert ("text", text) in second.state()
    question, _, _ = str(button.attributes["value"]).partition("=")
    assert kb.questions[question].question in second.text
    third = visit("/", [*second.state(), ("drop", question)])
    assert third.state() == first.state()


def test_steps_for_another_program_can_be_chosen_and_stay_chosen(visit: Visit, report: str) -> None:
    before = visit("/", [("text", report)])
    (choice,) = before.all("select", name="program")
    assert choice.attributes["form"] == "state"
    after = visit("/", [*before.state(), ("program", "outlook-mac")])
    assert "Outlook for Mac" in after.all("details")[0].text
    assert "Outlook Express" not in after.all("details")[0].text.partition("Steps for other programs")[0]
    chosen = [option.text for option in after.all("option") if "selected" in option.attributes]
    assert chosen == ["Outlook for Mac"]
    assert after.one("input", type="hidden", name="program").attributes["value"] == "outlook-mac"
    assert visit("/", [*before.state(), ("program", "pine")]).status == 422


def test_doubt_is_said_in_words_and_the_question_comes_first(visit: Visit) -> None:
    page = visit("/", [("text", "Error Number: 0x800CCC79")])
    assert page.all("h2")[1].text.startswith("Perhaps: ")
    assert page.html.index('class="card ask"') < page.html.index('class="verdict card"')


def test_a_text_to_forward_stands_ready(visit: Visit) -> None:
    reply = "554 5.7.1 Service unavailable; Client host [81.2.3.4] blocked using zen.spamhaus.org"
    page = visit("/", [("text", reply)])
    message = page.one("textarea", id="message-1").text
    assert message.strip().startswith("Hello,")
    assert reply in message


def test_language_can_be_switched_with_the_text_kept(visit: Visit, report: str) -> None:
    english = visit("/", [("text", report)])
    switch = english.one("button", name="switch")
    french = visit("/", [*english.state(), ("switch", str(switch.attributes["value"]))])
    assert french.one("html", lang="fr")
    assert french.headers["content-language"] == "fr"
    assert ("text", report) in french.state()
    assert ("lang", "fr") in french.state()
    again = visit("/", french.state())
    assert again.one("html", lang="fr")


@pytest.mark.parametrize(("accept", "path", "language"), [
    ("en", "/", "en"),
    ("fr-CA,fr;q=0.9,en;q=0.5", "/", "fr"),
    ("xx", "/", "en"),
    ("fr", "/?lang=en", "en"),
    ("fr", "/?lang=xx", "fr"),
    ("", "/causes?lang=fr", "fr"),
])  # fmt: skip
def test_language_is_negotiated(visit: Visit, accept: str, path: str, language: str) -> None:
    page = visit(path, accept=accept)
    assert page.one("html").attributes["lang"] == language


def test_chosen_language_stays_in_the_links(visit: Visit) -> None:
    page = visit("/search?q=liste+noire&lang=fr", accept="en")
    inner = [str(link.attributes["href"]) for link in page.all("a") if str(link.attributes["href"]).startswith("/")]
    assert all("lang=" in address for address in inner)
    other = next(link for link in page.all("a") if link.attributes.get("hreflang") == "en")
    assert other.attributes["href"] == "/search?q=liste+noire&lang=en"


def test_pasted_markup_stays_text(visit: Visit) -> None:
    page = visit("/", [("text", HOSTILE)])
    assert len(page.all("script")) == 1  # our own, by its address
    assert not [element for element in page.all("img") if element.attributes.get("src") == "x"]
    assert "{{7*7}}" in page.text
    assert ("text", HOSTILE) in page.state()
    found = visit("/search?q=%3Cscript%3Ealert(1)%3C/script%3E")
    assert len(found.all("script")) == 1
    assert found.one("input", id="find").attributes["value"] == "<script>alert(1)</script>"


@pytest.mark.parametrize("path", ["/", "/causes", "/search?q=x", "/nothing/here"])
def test_policy_lets_nothing_in_from_elsewhere(visit: Visit, client: TestClient, path: str) -> None:
    policy = client.get(path).headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    if path != "/nothing/here":
        page = visit(path)
        assert not [element for element in page.elements if "style" in element.attributes or element.tag == "style"]
        assert not [name for element in page.elements for name in element.attributes if name.startswith("on")]
        for element in page.elements:
            source = element.attributes.get("src") or (element.attributes.get("href") if element.tag == "link" else "")
            assert not source or source.startswith("/static/")


def test_every_entry_has_a_page_in_every_language(client: TestClient, kb: KnowledgeBase) -> None:
    kinds: dict[str, Iterable[str]] = {
        "cause": kb.causes,
        "symptom": kb.symptoms,
        "resolution": kb.resolutions,
        "provider": kb.providers,
    }
    addresses = [f"/{kind}/{name}" for kind, entries in kinds.items() for name in entries]
    for locale in available_locales():
        for address in addresses[:: 1 if locale == "fr" else 7]:
            answer = client.get(f"{address}?lang={locale}")
            assert answer.status_code == 200, address
            assert "**" not in answer.text, address


@pytest.mark.parametrize(("code", "told"), [
    ("0x800CCC79", "IXP_E_SMTP_REJECTED_RECIPIENTS"), ("550", "Reply code"), ("5.7.1", "Status code"),
    ("10060", "Socket error"), ("-2146644871", "0x800CCC79"), ("799", "No published meaning"),
])  # fmt: skip
def test_every_kind_of_code_has_a_page(visit: Visit, code: str, told: str) -> None:
    page = visit(f"/code/{code}")
    assert page.status == 200
    assert told in page.text


def test_every_find_leads_to_a_page(visit: Visit, client: TestClient) -> None:
    for words in ("relaying", "liste noire", "0x800CCC0F", "X.7.1", "smtp.orange.fr", "outbox", "5.2.2"):
        page = visit(f"/search?q={words}")
        content = page.html.partition("<main")[2]
        finds = [
            str(link.attributes["href"]) for link in page.all("a") if f'<a href="{link.attributes["href"]}">' in content
        ]
        assert finds, words
        for address in finds:
            assert client.get(address).status_code == 200, address


@pytest.mark.parametrize(("path", "status"), [
    ("/cause/none", 404), ("/symptom/none", 404), ("/resolution/none", 404), ("/provider/none", 404),
    ("/ask/none", 404), ("/code/hello%20there", 404),
])  # fmt: skip
def test_what_is_not_there_is_told_in_words(visit: Visit, path: str, status: int) -> None:
    page = visit(path, accept="fr")
    assert page.status == status
    assert page.one("h1").text == "Cela n’a pas fonctionné"


@pytest.mark.parametrize("form", [
    [("text", "550 relaying denied"), ("answer", "none=none")],
    [("text", "550 relaying denied"), ("answer", "works-at-home=none")],
])  # fmt: skip
def test_answers_to_nothing_are_refused(visit: Visit, form: list[tuple[str, str]]) -> None:
    assert visit("/", form).status == 422


@pytest.mark.parametrize(("body", "kind"), [
    ("text=x", "text/plain"), ("{}", "application/json"), ("answer=x", "application/x-www-form-urlencoded"),
    ("&".join(["answer=a%3Db"] * 300), "application/x-www-form-urlencoded"),
])  # fmt: skip
def test_what_is_no_form_is_refused(client: TestClient, body: str, kind: str) -> None:
    answer = client.post("/", content=body, headers={"content-type": kind})
    assert answer.status_code == 400
    assert "form of this page" in answer.text


@pytest.mark.parametrize("text", ["", "  \r\n "])
def test_nothing_pasted_is_told(visit: Visit, text: str) -> None:
    page = visit("/", [("text", text)])
    assert "nothing to read" in page.one("p", role="alert").text


def test_text_without_a_report_gives_what_may_be_meant(visit: Visit) -> None:
    page = visit("/", [("text", "What is the outbox?")])
    assert page.one("h1").text == "No error message was recognised."
    assert [link for link in page.all("a") if "/symptom/" in str(link.attributes["href"])]


def test_example_is_understood_in_every_language(visit: Visit) -> None:
    for locale in available_locales():
        text = visit(f"/?example=1&lang={locale}").one("textarea", id="text").text
        page = visit("/", [("text", text), ("lang", locale)])
        cause = next(link for link in page.all("a") if "/cause/relay_denied" in str(link.attributes["href"]))
        assert cause


def test_line_ends_of_forms_do_not_move_the_marks(visit: Visit, report: str) -> None:
    page = visit("/", [("text", "Hello,\r\n\r\n" + report.replace(". ", ".\r\n"))])
    marked = {mark.attributes["data-fact"]: mark.text for mark in page.all("mark")}
    assert marked["rejected_address"] == "bob@example.org"


def test_same_remedies_are_told_once(visit: Visit, report: str) -> None:
    page = visit("/", [("text", f"{report}\n\n{report.replace('bob@', 'ann@')}")])
    assert page.one("h1").text == "2 error messages were found"
    assert [link.text for link in page.all("a", href="#report-1")][-1].endswith("the same as for report 1.")


def test_many_reports_are_counted(visit: Visit, report: str) -> None:
    page = visit("/", [("text", "\n\n".join(report.replace("bob@", f"bob{number}@") for number in range(33)))])
    assert len(page.all("section", id=f"report-{MOST_REPORTS}")) == 1
    assert not page.all("section", id=f"report-{MOST_REPORTS + 1}")
    assert f"{33 - MOST_REPORTS} more reports were found" in page.text
    assert page.one("h1").text.startswith("33 ")


def test_dialogue_is_led_by_forms(visit: Visit, kb: KnowledgeBase) -> None:
    page = visit("/ask/relay")
    for option in ("mail-program", "home", "other-provider"):
        button = next(b for b in page.all("button", name="answer") if str(b.attributes["value"]).endswith(option))
        page = visit("/ask/relay", [*page.state(), ("answer", str(button.attributes["value"]))])
    asking = str(page.one("input", name="asking").attributes["value"])
    wrong = visit("/ask/relay", [*page.state(), ("asking", asking), ("typed", "no address")])
    assert wrong.one("p", role="alert")
    assert wrong.one("input", name="typed").attributes["aria-invalid"] == "true"
    page = visit("/ask/relay", [*wrong.state(), ("asking", asking), ("typed", " Ann@Example.COM ")])
    assert "example.com" in page.text
    asking = str(page.one("input", name="asking").attributes["value"])
    page = visit("/ask/relay", [*page.state(), ("asking", asking), ("typed", "example.net")])
    button = next(b for b in page.all("button", name="answer") if str(b.attributes["value"]).endswith("anonymous"))
    page = visit("/ask/relay", [*page.state(), ("answer", str(button.attributes["value"]))])
    assert page.all("h2")[0].text == next(
        outcome.title for outcome in kb.dialogues["relay"].outcomes if outcome.id == "relaying-unrecognised"
    )
    back = visit("/ask/relay", [*page.state(), ("drop", str(page.all("button", name="drop")[-1].attributes["value"]))])
    assert [b.attributes["value"] for b in back.all("button", name="answer")]


def test_feedback_is_asked_for_only_where_it_is_kept(visit: Visit, report: str) -> None:
    assert "/v1/feedback" not in visit("/", [("text", report)]).html


def test_static_files_are_served(client: TestClient) -> None:
    for name, kind in (("base.css", "text/css"), ("page.js", "text/javascript"), ("icon.svg", "image/svg+xml")):
        answer = client.get(f"/static/{name}")
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith(kind)
    assert client.get("/static/../routes.py").status_code == 404


def test_page_is_no_part_of_the_document(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    assert "/" not in paths
    assert not [path for path in paths if path.startswith(("/cause/", "/ask/"))]
