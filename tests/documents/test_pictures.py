"""Pictures of dialogs: read where Tesseract is there, refused with the remedy where it is not."""

import builtins
import io
import shutil
from typing import Any

import pytest

import mailwhy
from mailwhy.documents import DocumentError, open_document

Image = pytest.importorskip("PIL.Image")
pytest.importorskip("pytesseract")

ocr = pytest.mark.skipif(shutil.which("tesseract") is None, reason="Tesseract is not installed")


def png(picture: Any) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()


@ocr
@pytest.mark.parametrize("name", ["oe-relay-en", "sr-timeout-en"])
def test_a_drawn_dialog_is_read(name: str) -> None:
    from tests.documents.drawn import DIALOGS, FACES, drawn

    (dialog,) = [one for one in DIALOGS if one.name == name]
    if not FACES[dialog.face].exists():
        pytest.skip("the font is not installed")
    (document,) = open_document(png(drawn(dialog)), "dialog.png")
    assert document.kind == "picture"
    diagnosis = mailwhy.diagnose(document.text, locale="en")[0]
    assert diagnosis.causes[0].id == dialog.cause


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n broken", b"GIF89a", b"BM....", b"\xff\xd8\xff\xe0"])
def test_a_broken_picture_is_refused(content: bytes) -> None:
    with pytest.raises(DocumentError, match="damaged"):
        open_document(content, "picture.png")


def test_a_picture_of_too_many_pixels_is_refused() -> None:
    with pytest.raises(DocumentError, match="pixels"):
        open_document(png(Image.new("1", (20_000, 3_000))), "huge.png")


def test_without_the_extra_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def missing(name: str, *args: Any, **kwargs: Any) -> Any:
        if name == "pytesseract":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(DocumentError, match="ocr"):
        open_document(png(Image.new("1", (10, 10))), "small.png")
