#!/usr/bin/env python3
"""Draws the dashboards as Grafana would, where there is no Grafana: what they ask is asked of a real Prometheus, and each board becomes
one page and one picture, to be looked at.

    .run/venv/bin/python tests/support/draw_dashboards.py http://127.0.0.1:9090 [--minutes 15] [--scale 1] [--out .run/dashboards] [board …]
"""

import argparse
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

from support.grafana_panels import DRAWN, Series, Span  # noqa: E402
from support.prometheus import DASHBOARDS, ROOT, filled  # noqa: E402

CHROMIUM = pathlib.Path(os.environ.get("AMBULA_CHROMIUM", "/usr/bin/chromium"))
OUT = ROOT / os.environ.get("AMBULA_RUN_DIR", ".run") / "dashboards"
WIDTH, COLUMNS, UNIT, GAP, TOP = 1600, 24, 30, 8, 56  # pixels of Grafana's grid
STYLE = """body{margin:0;background:#111217;color:#ccccdc;font:12px Inter,"Noto Sans",sans-serif;position:relative}
.top{position:absolute;left:8px;top:12px;font-size:16px}.top span{font-size:12px;border:1px solid #35383e;padding:4px 8px;margin-left:12px}
.time{position:absolute;right:8px;top:16px}.row{position:absolute;font-size:15px;padding:4px 0}
.panel{position:absolute;background:#181b1f;border:1px solid #25282e;box-sizing:border-box;overflow:hidden}
.panel h2{position:relative;z-index:1;font-size:13px;font-weight:500;margin:0;padding:6px 8px;height:18px;white-space:nowrap;overflow:hidden}
.panel h2 i{opacity:0.6;font-style:normal;margin-left:6px}.empty{text-align:center;margin-top:15%;font-size:15px;color:#8e8e9c}
.stat{display:flex;gap:4px;position:absolute;inset:30px 8px 8px 8px}
.stat div{border-radius:3px;flex:1;display:flex;flex-direction:column;justify-content:center;align-items:center}
.legend{position:absolute;overflow:hidden}.legend b{display:inline-block;width:14px;height:4px;border-radius:2px;margin:0 6px 3px 8px}
.legend table{border-collapse:collapse;width:100%}.legend td,.legend th{height:20px;padding:0 8px 0 0;text-align:right;white-space:nowrap;font-weight:400}
.legend td:first-child{text-align:left}.legend th{color:#6e9fff}.legend span{display:inline-block;height:20px;line-height:20px;white-space:nowrap}
svg{position:absolute;left:0;top:30px}text{fill:#ccccdc;font-size:11px}"""


class Source:
    """A Prometheus, asked about the last minutes."""

    def __init__(self, url: str, minutes: float):
        import httpx
        self.client, self.minutes = httpx.Client(base_url=url, trust_env=False, timeout=120), minutes
        now = time.time()
        self.span = Span(now - minutes * 60, now, max(1.0, round(minutes * 60 / 200)))

    def series(self, target: dict) -> list[Series]:
        question = {"query": filled(target["expr"], "1m", f"{self.minutes * 60:.0f}s")}
        question |= {"time": self.span.end} if target.get("instant") else vars(self.span)
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
    if series:
        body = DRAWN[panel["type"]](panel, series, (width, height), source.span)
    else:
        body = f'<p class="empty">{html.escape(panel["fieldConfig"]["defaults"].get("noValue", "No data"))}</p>'
    return f'<div class="panel" {where}><h2>{html.escape(panel["title"])}<i>ⓘ</i></h2>{body}</div>', bool(series)


def page(board: dict, source: Source) -> tuple[str, int, list[str]]:
    """The board as HTML, its height, and the titles of panels that have nothing to show."""
    shown = [(panel["title"], *drawn_panel(panel, source)) for panel in board["panels"]]
    height = int(max(sum(box(panel)[1::2]) for panel in board["panels"])) + GAP
    chosen = "".join(f"<span>{each['label']} ▾ {each.get('current', {}).get('text', 'Prometheus')}</span>" for each in board["templating"]["list"])
    return (f'<!doctype html><meta charset="utf-8"><style>{STYLE}</style><body style="height:{height}px">'
            f'<div class="top">{html.escape(board["title"])}{chosen}</div>'
            f'<div class="time">Last {source.minutes:g} minutes · every {board["refresh"]}</div>{"".join(each[1] for each in shown)}</body>',
            height, [title for title, _, has_figures in shown if not has_figures])


def picture(file: pathlib.Path, height: int, scale: float) -> None:
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run([CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                        f"--user-data-dir={profile}", f"--force-device-scale-factor={scale}", f"--window-size={WIDTH},{height}",
                        f"--screenshot={file.with_suffix('.png')}", file.as_uri()],
                       check=True, capture_output=True, timeout=120)


def draw(url: str, minutes: float, out: pathlib.Path = OUT, names: list[str] | None = None, scale: float = 1) -> dict[str, list[str]]:
    """Board → titles of its panels without figures."""
    out.mkdir(parents=True, exist_ok=True)
    source, empty = Source(url, minutes), {}
    for name in names or sorted(each.stem for each in DASHBOARDS.glob("*.json")):
        text, height, empty[name] = page(json.loads((DASHBOARDS / f"{name}.json").read_text()), source)
        file = (out / f"{name}.html").resolve()
        file.write_text(text)
        picture(file, height, scale)
    return empty


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("prometheus", help="where it answers")
    parser.add_argument("boards", nargs="*")
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--scale", type=float, default=1)
    parser.add_argument("--out", type=pathlib.Path, default=OUT)
    options = parser.parse_intermixed_args()
    for board, titles in draw(options.prometheus, options.minutes, options.out, options.boards, options.scale).items():
        print(f"{options.out}/{board}.png" + (f", nothing in: {', '.join(titles)}" if titles else ""))
