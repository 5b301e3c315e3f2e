"""One panel as Grafana would draw it: figures, graphs with their legends, bands of states. HTML and SVG."""

import dataclasses
import datetime
import html
import math

from .grafana_values import COUNTED, THRESHOLDS, colour, colour_of, ticks, written

HEAD, AXIS, RIGHT, FOOT, LETTER, LINE = 30, 74, 12, 20, 6.4, 20  # pixels
PALETTE = ["#73bf69", "#f2cc0c", "#8ab8ff", "#ff780a", "#f2495c", "#5794f2", "#b877d9", "#705da0", "#37872d", "#fade2a", "#447ebc", "#c15c17"]
CALCULATIONS = {"lastNotNull": ("Last *", lambda values: values[-1]), "max": ("Max", max)}
TIMES = (10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600)


@dataclasses.dataclass
class Series:
    name: str
    points: list[tuple[float, float]]

    @property
    def values(self) -> list[float]:
        return [value for _, value in self.points]


@dataclasses.dataclass
class Span:
    """The time that is shown, and how far its samples are apart."""
    start: float
    end: float
    step: float


@dataclasses.dataclass
class Plot:
    """Where times and figures stand."""
    left: float
    width: float
    height: float
    span: Span
    low: float = 0
    high: float = 1

    def across(self, at: float) -> float:
        return self.left + (at - self.span.start) / (self.span.end - self.span.start) * (self.width - self.left - RIGHT)

    def down(self, value: float) -> float:
        return (self.height - FOOT) - (value - self.low) / (self.high - self.low) * (self.height - FOOT - 8)

    def line_at(self, value: float, style: str) -> str:
        return f'<line x1="{self.left}" x2="{self.width - RIGHT:.0f}" y1="{self.down(value):.1f}" y2="{self.down(value):.1f}" {style}/>'

    def times(self) -> str:
        shown = self.span.end - self.span.start
        apart = next((each for each in TIMES if shown / each <= (self.width - self.left) / 70), TIMES[-1])
        layout = "%H:%M:%S" if apart < 60 else "%H:%M"
        marks = range(math.ceil(self.span.start / apart) * apart, int(self.span.end), apart)
        return "".join(label(self.across(at), self.height - 4, datetime.datetime.fromtimestamp(at).strftime(layout), "middle")
                       for at in marks if self.across(at) < self.width - 30)

    def svg(self, *parts: str) -> str:
        return f'<svg width="{self.width:.0f}" height="{self.height:.0f}">{"".join(parts)}{self.times()}</svg>'


