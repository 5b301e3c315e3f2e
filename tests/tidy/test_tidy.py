"""The house rules hold in this tree, and each rule is proven to see a planted violation.

    python3 tests/tidy/test_tidy.py        or pytest; needs the standard library only
    python3 tests/tidy/test_tidy.py list   what the rules are

The rules stand in tidy_rules.py. A rule without a planted violation and a planted good case fails this test.
"""

import dataclasses
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import tidy_rules as rules  # noqa: E402
import tidy_source as source  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]


class TheTree(unittest.TestCase):
    """One test a rule, on the real tree."""


def _on_the_tree(check):
    def test(self):
        found = [str(fault) for fault in check(_real_tree())]
        if found:
            self.fail("\n".join(["", *found, "Why: " + check.__doc__.strip()]))

    return test


_tree = []


def _real_tree():
    if not _tree:
        _tree.append(source.Tree(ROOT))
    return _tree[0]


for _check in rules.RULES:
    setattr(TheTree, f"test_{_check.__name__}", _on_the_tree(_check))


# --- planted violations --------------------------------------------------------------------------


@dataclasses.dataclass
class Planted:
    rule: object
    files: dict  # path → text
    expected: list  # "path:line" of each fault; empty: nothing may be found


def bad(rule, expected, **files):
    return Planted(rule, _paths(files), expected.split())


def good(rule, **files):
    return Planted(rule, _paths(files), [])


def _paths(files):
    """A keyword cannot hold a path, so files come as files={…}."""
    return files["files"]


def layer_cases():
    rule = rules.layers
    yield bad(
        rule,
        "libs/base/a.cpp:2",
        files={"libs/base/a.cpp": "#include <vector>\n#include <ambula/json/json.hpp>\n"},
    )
    yield bad(rule, "libs/db/a.cpp:1", files={"libs/db/a.cpp": "#include <ambula/bus/event.hpp>\n"})
    yield bad(
        rule, "libs/http/a.hpp:1", files={"libs/http/a.hpp": "#include <ambula/auth/token.hpp>\n"}
    )
    yield bad(
        rule,
        "libs/base/a_test.cpp:1",
        files={"libs/base/a_test.cpp": "#include <ambula/http/message.hpp>\n"},
    )
    yield bad(
        rule,
        "services/queue/api/a.cpp:1",
        files={
            "services/queue/api/a.cpp": '#include "patient/domain/patient.hpp"\n',
            "services/patient/main.cpp": "",
        },
    )
    yield bad(
        rule,
        "services/queue/api/a.cpp:1",
        files={
            "services/queue/api/a.cpp": '#include "../../patient/store/p.hpp"\n',
            "services/patient/main.cpp": "",
        },
    )
    yield bad(
        rule,
        "services/queue/api/a.cpp:1",
        files={"services/queue/api/a.cpp": "#include <ambula/testing/postgres.hpp>\n"},
    )
    yield bad(
        rule,
        "services/queue/api/a.cpp:1",
        files={"services/queue/api/a.cpp": '#include "identity/store/accounts.hpp"\n'},
    )
    yield bad(
        rule,
        "libs/service/a.cpp:1",
        files={
            "libs/service/a.cpp": '#include "patient/definition.hpp"\n',
            "services/patient/main.cpp": "",
        },
    )
    yield bad(
        rule,
        "gateway/edge/a.cpp:1",
        files={
            "gateway/edge/a.cpp": '#include "patient/definition.hpp"\n',
            "services/patient/main.cpp": "",
        },
    )
    yield bad(
        rule,
        "libs/bus/a.cpp:1",
        files={"libs/bus/a.cpp": '#include "../db/session.hpp"\n'},
    )
    yield good(
        rule,
        files={
            "libs/base/a.cpp": "// #include <ambula/json/json.hpp> would be wrong\n#include <ambula/base/b.hpp>\n#include <vector>\n",
            "libs/outbox/a.cpp": "#include <ambula/db/session.hpp>\n#include <ambula/bus/event.hpp>\n",
            "libs/db/a_test.cpp": "#include <ambula/testing/postgres.hpp>\n",
            "libs/service/a.cpp": "#include <ambula/outbox/relay.hpp>\n#include <ambula/http/server.hpp>\n",
            "services/queue/api/a.cpp": '#include "queue/domain/entry.hpp"\n#include <ambula/service/call.hpp>\n',
            "libs/http/a.cpp": "#include <queue>\n",
            "libs/bus/a.cpp": '#include "../bus/event.hpp"\n',
            "services/patient/main.cpp": "#include <ambula/service/run.hpp>\n",
            "gateway/identity/api/a.cpp": '#include "identity/store/accounts.hpp"\n',
        },
    )


