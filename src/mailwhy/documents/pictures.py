"""Pictures of a dialog as text, by Tesseract. The extra ``ocr`` and the program ``tesseract`` are needed.

Tesseract was chosen on figures: of the drawn dialogs of tests/benchmarks/bench_pictures.py a report is found in all 30,
clean or damaged, with RapidOCR in 18, at twice the time.
"""

import io
from typing import Any, Final

from mailwhy.documents.errors import DocumentError
from mailwhy.i18n import N_

__all__ = ["picture_text"]

_MAX_PIXELS: Final = 40_000_000
_SMALL: Final = 2200
"""Width in pixels up to which a picture is enlarged: Tesseract misreads letters of 12 pixels, not those of 24."""
_MAX_FACTOR: Final = 3
_DARK: Final = 110
_TIMEOUT: Final = 30
_LANGUAGES: Final = ("eng", "fra", "deu", "spa", "ita", "nld", "por")


def picture_text(content: bytes, name: str) -> str:
    """The text in a picture (PNG, JPEG, WebP, GIF, BMP, TIFF).

    Raises:
        DocumentError: it is broken or too large, Tesseract is missing, or it takes too long.
    """
    try:
        import pytesseract
        from PIL import Image, ImageOps, ImageStat, UnidentifiedImageError
    except ImportError:
        raise DocumentError(
            N_("{file} is a picture; to read pictures, install Tesseract and run: pip install 'mailwhy[ocr]'"),
            file=name or "-",
        ) from None
    try:
        with Image.open(io.BytesIO(content)) as opened:
            if opened.width * opened.height > _MAX_PIXELS:
                raise DocumentError(N_("{file} has too many pixels; cut out the dialog"), file=name or "-")
            grey = ImageOps.grayscale(ImageOps.exif_transpose(_on_white(opened, Image)))
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise DocumentError(N_("{file} is damaged: {reason}"), file=name or "-", reason=error) from None
    if ImageStat.Stat(grey).median[0] < _DARK:
        grey = ImageOps.invert(grey)
    factor = min(_MAX_FACTOR, max(1, round(_SMALL / max(grey.width, 1))))
    if factor > 1:
        grey = grey.resize((grey.width * factor, grey.height * factor), Image.Resampling.LANCZOS)
    try:
        known = set(pytesseract.get_languages())
        languages = "+".join(language for language in _LANGUAGES if language in known) or "eng"
        # 6: one block of text. A dialog's frame and buttons make the other modes lose lines.
        text: str = pytesseract.image_to_string(grey, lang=languages, config="--psm 6", timeout=_TIMEOUT)
    except (pytesseract.TesseractError, RuntimeError, OSError) as error:
        raise DocumentError(
            N_("{file} is a picture, and Tesseract can't read it: {reason}"), file=name or "-", reason=error
        ) from None
    return text


def _on_white(picture: Any, image: Any) -> Any:
    """The first frame, what is transparent on white."""
    picture = picture.convert("RGBA")
    white = image.new("RGBA", picture.size, "white")
    return image.alpha_composite(white, picture).convert("RGB")
