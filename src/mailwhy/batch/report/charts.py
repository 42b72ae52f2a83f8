"""Charts as SVG by hand: sizes in per cent, so that they fit every width while their letters keep their size."""

from collections.abc import Mapping, Sequence

from mailwhy.rendering.html import Html, element

__all__ = ["HATCHING", "bar", "columns"]

HATCHING = Html(
    '<svg width="0" height="0" aria-hidden="true" class="defs"><defs><pattern id="hatch" width="5" height="5" '
    'patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="hatch-ground" width="5" height="5"/>'
    '<rect class="hatch-line" width="2.4" height="5"/></pattern></defs></svg>'
)
"""The pattern of marked bars; it must stand once in a page that has charts."""

_TOP = 20
_MARKS_TOP = 34
_FOOT = 18
_BAR_SHARE = 0.82
_MOST_LABELS = 4


def bar(share: float) -> Html:
    """A share as a bar that lies; the number stands beside it, so that the bar itself needs no words."""
    return element(
        "svg",
        element("rect", class_="track", width="100%", height="100%"),
        element("rect", class_="fill", width=_percent(min(1.0, share)), height="100%"),
        class_="bar",
        aria_hidden="true",
    )


def columns(  # noqa: PLR0913 - each is one thing to show
    counts: Sequence[int],
    names: Sequence[str],
    labels: Sequence[str],
    *,
    told: str,
    highest: int | None = None,
    height: int = 110,
    marked: range = range(0),
    marks: Mapping[int, str] | None = None,
    numbers: Sequence[str] = (),
) -> Html:
    """Counts as bars that stand side by side.

    Args:
        counts: one for each bar.
        names: of the bars in full, for whoever points at one.
        labels: of the bars in short; a few of them are shown below.
        told: what the chart shows, for those who don't see it.
        highest: top of the scale; None means the largest count.
        height: of the bars' area, in pixels.
        marked: bars that are hatched.
        marks: words above bars.
        numbers: the counts in words; the largest bar bears its own.
    """
    top, base = max(highest or 0, *counts, 1), height + (_MARKS_TOP if marks else _TOP)
    peak = max(range(len(counts)), key=counts.__getitem__)
    step = 1 / len(counts)
    width = step * _BAR_SHARE
    parts = [element("line", class_="axis", x1="0", x2="100%", y1=str(base), y2=str(base))]
    for place, count in enumerate(counts):
        tall = count / top * height
        x, y = place * step + (step - width) / 2, base - tall
        kind = "column marked" if place in marked else "column"
        if count:
            title = element("title", f"{names[place]}: {numbers[place] if numbers else count}")
            size = {"width": _percent(width), "height": f"{tall:.1f}"}
            parts.append(element("rect", title, class_=kind, x=_percent(x), y=f"{y:.1f}", **size))
    if counts[peak] and numbers:
        y = base - counts[peak] / top * height - 4
        parts.append(_text(numbers[peak], (peak + 0.5) * step, y, "value"))
    for place, mark in (marks or {}).items():
        y = base - counts[place] / top * height - (17 if place == peak and numbers else 4)
        parts.append(_text(mark, (place + 0.5) * step, y, "mark"))
    parts += [_text(labels[place], (place + 0.5) * step, base + 14, "label") for place in _labelled(len(counts))]
    return element("svg", *parts, class_="columns", height=str(base + _FOOT), role="img", aria_label=told)


def _labelled(bars: int) -> list[int]:
    """The bars with a label: the first, the last and some between, evenly."""
    labels = min(bars, _MOST_LABELS)
    return [0] if labels == 1 else [round(place * (bars - 1) / (labels - 1)) for place in range(labels)]


def _text(text: str, x: float, y: float, kind: str) -> Html:
    """Words above or below a place; near an edge they end or begin there, so as not to be cut off."""
    anchor, where = ("start", 0.0) if x < 0.06 else ("end", 1.0) if x > 0.94 else ("middle", x)
    return element("text", text, class_=kind, x=_percent(where), y=f"{y:.1f}", text_anchor=anchor)


def _percent(share: float) -> str:
    return f"{100 * share:.2f}%"
