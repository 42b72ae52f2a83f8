"""Every other format that exports come in."""

import gzip
import io
import json
import sys
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from mailwhy.batch import BatchError, Selection, run

FOUND = ["0x800CCC79", "0x800CCC0E"]
Diagnose = Callable[..., Any]


def zendesk(texts: Any) -> list[dict[str, Any]]:
    return [
        {"id": 1, "subject": "No mail", "requester_id": 5, "description": "help", "created_at": "2026-03-01T08:00:00Z",
         "comments": [{"plain_body": texts.relay, "body": texts.relay, "author_id": 3}, {"plain_body": "thanks"}]},
        {"id": 2, "subject": "Paper", "requester_id": 6, "description": texts.nothing, "created_at": None, "comments": []},
        {"id": 3, "subject": "Again", "requester_id": 6, "description": texts.timeout, "tags": ["mail", "out"]},
    ]  # fmt: skip


def check_zendesk(ran: Any) -> None:
    assert ran.codes == FOUND
    assert ran.tickets == ["1", "3"]
    assert [row["part"] for row in ran.rows] == ["comments[].plain_body", "description"]
    assert ran.rows[0]["created"] == "2026-03-01T08:00:00"
    assert ran.summary.tickets == 3


def test_json_lines(tmp_path: Path, texts: Any, diagnose: Diagnose) -> None:
    path = tmp_path / "zendesk.json"
    path.write_text("\n".join(map(json.dumps, zendesk(texts))) + "\n", encoding="utf-8")
    check_zendesk(diagnose(path))


def test_json_lines_list_what_is_no_json(tmp_path: Path, texts: Any, diagnose: Diagnose) -> None:
    path = tmp_path / "zendesk.jsonl"
    good = [json.dumps(ticket) for ticket in zendesk(texts)]
    path.write_text("\n".join([good[0], '{"id": 9, "sub', good[1], "[1]", "", good[2]]), encoding="utf-8")
    ran = diagnose(path)
    check_zendesk(ran)
    assert [row["line"] for row in ran.rejected] == [2, 4]
    assert "not valid JSON" in ran.rejected[0]["reason"]


@pytest.mark.parametrize("wrapped", [False, True])
def test_json_arrays(wrapped: bool, tmp_path: Path, texts: Any, diagnose: Diagnose) -> None:
    path = tmp_path / "zendesk.json"
    content: Any = zendesk(texts)
    if wrapped:
        content = {"count": 3, "users": [{"id": 1}], "tickets": content, "next_page": None}
    path.write_text(json.dumps(content, indent=1), encoding="utf-8")
    check_zendesk(diagnose(path))


def test_one_json_object_is_one_ticket(tmp_path: Path, texts: Any, diagnose: Diagnose) -> None:
    path = tmp_path / "ticket.json"
    path.write_text(json.dumps(zendesk(texts)[0], indent=2), encoding="utf-8")
    assert diagnose(path).tickets == ["1"]


def test_half_a_surrogate_pair_stops_nothing(tmp_path: Path, texts: Any, diagnose: Diagnose) -> None:
    path = tmp_path / "tickets.json"
    path.write_text(json.dumps([{"id": 1, "text": f"\ud83d {texts.timeout}"}]), encoding="utf-8")
    assert diagnose(path).tickets == ["1"]


def test_jira_documents_become_text(tmp_path: Path, texts: Any, diagnose: Diagnose) -> None:
    def document(*paragraphs: str) -> dict[str, Any]:
        content = [{"type": "paragraph", "content": [{"type": "text", "text": text}]} for text in paragraphs]
        return {"type": "doc", "version": 1, "content": content}

    half = texts.relay.index("Server Response")
    fields = {
        "summary": "Mail",
        "description": document(texts.relay[:half], texts.relay[half:]),
        "created": "2026-01-02",
    }
    path = tmp_path / "jira.json"
    path.write_text(json.dumps({"total": 1, "issues": [{"key": "HELP-1", "fields": fields}]}), encoding="utf-8")
    (row,) = diagnose(path).rows
    assert (row["ticket"], row["part"], row["smtp_code"]) == ("HELP-1", "fields.description", 550)


def test_workbooks(tmp_path: Path, texts: Any, diagnose: Diagnose) -> None:
    path = tmp_path / "servicenow.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Incidents")
        rows = [
            ["Number", "Short description", "Description", "Opened"],
            ["INC001", "Mail", texts.relay, "2026-01-05 10:00:00"],
            ["INC002", "Paper", texts.nothing, ""],
            ["INC003", "Mail", texts.timeout, ""],
            ["Export stopped due to excessive size. Use a filter.", "", "", ""],
        ]
        for number, row in enumerate(rows, 2):  # an empty row and a title come first
            sheet.write_row(number, 0, row)
        sheet.write(0, 0, "All incidents")
        book.add_worksheet("Empty")
    ran = diagnose(path)
    assert (ran.codes, ran.tickets) == (FOUND, ["INC001", "INC003"])
    assert [row["row"] for row in ran.rows] == [4, 6]
    assert [row["line"] for row in ran.rejected] == [7]
    assert "cut at its limit" in ran.rejected[0]["reason"]


