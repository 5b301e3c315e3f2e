"""Reads the tree for the tidy rules: files by name, and C++ with comments and literals blanked out."""

import dataclasses
import functools
import pathlib
import re

IGNORED_FOLDERS = {
    ".git",
    ".run",
    ".venv",
    ".cache",
    "build",
    "node_modules",
    "__pycache__",
    ".pytest_cache",
    "dist",
}
TEXT_LIMIT_BYTES = 2_000_000


@dataclasses.dataclass(frozen=True)
class Fault:
    path: str
    line: int
    rule: str
    message: str

    def __str__(self):
        return f"{self.path}:{self.line}: [{self.rule}] {self.message}"


@dataclasses.dataclass
class Literal:
    """String literals of C++ that stand side by side, joined."""

    offset: int
    text: str


@dataclasses.dataclass
class File:
    path: str  # relative to the root, with /
    text: str

    def line_of(self, offset):
        return self.text.count("\n", 0, offset) + 1

    def matches(self, *patterns):
        return any(glob(self.path, pattern) for pattern in patterns)

    @property
    def name(self):
        return self.path.rsplit("/", 1)[-1]

    @property
    def is_cpp(self):
        return self.path.endswith((".cpp", ".hpp"))

    @property
    def is_test(self):
        return self.path.startswith("tests/") or self.path.endswith(("_test.cpp", "_test.hpp"))

    @functools.cached_property
    def scanned(self):
        return scan_cpp(self.text)

    @property
    def code(self):
        """The text with comments and the insides of literals as blanks, same length."""
        return self.scanned[0]

    @property
    def literals(self):
        return self.scanned[1]

    @functools.cached_property
    def includes(self):
        """(line, header) of each #include."""
        return [
            (self.line_of(found.start()), found[1])
            for found in re.finditer(
                r'^[ \t]*#[ \t]*include[ \t]*[<"]([^>"]+)[>"]', self.text, re.M
            )
        ]


GLOB_PARTS = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*"}


@functools.lru_cache(maxsize=None)
def _glob_pattern(pattern):
    """`*` stays within one folder, `**` does not."""
    parts = re.split(r"(\*\*/|\*\*|\*)", pattern)
    return re.compile("".join(GLOB_PARTS.get(part, re.escape(part)) for part in parts) + r"\Z")


def glob(path, pattern):
    return bool(_glob_pattern(pattern).match(path))


class Tree:
    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.files = sorted(self._read(), key=lambda file: file.path)

    def _read(self):
        folders = [self.root]
        while folders:
            for entry in folders.pop().iterdir():
                if entry.is_symlink():
                    continue
                if entry.name in IGNORED_FOLDERS:
                    continue  # in a second worktree .git is a file
                if entry.is_dir():
                    folders.append(entry)
                elif entry.stat().st_size <= TEXT_LIMIT_BYTES:
                    try:
                        text = entry.read_text(encoding="utf-8")
                    except UnicodeDecodeError:
                        continue
                    if "\0" not in text:
                        yield File(entry.relative_to(self.root).as_posix(), text)

    def matching(self, *patterns):
        return [file for file in self.files if file.matches(*patterns)]

    @property
    def cpp(self):
        return [file for file in self.files if file.is_cpp]

    def folders(self, parent):
        """Names of the folders directly below `parent` that hold a file."""
        prefix = parent + "/"
        return sorted(
            {
                file.path[len(prefix) :].split("/")[0]
                for file in self.files
                if file.path.startswith(prefix) and "/" in file.path[len(prefix) :]
            }
        )


# --- C++ -----------------------------------------------------------------------------------------

TOKEN = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?\*/)
      |(?P<raw>(?:u8|[uUL])?R"(?P<delimiter>[^()\\\s]{0,16})\((?P<inside>.*?)\)(?P=delimiter)")
      |(?P<string>(?:u8|[uUL])?"(?:[^"\\\n]|\\.)*")
      |(?P<number>\b[0-9][0-9a-zA-Z_.]*(?:'[0-9a-zA-Z_.]+)+)
      |(?P<char>'(?:[^'\\\n]|\\.)+')""",
    re.X | re.S,
)


def scan_cpp(text):
    parts, literals, last, previous_end = [], [], 0, None
    for found in TOKEN.finditer(text):
        parts.append(text[last : found.start()])
        token = found[0]
        include = re.search(
            r"^[ \t]*#[ \t]*include[ \t]*$",
            text[text.rfind("\n", 0, found.start()) + 1 : found.start()],
        )
        if found.lastgroup == "number" or (found["string"] and include):
            parts.append(token)
        elif found["string"] is not None or found["raw"] is not None:
            inside = (
                found["inside"] if found["raw"] is not None else token[token.index('"') + 1 : -1]
            )
            if previous_end is not None and not _blank_code(text[previous_end : found.start()]):
                literals[-1].text += inside
            else:
                literals.append(Literal(found.start(), inside))
            previous_end = found.end()
            parts.append('"' + re.sub(r"[^\n]", " ", token[1:-1]) + '"')
        else:
            parts.append(re.sub(r"[^\n]", " ", token))
        last = found.end()
    parts.append(text[last:])
    return "".join(parts), literals


