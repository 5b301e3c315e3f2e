"""The house rules as checks. Each rule takes a Tree and yields Faults; a docstring says the rule and why.

A rule is only worth its proof: test_tidy.py plants a violation of each one and expects it to be found.
"""

import ast
import posixpath
import re

from tidy_source import Fault, closing, functions, glob, lambdas, statements

RULES = []


def rule(check):
    RULES.append(check)
    return check


def fault(file, offset_or_line, rule_name, message, *, line=False):
    return Fault(
        file.path, offset_or_line if line else file.line_of(offset_or_line), rule_name, message
    )


# --- who may know whom ---------------------------------------------------------------------------

# docs/architecture.md, "The house": what each library may include and link, besides itself.
LAYERS = {
    "base": set(),
    "config": {"base"},
    "observability": {"config", "base"},
    "json": {"base"},
    "http": {"base", "observability"},
    "db": {"base", "observability"},
    "bus": {"base", "observability"},
    "outbox": {"db", "bus", "base", "observability"},
    "auth": {"base", "json", "observability"},
    "pdf": {"base", "observability"},
}
LAYERS["service"] = set(LAYERS)
LAYERS["testing"] = set(LAYERS)
LIBRARIES = set(LAYERS)
TEST_SUPPORT = {"testing", "json"}  # what any test may use besides


def owner_of(path):
    """("lib", "db"), ("service", "patient"), ("gateway", "identity") or None."""
    parts = path.split("/")
    if parts[0] == "libs" and len(parts) > 2:
        return "lib", parts[1]
    if parts[0] == "services" and len(parts) > 2:
        return "service", parts[1]
    if parts[0] == "gateway":
        return "gateway", parts[1] if len(parts) > 2 else ""
    return None


def library_of(header):
    parts = header.split("/")
    return parts[1] if parts[0] == "ambula" and len(parts) > 2 else None


def allowed_libraries(owner, is_test):
    kind, name = owner
    if kind == "lib":
        own = LAYERS.get(name, set()) | {name}
        return own | TEST_SUPPORT if is_test else own
    return LIBRARIES if is_test else LIBRARIES - {"testing"}


@rule
def layers(tree):
    """Dependencies point one way: libs by their layer, services and gateway on libs, never the other way."""
    services = tree.folders("services")
    for file in tree.cpp:
        owner = owner_of(file.path)
        if owner:
            for line, header in file.includes:
                message = _layer_fault(file, owner, header, services)
                if message:
                    yield fault(file, line, "layers", message, line=True)


def _layer_fault(file, owner, header, services):
    kind, name = owner
    part, target = _included_part(file, header, services)
    if part is None or (part, target) == owner:
        return None
    if part == "lib":
        if target in allowed_libraries(owner, file.is_test):
            return None
        remedy = "move what is shared down a layer or pass it in as a value"
    elif part == "gateway":
        if kind == "gateway":
            return None
        remedy = "nothing depends on the gateway"
    else:
        remedy = "services talk by events, and nothing else knows them"
    return f"{kind} {name} must not include {header} of {part} {target}; {remedy}"


def _included_part(file, header, services):
    """(kind, name) of what an include leads to; (None, None) for the standard and foreign libraries."""
    library = library_of(header)
    if library:
        return "lib", library
    if "/" not in header:
        return None, None  # beside the file, or <queue> of the standard library
    folder = posixpath.dirname(file.path)
    target = posixpath.normpath(posixpath.join(folder, header)) if header[0] == "." else header
    first, second = target.split("/")[:2]
    if first in ("libs", "services", "gateway"):
        return {"libs": "lib", "services": "service", "gateway": "gateway"}[first], second
    # services/ and gateway/ are include roots: "queue/domain/entry.hpp", "identity/store/accounts.hpp"
    if first in services and not (
        file.path.startswith("gateway/") and first == file.path.split("/")[1]
    ):
        return "service", first
    if first in ("edge", "identity", "audit"):
        return "gateway", first
    return None, None


DOMAIN = ("services/*/domain/**", "gateway/*/domain/**")
DOMAIN_STD_BANS = {
    "iostream",
    "fstream",
    "filesystem",
    "thread",
    "mutex",
    "future",
    "condition_variable",
    "random",
    "cstdio",
    "ctime",
    "regex",
    "sstream",
}