def domain_cases():
    rule = rules.pure_domain
    path = "services/queue/domain/entry.cpp"
    for header in (
        "ambula/db/session.hpp",
        "ambula/json/json.hpp",
        "queue/store/rows.hpp",
        "iostream",
        "pqxx/pqxx",
    ):
        yield bad(rule, f"{path}:2", files={path: f"#include <string>\n#include <{header}>\n"})
    yield bad(
        rule,
        f"{path}:2",
        files={path: "#include <chrono>\nauto at = std::chrono::system_clock::now();\n"},
    )
    yield bad(rule, f"{path}:1", files={path: "auto at = ambula::system_now();\n"})
    yield good(
        rule,
        files={
            path: '#include "queue/domain/entry.hpp"\n#include "level.hpp"\n#include <ambula/base/time.hpp>\n#include <map>\n'
            "// system_now() is the caller's\n",
            "services/queue/domain/entry_test.cpp": "#include <gtest/gtest.h>\n#include <rapidcheck/gtest.h>\n",
            "services/queue/api/a.cpp": "auto at = system_now();\n",
        },
    )


def home_cases():
    rule = rules.include_homes
    for header, path in (
        ("boost/asio.hpp", "libs/http/server.hpp"),
        ("boost/beast.hpp", "services/queue/api/a.cpp"),
        ("pqxx/pqxx", "libs/outbox/relay.cpp"),
        ("librdkafka/rdkafka.h", "libs/outbox/relay.cpp"),
        ("nlohmann/json.hpp", "services/queue/api/entries.cpp"),
        ("ambula/json/json.hpp", "services/queue/api/entries.cpp"),
        ("ambula/json/json.hpp", "libs/auth/token.cpp"),
        ("prometheus/registry.h", "libs/http/server.cpp"),
        ("cairo/cairo.h", "services/consultation/api/a.cpp"),
        ("curl/curl.h", "libs/http/client.cpp"),
        ("libical/ical.h", "services/patient/api/a.cpp"),
        ("kainjow/mustache.hpp", "libs/base/a.cpp"),
        ("cjose/cjose.h", "libs/http/a.cpp"),
        ("date/tz.h", "services/queue/domain/a.cpp"),
    ):
        yield bad(rule, f"{path}:1", files={path: f"#include <{header}>\n"})
    # A private header carries what its home may have, and nobody else may include it.
    yield bad(
        rule,
        "services/queue/api/a.cpp:1",
        files={
            "libs/http/impl.hpp": "#include <boost/asio.hpp>\n",
            "libs/http/connection.hpp": '#include "impl.hpp"\n',
            "services/queue/api/a.cpp": "#include <ambula/http/connection.hpp>\n",
        },
    )
    yield bad(
        rule,
        "libs/outbox/relay.cpp:1",
        files={
            "libs/db/connection.hpp": "#include <pqxx/pqxx>\n",
            "libs/outbox/relay.cpp": "#include <ambula/db/connection.hpp>\n",
        },
    )
    yield bad(
        rule,
        "libs/outbox/relay.cpp:1",
        files={
            "libs/db/connection.hpp": "#include <pqxx/pqxx>\n",
            "libs/db/session.hpp": '#include "connection.hpp"\n',
            "libs/outbox/relay.cpp": "#include <ambula/db/session.hpp>\n",
        },
    )
    yield good(
        rule,
        files={
            "libs/http/server.cpp": "#include <boost/beast.hpp>\n",
            "libs/http/impl.hpp": "#include <boost/asio.hpp>\n",
            "libs/http/connection.hpp": '#include "impl.hpp"\n',
            "gateway/edge/proxy.cpp": "#include <boost/beast.hpp>\n",
            "libs/db/rows.cpp": "#include <pqxx/pqxx>\n",
            "libs/db/connection.hpp": "#include <pqxx/pqxx>\n",
            "libs/db/session.cpp": '#include "connection.hpp"\n',
            "libs/json/json.hpp": "#include <nlohmann/json.hpp>\n",
            "libs/auth/codec.cpp": "#include <ambula/json/json.hpp>\n",
            "services/queue/api/codec.cpp": "#include <ambula/json/json.hpp>\n",
            "services/queue/api/codec_test.cpp": "#include <ambula/json/json.hpp>\n",
            "services/notification/send/mail.cpp": "#include <curl/curl.h>\n",
            "libs/base/zone.cpp": "#include <date/tz.h>\n",
        },
    )