def label(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{html.escape(text)}</text>'


def stat(panel: dict, series: list[Series], size: tuple[float, float], _: Span) -> str:
    boxes = [one_stat(panel, each, (size[0] / len(series), size[1]), len(series) > 1) for each in series]
    return f'<div class="stat">{"".join(boxes)}</div>'


def one_stat(panel: dict, each: Series, size: tuple[float, float], several: bool) -> str:
    field, options, value = panel["fieldConfig"]["defaults"], panel.get("options", {}), each.values[-1]
    mode, paint = options.get("textMode", "auto"), options.get("colorMode", "value")
    big = each.name if mode == "name" else written(value, field)
    small = each.name if mode == "value_and_name" or mode == "auto" and several else ""
    hue = colour_of(value, field)
    style = {"background": f"background:{hue};color:#fff", "value": f"color:{hue}"}.get(paint, "")
    letters = min((size[1] - HEAD) * 0.5, size[0] * 1.5 / len(big))
    return f'<div style="{style}"><small>{html.escape(small)}</small><span style="font-size:{letters:.0f}px">{html.escape(big)}</span></div>'


def timeseries(panel: dict, series: list[Series], size: tuple[float, float], span: Span) -> str:
    hues = colours(panel, series)
    legend, across, down = drawn_legend(panel, series, hues, size)
    return graph(panel["fieldConfig"]["defaults"], series, hues, Plot(AXIS, size[0] - across, size[1] - HEAD - down, span)) + legend


def colours(panel: dict, series: list[Series]) -> list[str]:
    fixed = {each["matcher"]["options"]: prop["value"]["fixedColor"] for each in panel["fieldConfig"]["overrides"]
             for prop in each["properties"] if each["matcher"]["id"] == "byName" and prop["id"] == "color"}
    return [colour(fixed[each.name]) if each.name in fixed else PALETTE[i % len(PALETTE)] for i, each in enumerate(series)]


def drawn_legend(panel: dict, series: list[Series], hues: list[str], size: tuple[float, float]) -> tuple[str, float, float]:
    """The legend, and how much of the width or of the height it takes; what is more than that one has to scroll to."""
    options = panel.get("options", {}).get("legend", {})
    draw = legend_table if options.get("displayMode", "list") == "table" else legend_list
    text, wide, tall = draw(panel["fieldConfig"]["defaults"], options.get("calcs", []), list(zip(series, hues)), size[0])
    if options.get("placement", "bottom") == "right":
        across = min(wide, size[0] * 0.6)
        return f'<div class="legend" style="right:4px;top:{HEAD}px;bottom:4px;width:{across - 8:.0f}px">{text}</div>', across, 0
    down = min(tall, (size[1] - HEAD) * 0.35)
    return f'<div class="legend" style="left:4px;right:4px;bottom:4px;height:{down - 8:.0f}px">{text}</div>', 0, down


def swatch(each: Series, hue: str) -> str:
    return f'<b style="background:{hue}"></b>{html.escape(each.name)}'


def legend_list(_field: dict, _calcs: list[str], lines: list[tuple[Series, str]], width: float) -> tuple[str, float, float]:
    text = " ".join(f"<span>{swatch(*line)}</span>" for line in lines)
    rows = math.ceil(sum(len(each.name) * LETTER + 34 for each, _ in lines) / (width - 16))
    return text, max(len(each.name) for each, _ in lines) * LETTER + 48, LINE * rows + 8


def legend_table(field: dict, calcs: list[str], lines: list[tuple[Series, str]], _width: float) -> tuple[str, float, float]:
    """The greatest first, as our boards want it."""
    chosen = [CALCULATIONS[each] for each in calcs]
    head = "".join(f"<th>{title}</th>" for title, _ in chosen)
    rows = [f"<tr><td>{swatch(each, hue)}</td>" + "".join(f"<td>{written(of(each.values), field)}</td>" for _, of in chosen) + "</tr>"
            for each, hue in sorted(lines, key=lambda line: -max(line[0].values))]
    wide = max(len(each.name) for each, _ in lines) * LETTER + 70 * len(chosen) + 48
    return f"<table><tr><th></th>{head}</tr>{''.join(rows)}</table>", wide, LINE * (len(rows) + 1) + 8


def graph(field: dict, series: list[Series], hues: list[str], plot: Plot) -> str:
    plot.low, plot.high = scale(field, series)
    marks = ticks(plot.low, plot.high, int((plot.height - FOOT) / 30), field.get("unit") == "bytes")
    lines = [drawn_line(each, hue, field.get("custom", {}).get("fillOpacity", 0), plot) for each, hue in zip(series, hues)]
    return plot.svg(drawn_marks(field, marks, plot), *lines, drawn_thresholds(field, plot))


def scale(field: dict, series: list[Series]) -> tuple[float, float]:
    """From the panel's least to its most, else a little above what is shown; Grafana takes 100 where all is 0."""
    least = field.get("min", 0)
    if "max" in field:
        return least, field["max"]
    at_least = field.get("custom", {}).get("axisSoftMax", least)
    highest = max(value for each in series for value in each.values)
    highest = highest + 0.1 * (highest - least) if highest > least else least
    return least, max(highest, at_least) if max(highest, at_least) > least else least + 100


def drawn_marks(field: dict, marks: list[float], plot: Plot) -> str:
    exact = field.get("unit") in ("short", *COUNTED) and marks[-1] < 1000
    decimals = len(f"{marks[1]:.9f}".rstrip("0").split(".")[1]) if exact else None
    return "".join(plot.line_at(mark, 'stroke="#2c2f36"') + label(AXIS - 6, plot.down(mark) + 4, written(mark, field, decimals), "end")
                   for mark in marks)


def drawn_line(each: Series, hue: str, opacity: float, plot: Plot) -> str:
    """With gaps where samples are missing; a lone sample is a point."""
    runs, last = [], -math.inf
    for at, value in each.points:
        if at - last > plot.span.step * 1.5:
            runs.append([])
        runs[-1].append((f"{plot.across(at):.1f}", f"{plot.down(value):.1f}"))
        last = at
    parts, base = [], plot.down(plot.low)
    for run in runs:
        line = " ".join(f"{x},{y}" for x, y in run)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{hue}"/>'
                     f'<polygon points="{run[0][0]},{base:.1f} {line} {run[-1][0]},{base:.1f}" fill="{hue}" fill-opacity="{opacity / 100}"/>')
        if len(run) == 1:
            parts.append(f'<circle cx="{run[0][0]}" cy="{run[0][1]}" r="2.5" fill="{hue}"/>')
    return "".join(parts)


