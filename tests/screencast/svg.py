"""Frames as an SVG that plays them, with no script in it: that is what a README may show."""

from __future__ import annotations

from html import escape

from tests.screencast.recording import Frame, Line

WIDTH, HEIGHT = 8.0, 18  # of a character, in pixels
MARGIN = 16
HOLD = 6.0  # seconds that the last frame stays
INK = "#d8dee9"
COLOURS = {
    "default": INK,
    "black": "#4c566a",
    "red": "#e06c75",
    "green": "#98c379",
    "brown": "#e5c07b",
    "blue": "#61afef",
    "magenta": "#c678dd",
    "cyan": "#56b6c2",
    "white": "#eceff4",
}


def svg(frames: list[Frame], columns: int, rows: int) -> str:
    """A picture that plays the frames over and over; where nothing moves, it shows the last."""
    width, height = columns * WIDTH + 2 * MARGIN, rows * HEIGHT + 2 * MARGIN
    numbers = _numbered(frames)
    lines = [_definition(line, number) for line, number in numbers.items()]
    shown = [_frame(frame, index * height, numbers) for index, frame in enumerate(frames)]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}"'
            f' height="{height:g}" role="img" aria-label="A terminal in which kubectl argo-pods is used">',
            f"<style>{_style(frames, height)}</style>",
            "<defs>",
            *lines,
            "</defs>",
            f'<rect width="{width:g}" height="{height:g}" rx="8" fill="#21252b"/>',
            f'<svg x="{MARGIN}" y="{MARGIN}" width="{width - 2 * MARGIN:g}" height="{height - 2 * MARGIN:g}">',
            '<g class="film">',
            *shown,
            "</g>",
            "</svg>",
            "</svg>",
            "",
        ]
    )


def _numbered(frames: list[Frame]) -> dict[Line, int]:
    """Every line that is ever shown, once."""
    distinct = dict.fromkeys(line for frame in frames for line in frame.lines if line)
    return {line: number for number, line in enumerate(distinct)}


def _definition(line: Line, number: int) -> str:
    spans = []
    column = 0
    for span in line:
        bold = ' font-weight="bold"' if span.bold else ""
        colour = COLOURS.get(span.colour, f"#{span.colour}")
        ink = f' fill="{colour}"' if colour != INK else ""
        # Whatever font is found, the columns stay in line.
        place = f'x="{column * WIDTH:g}" textLength="{len(span.text) * WIDTH:g}"'
        spans.append(f"<tspan {place}{ink}{bold}>{escape(span.text, quote=False)}</tspan>")
        column += len(span.text)
    return f'<text id="l{number}" xml:space="preserve">{"".join(spans)}</text>'


def _frame(frame: Frame, top: float, numbers: dict[Line, int]) -> str:
    uses = [
        f'<use href="#l{numbers[line]}" y="{top + (row + 0.75) * HEIGHT:g}"/>'
        for row, line in enumerate(frame.lines)
        if line
    ]
    return "".join(uses)


def _style(frames: list[Frame], height: float) -> str:
    end = frames[-1].time + HOLD
    steps = "".join(
        f"{100 * frame.time / end:.3f}%{{transform:translateY(-{index * height:g}px)}}"
        for index, frame in enumerate(frames)
    )
    last = f"translateY(-{(len(frames) - 1) * height:g}px)"
    return (
        f"text{{font:14px ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace;fill:{INK}}}"
        f".film{{transform:{last};animation:film {end:.2f}s steps(1,end) infinite}}"
        "@media(prefers-reduced-motion:reduce){.film{animation:none}}"
        f"@keyframes film{{{steps}100%{{transform:{last}}}}}"
    )