def link_cases():
    rule = rules.link_lines
    yield bad(
        rule,
        "libs/db/CMakeLists.txt:1",
        files={"libs/db/CMakeLists.txt": "ambula_library(db PUBLIC ambula::bus)\n"},
    )
    yield bad(
        rule,
        "libs/db/CMakeLists.txt:2",
        files={"libs/db/CMakeLists.txt": "ambula_library(db\n  PUBLIC ambula::testing)\n"},
    )
    yield bad(
        rule,
        "libs/outbox/CMakeLists.txt:1",
        files={"libs/outbox/CMakeLists.txt": "ambula_library(outbox PRIVATE PkgConfig::LIBPQXX)\n"},
    )
    yield bad(
        rule,
        "services/queue/CMakeLists.txt:1",
        files={
            "services/queue/CMakeLists.txt": "ambula_service(queue LINK ambula_patient_core)\n",
            "services/patient/main.cpp": "",
        },
    )
    yield bad(
        rule,
        "services/patient/CMakeLists.txt:1",
        files={
            "services/patient/CMakeLists.txt": "ambula_service(patient LINK PkgConfig::LIBICAL)\n"
        },
    )
    yield bad(
        rule,
        "services/patient/CMakeLists.txt:1",
        files={
            "services/patient/CMakeLists.txt": "target_link_libraries(ambula_patient_core PRIVATE nlohmann_json::nlohmann_json)\n"
        },
    )
    yield good(
        rule,
        files={
            "libs/db/CMakeLists.txt": "# not ambula_library(db PUBLIC ambula::bus)\n"
            "ambula_library(db PUBLIC ambula::base PRIVATE ambula::observability PkgConfig::LIBPQXX TEST ambula::testing)\n",
            "services/notification/CMakeLists.txt": "ambula_service(notification LINK CURL::libcurl PkgConfig::LIBICAL)\n",
            "services/patient/CMakeLists.txt": "ambula_service(patient LINK ambula::pdf)\n",
            "gateway/CMakeLists.txt": "target_link_libraries(ambula-gateway PRIVATE Boost::headers ambula::http)\n",
        },
    )
    rule = rules.domain_links_base_only
    line = "  target_link_libraries(ambula_${name}_domain PUBLIC ambula::base%s PRIVATE ambula::build_flags)\n"
    yield bad(
        rule,
        "cmake/AmbulaTargets.cmake:1",
        files={"cmake/AmbulaTargets.cmake": line % " ambula::db"},
    )
    yield good(rule, files={"cmake/AmbulaTargets.cmake": line % ""})


def header_cases():
    rule = rules.no_asio_in_headers
    yield bad(
        rule,
        "libs/http/server.hpp:2",
        files={"libs/http/server.hpp": "#pragma once\nboost::asio::io_context& io();\n"},
    )
    yield bad(
        rule,
        "gateway/edge/proxy.hpp:1",
        files={"gateway/edge/proxy.hpp": "net::awaitable<void> run();\n"},
    )
    yield good(
        rule,
        files={
            "libs/http/impl.hpp": "boost::asio::io_context io;\n",
            "libs/http/a.cpp": "boost::asio::io_context io;\n",
            "libs/http/loop.hpp": "/// Hides boost::asio::io_context.\n",
        },
    )


def coroutine_cases():
    rule = rules.coroutines_are_named_functions
    yield bad(
        rule,
        "libs/http/a.cpp:1",
        files={"libs/http/a.cpp": "auto f = [x]() -> net::awaitable<void> { co_return; };\n"},
    )
    yield bad(
        rule,
        "libs/http/a.cpp:2",
        files={
            "libs/http/a.cpp": "void g() {\n  spawn(io, [self]() mutable { co_await x(); });\n}\n"
        },
    )
    yield bad(
        rule,
        "libs/http/a.cpp:3",
        files={
            "libs/http/a.cpp": "awaitable<void> f() {\n  co_await wait(\n      [token] { return token; });\n}\n"
        },
    )
    yield bad(
        rule,
        "libs/http/a.cpp:1",
        files={"libs/http/a.cpp": "auto f = []<class T>(T value) noexcept { co_yield value; };\n"},
    )
    yield bad(
        rule,
        "services/queue/api/a.cpp:1",
        files={"services/queue/api/a.cpp": "awaitable<void> f() { co_return; }\n"},
    )
    yield good(
        rule,
        files={
            "libs/http/a.cpp": "awaitable<int> f(int by_value) {\n  const int bytes[] = {1, 2};\n  auto name = [by_value] { return by_value; };\n"
            "  co_await wait(name());\n  // never [x] { co_await y; }\n  co_return bytes[0];\n}\n[[nodiscard]] int g();\n",
            "services/queue/api/a.cpp": 'auto text = "co_await";\n',
        },
    )


