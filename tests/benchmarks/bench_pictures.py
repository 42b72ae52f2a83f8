"""What is read of drawn dialogs, clean and damaged: ``python tests/benchmarks/bench_pictures.py``. Needs Tesseract."""

import io
import sys
import time
from pathlib import Path

import mailwhy
from mailwhy.documents.pictures import picture_text

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.documents.drawn import DIALOGS, damaged, drawn


def main() -> None:
    """Print a table: reports found, error numbers exact and wrong, causes right, seconds a picture."""
    print(f"{'':8} pictures  found  number  wrong  cause  seconds")
    for name in ("clean", "damaged"):
        pictures = found = exact = numbers = wrong = right = 0
        start = time.perf_counter()
        for place, dialog in enumerate(DIALOGS):
            for dpi in (96, 144):
                picture = drawn(dialog, dpi)
                stream = io.BytesIO()
                (damaged(picture, place) if name == "damaged" else picture).save(stream, "PNG")
                diagnoses = mailwhy.diagnose(picture_text(stream.getvalue(), dialog.name), locale="en")
                pictures += 1
                found += bool(diagnoses)
                number = diagnoses[0].report.error_number if diagnoses else None
                numbers += dialog.error_number is not None
                exact += number is not None and number == dialog.error_number
                wrong += number is not None and number != dialog.error_number
                right += bool(diagnoses and diagnoses[0].causes and diagnoses[0].causes[0].id == dialog.cause)
        seconds = (time.perf_counter() - start) / pictures
        print(f"{name:8} {pictures:8} {found:6} {exact:3}/{numbers:3} {wrong:6} {right:6} {seconds:8.2f}")


if __name__ == "__main__":
    main()