@rule
def pure_domain(tree):
    """The domain decides, it does not do: it knows ambula/base and itself. No clock, I/O, JSON, SQL."""
    for file in tree.matching(*DOMAIN):
        if not file.is_cpp:
            continue
        service = file.path.split("/")[1]
        for line, header in file.includes:
            if not _domain_may_include(file, service, header):
                yield fault(
                    file,
                    line,
                    "pure-domain",
                    f"domain code must not include {header}; "
                    "only the standard library, ambula/base and its own domain headers",
                    line=True,
                )
        for found in re.finditer(
            r"\bsystem_now\b|\b\w+_clock::now\b|\bgetenv\b|\bClock\b",
            "" if file.is_test else file.code,
        ):
            yield fault(
                file,
                found.start(),
                "pure-domain",
                f"domain code must not use {found[0]}; take the time as an argument",
            )


def _domain_may_include(file, service, header):
    # fmt is part of base's public face, and pure.
    if header.startswith(("ambula/base/", "fmt/", f"{service}/domain/")):
        return True
    if "/" not in header:
        return header not in DOMAIN_STD_BANS or file.is_test
    return file.is_test and header.split("/")[0] in ("gtest", "gmock", "rapidcheck")


# Heavy or dangerous headers stay where they are tamed: prefix → where. `tests` stands for every test.
INCLUDE_HOMES = [
    (r"boost/", ["libs/http/*.cpp", "libs/http/impl.hpp", "libs/http/response_parser.hpp", "gateway/edge/*.cpp"]),
    (r"pqxx/|libpq-fe\.h", ["libs/db/*"]),
    (r"librdkafka/|rdkafka", ["libs/bus/*", "libs/testing/*.cpp"]),
    (r"nlohmann/|ambula/json/", ["**/codec.cpp", "libs/json/*", "tests"]),
    (r"prometheus/", ["libs/observability/*"]),
    (r"cairo|pango|hb\.h|harfbuzz/", ["libs/pdf/*"]),
    (r"curl/", ["services/notification/**", "libs/observability/span.cpp"]),
    (r"libical/|(?:kainjow/)?mustache", ["services/notification/**"]),
    (r"cjose/", ["libs/auth/*"]),
    (r"date/", ["libs/base/*"]),
]


@rule
def include_homes(tree):
    """Heavy headers stay in their one file: compile time, and one place to replace a library.

    A private header of the home may carry one; then nobody outside may include that header.
    """
    carriers = {}  # path of a header → (what it carries, where that may be)
    for _ in range(4):  # headers including headers; no chain here is longer
        for file in tree.cpp:
            for _, header, what, homes in _heavy_includes(file, carriers):
                if file.path.endswith(".hpp") and _at_home(file, homes):
                    carriers[file.path] = (what, homes)
    for file in tree.cpp:
        for line, header, what, homes in _heavy_includes(file, carriers):
            if not _at_home(file, homes):
                through = "" if header == what else f" carries {what}, which"
                yield fault(
                    file,
                    line,
                    "include-homes",
                    f"{header}{through} belongs in {', '.join(homes)}; "
                    "use our own type that hides it",
                    line=True,
                )


def _heavy_includes(file, carriers):
    for line, header in file.includes:
        for pattern, homes in INCLUDE_HOMES:
            if re.match(pattern, header):
                yield line, header, header, homes
        target = (
            f"libs/{header.removeprefix('ambula/')}"
            if header.startswith("ambula/")
            else posixpath.join(posixpath.dirname(file.path), header)
        )
        if target in carriers and not header.startswith("ambula/json/"):
            what, homes = carriers[target]
            folder = posixpath.dirname(target)
            yield line, header, what, [*homes, f"{folder}/*"] if folder != "libs/json" else homes


def _at_home(file, homes):
    return any(file.is_test if home == "tests" else glob(file.path, home) for home in homes)