def sql_text_cases():
    rule = rules.sql_stands_in_sql_files
    path = "services/queue/store/entries.cpp"
    for sql in (
        "SELECT id FROM entry",
        "INSERT INTO entry VALUES (1)",
        "UPDATE entry SET a = 1",
        "DELETE FROM entry",
        "select id from entry",
        "with x as (select 1) select 2",
    ):
        yield bad(rule, f"{path}:2", files={path: f'void f() {{\n  run("{sql}");\n}}\n'})
    yield bad(
        rule,
        f"{path}:2",
        files={
            path: 'void f() {\n  run("SELECT id "\n      // joined by the compiler\n      "FROM entry");\n}\n'
        },
    )
    yield bad(rule, f"{path}:1", files={path: 'auto s = R"sql(\n  SELECT 1\n  FROM entry)sql";\n'})
    yield good(
        rule,
        files={
            path: '// SELECT id FROM entry\nauto a = "Select a doctor from the list."; auto b = "UPDATE"; auto c = "not updated: settings";\n',
            "services/queue/store/entries_test.cpp": 'auto s = "SELECT 1 FROM entry";\n',
            "libs/db/migrate.cpp": 'auto s = "SELECT 1 FROM m";\n',
            "libs/testing/postgres.cpp": 'auto s = "DELETE FROM entry";\n',
        },
    )


def sql_file_cases():
    rule = rules.sql_names_the_facility
    path = "services/queue/store/sql/entry.sql"
    yield bad(
        rule,
        f"{path}:3",
        files={
            path: "-- name: one\nSELECT 1 FROM e WHERE facility_id = $1\n-- name: two\nSELECT 2 FROM e\n"
        },
    )
    yield bad(
        rule,
        f"{path}:1",
        files={
            path: "-- name: one\n-- facility_id is not in the SQL\nSELECT 1 FROM e WHERE a = 'facility_id'\n"
        },
    )
    yield bad(rule, f"{path}:1", files={path: "-- name: one\n-- no facility:\nSELECT 1 FROM e\n"})
    yield bad(
        rule, f"{path}:1", files={path: "SELECT 0;\n-- name: one\nSELECT facility_id FROM e\n"}
    )
    yield bad(
        rule,
        "libs/outbox/sql/a.sql:1",
        files={"libs/outbox/sql/a.sql": "-- name: one\nSELECT 1 FROM outbox\n"},
    )
    yield good(
        rule,
        files={
            path: "-- Entries.\n-- name: one\nSELECT 1 FROM e WHERE e.facility_id = $1\n"
            "-- name: two\n-- no facility: the relay moves the rows of all of them\nSELECT 2 FROM e\n"
        },
    )

    rule = rules.sql_statements_are_used
    yield bad(
        rule,
        f"{path}:3",
        files={
            path: "-- name: one\nSELECT 1\n-- name: two\nSELECT 2\n",
            "services/queue/store/entries.cpp": "tx.exec(sql::one); // sql::two\n",
            "services/queue/store/entries_test.cpp": "tx.exec(sql::two);\n",
            "services/patient/store/a.cpp": "tx.exec(sql::two);\n",
        },
    )
    yield good(
        rule,
        files={
            path: "-- name: one\nSELECT 1\n",
            "services/queue/store/entries.cpp": "tx.exec(queue::sql::one);\n",
        },
    )


WRITE = (
    "-- name: one\nWITH upd AS (UPDATE e SET v = v + 1 WHERE facility_id = $1 RETURNING id, v)\n"
)


