#!/usr/bin/env python3
"""Draws the dashboards as Grafana would, where there is no Grafana: what they ask is asked of a real Prometheus, and each board becomes
one page and one picture, to be looked at.

    .run/venv/bin/python tests/support/draw_dashboards.py http://127.0.0.1:9090 [--minutes 15] [--out .run/dashboards] [board …]
"""

import argparse
import dataclasses
import datetime
import html
import json
import math
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))

from support.grafana_values import COUNTED, THRESHOLDS, colour, colour_of, ticks, written  # noqa: E402
from support.prometheus import DASHBOARDS, ROOT, filled  # noqa: E402

CHROMIUM = pathlib.Path(os.environ.get("AMBULA_CHROMIUM", "/usr/bin/chromium"))
OUT = ROOT / os.environ.get("AMBULA_RUN_DIR", ".run") / "dashboards"
WIDTH, COLUMNS, UNIT, GAP, TOP, HEAD = 1600, 24, 30, 8, 56, 30  # pixels of Grafana's grid
AXIS, FOOT, LETTER, LINE = 74, 20, 6.4, 20
PALETTE = ["#73bf69", "#f2cc0c", "#8ab8ff", "#ff780a", "#f2495c", "#5794f2", "#b877d9", "#705da0", "#37872d", "#fade2a", "#447ebc", "#c15c17"]
CALCULATIONS = {"lastNotNull": ("Last *", lambda values: values[-1]), "max": ("Max", max), "mean": ("Mean", lambda values: sum(values) / len(values)),
                "min": ("Min", min)}
STYLE = """body{margin:0;background:#111217;color:#ccccdc;font:12px Inter,"Noto Sans",sans-serif;position:relative}
.top{position:absolute;left:8px;top:12px;font-size:16px}.top span{font-size:12px;border:1px solid #35383e;padding:4px 8px;margin-left:12px}
.time{position:absolute;right:8px;top:16px}.row{position:absolute;font-size:15px;padding:4px 0}
.panel{position:absolute;background:#181b1f;border:1px solid #25282e;box-sizing:border-box;overflow:hidden}
.panel h2{position:relative;z-index:1;font-size:13px;font-weight:500;margin:0;padding:6px 8px;height:18px;white-space:nowrap;overflow:hidden}
.panel h2 i{opacity:0.6;font-style:normal;margin-left:6px}.empty{text-align:center;margin-top:15%;font-size:15px;color:#8e8e9c}
.stat{display:flex;gap:4px;position:absolute;inset:30px 8px 8px 8px}.stat div{border-radius:3px;flex:1;display:flex;flex-direction:column;justify-content:center;align-items:center}
.legend{position:absolute;overflow:hidden}.legend b{display:inline-block;width:14px;height:4px;border-radius:2px;margin:0 6px 3px 8px}
.legend table{border-collapse:collapse;width:100%}.legend td,.legend th{height:20px;padding:0 8px 0 0;text-align:right;white-space:nowrap;font-weight:400}
.legend td:first-child{text-align:left}.legend th{color:#6e9fff}.legend span{display:inline-block;height:20px;line-height:20px;white-space:nowrap}
svg{position:absolute;left:0;top:30px}text{fill:#ccccdc;font-size:11px}"""


@dataclasses.dataclass
class Series:
    name: str
    points: list[tuple[float, float]]

    @property
    def values(self) -> list[float]:
        return [value for _, value in self.points]


class Source:
    """A Prometheus, asked about the last minutes."""

    def __init__(self, url: str, minutes: float):
        import httpx
        self.client, self.minutes = httpx.Client(base_url=url, trust_env=False, timeout=120), minutes
        self.end = time.time()
        self.start = self.end - minutes * 60
        self.step = max(1.0, round(minutes * 60 / 200))

    def series(self, target: dict) -> list[Series]:
        question = {"query": filled(target["expr"], "1m", f"{self.minutes * 60:.0f}s")}
        question |= {"time": self.end} if target.get("instant") else {"start": self.start, "end": self.end, "step": self.step}
        answer = self.client.get("/api/v1/query" if target.get("instant") else "/api/v1/query_range", params=question)
        if answer.status_code != 200:
            raise RuntimeError(f"{target['expr']}: {answer.text}")
        found = []
        for each in answer.json()["data"]["result"]:
            points = [(float(at), float(value)) for at, value in each.get("values") or [each["value"]]]
            if not target.get("instant"):
                points = [point for point in points if math.isfinite(point[1])]
            if points:
                found.append(Series(named(target["legendFormat"], each["metric"]), points))
        return found