LINK_HOMES = [
    (r"PkgConfig::LIBPQXX|PostgreSQL::", ["libs/db/"]),
    (r"PkgConfig::RDKAFKA|RdKafka::", ["libs/bus/", "libs/testing/"]),
    (r"nlohmann_json", ["libs/json/"]),
    (r"PkgConfig::PROMETHEUS|prometheus-cpp::", ["libs/observability/"]),
    (r"Boost::", ["libs/http/", "gateway/"]),
    (r"PkgConfig::\w*(?:CAIRO|PANGO)\w*", ["libs/pdf/"]),
    (r"PkgConfig::\w*CURL\w*|CURL::", ["services/notification/", "libs/observability/"]),
    (r"PkgConfig::\w*(?:LIBICAL|ICAL|MUSTACHE)\w*", ["services/notification/"]),
    (r"PkgConfig::CJOSE", ["libs/auth/"]),
    (r"date::", ["libs/base/"]),
]
CMAKE_CALL = re.compile(
    r"^\s*(ambula_library|ambula_service|ambula_tests|target_link_libraries)\s*\(([^()]*)\)", re.M
)


@rule
def link_lines(tree):
    """CMake's link lines follow the same arrows as the includes."""
    services = tree.folders("services")
    for file in tree.matching("**/CMakeLists.txt"):
        owner = owner_of(file.path)
        if not owner:
            continue
        for call in CMAKE_CALL.finditer(
            re.sub(r"#[^\n]*", lambda found: " " * len(found[0]), file.text)
        ):
            for offset, token, for_tests in _link_tokens(call):
                message = _link_fault(owner, token, for_tests, services, file.path)
                if message:
                    yield fault(file, offset, "link-lines", message)


def _link_tokens(call):
    for_tests = call[1] == "ambula_tests" or (
        call[1] == "target_link_libraries" and re.match(r"\s*\w*_test\b", call[2])
    )
    for found in re.finditer(r"[\w:$<>{}./-]+", call[2]):
        if found[0] == "TEST":
            for_tests = True
        elif found[0] in ("PUBLIC", "PRIVATE", "LINK", "INTERFACE"):
            for_tests = call[1] == "ambula_tests"
        else:
            yield call.start(2) + found.start(), found[0], bool(for_tests)


def _link_fault(owner, token, for_tests, services, path):
    kind, name = owner
    library = re.fullmatch(r"ambula(?:::|_)(\w+)", token)
    if (
        library
        and library[1] in LIBRARIES
        and library[1] not in allowed_libraries(owner, for_tests)
    ):
        return f"{kind} {name} must not link {token}; see LAYERS in tests/tidy/tidy_rules.py"
    part = re.match(r"ambula[_-](\w+?)(?:_core|_domain)?$", token)
    if part and part[1] in services and (kind, name) != ("service", part[1]):
        return f"{kind} {name} must not link {token}; services talk by events only"
    for pattern, homes in LINK_HOMES:
        if re.match(pattern, token) and not path.startswith(tuple(homes)):
            return f"{token} is linked in {', '.join(homes)} only"
    return None


@rule
def domain_links_base_only(tree):
    """The function that declares a service keeps the domain on ambula::base alone."""
    for file in tree.matching(
        "cmake/*.cmake", "services/**/CMakeLists.txt", "gateway/**/CMakeLists.txt"
    ):
        for call in re.finditer(
            r"target_link_libraries\s*\(\s*ambula_[\w${}]+_domain\b([^()]*)\)", file.text
        ):
            for token in re.findall(r"[\w:]+", call[1]):
                if token not in ("PUBLIC", "PRIVATE", "ambula::base", "ambula::build_flags"):
                    yield fault(
                        file,
                        call.start(),
                        "domain-links",
                        f"the domain must not link {token}; ambula::base only",
                    )


@rule
def no_asio_in_headers(tree):
    """Beast and Asio types in a header make every includer pay ten seconds of compile time."""
    for file in tree.cpp:
        if file.path.endswith(".hpp") and not file.matches("libs/http/impl.hpp", "libs/http/response_parser.hpp"):
            for found in re.finditer(r"\b(?:boost|asio|beast)::|\bawaitable\s*<", file.code):
                yield fault(
                    file,
                    found.start(),
                    "no-asio-in-headers",
                    f"`{found[0]}` in a header; hide it behind an Impl or move it into libs/http/impl.hpp",
                )


# --- coroutines ----------------------------------------------------------------------------------

COROUTINE_HOMES = ("libs/http/*", "gateway/edge/*")


