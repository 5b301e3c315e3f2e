"""A private PostgreSQL cluster: own folder, own port, own socket folder, a password for every role."""

import os
import pathlib
import pwd
import shutil
import subprocess
import time
import urllib.parse

from .process import Processes
from .settings import ROOT, SCHEMAS, Failure, Settings, write_private

BOOTSTRAP = ROOT / "libs/db/bootstrap.sql"
# A socket's path has a limit of 107 bytes in the kernel, and PostgreSQL appends the file's name.
SOCKET_PATH_LIMIT = 85


def bin_dir() -> pathlib.Path:
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    if not found or int(found[-1].parts[-3]) < 15:
        raise Failure("PostgreSQL 15 or newer is missing: install the package 'postgresql'")
    return found[-1].parent


class Postgres:
    name = "postgres"

    def __init__(self, settings: Settings, processes: Processes):
        self._settings = settings
        self._processes = processes
        self._home = settings.run_dir / "postgres"
        self._data = self._home / "data"

    # Starting

    def start(self) -> None:
        self._home.mkdir(exist_ok=True)
        self._give_to_owner(self._home)
        if not (self._data / "PG_VERSION").exists():
            self._initdb()
        socket_dir = self._home / "socket"
        socket_dir.mkdir(exist_ok=True)
        self._give_to_owner(socket_dir)
        self._clear_lock_file()
        options = self._options(socket_dir)
        argv = [*self._as_owner(), str(bin_dir() / "postgres"), "-D", str(self._data)]
        for key, value in options.items():
            argv += ["-c", f"{key}={value}"]
        self._processes.spawn(self.name, argv, log=self._settings.log(self.name), env=_clean_environment(),
                              cwd=self._home)

    def _clear_lock_file(self) -> None:
        """After SIGKILL the lock file names a dead server, which PostgreSQL takes for alive as long as nobody has
        reaped it (in a container perhaps never). Its sessions may outlive it for a moment, and two servers on one
        folder would destroy it: so the file goes only when no process works in the folder any more."""
        deadline = time.monotonic() + 15
        while users := _processes_in(self._data):
            if time.monotonic() > deadline:
                raise Failure(f"another PostgreSQL (pid {users[0]}) still works in {self._data}")
            time.sleep(0.1)
        (self._data / "postmaster.pid").unlink(missing_ok=True)
        for left in (self._home / "socket").glob(".s.PGSQL.*"):
            left.unlink()

    def _options(self, socket_dir: pathlib.Path) -> dict[str, str]:
        common = {
            "listen_addresses": "127.0.0.1",
            "port": str(self._settings.port("postgres")),
            "unix_socket_directories": str(socket_dir) if len(str(socket_dir)) <= SOCKET_PATH_LIMIT else "",
            "max_connections": "200",
            "shared_buffers": "256MB",
            "max_wal_size": "2GB",
            "jit": "off",
            # CREATE EXTENSION pg_stat_statements shows which statements cost what (docs/operations, tests/load).
            "shared_preload_libraries": "pg_stat_statements",
            # No value of a row may reach a log: neither statements nor the details of a failed one.
            "log_error_verbosity": "terse",
            "log_statement": "none",
            "log_min_error_statement": "panic",
            "log_min_duration_statement": "-1",
            "log_checkpoints": "off",
            "timezone": "UTC",
        }
        if self._settings.throwaway:
            # Safe against the death of processes, which the tests bring about, though not of the machine. What was
            # acknowledged must have been written: synchronous_commit stays on.
            common |= {"fsync": "off", "full_page_writes": "off", "shared_buffers": "128MB"}
        return common

    def _initdb(self) -> None:
        new = self._home / "data.new"
        shutil.rmtree(new, ignore_errors=True)
        shutil.rmtree(self._data, ignore_errors=True)
        password_file = self._home / "initdb.password"
        write_private(password_file, self._settings.passwords["postgres"] + "\n")
        self._give_to_owner(password_file)
        command = [*self._as_owner(), str(bin_dir() / "initdb"), "-D", str(new), "--username=postgres",
                   "--auth=scram-sha-256", f"--pwfile={password_file}", "--encoding=UTF8", "--locale=C.UTF-8",
                   *(["--no-sync"] if self._settings.throwaway else [])]
        log = self._settings.log(self.name)
        with open(log, "ab") as out:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=self._home,
                                  env=_clean_environment())
        password_file.unlink()
        if done.returncode != 0:
            raise Failure("could not create a PostgreSQL cluster", log)
        new.rename(self._data)

    # PostgreSQL refuses to run as root; then the user 'postgres' that its package made owns the cluster.

    def _owner(self) -> pwd.struct_passwd | None:
        if os.geteuid() != 0:
            return None
        try:
            return pwd.getpwnam("postgres")
        except KeyError:
            return pwd.getpwnam("nobody")

    def _give_to_owner(self, path: pathlib.Path) -> None:
        owner = self._owner()
        if owner:
            os.chown(path, owner.pw_uid, owner.pw_gid)

    def _as_owner(self) -> list[str]:
        owner = self._owner()
        if not owner:
            return []
        switch = ["setpriv", f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups"]
        reachable = subprocess.run([*switch, "test", "-w", str(self._home)], cwd="/").returncode == 0
        if reachable:
            return switch
        # A checkout under /root or a private temporary folder: this one capability lets the server pass
        # through folders that are closed to its user, and nobody's permissions have to be changed.
        return [*switch, "--inh-caps=+dac_override", "--ambient-caps=+dac_override"]

    # Using

    def ready(self) -> bool:
        return subprocess.run(
            [str(bin_dir() / "pg_isready"), "-q", "-t", "2", "-h", "127.0.0.1", "-p",
             str(self._settings.port("postgres"))]).returncode == 0


def _processes_in(folder: pathlib.Path) -> list[int]:
    """Each process of a PostgreSQL server has its data folder as working directory. A zombie has none."""
    found = []
    for entry in pathlib.Path("/proc").glob("[0-9]*/cwd"):
        try:
            if os.readlink(entry) == str(folder):
                found.append(int(entry.parent.name))
        except OSError:  # Gone meanwhile, a zombie, or somebody else's.
            continue
    return found


def database_url(settings: Settings, role: str) -> str:
    """The same server and database as the superuser's URL, as the role of one service."""
    url = urllib.parse.urlsplit(settings.address("postgres"))
    netloc = f"ambula_{role}:{settings.passwords[role]}@{url.netloc.rpartition('@')[2]}"
    return urllib.parse.urlunsplit(("postgresql", netloc, url.path, url.query, ""))


def prepare_database(settings: Settings) -> None:
    """The database, roles and schemas; harmless when they are there already."""
    url = urllib.parse.urlsplit(settings.address("postgres"))
    database = url.path.lstrip("/") or "ambula"
    maintenance = urllib.parse.urlunsplit(url._replace(path="/postgres"))
    name = database.replace("'", "''")
    identifier = database.replace('"', '""')
    _psql(settings, maintenance, f"SELECT 'CREATE DATABASE \"{identifier}\"' "
          f"WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{name}') \\gexec\n")
    if not BOOTSTRAP.exists():
        raise Failure(f"{BOOTSTRAP.relative_to(ROOT)} is missing: it makes the roles and schemas of the services")
    variables = "".join(f"\\set password_{schema} {settings.passwords[schema]}\n" for schema in SCHEMAS)
    _psql(settings, settings.address("postgres"), variables + f"\\i {BOOTSTRAP}\n")


def _psql(settings: Settings, url: str, script: str) -> None:
    # By standard input: passwords on a command line are for everybody's `ps` to read.
    log = settings.log("database")
    with open(log, "ab") as out:
        done = subprocess.run(
            ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1"], input=script.encode(), stdout=out, stderr=out,
            env=_clean_environment() | _connection(url))
    if done.returncode != 0:
        raise Failure("could not prepare the database", log)


def _connection(url: str) -> dict[str, str]:
    """A URL as libpq's variables, so that it is on no command line."""
    parts = urllib.parse.urlsplit(url)
    unquote = urllib.parse.unquote
    found = {"PGHOST": parts.hostname, "PGPORT": str(parts.port or 5432), "PGUSER": parts.username,
             "PGPASSWORD": parts.password, "PGDATABASE": parts.path.lstrip("/")}
    for key, value in urllib.parse.parse_qsl(parts.query):
        found[{"host": "PGHOST", "port": "PGPORT"}.get(key, f"PG{key.upper()}")] = value
    return {key: unquote(value) for key, value in found.items() if value} | {"PGCLIENTENCODING": "UTF8"}


def psql_environment(settings: Settings, role: str | None) -> dict[str, str]:
    return _connection(database_url(settings, role) if role else settings.address("postgres"))


def _clean_environment() -> dict[str, str]:
    """Variables of the person's own PostgreSQL (PGHOST, PGDATA, PGOPTIONS …) must not steer ours."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PG", "AMBULA_"))}
    return kept | {"LC_ALL": "C.UTF-8"}
