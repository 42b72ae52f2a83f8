"""Encodings: old code pages are told apart, a stray byte or NUL refuses nothing."""

import pytest

from mailwhy.documents.decoding import UndecodableError, decode, sample_encoding

_WORDS = {
    "cp1252": "Le message n'a pas été envoyé : l'adresse du destinataire a été refusée par le serveur, désolé.",
    "cp1250": "Zprávu nelze odeslat, protože jeden z příjemců byl serverem odmítnut. Předmět, účet, číslo chyby.",
    "cp1251": "Не удалось отправить сообщение, поскольку сервер отклонил один из адресов получателей.",
    "cp932": "受信者の 1 人がサーバーに拒否されたため、メッセージを送信できませんでした。",
    "gb18030": "由于服务器拒绝收件人之一，无法发送邮件。被拒绝的电子邮件地址是",
    "utf-8": "Nachricht an müller@example.org: 550 Empfänger unbekannt",
    "utf-16": "The message could not be sent.",
    "utf-16-le": "The message could not be sent.",
}


@pytest.mark.parametrize(("encoding", "text"), _WORDS.items(), ids=_WORDS)
@pytest.mark.parametrize("tail", ["", " Server: 'mail.example.net', Port: 25, Error Number: 0x800CCC79"])
def test_code_pages_are_told_apart(encoding: str, text: str, tail: str) -> None:
    assert decode((text + tail).encode(encoding)) == text + tail


def test_stray_bytes_refuse_nothing() -> None:
    text = "Réponse refusée, déjà vu : 550 5.1.1 inconnu. " * 3
    assert decode(text.encode() + b"\xff\x00 end") == text + "\u00ff end"
    assert decode(b"550 5.1.1 User unknown\x00\n") == "550 5.1.1 User unknown\n"
    assert decode(b"caf\xe9\x81 au lait") == "caf\u00e9\x81 au lait"


def test_binary_data_is_refused() -> None:
    assert sample_encoding(bytes(range(32)) * 20) is None
    with pytest.raises(UndecodableError, match="binary"):
        decode(bytes(range(1, 32)) * 20)