def test_open_document_sheets(tmp_path: Path, texts: Any, diagnose: Diagnose) -> None:
    def cells(*values: str) -> str:
        cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
        escaped = (value.replace("&", "&amp;").replace("<", "&lt;") for value in values)
        return f"<table:table-row>{''.join(map(cell.format, escaped))}</table:table-row>"

    namespaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    rows = cells("ID", "Titre", "Entité", "Description") + cells("7", "Envoi", "Siège", texts.relay)
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {namespaces}><office:body><office:spreadsheet>'
        f'<table:table table:name="a">{rows}</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    path = tmp_path / "glpi.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
    (row,) = diagnose(path).rows
    assert (row["ticket"], row["smtp_code"]) == ("7", 550)


@pytest.mark.parametrize("nested", [False, True])
def test_parquet(nested: bool, tmp_path: Path, texts: Any, diagnose: Diagnose) -> None:
    path = tmp_path / "tickets.parquet"
    table: dict[str, Any] = {"id": [1, 2, 3], "text": [texts.relay, None, texts.timeout]}
    if nested:
        table["comments"] = [[{"body": "hello"}], [], [{"body": texts.relay}]]
    pq.write_table(pa.table(table), path)
    ran = diagnose(path)
    assert ran.codes == [*FOUND, "0x800CCC79"] if nested else FOUND
    assert ran.tickets[:2] == ["1", "3"]
    assert ran.summary.tickets == 3


def test_xml_of_jira(tmp_path: Path, texts: Any, diagnose: Diagnose) -> None:
    path = tmp_path / "jira.xml"
    escaped = texts.relay.replace("<", "&lt;")
    path.write_text(
        '<?xml version="1.0"?>\n<!-- export -->\n<rss version="0.92"><channel><title>Jira</title>'
        '<item><title>[HELP-1] Mail</title><project id="1">HELP</project><key id="9">HELP-1</key><summary>Mail</summary>'
        f"<created>Tue, 24 Nov 2026 14:05:00 +0100</created><description>&lt;p&gt;no&lt;/p&gt;</description>"
        f'<comments><comment id="1">first</comment><comment id="2">&lt;p&gt;{escaped}&lt;/p&gt;</comment></comments></item>'
        f"<item><key>HELP-2</key><summary>Old</summary><description><![CDATA[{texts.timeout}]]></description></item>"
        "</channel></rss>",
        encoding="utf-8",
    )
    ran = diagnose(path)
    assert (ran.codes, ran.tickets) == (FOUND, ["HELP-1", "HELP-2"])
    assert ran.rows[0]["created"] == "2026-11-24T13:05:00"
    assert ran.rows[0]["part"].startswith("comments.comment")


def test_xml_of_servicenow_with_characters_that_xml_forbids(tmp_path: Path, texts: Any, diagnose: Diagnose) -> None:
    path = tmp_path / "incident.xml"
    path.write_text(
        '<?xml version="1.0" encoding="UTF-8"?><unload unload_date="2026-01-01">'
        + "".join(
            f'<incident action="INSERT"><number>INC{number}</number><short_description>a\x0bb&#x1f;</short_description>'
            f"<opened_at>2026-01-01 08:00:00</opened_at><description>{texts.timeout}</description></incident>"
            for number in range(3)
        )
        + "</unload>",
        encoding="utf-8",
    )
    ran = diagnose(path)
    assert ran.tickets == ["INC0", "INC1", "INC2"]


def mails(texts: Any) -> list[EmailMessage]:
    plain, notice, letter = EmailMessage(), EmailMessage(), EmailMessage()
    for number, (message, subject) in enumerate(((plain, "Échec"), (notice, "Undelivered"), (letter, "Hello"))):
        message["From"] = "Jean <jean@example.fr>"
        message["To"] = "help@example.org"
        message["Subject"] = subject
        message["Date"] = "Tue, 24 Nov 2026 14:05:00 +0100"
        message["Message-ID"] = f"<m{number}@example.fr>"
    plain.set_content(f"Bonjour,\nFrom here on:\n{texts.timeout}\n")
    plain.add_alternative(f"<p>{texts.timeout}</p>", subtype="html")
    notice.make_mixed()
    notice.attach(_part("text/plain", "Your message could not be delivered.\n"))
    status = "Reporting-MTA: dns; mx.example.org\n\nFinal-Recipient: rfc822; a@example.net\nAction: failed\n"
    status += (
        "Status: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 <a@example.net>: Recipient address rejected: User unknown\n"
    )
    notice.attach(_part("message/delivery-status", status))
    letter.set_content(texts.nothing)
    return [plain, notice, letter]


def _part(kind: str, text: str) -> EmailMessage:
    from email import message_from_string, policy

    part: EmailMessage = message_from_string(f"Content-Type: {kind}\n\n{text}", policy=policy.default)
    return part


