"""./dev bench: measures, prints ratio, floor and goal, and with --write puts the table into docs/performance.md."""

import argparse
import datetime
import math
import os
import platform
import re
import sys

import bench_world
import measure_audit
import measure_booking
import measure_codes
import measure_events
import measure_gateway
import measure_process
import measure_queue
import measure_storm
import measure_tables

# The audit comes before what fills tables that jobs look at.
PARTS = {"process": (measure_process, {"G17", "G18"}), "gateway": (measure_gateway, {"G1", "G2"}),
         "audit": (measure_audit, {"AUD", "AUDw"}), "booking": (measure_booking, {"G5", "G6", "G7", "G8", "G9"}),
         "events": (measure_events, {"G11", "G12", "G13"}), "queue": (measure_queue, {"QUE-4", "G22"}),
         "storm": (measure_storm, {"G21"}), "codes": (measure_codes, {"CON-3"}),
         "tables": (measure_tables, {"G14", "G15", "G16", "PAT-3"})}
PAGE = bench_world.ROOT / "docs/performance.md"
BEGIN, END = "<!-- measured -->", "<!-- /measured -->"


def verdict(row) -> str:
    if math.isnan(row["value"]):
        return "not measured"
    better = (lambda bar: row["value"] <= bar) if row.get("lower") else (lambda bar: row["value"] >= bar)
    return "goal" if better(row["goal"]) else "floor" if better(row["floor"]) else "MISSED"


def show(number: float) -> str:
    return f"{number:.2f}" if abs(number) < 10 else f"{number:.0f}"


def table(rows) -> str:
    lines = ["| id | what | measured | floor | goal | reached | note |", "|---|---|---|---|---|---|---|"]
    lines += [f"| {row['id']} | {row['what']} | {show(row['value'])} | {show(row['floor'])} | {show(row['goal'])} "
              f"| {verdict(row)} | {row['note']} |" for row in rows]
    return "\n".join(lines)


def write(rows, command: str) -> None:
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d")
    head = f"`{command}` on {now}, {os.cpu_count()} cores of {platform.machine()} shared with database, broker and load.\n\n"
    text = PAGE.read_text()
    PAGE.write_text(re.sub(f"{BEGIN}.*{END}", lambda _: f"{BEGIN}\n{head}{table(rows)}\n{END}", text, flags=re.S))


def main() -> int:
    arguments = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    arguments.add_argument("--only", default="", help="for example G1,G2 (whole parts are run)")
    arguments.add_argument("--rounds", type=int, default=5, help="interleaved rounds of each pair")
    arguments.add_argument("--write", action="store_true", help="into docs/performance.md")
    chosen = arguments.parse_args()
    wanted = set(filter(None, chosen.only.split(",")))
    rows = []
    with bench_world.World() as world:
        for name, (part, ids) in PARTS.items():
            if wanted and not wanted & ids:
                continue
            print(f"  … {name}", flush=True)
            for row in part.measure(world, chosen.rounds):
                print(f"  {row['id']:<5} {show(row['value']):>8}  floor {show(row['floor'])}  goal {show(row['goal'])}  "
                      f"{verdict(row):<12} {row['what']}; {row['note']}", flush=True)
                rows.append(row)
    print("\n" + table(rows))
    if chosen.write:
        write(rows, "./dev bench " + " ".join(sys.argv[1:]))
    return 1 if any(verdict(row) == "MISSED" for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
