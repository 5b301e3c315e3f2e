"""Figures as Grafana writes them: units, decimals, mappings, thresholds."""

import math

GREEN, RED = "#73bf69", "#f2495c"
NAMED = {"green": GREEN, "red": RED, "yellow": "#fade2a", "orange": "#ff9830", "blue": "#5794f2", "purple": "#b877d9", "text": "#ccccdc"}
# What Grafana takes for a panel that sets none, and why a panel should set its own.
THRESHOLDS = {"mode": "absolute", "steps": [{"color": "green", "value": None}, {"color": "red", "value": 80}]}
SECONDS = [(1e-6, 1e-9, " ns"), (1e-3, 1e-6, " µs"), (1, 1e-3, " ms"), (60, 1, " s"), (3600, 60, " mins"), (86400, 3600, " hours"),
           (604800, 86400, " days"), (31536000, 604800, " weeks"), (math.inf, 31536000, " years")]
COUNTED = {"reqps": " req/s", "ops": " ops/s", "cps": " c/s", "cpm": " c/m"}


def scaled(value: float, unit: str) -> tuple[float, str]:
    """A figure in the size of unit it is written in, and that unit."""
    size = abs(value)
    if unit == "percentunit":
        return value * 100, "%"
    if unit == "s":
        _, divisor, name = next(each for each in SECONDS if size < each[0]) if size else SECONDS[3]
        return value / divisor, name
    base, names = (1024, [" B", " KiB", " MiB", " GiB", " TiB"]) if unit == "bytes" else (1000, ["", " K", " Mil", " Bil", " Tri"])
    power = min(int(math.log(size, base)), len(names) - 1) if size >= base else 0
    return value / base ** power, names[power] + COUNTED.get(unit, "")


def decimals_for(value: float) -> int:
    """As many as make two or three figures that count."""
    if value == int(value):
        return 0
    places = 1 - math.floor(math.log10(abs(value)))
    return max(0, places + (abs(value) * 10 ** places > 22.5))


def written(value: float, field: dict, decimals: int | None = None) -> str:
    """`decimals` are those of an axis' step; a panel's own go before."""
    mapping = mapped(value, field)
    if mapping.get("text") or math.isnan(value):
        return mapping.get("text", "NaN")
    number, suffix = scaled(value, field.get("unit", "short"))
    places = field.get("decimals", decimals)
    return f"{number:.{decimals_for(number) if places is None else places}f}{suffix}"


def mapped(value: float, field: dict) -> dict:
    found = {}
    for each in field.get("mappings", []):
        if each["type"] == "value":
            found |= each["options"].get(f"{value:g}", {})
        elif each["type"] == "special" and "nan" in each["options"]["match"] and math.isnan(value):
            found |= each["options"]["result"]
    return found


def colour(name: str) -> str:
    return NAMED.get(name, name)


def colour_of(value: float, field: dict) -> str:
    """By mapping, else by the highest threshold that is reached."""
    steps = field.get("thresholds", THRESHOLDS)["steps"]
    reached = [each["color"] for each in steps if each.get("value") is None or value >= each["value"]]
    return colour(mapped(value, field).get("color") or reached[-1])


def ticks(low: float, high: float, about: int, binary: bool) -> list[float]:
    """Round figures from low to high."""
    least = (high - low) / max(about, 1)
    if binary:
        step = 2.0 ** math.ceil(math.log2(least))
    else:
        size = 10.0 ** math.floor(math.log10(least))
        step = next(size * each for each in (1, 2, 2.5, 5, 10) if size * each >= least * 0.999)
    return [round(low + step * i, 9) for i in range(int((high - low) / step + 1.001))]