def outbox_cases():
    rule = rules.outbox_rows_select_from_the_write
    path = "services/queue/store/sql/entry.sql"
    for wrong in (
        WRITE + "INSERT INTO outbox (id, v) VALUES ($1, (SELECT v FROM upd))",
        WRITE + "INSERT INTO outbox (id, v) SELECT $1, (SELECT v FROM upd)",
        WRITE + "INSERT INTO outbox (id, v) SELECT $1, e.v FROM e",
        "-- name: one\nWITH seen AS (SELECT id, v FROM e) INSERT INTO outbox (id) SELECT id FROM seen",
        "-- name: one\nWITH upd AS (UPDATE e SET v = 1) INSERT INTO outbox (id) SELECT id FROM upd",
        "-- name: one\nINSERT INTO outbox VALUES ($1)",
        WRITE
        + ", ev AS (INSERT INTO queue.outbox (id) SELECT id FROM unnest($2::uuid[]) AS n(id)) SELECT v FROM upd",
    ):
        yield bad(rule, f"{path}:1", files={path: wrong + "\n"})
    for right in (
        WRITE
        + "INSERT INTO outbox (id, v) SELECT n.id, upd.v + n.ord FROM upd, unnest($2::uuid[]) WITH ORDINALITY AS n(id, ord)",
        WRITE
        + "INSERT INTO outbox (id, v) SELECT n.id, upd.v FROM unnest($2::uuid[]) AS n(id) CROSS JOIN upd WHERE true",
        WRITE
        + ", ev AS (INSERT INTO outbox (id) SELECT id FROM upd ORDER BY id) SELECT v FROM upd",
        WRITE
        + ", many AS (SELECT n.id FROM upd, unnest($2::uuid[]) AS n(id))\nINSERT INTO outbox (id) SELECT id FROM many",
        "-- name: one\nWITH ins AS (INSERT INTO e (id) VALUES ($1) ON CONFLICT DO NOTHING RETURNING id)\n"
        "INSERT INTO outbox (id) SELECT id FROM ins",
        "-- name: one\nWITH locked AS MATERIALIZED (SELECT id FROM e WHERE id = $1 FOR UPDATE)\n"
        "INSERT INTO outbox (id) SELECT id FROM locked",
        "-- name: one\n-- INSERT INTO outbox VALUES would be wrong\nSELECT 1",
    ):
        yield good(rule, files={path: right + "\n"})


def shape_cases():
    rule = rules.services_have_one_shape
    whole = {
        f"services/queue/{name}": ""
        for name in [
            *rules.SERVICE_FILES,
            "domain/entry.cpp",
            "store/entries.cpp",
            "store/sql/entry.sql",
            "migrations/0001_start.sql",
        ]
    }
    without = {
        path: text for path, text in whole.items() if not path.endswith(("/main.cpp", ".sql"))
    }
    yield bad(
        rule,
        "services/queue/main.cpp:1 services/queue/store/sql:1 services/queue/migrations:1",
        files=without,
    )
    yield good(rule, files=whole)

    rule = rules.functions_are_short
    long = "\n".join(["int f(int a) {"] + ["  ++a;"] * 79 + ["}\n"])
    yield bad(
        rule,
        "libs/base/a.cpp:3",
        files={"libs/base/a.cpp": "namespace ambula {\n\n" + long + "}\n"},
    )
    yield bad(
        rule,
        "libs/base/a.cpp:2",
        files={
            "libs/base/a.cpp": "class A {\n"
            + long.replace("int f(int a)", "A() : a_{1}, b_(2)")
            + "};\n"
        },
    )
    yield bad(
        rule,
        "libs/base/a_test.cpp:1",
        files={"libs/base/a_test.cpp": long.replace("int f(int a)", "TEST(A, b)")},
    )
    yield bad(rule, "tests/a.py:2", files={"tests/a.py": "\ndef f():\n" + "    pass\n" * 80})
    yield bad(
        rule, "services/queue/definition.cpp:1", files={"services/queue/definition.cpp": long}
    )
    yield good(
        rule,
        files={
            "libs/base/a.cpp": long.replace("  ++a;\n", "", 1)
            + "const int table[] = {\n"
            + "  1,\n" * 90
            + "};\nnamespace x {\n"
            + "int a();\n" * 90
            + "}\n",
            "services/queue/definition.cpp": long.replace(
                "int f(int a)", "service::Definition definition()"
            ),
            "tests/a.py": "def f():\n" + "    pass\n" * 79,
        },
    )