@rule
def coroutines_are_named_functions(tree):
    """g++ 12 miscompiles lambdas with captures in coroutines (use after free): no lambda is a coroutine."""
    for file in tree.cpp:
        code = file.code
        if not re.search(r"\bco_(?:await|return|yield)\b|\bawaitable\s*<", code):
            continue
        if not file.matches(*COROUTINE_HOMES):
            found = re.search(r"\bco_(?:await|return|yield)\b|\bawaitable\s*<", code)
            yield fault(
                file,
                found.start(),
                "coroutines",
                "coroutines live in libs/http and gateway/edge only; "
                "handlers, stores and consumers are plain blocking functions",
            )
        yield from _coroutine_lambdas(file, code)


def _coroutine_lambdas(file, code):
    every = list(lambdas(code))
    for one in every:
        inner = code[one.body_start : one.body_end]
        if re.search(r"->\s*[\w:]*\bawaitable\s*<", one.header) or re.search(
            r"\bco_(?:await|return|yield)\b", inner
        ):
            yield fault(
                file,
                one.start,
                "coroutines",
                "a lambda that is a coroutine; make it a named function "
                "with by-value parameters (g++ 12)",
            )
    for found in re.finditer(r"\bco_await\b", code):
        end = _end_of_expression(code, found.end())
        for one in every:
            if found.start() < one.start < end:
                yield fault(
                    file,
                    one.start,
                    "coroutines",
                    "a lambda inside a co_await expression; name it before, "
                    "or make it a function (g++ 12)",
                )


def _end_of_expression(code, index):
    while index < len(code) and code[index] not in ";)}":
        if code[index] in "([{":
            index = closing(code, index)
        index += 1
    return index


# --- SQL -----------------------------------------------------------------------------------------

SQL_FILES = ("services/*/store/sql/*.sql", "gateway/*/store/sql/*.sql", "libs/*/sql/*.sql")
SQL_TEXT = re.compile(
    r"\bSELECT\b.+\bFROM\b|\bINSERT\s+INTO\b|\bUPDATE\s+\w.*\bSET\b|\bDELETE\s+FROM\b|\bCREATE\s+(?:TABLE|INDEX)\b"
    r"|\A\s*(?:select\s.+\sfrom\s|insert\s+into\s|update\s+\w+\s+set\s|delete\s+from\s|with\s+\w+\s+as\s*\()",
    re.S,
)


@rule
def sql_stands_in_sql_files(tree):
    """SQL in one place: prepared at start-up, each statement run by a test, checked by the rules below."""
    for file in tree.cpp:
        if file.is_test or file.matches("libs/db/*", "libs/testing/*"):
            continue
        for literal in file.literals:
            if SQL_TEXT.search(literal.text):
                yield fault(
                    file,
                    literal.offset,
                    "sql-in-code",
                    "SQL in C++; move it to store/sql under a `-- name:` line",
                )


def every_statement(tree):
    for file in tree.matching(*SQL_FILES):
        yield from statements(file)[0]


@rule
def sql_names_the_facility(tree):
    """Facility isolation without row security: each statement names facility_id or says why not."""
    for file in tree.matching(*SQL_FILES):
        found, before = statements(file)
        if re.sub(r"--[^\n]*", "", before).strip():
            yield fault(file, 1, "sql-facility", "SQL before the first `-- name:` line", line=True)
        for one in found:
            says_why = re.match(r"\s*-- no facility: \S.{7,}", one.text)
            if not re.search(r"\bfacility_id\b", one.sql) and not says_why:
                yield fault(
                    file,
                    one.line,
                    "sql-facility",
                    f"{one.name} names no facility_id; add it to the condition, "
                    "or begin the statement with `-- no facility: <why>`",
                    line=True,
                )


MIGRATIONS = ("services/*/migrations/*.sql", "gateway/*/migrations/*.sql", "libs/*/migrations/*.sql")
CONTRACTS = re.compile(
    r"\bDROP\s+(?:TABLE|COLUMN|VIEW|SCHEMA)\b|\bRENAME\b|\bALTER\s+COLUMN\s+\w+\s+(?:TYPE|SET\s+NOT\s+NULL)\b"
    r"|\bADD\s+COLUMN\s+(?![^,;]*\bDEFAULT\b)[^,;]*\bNOT\s+NULL\b",
    re.I,
)
# What they did was before the first release; a migration that was applied once is never written again.
BEFORE_THE_FIRST_RELEASE = {
    "services/consultation/migrations/0003_visits.sql",
    "services/pharmacy/migrations/0003_stock_proves_itself.sql",
    "services/scheduling/migrations/0003_hours.sql",
    "gateway/identity/migrations/0005_audit_ids.sql",
}


