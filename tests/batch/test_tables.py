"""Delimited text, with what ticket systems do to it."""

import csv
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mailwhy.batch import BatchError, Selection
from mailwhy.documents.markup import html_text

FOUND = ["0x800CCC79", "0x800CCC0E"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "^", "`"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
def test_any_delimiter(
    delimiter: str, quoting: int, tmp_path: Path, texts: Any, csv_text: Callable[..., str], diagnose: Callable[..., Any]
) -> None:
    path = tmp_path / "export.csv"
    path.write_text(csv_text(texts.rows, delimiter, quoting), encoding="utf-8", newline="")
    ran = diagnose(path)
    assert ran.codes == FOUND
    assert ran.tickets == ["T-1", "T-3"]
    assert [row["created"] for row in ran.rows] == ["2026-01-05T10:00:00", "2026-01-07T12:00:00"]
    assert [row["part"] for row in ran.rows] == ["description", "description"]
    assert (ran.summary.tickets, ran.summary.with_report, ran.summary.without_report) == (3, 2, 1)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1"])
def test_any_encoding(
    encoding: str, tmp_path: Path, texts: Any, csv_text: Callable[..., str], diagnose: Callable[..., Any]
) -> None:
    path = tmp_path / "export.csv"
    rows = [*texts.rows, ["réf-4", "", f"Échec : {texts.timeout}", ""]]
    path.write_bytes(csv_text(rows).encode(encoding))
    ran = diagnose(path)
    assert ran.codes == [*FOUND, "0x800CCC0E"]
    assert ran.tickets == ["T-1", "T-3", "réf-4"]


def test_letters_of_another_encoding_in_the_midst_of_utf8(
    tmp_path: Path, texts: Any, diagnose: Callable[..., Any]
) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(f"id,text\né1,{texts.nothing}\n".encode() + b"\xe92,Error Number: 0x800CCC0E\n")
    assert diagnose(path).tickets == ["é2"]


def test_titles_before_the_header(
    tmp_path: Path, texts: Any, csv_text: Callable[..., str], diagnose: Callable[..., Any]
) -> None:
    path = tmp_path / "export.csv"
    rows = [["Tickets of the first quarter"], [], *texts.rows]
    path.write_text(csv_text(rows, ";", csv.QUOTE_ALL), encoding="utf-8", newline="")
    ran = diagnose(path)
    assert ran.tickets == ["T-1", "T-3"]
    assert not ran.rejected


def test_excels_hint_names_the_delimiter(
    tmp_path: Path, texts: Any, csv_text: Callable[..., str], diagnose: Callable[..., Any]
) -> None:
    path = tmp_path / "export.csv"
    path.write_text("sep=;\r\n" + csv_text(texts.rows, ";"), encoding="utf-8", newline="")
    assert diagnose(path).tickets == ["T-1", "T-3"]


def test_repeated_headers_are_columns_of_their_own(
    tmp_path: Path, texts: Any, csv_text: Callable[..., str], diagnose: Callable[..., Any]
) -> None:
    path = tmp_path / "jira.csv"
    rows = [
        ["Summary", "Issue key", "Issue id", "Created", "Description", "Comment", "Comment", "Comment"],
        ["No mail", "HELP-7", "1", "24/Nov/26 2:05 PM", "see below", "first", f"24/Nov/26;jo;{texts.relay}", ""],
    ]
    path.write_text(csv_text(rows), encoding="utf-8", newline="")
    (row,) = diagnose(path).rows
    assert (row["ticket"], row["part"], row["created"]) == ("HELP-7", "Comment 2", "2026-11-24T14:05:00")


def test_no_header_at_all(
    tmp_path: Path, texts: Any, csv_text: Callable[..., str], diagnose: Callable[..., Any]
) -> None:
    path = tmp_path / "export.csv"
    path.write_text(csv_text(texts.rows[1:]), encoding="utf-8", newline="")
    ran = diagnose(path)
    assert ran.codes == FOUND
    assert ran.rows[0]["part"] == "column 3"


def test_one_column_without_delimiter(tmp_path: Path, texts: Any, diagnose: Callable[..., Any]) -> None:
    path = tmp_path / "export.txt"
    path.write_text('text\nnothing here\n"failed, Error Number: 0x800CCC0E"\n', encoding="utf-8")
    assert diagnose(path).codes == ["0x800CCC0E"]


def test_every_column_is_looked_into_unless_told(
    tmp_path: Path, texts: Any, csv_text: Callable[..., str], diagnose: Callable[..., Any]
) -> None:
    path = tmp_path / "export.csv"
    rows = [["nr", "what", "answer"], ["1", texts.relay, texts.timeout]]
    path.write_text(csv_text(rows), encoding="utf-8", newline="")
    assert diagnose(path).codes == FOUND
    told = diagnose(path, selection=Selection(text_columns=("Answer",), id_column="NR"))
    assert (told.codes, told.tickets) == (["0x800CCC0E"], ["1"])
    with pytest.raises(BatchError, match="no column 'reply'; there are: nr, what, answer"):
        diagnose(path, selection=Selection(text_columns=("reply",)))


def test_a_report_that_a_ticket_quotes_counts_once(
    tmp_path: Path, texts: Any, csv_text: Callable[..., str], diagnose: Callable[..., Any]
) -> None:
    path = tmp_path / "export.csv"
    rows = [
        ["id", "description", "comment"],
        ["1", texts.relay, f"> you wrote:\n{texts.relay}"],
        ["2", texts.relay, ""],
    ]
    path.write_text(csv_text(rows), encoding="utf-8", newline="")
    ran = diagnose(path)
    assert [(row["ticket"], row["part"], row["report"]) for row in ran.rows] == [
        ("1", "description", 1),
        ("2", "description", 1),
    ]


def test_a_subject_that_tells_a_part_is_no_report_of_its_own(
    tmp_path: Path, texts: Any, csv_text: Callable[..., str], diagnose: Callable[..., Any]
) -> None:
    path = tmp_path / "export.csv"
    notice = (
        "I'm sorry to have to inform you that your message could not be delivered.\n\n<amy@example.com>: 552 5.2.2 full"
    )
    rows = [
        ["id", "subject", "description", "comment"],
        ["number", "Outlook: error 0x800CCC79", texts.relay, ""],
        ["heading", "Undelivered Mail Returned to Sender", notice, ""],
        ["other number", "Outlook: error 0x800CCC0E", texts.relay, ""],
        ["heading alone", "Undelivered Mail Returned to Sender", "please help", ""],
        ["two programs", "Undelivered Mail Returned to Sender", texts.relay, ""],
        ["later", texts.relay, "see above", "now it says: Outlook: error 0x800CCC0E"],
        ["less, later", texts.relay, "again", "Outlook: error 0x800CCC79"],
    ]
    path.write_text(csv_text(rows), encoding="utf-8", newline="")
    found = [(row["ticket"], row["part"], row["report"]) for row in diagnose(path, redact=False).rows]
    assert found == [
        ("number", "description", 1),
        ("heading", "description", 1),
        ("other number", "subject", 1),
        ("other number", "description", 2),
        ("heading alone", "subject", 1),
        ("two programs", "subject", 1),
        ("two programs", "description", 2),
        ("later", "subject", 1),
        ("later", "comment", 2),
        ("less, later", "subject", 1),
    ]


def test_rows_that_do_not_fit_are_listed_and_stop_nothing(
    tmp_path: Path, texts: Any, csv_text: Callable[..., str], diagnose: Callable[..., Any]
) -> None:
    good = csv_text(texts.rows)
    path = tmp_path / "export.csv"
    path.write_text(good + "a,b,c,d,e,f\nonly one\n" + csv_text(texts.rows[1:]), encoding="utf-8", newline="")
    ran = diagnose(path)
    assert ran.codes == FOUND * 2
    first = good.count("\n") + 1
    assert [(row["source"], row["line"], row["reason"]) for row in ran.rejected] == [
        ("export.csv", first, "the row has 6 cells where the header has 4"),
        ("export.csv", first + 1, "the row has 1 cells where the header has 4"),
    ]


def test_a_stray_quotation_mark_costs_one_row(tmp_path: Path, texts: Any, diagnose: Callable[..., Any]) -> None:
    path = tmp_path / "export.csv"
    rest = "".join(f'{number},"failed, Error Number: 0x800CCC0E",open\n' for number in range(3, 100))
    path.write_text(f'id,text,state\n1,fine,open\n2,"never closed,open\n{rest}', encoding="utf-8")
    ran = diagnose(path)
    assert [row["line"] for row in ran.rejected] == [3]
    assert ran.tickets == [str(number) for number in range(3, 100)]


def test_a_quotation_mark_that_nothing_closes_costs_one_row(
    tmp_path: Path, texts: Any, diagnose: Callable[..., Any]
) -> None:
    """It swallows the rest of the file, which is read again."""
    lines = ["id,text", '1,"oops', f'2,"{texts.relay}"', f'3,"{texts.timeout}"', "4,nothing to see here"]
    (tmp_path / "a.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    ran = diagnose(tmp_path / "a.csv")
    assert ran.tickets == ["2", "3"]
    assert [row["line"] for row in ran.rejected] == [2]


def test_an_endless_line_costs_one_row(tmp_path: Path, diagnose: Callable[..., Any]) -> None:
    path = tmp_path / "export.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("id,text\n1,fine\n2,")
        for _ in range(100):
            file.write("x" * 1_000_000)
        file.write("\n3,Error Number: 0x800CCC0E\n")
    ran = diagnose(path)
    assert ran.tickets == ["3"]
    assert [row["line"] for row in ran.rejected] == [3]


def test_html_cells_become_text(
    tmp_path: Path, texts: Any, csv_text: Callable[..., str], diagnose: Callable[..., Any]
) -> None:
    html = "<div><p>Bonjour&nbsp;!</p>" + texts.relay.replace("<", "&lt;").replace(">", "&gt;").replace(", ", ",<br>")
    path = tmp_path / "glpi.csv"
    rows = [["ID", "Titre", "Entité", "Description"], ["12", "Envoi", "Siège", html + "</div>"]]
    path.write_text(csv_text(rows, ";"), encoding="utf-8", newline="")
    (row,) = diagnose(path, redact=False).rows
    assert row["server_response"] == "550 5.7.1 <sales@example.net>... Relaying denied"
    assert row["ticket"] == "12"


def test_an_empty_file_holds_no_tickets(tmp_path: Path, diagnose: Callable[..., Any]) -> None:
    path = tmp_path / "export.csv"
    path.touch()
    assert diagnose(path).summary.tickets == 0


@pytest.mark.parametrize(
    "unit", ["<!--", "<style", "<style>", "</style ", "<br>x", " ", "<", "<td ", "&", "\n \t", "<![CDATA["]
)
def test_time_for_an_html_cell_grows_with_its_length(unit: str) -> None:
    def seconds(times: int) -> float:
        cell = "<br>" + unit * (times // len(unit)) + "x"
        taken = []
        for _ in range(3):
            begun = time.thread_time()
            html_text(cell)
            taken.append(time.thread_time() - begun)
        return min(taken)

    # Four times as much for what is linear, sixteen for what is quadratic.
    assert seconds(80_000) < max(0.05, 8 * seconds(20_000))