def named(legend: str, labels: dict) -> str:
    """Grafana writes all labels where a legend's own come out empty, and "Value" where there are none."""
    name = re.sub(r"\{\{\s*(\w+)\s*\}\}", lambda match: labels.get(match[1], ""), legend).strip()
    return name or ("{" + ", ".join(f'{key}="{value}"' for key, value in labels.items()) + "}" if labels else "Value")


def box(panel: dict) -> tuple[float, float, float, float]:
    place, column = panel["gridPos"], (WIDTH - GAP) / COLUMNS
    return GAP + place["x"] * column, TOP + place["y"] * (UNIT + GAP), place["w"] * column - GAP, place["h"] * (UNIT + GAP) - GAP


def drawn_panel(panel: dict, source: Source) -> tuple[str, bool]:
    """The panel as HTML, and whether it has figures."""
    x, y, width, height = box(panel)
    where = f'style="left:{x:.0f}px;top:{y:.0f}px;width:{width:.0f}px;height:{height:.0f}px"'
    if panel["type"] == "row":
        return f'<div class="row" {where}>⌄ {html.escape(panel["title"].replace("$service", "All"))}</div>', True
    series = [each for target in panel["targets"] for each in source.series(target)]
    body = DRAWN[panel["type"]](panel, series, width, height, source) if series else f'<p class="empty">{no_value(panel)}</p>'
    return f'<div class="panel" {where}><h2>{html.escape(panel["title"])}<i>ⓘ</i></h2>{body}</div>', bool(series)


def no_value(panel: dict) -> str:
    return html.escape(panel["fieldConfig"]["defaults"].get("noValue", "No data"))


def stat(panel: dict, series: list[Series], width: float, height: float, _) -> str:
    field, options = panel["fieldConfig"]["defaults"], panel.get("options", {})
    mode = options.get("textMode", "auto")
    return '<div class="stat">' + "".join(one_stat(each, field, options, mode, width / len(series), height, len(series) > 1) for each in series) + "</div>"


def one_stat(each: Series, field: dict, options: dict, mode: str, width: float, height: float, several: bool) -> str:
    value = each.values[-1]
    shown, hue = written(value, field), colour_of(value, field)
    big = each.name if mode == "name" else shown
    small = each.name if mode == "value_and_name" or mode == "auto" and several else ""
    size = min((height - HEAD) * 0.5, width * 1.5 / len(big))
    back = options.get("colorMode", "value") == "background"
    style = f"background:{hue};color:#fff" if back else f"color:{colour('text') if options.get('colorMode') == 'none' else hue}"
    return f'<div style="{style}"><small>{html.escape(small)}</small><span style="font-size:{size:.0f}px">{html.escape(big)}</span></div>'


def colours(panel: dict, series: list[Series]) -> list[str]:
    fixed = {each["matcher"]["options"]: prop["value"]["fixedColor"] for each in panel["fieldConfig"]["overrides"]
             for prop in each["properties"] if each["matcher"]["id"] == "byName" and prop["id"] == "color"}
    return [colour(fixed[each.name]) if each.name in fixed else PALETTE[i % len(PALETTE)] for i, each in enumerate(series)]


def timeseries(panel: dict, series: list[Series], width: float, height: float, source: Source) -> str:
    hues = colours(panel, series)
    legend, across, down = drawn_legend(panel, series, hues, width, height)
    return graph(panel["fieldConfig"]["defaults"], series, hues, (width - across, height - HEAD - down), source) + legend


def drawn_legend(panel: dict, series: list[Series], hues: list[str], width: float, height: float) -> tuple[str, float, float]:
    """The legend, and how much of the width or of the height it takes."""
    field, options = panel["fieldConfig"]["defaults"], panel.get("options", {}).get("legend", {})
    calcs = [CALCULATIONS[each] for each in options.get("calcs", [])]
    if options.get("displayMode") == "table":
        series, hues = zip(*sorted(zip(series, hues), key=lambda pair: -max(pair[0].values)))
    names = [f'<b style="background:{hue}"></b>{html.escape(each.name)}' for each, hue in zip(series, hues)]
    longest = max(len(each.name) for each in series) * LETTER + 40
    if options.get("displayMode", "list") == "table":
        rows = [f"<tr><td>{name}</td>" + "".join(f"<td>{written(of(each.values), field)}</td>" for _, of in calcs) + "</tr>"
                for name, each in zip(names, series)]
        text = f"<table><tr><th></th>{''.join(f'<th>{title}</th>' for title, _ in calcs)}</tr>{''.join(rows)}</table>"
        longest, tall = longest + 70 * len(calcs), LINE * (len(rows) + 1)
    else:
        text = "".join(f"<span>{name}</span> " for name in names)
        tall = LINE * math.ceil(sum(len(each.name) * LETTER + 34 for each in series) / (width - 16))
    if options.get("placement", "bottom") == "right":
        across = min(longest + 8, width * 0.6)
        return f'<div class="legend" style="right:4px;top:{HEAD}px;bottom:4px;width:{across - 8:.0f}px">{text}</div>', across, 0
    down = min(tall + 8, (height - HEAD) * 0.35 if len(series) > 1 else tall + 8)
    return f'<div class="legend" style="left:4px;right:4px;bottom:4px;height:{down - 8:.0f}px">{text}</div>', 0, down