@rule
def migrations_only_expand(tree):
    """During an upgrade the release before works on the new schema: nothing that it reads goes, nothing that it leaves out is asked for."""
    for file in tree.matching(*MIGRATIONS):
        if file.path in BEFORE_THE_FIRST_RELEASE:
            continue
        lines = file.text.splitlines()
        code = re.sub(r"--[^\n]*", lambda comment: " " * len(comment[0]), file.text)
        for found in CONTRACTS.finditer(code):
            line = file.line_of(found.start())
            if not any(re.search(r"-- expand: \S.{7,}", near) for near in lines[max(0, line - 2) : line]):
                yield fault(
                    file,
                    line,
                    "expand-only",
                    f"{' '.join(found[0].split())} breaks the release before; add a nullable or defaulted column beside it, "
                    "or say `-- expand: <why it goes on working>` in the line before",
                    line=True,
                )


@rule
def outbox_rows_select_from_the_write(tree):
    """The outbox id is drawn after the row is locked: INSERT … SELECT … FROM the locked write."""
    for one in every_statement(tree):
        for found in re.finditer(
            r"\binsert into (?:\w+\.)?outbox\b ?(\([^()]*\))? ?(overriding \w+ value )?(\w*)",
            one.sql,
        ):
            message = _outbox_fault(one.sql, found)
            if message:
                yield fault(
                    one.file,
                    one.line,
                    "outbox-order",
                    f"{one.name}: {message}; write INSERT INTO outbox … "
                    "SELECT … FROM <the CTE that locks the row and returns it>",
                    line=True,
                )


def _outbox_fault(sql, found):
    if found[3] != "select":
        return f"INSERT INTO outbox … {found[3] or '?'}"
    sources = _sources(_top_level(sql[found.end() :]))
    locked = locking_ctes(sql)
    if not sources & locked:
        return (
            f"selects from {', '.join(sorted(sources)) or 'nothing'}, none of which locks the row"
        )
    return None


def _top_level(text):
    """`text` up to the bracket that closes its surroundings, with everything in brackets left out."""
    depth, kept = 0, []
    for character in text:
        depth += (character == "(") - (character == ")")
        if depth < 0:
            break
        if depth == 0 and character != ")":
            kept.append(character)
        elif character == "(":
            kept.append(" ( ")
    return "".join(kept)


def _sources(select):
    """The names a flat SELECT reads from."""
    clause = re.search(
        r"\bfrom\b(.*?)(?=\bwhere\b|\bgroup by\b|\border by\b|\breturning\b|\bon conflict\b|\blimit\b|;|$)",
        select,
    )
    if not clause:
        return set()
    names = re.split(r",|\b(?:left|right|full|inner|cross|natural|outer)?\s*join\b", clause[1])
    words = [re.match(r"\s*(?:lateral\s+|only\s+)?(\w+)", name) for name in names]
    return {word[1] for word in words if word}


def locking_ctes(sql):
    """The CTEs whose rows are locked by this statement, directly or through another one."""
    bodies = {}
    for found in re.finditer(
        r"(?:\bwith(?: recursive)?|,) (\w+) ?(?:\([^()]*\) ?)?as (?:not materialized |materialized )?\(",
        sql,
    ):
        bodies[found[1]] = sql[found.end() : closing(sql, found.end() - 1)]
    locked = {name for name, body in bodies.items() if _locks(body)}
    while True:
        more = {
            name
            for name, body in bodies.items()
            if name not in locked
            and _sources(_top_level(body)) & locked
            and body.strip().startswith("select")
        }
        if not more:
            return locked
        locked |= more


def _locks(body):
    body = body.strip()
    if re.match(r"(?:insert into (?!(?:\w+\.)?outbox\b)|update |delete from )", body):
        return " returning " in body + " "
    return body.startswith("select") and bool(re.search(r"\bfor (?:no key )?update\b", body))


