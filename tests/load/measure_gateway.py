"""G1, G2: a proxied GET through the gateway against nginx with one worker, both in front of the same answerer."""

import os
import subprocess

import bench_world
from tools import cpu_s, free_port, median_ratio, nginx, wait_for_port, wrk

BODY = '{"items":[],"next_cursor":null,"filler":"' + "x" * 400 + '"}'


def gateway_in_front_of(world, answerer_port: int):
    """A second replica of the gateway whose services are all the answerer."""
    port, admin = free_port(), free_port()
    settings = bench_world.ROOT / "cmake/dev"
    environment = _environment_of(world.pid("gateway")) | {
        "AMBULA_HTTP_PORT": str(port), "AMBULA_ADMIN_PORT": str(admin), "AMBULA_GATEWAY_RATE_LIMIT_SCALE": "1000000"}
    for service in ("PATIENT", "SCHEDULING", "QUEUE", "CONSULTATION", "PHARMACY", "NOTIFICATION"):
        environment[f"AMBULA_UPSTREAM_{service}"] = f"http://127.0.0.1:{answerer_port}"
    child = subprocess.Popen([os.readlink(f"/proc/{world.pid('gateway')}/exe")], env=environment,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=settings)
    wait_for_port(port)
    return child, port


def _environment_of(pid: int) -> dict[str, str]:
    with open(f"/proc/{pid}/environ", "rb") as file:
        return dict(pair.decode().split("=", 1) for pair in file.read().split(b"\0") if b"=" in pair)


def measure(world, rounds: int):
    answer = f"location / {{ default_type application/json; return 200 '{BODY}'; }}"
    proxy = "location / { proxy_pass http://back; proxy_http_version 1.1; proxy_set_header Connection ''; }"
    with nginx(answer) as (back, _), nginx(proxy, back) as (limit, nginx_pid):
        child, port = gateway_in_front_of(world, back)
        try:
            yield from _rounds(world, rounds, limit, nginx_pid, port, child.pid)
        finally:
            child.terminate()
            child.wait()


def _rounds(world, rounds, limit, nginx_pid, port, pid):
    # G1 needs no token; G2 goes the whole way: token, permission, limits, metrics, request id.
    routes = {"G1": ("/v1/track/bench", []), "G2": ("/v1/departments", [f"Authorization: Bearer {world.token()}"])}
    pairs = {name: [] for name in routes}
    cost = {name: [0.0, 0] for name in ("G1", "G2", "nginx")}
    for _ in range(rounds):
        for name, (path, headers) in routes.items():
            before = cpu_s(nginx_pid)
            reference = wrk(f"http://127.0.0.1:{limit}{path}")
            cost["nginx"][0] += cpu_s(nginx_pid) - before
            cost["nginx"][1] += reference["requests"]
            before = cpu_s(pid)
            ours = wrk(f"http://127.0.0.1:{port}{path}", headers=headers)
            cost[name][0] += cpu_s(pid) - before
            cost[name][1] += ours["requests"]
            if ours["refused"] or ours["broken"]:
                raise RuntimeError(f"{name}: {ours}")
            pairs[name].append((ours["per_s"], reference["per_s"]))
    per_request = {name: f"{1e6 * used / count:.0f} µs" for name, (used, count) in cost.items()}
    for name, floor, goal in (("G1", 0.65, 0.90), ("G2", 0.50, 0.75)):
        yield {"id": name, "what": "proxied GET against nginx" + (" (token, route, limits, metrics)" if name == "G2" else ""),
               "value": median_ratio(pairs[name]), "floor": floor, "goal": goal,
               "note": f"{pairs[name][-1][0]:.0f}/s; CPU {per_request[name]} a request, nginx {per_request['nginx']}"}