def check_mails(ran: Any) -> None:
    assert ran.summary.tickets == 3
    assert ran.summary.with_report == 2
    assert ran.rows[0]["error_number"] == "0x800CCC0E"
    assert ran.rows[0]["created"] == "2026-11-24T13:05:00"
    assert ran.rows[1]["enhanced_code"] == "5.1.1"


def test_mbox(tmp_path: Path, texts: Any, diagnose: Diagnose) -> None:
    path = tmp_path / "inbox.mbox"
    content = b""
    for message in mails(texts):
        content += b"From jean@example.fr Tue Nov 24 14:05:00 2026\n"
        content += message.as_bytes().replace(b"\nFrom ", b"\n>From ") + b"\n"
    path.write_bytes(content)
    ran = diagnose(path, redact=False)
    check_mails(ran)
    assert ran.tickets == ["m0@example.fr", "m1@example.fr"]


@pytest.mark.parametrize("maildir", [False, True])
def test_folders_of_mails(maildir: bool, tmp_path: Path, texts: Any, diagnose: Diagnose) -> None:
    folder = tmp_path / "mails"
    for name in ("cur", "new", "tmp") if maildir else ("",):
        (folder / name).mkdir(parents=True)
    for number, message in enumerate(mails(texts)):
        place = folder / ("cur" if maildir else "") / (f"{number}.host:2,S" if maildir else f"{number}.eml")
        place.write_bytes(message.as_bytes())
    if not maildir:
        (folder / ".DS_Store").write_bytes(b"\0\1\2")
    check_mails(diagnose(folder))


def test_archives(tmp_path: Path, texts: Any, csv_text: Callable[..., str], diagnose: Diagnose) -> None:
    table = csv_text(texts.rows).encode()
    (tmp_path / "plain.csv.gz").write_bytes(gzip.compress(table))
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("deep/tickets.json", json.dumps(zendesk(texts)))
    with zipfile.ZipFile(tmp_path / "all.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("__MACOSX/._tickets.csv", b"\0\5\x16\7")
        archive.writestr("case.csv", table)
        archive.writestr("inner.zip", inner.getvalue())
        archive.writestr("photo.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    ran = diagnose(tmp_path / "plain.csv.gz", tmp_path / "all.zip")
    assert ran.codes == FOUND * 3
    assert list(dict.fromkeys(row["source"] for row in ran.rows)) == [
        "plain.csv", "all.zip/case.csv", "all.zip/inner.zip/deep/tickets.json",
    ]  # fmt: skip
    assert [row["source"] for row in ran.rejected] == ["all.zip/photo.png"]


@pytest.mark.parametrize("packed", [False, True])
def test_standard_input(
    packed: bool, texts: Any, csv_text: Callable[..., str], diagnose: Diagnose, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = csv_text(texts.rows).encode()
    if packed:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("a.csv", content)
        content = buffer.getvalue()

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(Pipe(content)))
    assert diagnose("-").codes == FOUND


def test_the_user_may_tell_the_format_and_the_profile(tmp_path: Path, texts: Any, diagnose: Diagnose) -> None:
    path = tmp_path / "export.parquet"
    path.write_text(f"Ticket Number;Subject;Other\n5;{texts.timeout.replace(';', ',')};\n", encoding="utf-8")
    ran = diagnose(path, form="csv", selection=Selection(profile="osticket"))
    assert (ran.tickets, ran.rows[0]["part"]) == (["5"], "Subject")


def test_a_column_that_no_record_has(tmp_path: Path, texts: Any, diagnose: Diagnose) -> None:
    path = tmp_path / "zendesk.json"
    path.write_text(json.dumps(zendesk(texts)), encoding="utf-8")
    assert diagnose(path, selection=Selection(text_columns=("comments[].body",))).tickets == ["1"]
    with pytest.raises(BatchError, match="there is no column 'body'; there are: id, subject"):
        diagnose(path, selection=Selection(text_columns=("body",)))


def test_files_that_only_came_along_may_lack_the_column(
    tmp_path: Path, texts: Any, csv_text: Callable[..., str], diagnose: Diagnose
) -> None:
    with zipfile.ZipFile(tmp_path / "salesforce.zip", "w") as archive:
        archive.writestr("Account.csv", "Id,Name\n1,Example\n")
        archive.writestr("Case.csv", csv_text(texts.rows))
    ran = diagnose(tmp_path / "salesforce.zip", selection=Selection(text_columns=("description",)))
    assert ran.tickets == ["T-1", "T-3"]
    assert [(row["source"], row["reason"]) for row in ran.rejected] == [
        ("salesforce.zip/Account.csv", "there is no column 'description'; there are: Id, Name")
    ]


def test_a_run_does_not_read_what_it_writes(tmp_path: Path, texts: Any, csv_text: Callable[..., str]) -> None:
    (tmp_path / "a.csv").write_text(csv_text([*texts.rows, ["one cell"]]), encoding="utf-8", newline="")
    for _ in range(2):
        summary = run(tmp_path, tmp_path / "out.csv", jobs=1)
        assert (summary.tickets, summary.reports, summary.rejected) == (3, 2, 1)