def drawn_thresholds(field: dict, plot: Plot) -> str:
    mode = field.get("custom", {}).get("thresholdsStyle", {}).get("mode", "off")
    dashes = 'stroke-dasharray="10 10"' if "dashed" in mode else ""
    steps = field.get("thresholds", THRESHOLDS)["steps"] if mode != "off" else []
    return "".join(plot.line_at(each["value"], f'stroke="{colour(each["color"])}" stroke-width="2" {dashes}') for each in steps
                   if each.get("value") is not None and each["value"] <= plot.high)


def state_timeline(panel: dict, series: list[Series], size: tuple[float, float], span: Span) -> str:
    """A row for each series, of bands that are coloured and named by its state."""
    field, left = panel["fieldConfig"]["defaults"], max(len(each.name) for each in series) * LETTER + 16
    plot = Plot(left, size[0], size[1] - HEAD, span)
    tall = (plot.height - FOOT - 4) / len(series)
    parts = []
    for row, each in enumerate(series):
        parts.append(label(left - 8, (row + 0.5) * tall + 4, each.name, "end"))
        parts += [drawn_band(field, band, (row * tall, tall), plot) for band in bands(each, span.step)]
    return plot.svg(*parts)


def drawn_band(field: dict, band: tuple[float, float, float], place: tuple[float, float], plot: Plot) -> str:
    start, end, value = band
    left, wide = plot.across(start), plot.across(min(end, plot.span.end)) - plot.across(start)
    text, opacity = written(value, field), field["custom"].get("fillOpacity", 70) / 100
    return (f'<rect x="{left:.1f}" y="{place[0] + place[1] * 0.05:.1f}" width="{wide:.1f}" height="{place[1] * 0.9:.1f}" '
            f'fill="{colour_of(value, field)}" fill-opacity="{opacity}"/>'
            + (label(left + 6, place[0] + place[1] / 2 + 4, text, "start") if wide > len(text) * LETTER + 8 else ""))


def bands(each: Series, step: float) -> list[tuple[float, float, float]]:
    """(from, to, state); equal states one after the other are one band."""
    found: list[tuple[float, float, float]] = []
    for at, value in each.points:
        if found and found[-1][2] == value and at - found[-1][1] < step * 0.5:
            found[-1] = (found[-1][0], at + step, value)
        else:
            found.append((at, at + step, value))
    return found


DRAWN = {"stat": stat, "timeseries": timeseries, "state-timeline": state_timeline}