def word_cases():
    rule = rules.nothing_is_left_for_later
    for word in ("TO" + "DO", "FIX" + "ME"):
        yield bad(rule, "libs/base/a.cpp:2", files={"libs/base/a.cpp": f"\n// {word}: later\n"})
    yield bad(rule, "docs/a.md:2", files={"docs/a.md": "\n<<<<" + "<<< HEAD\n"})
    yield good(rule, files={"libs/base/a.cpp": "// What to do with a todo list.\n"})

    rule = rules.tests_wait_with_a_deadline
    yield bad(
        rule,
        "libs/bus/a_test.cpp:2",
        files={"libs/bus/a_test.cpp": "\nstd::this_thread::sleep_for(1s);\n"},
    )
    yield bad(rule, "tests/e2e/a.py:1", files={"tests/e2e/a.py": "time.sleep(1)\n"})
    yield bad(rule, "tests/e2e/a.sh:2", files={"tests/e2e/a.sh": "#!/bin/sh\nsleep 5\n"})
    yield bad(rule, "tests/e2e/a.py:2", files={"tests/e2e/a.py": "# paced:\ntime.sleep(1)\n"})
    yield good(
        rule,
        files={
            "libs/bus/a_test.cpp": '// paced: the load is one a second\nstd::this_thread::sleep_for(1s);  // sleep_for\nauto s = "sleep_for";\n',
            "tests/e2e/a.py": "time.sleep(1)  # paced: open loop, one request a second\n# time.sleep is refused\n",
            "libs/bus/a.cpp": "std::this_thread::sleep_for(1s);\n",
        },
    )

    rule = rules.no_place_of_this_machine
    for text in (
        "/work/" + "main/x",
        "/home/" + "someone/x",
        "https://registry.npmjs" + ".org/x",
        "https://pypi" + ".org/simple",
        "http://deb.debian" + ".org/debian",
        "pip --index-" + "url http://x",
    ):
        yield bad(rule, "dev:2", files={"dev": f"#!/bin/sh\necho {text}\n"})
    yield good(
        rule,
        files={
            "dev": "cd /var/lib/ambula; pip install pytest; ls $HOME/work/x /usr/lib services/work/main.py\n"
        },
    )

    rule = rules.cpp_habits
    yield bad(rule, "libs/base/a.cpp:1", files={"libs/base/a.cpp": "using namespace std;\n"})
    yield bad(rule, "libs/base/a.cpp:1", files={"libs/base/a.cpp": "#include <iostream>\n"})
    yield bad(rule, "libs/base/a.hpp:1", files={"libs/base/a.hpp": "int a();\n"})
    yield good(
        rule,
        files={
            "libs/base/a.cpp": "using namespace std::chrono_literals;\n// using namespace std;\n",
            "libs/base/a.hpp": "#pragma once\n",
        },
    )


def tour_cases():
    rule = rules.the_tour_names_what_exists
    code = {
        "services/queue/api/entries.cpp": "Answer call_next(Call& call) { return sql::x; }\n// gone_function(\n"
    }
    yield bad(
        rule,
        "docs/life-of-a-request.md:2",
        files={**code, "docs/life-of-a-request.md": "Read\n`services/queue/api/gone.cpp`.\n"},
    )
    yield bad(
        rule,
        "docs/life-of-a-request.md:1",
        files={**code, "docs/life-of-a-request.md": "`gone_function()` does it\n"},
    )
    yield bad(
        rule,
        "docs/life-of-a-request.md:1",
        files={**code, "docs/life-of-a-request.md": "`Queue::other(id)` does it\n"},
    )
    yield good(
        rule,
        files={
            **code,
            "docs/life-of-a-request.md": "`queue::call_next()` in `services/queue/api/entries.cpp:1`, `services/*/api/`, `POST /v1/queues/{id}/call-next`, "
            "`application/json`, `/v1/queues`\n```\nservices/queue/gone.cpp\n```\n",
        },
    )


def migration_cases():
    rule = rules.migrations_only_expand
    path = "services/queue/migrations/0009_x.sql"
    for breaking in (
        "DROP TABLE visitor;",
        "ALTER TABLE visitor DROP COLUMN name;",
        "ALTER TABLE visitor RENAME COLUMN name TO label;",
        "ALTER TABLE visitor ALTER COLUMN name TYPE varchar(9);",
        "ALTER TABLE visitor ADD COLUMN a int DEFAULT 1,\n  ALTER COLUMN name SET NOT NULL;",
        "ALTER TABLE visitor ADD COLUMN age int NOT NULL CHECK (age > 0);",
        "-- expand: why\nDROP VIEW v;",
    ):
        yield bad(rule, f"{path}:{1 + breaking.count(chr(10))}", files={path: breaking})
    yield good(
        rule,
        files={
            path: "-- DROP TABLE visitor\nALTER TABLE visitor ADD COLUMN age int NOT NULL DEFAULT 0, ADD COLUMN note text;\n"
            "CREATE TABLE z (id uuid NOT NULL, day date NOT NULL);\n"
            "-- expand: the release before never read it\nDROP TABLE seen;\n",
            "services/queue/store/sql/x.sql": "DROP TABLE visitor;",
        },
    )