@rule
def sql_statements_are_used(tree):
    """A statement nobody runs is prepared at every start for nothing, and rots."""
    for one in every_statement(tree):
        home = "/".join(one.file.path.split("/")[:2]) + "/"
        pattern = re.compile(rf"\bsql::{one.name}\b")
        if not any(
            file.path.startswith(home) and not file.is_test and pattern.search(file.code)
            for file in tree.cpp
        ):
            yield fault(
                one.file,
                one.line,
                "sql-unused",
                f"no code under {home} uses sql::{one.name}; remove it",
                line=True,
            )


# --- shape ---------------------------------------------------------------------------------------

SERVICE_FILES = [
    "README.md",
    "CMakeLists.txt",
    "main.cpp",
    "definition.hpp",
    "definition.cpp",
    "api/codec.cpp",
    "events/codec.cpp",
]
SERVICE_FOLDERS = ["api", "domain", "store", "store/sql", "events", "migrations"]


@rule
def services_have_one_shape(tree):
    """Who knows one service knows six: the same names in the same places."""
    for service in tree.folders("services"):
        base = f"services/{service}"
        paths = [file.path for file in tree.files if file.path.startswith(base + "/")]
        for name in SERVICE_FILES:
            if f"{base}/{name}" not in paths:
                yield Fault(
                    f"{base}/{name}",
                    1,
                    "service-shape",
                    "every service has this file; see docs/architecture.md, One service",
                )
        for folder in SERVICE_FOLDERS:
            if not any(path.startswith(f"{base}/{folder}/") for path in paths):
                yield Fault(
                    f"{base}/{folder}",
                    1,
                    "service-shape",
                    "every service has this folder; see docs/architecture.md, One service",
                )


FUNCTION_LINES_MAX = 80
LONG_FUNCTIONS = {
    # (path pattern, function): why it may be long
    ("services/*/definition.cpp", "definition"): "a service's table of contents",
    ("gateway/*/definition.cpp", "definition"): "a service's table of contents",
}


@rule
def functions_are_short(tree):
    """A function is short enough to see whole."""
    for file in tree.files:
        if file.is_cpp:
            found = [
                (one.name, file.line_of(one.start), file.line_of(one.end))
                for one in functions(file.code)
            ]
        elif file.path.endswith(".py"):
            found = _python_functions(file)
        else:
            continue
        for name, first, last in found:
            if last - first + 1 > FUNCTION_LINES_MAX and not _may_be_long(file.path, name):
                yield fault(
                    file,
                    first,
                    "function-length",
                    f"{name} has {last - first + 1} lines, more than {FUNCTION_LINES_MAX}; "
                    "split it by what its parts do",
                    line=True,
                )


def _may_be_long(path, name):
    return any(
        glob(path, pattern) and name.split("::")[-1] == function
        for pattern, function in LONG_FUNCTIONS
    )


def _python_functions(file):
    return [
        (node.name, node.lineno, node.end_lineno)
        for node in ast.walk(ast.parse(file.text))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]


# --- words that must not stand anywhere ----------------------------------------------------------

OWN = ("tests/tidy/*",)  # this folder has to name what it looks for
# Written apart, so that this file does not say what it forbids.
UNFINISHED = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b|^[<>]{7} .*", re.M)


@rule
def nothing_is_left_for_later(tree):
    """Open work is an issue, not a comment; a merge is finished."""
    for file in tree.files:
        if not file.matches(*OWN):
            for found in UNFINISHED.finditer(file.text):
                yield fault(
                    file, found.start(), "unfinished", f"{found[0]}; finish it or open an issue"
                )


SLEEP = re.compile(
    r"\bsleep_(?:for|until)\b|\b(?:time|asyncio)\.sleep\b|\b[un](?:ano)?sleep\s*\(|^\s*sleep [0-9]",
    re.M,
)
PACED = re.compile(r"(?://|#) paced: \S")