def _blank_code(between):
    """What stands between two literals once comments are gone; empty = the compiler joins them."""
    return re.sub(r"//[^\n]*|/\*.*?\*/", "", between, flags=re.S).strip()


PAIRS = {"(": ")", "[": "]", "{": "}"}


def closing(code, offset):
    """The offset of the bracket that closes the one at `offset`, or the end."""
    opened, shut = code[offset], PAIRS[code[offset]]
    depth = 0
    for index in range(offset, len(code)):
        if code[index] == opened:
            depth += 1
        elif code[index] == shut:
            depth -= 1
            if depth == 0:
                return index
    return len(code) - 1


@dataclasses.dataclass
class Lambda:
    start: int
    captures: str
    header: str  # parameters, specifiers, return type
    body_start: int
    body_end: int


KEYWORDS_BEFORE_LAMBDA = ("return", "co_return", "co_await", "co_yield", "else", "case", "throw")


def lambdas(code):
    for found in re.finditer(r"\[", code):
        start = found.start()
        before = code[:start].rstrip()
        if before.endswith("[") or code[start + 1 : start + 2] == "[":
            continue  # an attribute
        if before and (before[-1].isalnum() or before[-1] in '_)]>"'):
            word = re.search(r"\w+$", before)
            if not word or word[0] not in KEYWORDS_BEFORE_LAMBDA:
                continue  # a subscript or an array
        capture_end = closing(code, start)
        brace = _lambda_body(code, capture_end + 1)
        if brace is None:
            continue
        yield Lambda(
            start,
            code[start + 1 : capture_end].strip(),
            code[capture_end + 1 : brace],
            brace,
            closing(code, brace),
        )


def _lambda_body(code, index):
    """Where the body opens behind `[…]`, or None when this is no lambda."""
    while index < len(code):
        character = code[index]
        if character == "{":
            return index
        if character == "(":
            index = closing(code, index)
        elif character in ";,)]}=" and code[index - 1 : index + 1] != "->":
            return None
        index += 1
    return None


@dataclasses.dataclass
class Function:
    name: str
    start: int
    end: int


CONTAINER = re.compile(
    r"^\s*(?:template\s*<.*>\s*)?(?:export\s+)?(?:inline\s+)?(?:typedef\s+)?"
    r"(?:namespace|class|struct|enum|union|extern)\b",
    re.S,
)


def functions(code):
    """Every function with a body, as far as a scan without a compiler can tell."""
    code = re.sub(
        r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*",
        lambda found: re.sub(r"[^\n]", " ", found[0]),
        code,
        flags=re.M,
    )
    index = head_start = 0
    while index < len(code):
        character = code[index]
        if character in ";}":
            head_start = index + 1
        elif character == "(":
            index = closing(code, index)
        elif character == "{":
            head = code[head_start:index]
            end = closing(code, index)
            if CONTAINER.match(head) and not _is_function_head(head):
                head_start = index + 1
            elif _is_member_initialiser(head):
                index = end
            elif _is_function_head(head):
                yield Function(
                    _function_name(head), head_start + len(head) - len(head.lstrip()), end
                )
                index, head_start = end, end + 1
            else:
                index, head_start = end, end + 1
        index += 1


def _outside_parentheses(head):
    found = head
    while True:
        shorter = re.sub(r"\([^()]*\)", "", found)
        if shorter == found:
            return found
        found = shorter


def _is_function_head(head):
    if "(" not in head:
        return False
    outside = re.sub(r"operator\s*\W{1,3}", "operator", _outside_parentheses(head))
    if "=" in outside:
        return bool(re.search(r"=\s*\[", head))  # a named lambda counts as a function
    return (
        not re.match(r"\s*(?:class|struct|enum|union|namespace)\b[^()]*$", outside) or ")" in head
    )


def _is_member_initialiser(head):
    return bool(re.search(r"\)\s*(?:noexcept\s*)?:[^:]", head)) and bool(
        re.search(r"[\w>]\s*$", head)
    )


def _function_name(head):
    found = re.search(r"([~\w:]+|operator\s*\W+)\s*\(", head)
    if found and found[1] in ("TEST", "TEST_F", "TEST_P"):
        return " ".join(head.split())
    return found[1] if found else "?"


# --- SQL -----------------------------------------------------------------------------------------


@dataclasses.dataclass
class Statement:
    file: File
    name: str
    line: int
    text: str  # as written, comments included

    @property
    def sql(self):
        """Without comments and string literals, white space made single, lower case."""
        plain = re.sub(r"--[^\n]*", " ", self.text)
        plain = re.sub(r"'(?:[^']|'')*'", "''", plain)
        return " ".join(plain.split()).lower()


def statements(file):
    """(statements, text before the first) of a file of named statements."""
    parts = re.split(r"^-- name: (\w+)[ ]*$", file.text, flags=re.M)
    found, offset = [], len(parts[0])
    for name, text in zip(parts[1::2], parts[2::2]):
        offset = file.text.index(f"-- name: {name}", offset)
        found.append(Statement(file, name, file.line_of(offset), text))
        offset += len(name)
    return found, parts[0]