def scale(field: dict, series: list[Series]) -> tuple[float, float]:
    """From 0, or the panel's own least, to the panel's most, or to what is shown; Grafana takes 100 where that is 0."""
    custom, least = field.get("custom", {}), field.get("min", 0)
    if "max" in field:
        return least, field["max"]
    highest = max(value for each in series for value in each.values)
    highest = highest + 0.1 * (highest - least) if highest > least else least + (0 if "axisSoftMax" in custom else 100)
    return least, max(highest, custom.get("axisSoftMax", highest))


def graph(field: dict, series: list[Series], hues: list[str], size: tuple[float, float], source: Source) -> str:
    width, height = size
    low, high = scale(field, series)
    marks = ticks(low, high, int((height - FOOT) / 30), field.get("unit") == "bytes")
    high = max(high, marks[-1])

    def across(at: float) -> float:
        return AXIS + (at - source.start) / (source.end - source.start) * (width - AXIS - 12)

    def down(value: float) -> float:
        return (height - FOOT) - (value - low) / (high - low) * (height - FOOT - 8)

    parts = [drawn_axes(field, marks, size, across, down, source)]
    parts += [drawn_line(each, hue, field.get("custom", {}), across, down, source.step) for each, hue in zip(series, hues)]
    parts.append(drawn_thresholds(field, width, high, down))
    return f'<svg width="{width:.0f}" height="{height:.0f}">{"".join(parts)}</svg>'


def drawn_axes(field: dict, marks: list[float], size: tuple[float, float], across, down, source: Source) -> str:
    width, height = size
    exact = field.get("unit") in ("short", *COUNTED) and marks[-1] < 1000
    decimals = len(f"{marks[1]:.9f}".rstrip("0").split(".")[1]) if exact else None
    parts = [f'<line x1="{AXIS}" x2="{width - 12:.0f}" y1="{down(mark):.1f}" y2="{down(mark):.1f}" stroke="#2c2f36"/>'
             f'<text x="{AXIS - 6}" y="{down(mark) + 4:.1f}" text-anchor="end">{html.escape(written(mark, field, decimals))}</text>'
             for mark in marks]
    return "".join(parts) + drawn_times(width, height, across, source)


def drawn_times(width: float, height: float, across, source: Source) -> str:
    spans = [10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800]
    span = next((each for each in spans if (source.end - source.start) / each <= (width - AXIS) / 70), 21600)
    first = math.ceil(source.start / span) * span
    layout = "%H:%M:%S" if span < 60 else "%H:%M"
    return "".join(f'<text x="{across(at):.0f}" y="{height - 4:.0f}" text-anchor="middle">{datetime.datetime.fromtimestamp(at).strftime(layout)}</text>'
                   for at in range(first, int(source.end), span) if across(at) < width - 30)


def drawn_line(each: Series, hue: str, custom: dict, across, down, step: float) -> str:
    """With gaps where samples are missing; a lone sample is a point."""
    runs, last = [], -math.inf
    for at, value in each.points:
        if at - last > step * 1.5:
            runs.append([])
        runs[-1].append(f"{across(at):.1f},{down(value):.1f}")
        last = at
    parts, base = [], down(0)
    for run in runs:
        left, right = run[0].split(",")[0], run[-1].split(",")[0]
        parts.append(f'<polyline points="{" ".join(run)}" fill="none" stroke="{hue}"/>'
                     f'<polygon points="{left},{base:.1f} {" ".join(run)} {right},{base:.1f}" fill="{hue}" fill-opacity="{custom["fillOpacity"] / 100}"/>')
        if left == right:
            parts.append(f'<circle cx="{left}" cy="{run[0].split(",")[1]}" r="2.5" fill="{hue}"/>')
    return "".join(parts)


