"""What a person keeps of an evaluation and passes on: how a network was made and how good it is, as one file.

As HTML it is one page that loads nothing and runs nothing: pictures are in it as data, plots as SVG, and a policy in
its head forbids the rest. It is light or dark as the reader's system is, and light on paper.
"""

from __future__ import annotations

import base64
import json
from html import escape
from typing import NamedTuple

from netdesigner.evaluation.evaluation import Evaluation
from netdesigner.evaluation.preview_html import to_html
from netdesigner.evaluation.preview_json import preview_to_json
from netdesigner.parts.figures import about, measured, title_of
from netdesigner.parts.preview import Preview

__all__ = ["Drawing", "Report", "Section"]

_FORMAT = 1
_LIGHT = ("#2563eb", "#d9480f", "#2b8a3e", "#862e9c", "#0b7285", "#a61e4d", "#5f3dc4", "#846358")
_DARK = ("#6c9dff", "#ff9457", "#69d183", "#cf8bec", "#4cc3d9", "#f58bb0", "#a899ff", "#c9ab97")


class Section(NamedTuple):
    """Some previews under a heading."""

    title: str
    previews: tuple[Preview, ...]


class Drawing(NamedTuple):
    """A network as it is drawn, as SVG for light and for dark pages."""

    name: str
    light: bytes
    dark: bytes


class Report(NamedTuple):
    """An evaluation with what it is of.

    Attributes:
        title: the design's name.
        subtitle: which run and weights, when.
        evaluation: how good they are.
        sections: what was trained and how.
        drawings: the networks.
    """

    title: str
    subtitle: str
    evaluation: Evaluation
    sections: tuple[Section, ...] = ()
    drawings: tuple[Drawing, ...] = ()

    def to_json(self) -> str:
        """All of it but the drawings as JSON; "evaluation" is as `Evaluation.to_json` gives it."""
        data = {
            "format": _FORMAT,
            "title": self.title,
            "subtitle": self.subtitle,
            "evaluation": json.loads(self.evaluation.to_json()),
            "sections": [
                {
                    "title": section.title,
                    "previews": [preview_to_json(preview) for preview in section.previews],
                }
                for section in self.sections
            ],
        }
        return json.dumps(data, ensure_ascii=False, allow_nan=False, indent=1)

    def to_html(self) -> str:
        """All of it as one page."""
        found = self.evaluation
        samples = "sample" if found.count == 1 else "samples"
        results = Section(f"Results on {found.count:,} {samples} of the {found.part} part", found.previews)
        chosen = Section("Worst and best samples" if found.chosen[1:] else "Worst samples", found.chosen)
        figures = "".join(
            f'<div title="{escape(about(name))}"><dd>{escape(measured(name, value))}</dd>'
            f"<dt>{escape(title_of(name))}</dt></div>"
            for name, value in found.measures.items()
        )
        body = (
            f"<header><h1>{escape(self.title)}</h1><p>{escape(self.subtitle)}</p></header>",
            f'<dl class="figures">{figures}</dl>',
            _section(results),
            _section(chosen),
            *(f"<h2>{escape(drawing.name)}</h2>{_picture(drawing)}" for drawing in self.drawings),
            *map(_section, self.sections),
        )
        return _PAGE.format(title=escape(self.title), style=_STYLE, body="\n".join(body))


def _section(section: Section) -> str:
    views = "\n".join(map(to_html, section.previews))
    return f'<h2>{escape(section.title)}</h2>\n<div class="views">{views}</div>'


def _picture(drawing: Drawing) -> str:
    """A drawing as an image, in which nothing can run."""
    light, dark = (
        f"data:image/svg+xml;base64,{base64.b64encode(svg).decode('ascii')}"
        for svg in (drawing.light, drawing.dark)
    )
    source = f'<source srcset="{dark}" media="screen and (prefers-color-scheme: dark)">'
    return f'<picture class="network">{source}<img src="{light}" alt="{escape(drawing.name)}"></picture>'


def _lines(colors: tuple[str, ...]) -> str:
    return "".join(f"--line-{index}:{color};" for index, color in enumerate(colors))


_DAY = "--page:#ffffff; --text:#1a1d23; --muted:#59616e; --rule:#dcdfe5; --hit:37,99,235; --miss:192,38,45;"
_NIGHT = (
    "--page:#17191d; --text:#e7e9ed; --muted:#a2aab7; --rule:#333841; --hit:64,112,214; --miss:214,82,77;"
)
_STYLE = """
:root { color-scheme: light dark; DAY }
@media screen and (prefers-color-scheme: dark) { :root { NIGHT } }
body { margin: 32px auto; max-width: 1040px; padding: 0 24px; background: var(--page); color: var(--text);
  font: 14px/1.45 Inter, "Segoe UI", "Helvetica Neue", "DejaVu Sans", sans-serif; }
h1 { font-size: 26px; margin: 0; } h2 { font-size: 18px; margin: 40px 0 12px; border-bottom: 1px solid var(--rule);
  padding-bottom: 6px; } h3 { font-size: 14px; margin: 0 0 8px; }
header p, .muted, dt, figcaption { color: var(--muted); margin: 4px 0; overflow-wrap: anywhere; }
.figures { display: flex; flex-wrap: wrap; gap: 8px 32px; margin: 24px 0; }
.figures dd { margin: 0; font-size: 22px; }
.views { display: flex; flex-wrap: wrap; gap: 32px; align-items: flex-start; }
.view { max-width: 100%; break-inside: avoid; }
.wide { overflow-x: auto; max-width: 100%; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; max-width: 72ch; margin: 0; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 3px 10px; border-bottom: 1px solid var(--rule); max-width: 48ch;
  overflow-wrap: anywhere; white-space: pre-wrap; }
th { font-weight: 600; } .n { text-align: right; }
.matrix td { border: 1px solid var(--page); min-width: 22px; }
.hit { background: rgba(var(--hit), var(--a)); } .miss { background: rgba(var(--miss), var(--a)); }
.bars th, .bars td { border: 0; } .bar { width: 220px; }
.bar span { display: block; height: 10px; border-radius: 2px; background: var(--line-0); }
.grid { display: flex; flex-wrap: wrap; gap: 10px; } figure { margin: 0; max-width: 260px; text-align: center; }
figcaption { font-size: 12px; } .grid img { image-rendering: pixelated; max-width: 100%; height: auto; }
svg { max-width: 100%; height: auto; } svg text { fill: var(--muted); font-size: 11px; }
.axis { stroke: var(--rule); fill: none; } .line { fill: none; stroke-width: 1.6; }
.ideal { stroke: var(--muted); stroke-dasharray: 4 4; fill: none; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 2px 16px; margin: 4px 0 0; padding: 0;
  max-width: 420px; color: var(--muted); font-size: 12px; }
.legend span { display: inline-block; width: 18px; height: 3px; margin-right: 6px; vertical-align: middle; }
.network img { max-width: 100%; max-height: 900px; }
@media print { body { margin: 0; max-width: none; } * { print-color-adjust: exact; } }
""".replace("DAY", f"{_DAY} {_lines(_LIGHT)}").replace("NIGHT", f"{_NIGHT} {_lines(_DARK)}")
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
{body}
</body>
</html>
"""
