"""CON-3: search in a facility's list of 75 000 diagnosis codes, by code and by words."""

import os
import random
import statistics
import subprocess
import tempfile
import time

import httpx
from tools import quantile

CODES, WORDS, ASKED = 75_000, 6_000, 200
SYLLABLES = ("ar", "bro", "ca", "der", "en", "fra", "gas", "hep", "itis", "ko", "lum", "men", "neu", "osis", "pne", "rhi", "sep", "tho", "ul", "vas")


def texts(chance: random.Random) -> list[str]:
    """A few words are in very many codes and most in a few, as in any such list."""
    words = ["".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))) for _ in range(WORDS)]
    weights = [1 / (rank + 1) for rank in range(WORDS)]
    return [" ".join(chance.choices(words, weights, k=chance.randint(3, 9))) for _ in range(CODES)]


def questions(listed: list[str], chance: random.Random) -> dict[str, list[str]]:
    picked = [chance.choice(listed).split() for _ in range(ASKED)]
    return {"code": [f"{'ABCDEFG'[number % 7]}{number % 10}" for number in range(ASKED)],
            "one word": [words[-1] for words in picked],
            "beginning": [words[-1][:4] for words in picked],
            "two beginnings": [f"{words[0][:3]} {words[-1][:4]}" for words in picked],
            "all words": [" ".join(words) for words in picked]}


def load(world, facility: str, listed: list[str]) -> float:
    with tempfile.NamedTemporaryFile("w", suffix=".csv") as file:
        file.write("code,text\n")
        for number, text in enumerate(listed):
            file.write(f"{chr(65 + number // 10_000)}{number // 100 % 100:02}.{number % 100:02},{text}\n")
        file.flush()
        begun = time.monotonic()
        subprocess.run([os.readlink(f"/proc/{world.pid('consultation')}/exe"), "diagnosis-codes", facility, file.name],
                       env=world.environment_of("consultation"), check=True, stdout=subprocess.DEVNULL)
        return time.monotonic() - begun


def measure(world, rounds: int):
    doctor = world.api.sign_in("doc001", world.env["AMBULA_DEMO_PASSWORD"])
    facility = doctor.get("/v1/me").json()["memberships"][0]["facility_id"]
    chance = random.Random(1)
    listed = texts(chance)
    loaded_s = load(world, facility, listed)
    times = {}
    with httpx.Client(base_url=world.map("AMBULA_SERVICES")["consultation"], trust_env=False, timeout=30,
                      headers={"Authorization": f"Bearer {doctor.token}"}) as client:
        for kind, asked in questions(listed, chance).items():
            for text in asked:
                begun = time.perf_counter()
                answer = client.get("/v1/diagnosis-codes", params={"q": text})
                times.setdefault(kind, []).append((time.perf_counter() - begun) * 1000)
                if answer.status_code != 200 or not answer.json()["items"]:
                    raise RuntimeError(f"{kind}: {answer.status_code}, nothing found")
    everything = [value for values in times.values() for value in values[5:]]
    yield {"id": "CON-3", "what": f"search of {CODES:,} diagnosis codes, p99 ms at the service", "value": quantile(everything, 0.99),
           "floor": 10, "goal": 5, "lower": True,
           "note": ", ".join(f"{kind} {statistics.median(values):.1f}/{quantile(values[5:], 0.99):.1f}" for kind, values in times.items())
           + f" (median/p99); loaded in {loaded_s:.0f} s"}
