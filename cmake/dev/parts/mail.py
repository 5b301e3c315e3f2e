"""The mail catcher: takes every message by SMTP and shows it on a page; nothing leaves the machine."""

import os
import shutil

from . import http, tools
from .process import Processes
from .settings import Failure, Settings


class Mail:
    name = "mail"

    def __init__(self, settings: Settings, processes: Processes):
        self._settings = settings
        self._processes = processes

    def start(self) -> None:
        node = shutil.which("node") or shutil.which("nodejs")
        if not node:
            raise Failure("Node is missing: install the packages 'nodejs' and 'npm'")
        home = self._settings.run_dir / "mail"
        home.mkdir(exist_ok=True)
        argv = [node, str(tools.maildev(self._settings)), "--silent", "--ip", "127.0.0.1",
                "-s", str(self._settings.port("smtp")), "-w", str(self._settings.port("mail")),
                "--mail-directory", str(home)]
        env = {key: value for key, value in os.environ.items() if not key.startswith(("AMBULA_", "MAILDEV_"))}
        self._processes.spawn(self.name, argv, log=self._settings.log(self.name), cwd=home, env=env)

    def ready(self) -> bool:
        return http.status(self._settings.url("mail") + "/healthz") == 200