PLANTED = [
    case
    for cases in (
        layer_cases,
        domain_cases,
        home_cases,
        link_cases,
        header_cases,
        coroutine_cases,
        sql_text_cases,
        sql_file_cases,
        migration_cases,
        outbox_cases,
        shape_cases,
        word_cases,
        tour_cases,
    )
    for case in cases()
]


class PlantedViolations(unittest.TestCase):
    def test_each_is_found_where_it_was_planted_and_nothing_else(self):
        for case in PLANTED:
            with self.subTest(
                rule=case.rule.__name__, files=case.files
            ), tempfile.TemporaryDirectory() as folder:
                for path, text in case.files.items():
                    target = pathlib.Path(folder) / path
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_text(text)
                found = list(case.rule(source.Tree(folder)))
                self.assertEqual(
                    {f"{fault.path}:{fault.line}" for fault in found},
                    set(case.expected),
                    "\n".join(map(str, found)),
                )

    def test_every_rule_has_a_bad_and_a_good_case(self):
        for kind in (True, False):
            proven = {case.rule for case in PLANTED if bool(case.expected) == kind}
            self.assertEqual(set(rules.RULES), proven)

    def test_messages_name_place_rule_and_remedy(self):
        text = str(source.Fault("libs/a.cpp", 7, "layers", "what; what to do"))
        self.assertEqual(text, "libs/a.cpp:7: [layers] what; what to do")


class Scanner(unittest.TestCase):
    """What the rules stand on."""

    def test_blanks_comments_and_literals_but_keeps_places(self):
        text = 'int a = 1\'000; // "x"\nauto b = "y;{" /* z */ "w";\nauto c = R"d(\n}" )d";\nchar e = \'"\';\n'
        code, literals = source.scan_cpp(text)
        self.assertEqual(len(code), len(text))
        self.assertEqual(code.count("\n"), text.count("\n"))
        for hidden in "xyzw}{":
            self.assertNotIn(hidden, code)
        self.assertEqual([literal.text for literal in literals], ["y;{w", '\n}" '])

    def test_finds_functions_of_every_kind(self):
        text = (
            "namespace a {\nstruct B {\n  B() : x_{1}, y_(2) {}\n  bool operator==(const B&) const { return true; }\n"
            "  int x_{0};\n};\nconst int t[] = {1, 2};\nstd::vector<int> f(int a = 3) noexcept { if (a) { } return {}; }\n"
            "template <class T>\nauto g(T t) -> int { return [t] { return t; }(); }\nauto h = [](int) { return 1; };\n"
            "enum class E { a, b };\n#define M(x) { x }\nint B::m() const { return 0; }\n}\n"
        )
        names = [one.name for one in source.functions(source.scan_cpp(text)[0])]
        self.assertEqual(len(names), 6, names)
        self.assertIn("f", names)
        self.assertIn("B::m", names)

    def test_finds_lambdas_and_no_subscripts(self):
        text = "auto a = [x, &y](int z) mutable -> int { return z; }; b[0] = c[1]; [[maybe_unused]] int d[3] = {1}; run([] {});"
        self.assertEqual([one.captures for one in source.lambdas(text)], ["x, &y", ""])

    def test_globs(self):
        self.assertTrue(source.glob("services/queue/api/codec.cpp", "**/codec.cpp"))
        self.assertTrue(source.glob("libs/db/a.cpp", "libs/db/*"))
        self.assertFalse(source.glob("libs/db/b/a.cpp", "libs/db/*"))
        self.assertTrue(source.glob("services/queue/domain/b/a.cpp", "services/*/domain/**"))


if __name__ == "__main__":
    if sys.argv[1:] == ["list"]:
        for check in rules.RULES:
            print(f"{check.__name__}\n    {check.__doc__.strip()}")
    else:
        unittest.main()