@rule
def tests_wait_with_a_deadline(tree):
    """A sleep is too short on a slow day and wasted on others: wait with a deadline instead."""
    for file in tree.files:
        if not file.is_test or file.matches(*OWN):
            continue
        lines = file.text.splitlines()
        text = file.code if file.is_cpp else re.sub(r"#[^\n]*", "", file.text)
        for found in SLEEP.finditer(text):
            line = text.count("\n", 0, found.start()) + 1 + found[0].count("\n")
            if not any(PACED.search(near) for near in lines[max(0, line - 2) : line]):
                yield fault(
                    file,
                    line,
                    "no-sleep",
                    f"{found[0].strip()} in a test; use eventually(…), or say "
                    "`paced: <why>` in a comment here where the pace itself is the matter",
                    line=True,
                )


MACHINE_PATH = re.compile(
    r"(?<![\w.~-])/(?:work/(?:main|shared)\b|root/\w|home/(?!ambula\b|nonroot\b)\w+/)"
)
REGISTRY = re.compile(
    r"registry[.]npmjs[.]org|(?:files[.])?python(?:hosted)?[.]org/(?:packages|simple)|\bpypi[.]org|repo1?[.]maven[.]\w+"
    r"|(?:deb|security|ftp)[.]debian[.]org|proxy[.]golang[.]org|sum[.]golang[.]org|crates[.]io"
    r"|--(?:extra-)?index-url\b|\bregistry\s*=\s*https?:|\bGOPROXY\s*=\s*https?:"
)


@rule
def no_place_of_this_machine(tree):
    """The tree builds anywhere: no path of one machine, no host of a registry (clients know theirs)."""
    for file in tree.files:
        if file.matches(*OWN) or file.path == "LICENSE":
            continue
        for found in MACHINE_PATH.finditer(file.text):
            yield fault(
                file,
                found.start(),
                "machine-path",
                f"{found[0]} is a path of one machine; derive it or make it a setting",
            )
        for found in REGISTRY.finditer(file.text):
            yield fault(
                file,
                found.start(),
                "registry-host",
                f"{found[0]}; leave the registry to the client's own settings",
            )


@rule
def cpp_habits(tree):
    """Small things that grow: using-directives, iostream, std::regex, headers without #pragma once."""
    for file in tree.cpp:
        for line, header in file.includes:
            if header in ("iostream", "regex") and not file.is_test:
                yield fault(
                    file,
                    line,
                    "cpp-habits",
                    f"<{header}>; use fmt, the log, or a named parser",
                    line=True,
                )
        for found in re.finditer(r"\busing\s+namespace\s+([\w:]+)", file.code):
            if not found[1].endswith("literals"):
                yield fault(
                    file,
                    found.start(),
                    "cpp-habits",
                    f"using namespace {found[1]}; name what you use",
                )
        if file.path.endswith(".hpp") and "#pragma once" not in file.text:
            yield fault(file, 1, "cpp-habits", "a header without #pragma once", line=True)


# --- the guided tour -----------------------------------------------------------------------------

TOUR = "docs/life-of-a-request.md"
TOP_FOLDERS = ("libs", "services", "gateway", "schemas", "docs", "tests", "cmake", "helm")


@rule
def the_tour_names_what_exists(tree):
    """docs/life-of-a-request.md is read with the code open: every path and function in backticks exists."""
    for file in tree.matching(TOUR):
        prose = re.sub(
            r"^```.*?^```",
            lambda found: re.sub(r"[^\n]", " ", found[0]),
            file.text,
            flags=re.M | re.S,
        )
        for found in re.finditer(r"`([^`\n]+)`", prose):
            message = _tour_fault(tree, found[1].strip())
            if message:
                yield fault(file, found.start(), "tour", message)


def _tour_fault(tree, name):
    call = re.fullmatch(r"(?:[\w<>]+(?:::|\.|->))*([A-Za-z_]\w*)\(.*\)", name)
    if call:
        pattern = re.compile(rf"\b{call[1]}\s*[(<]")
        if not any(pattern.search(file.code) for file in tree.cpp):
            return f"there is no function {call[1]}(); say what the code says now"
        return None
    path = re.sub(r":\d+(?:-\d+)?$", "", name).rstrip("/")
    is_path = re.fullmatch(r"[\w.@*-]+(?:/[\w.@*-]+)+", path) and path.split("/")[0] in TOP_FOLDERS
    if is_path and not any(tree.root.glob(path)):
        return f"there is no {path}; say where it stands now"
    return None
