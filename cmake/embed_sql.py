"""Turns store/sql/*.sql and migrations/*.sql into C++ headers.

A statement begins at a line `-- name: book_appointment` and ends at the next one; comment lines directly
above the SQL stay with it. A migration is a whole file; its version is the number before the first `_`.
"""

import pathlib
import re
import sys


def literal(text: str) -> str:
    # MSVC's limit does not matter here, but one delimiter that SQL never contains does.
    assert ')sql"' not in text
    return f'R"sql({text})sql"'


def write(path: pathlib.Path, text: str) -> None:
    if not path.exists() or path.read_text() != text:
        path.write_text(text)
    else:
        path.touch()


def statements(folder: pathlib.Path):
    for file in sorted(folder.glob("*.sql")):
        parts = re.split(r"^-- name: (\w+)[ ]*$", file.read_text(), flags=re.M)
        if parts[0].strip() and not all(line.startswith("--") for line in parts[0].strip().splitlines()):
            sys.exit(f"{file}: SQL before the first '-- name:' line")
        for name, sql in zip(parts[1::2], parts[2::2]):
            yield name, sql.strip()


def main() -> None:
    service, statement_dir, migration_dir, out = sys.argv[1], *map(pathlib.Path, sys.argv[2:5])
    out.mkdir(parents=True, exist_ok=True)
    found = list(statements(statement_dir))
    names = [name for name, _ in found]
    if len(names) != len(set(names)):
        sys.exit(f"{service}: a statement name is used twice")
    lines = ["// Generated from store/sql by cmake/embed_sql.py.", "#pragma once", "",
             "#include <ambula/db/statement.hpp>", "", f"namespace ambula::{service}::sql {{", ""]
    for name, sql in found:
        lines.append(f'inline constexpr db::Statement {name}{{"{name}", {literal(sql)}}};\n')
    lines.append("inline constexpr db::Statement all[] = {" + ", ".join(names) + "};" if names
                 else "inline constexpr std::span<const db::Statement> all{};")
    lines.append(f"\n}}  // namespace ambula::{service}::sql\n")
    write(out / "sql.hpp", "\n".join(lines))

    lines = ["// Generated from migrations by cmake/embed_sql.py.", "#pragma once", "",
             "#include <ambula/db/migrate.hpp>", "", f"namespace ambula::{service} {{", ""]
    files = sorted(migration_dir.glob("*.sql"))
    if files:
        lines.append("inline constexpr db::Migration migrations[] = {")
        for file in files:
            version = int(file.name.split("_")[0])
            lines.append(f'    {{{version}, "{file.stem}", {literal(file.read_text())}}},')
        lines.append("};")
    else:
        lines.append("inline constexpr std::span<const db::Migration> migrations{};")
    lines.append(f"\n}}  // namespace ambula::{service}\n")
    write(out / "migrations.hpp", "\n".join(lines))


main()