def drawn_thresholds(field: dict, width: float, high: float, down) -> str:
    mode = field.get("custom", {}).get("thresholdsStyle", {}).get("mode", "off")
    dash = 'stroke-dasharray="10 10"' if "dashed" in mode else ""
    steps = field.get("thresholds", THRESHOLDS)["steps"] if mode != "off" else []
    return "".join(f'<line x1="{AXIS}" x2="{width - 12:.0f}" y1="{down(each["value"]):.1f}" y2="{down(each["value"]):.1f}" stroke="{colour(each["color"])}" '
                   f'stroke-width="2" {dash}/>' for each in steps if each.get("value") is not None and each["value"] <= high)


def state_timeline(panel: dict, series: list[Series], width: float, height: float, source: Source) -> str:
    """A band for each series, coloured and named by its state."""
    field, label = panel["fieldConfig"]["defaults"], max(len(each.name) for each in series) * LETTER + 16
    tall, scale_x = (height - HEAD - FOOT - 4) / len(series), (width - label - 12) / (source.end - source.start)
    parts = []
    for row, each in enumerate(series):
        top = row * tall
        parts.append(f'<text x="{label - 8:.0f}" y="{top + tall / 2 + 4:.1f}" text-anchor="end">{html.escape(each.name)}</text>')
        for start, end, value in bands(each, source.step):
            left, wide = label + (start - source.start) * scale_x, (end - start) * scale_x
            text = written(value, field)
            parts.append(f'<rect x="{left:.1f}" y="{top + tall * 0.05:.1f}" width="{wide:.1f}" height="{tall * 0.9:.1f}" fill="{colour_of(value, field)}" '
                         f'fill-opacity="{field["custom"].get("fillOpacity", 70) / 100}"/>')
            if wide > len(text) * LETTER + 8:
                parts.append(f'<text x="{left + 6:.1f}" y="{top + tall / 2 + 4:.1f}">{html.escape(text)}</text>')
    times = drawn_times(width, height - HEAD, lambda at: label + (at - source.start) * scale_x, source)
    return f'<svg width="{width:.0f}" height="{height - HEAD:.0f}">{"".join(parts)}{times}</svg>'


def bands(each: Series, step: float) -> list[tuple[float, float, float]]:
    found: list[tuple[float, float, float]] = []
    for at, value in each.points:
        if found and found[-1][2] == value and at - found[-1][1] < step * 0.5:
            found[-1] = (found[-1][0], at + step, value)
        else:
            found.append((at, at + step, value))
    return found


DRAWN = {"stat": stat, "timeseries": timeseries, "state-timeline": state_timeline}


def page(board: dict, source: Source) -> tuple[str, int, list[str]]:
    """The board as HTML, its height, and the titles of panels that have nothing to show."""
    shown = [(panel["title"], *drawn_panel(panel, source)) for panel in board["panels"]]
    height = int(max(sum(box(panel)[1::2]) for panel in board["panels"])) + GAP
    chosen = "".join(f"<span>{each['label']} ▾ {each.get('current', {}).get('text', 'Prometheus')}</span>" for each in board["templating"]["list"])
    return (f'<!doctype html><meta charset="utf-8"><style>{STYLE}</style><body style="height:{height}px">'
            f'<div class="top">{html.escape(board["title"])}{chosen}</div>'
            f'<div class="time">Last {source.minutes:g} minutes · every {board["refresh"]}</div>{"".join(each[1] for each in shown)}</body>',
            height, [title for title, _, has_figures in shown if not has_figures])


def picture(file: pathlib.Path, height: int) -> None:
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run([CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                        f"--user-data-dir={profile}", f"--window-size={WIDTH},{height}", f"--screenshot={file.with_suffix('.png')}", file.as_uri()],
                       check=True, capture_output=True, timeout=120)


def draw(url: str, minutes: float, out: pathlib.Path = OUT, names: list[str] | None = None) -> dict[str, list[str]]:
    """Board → titles of its panels without figures."""
    out.mkdir(parents=True, exist_ok=True)
    source, empty = Source(url, minutes), {}
    for name in names or sorted(each.stem for each in DASHBOARDS.glob("*.json")):
        text, height, empty[name] = page(json.loads((DASHBOARDS / f"{name}.json").read_text()), source)
        file = (out / f"{name}.html").resolve()
        file.write_text(text)
        picture(file, height)
    return empty


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("prometheus", help="where it answers")
    parser.add_argument("boards", nargs="*")
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--out", type=pathlib.Path, default=OUT)
    options = parser.parse_intermixed_args()
    for board, titles in draw(options.prometheus, options.minutes, options.out, options.boards).items():
        print(f"{options.out}/{board}.png" + (f", nothing in: {', '.join(titles)}" if titles else ""))
