"""Reads the event contract (schemas, examples, AsyncAPI, docs/events.md) and compares it with what was released.

    python3 tests/contract/event_contract.py release     add what is new to schemas/events/released.json

`release` refuses what would break v1. Only a deliberate hand edit of released.json can take a promise back.
"""

import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
EVENTS = ROOT / "schemas" / "events"
EXAMPLES = ROOT / "schemas" / "examples" / "events"
RELEASED = EVENTS / "released.json"
CATALOGUE = ROOT / "docs" / "events.md"
COMMON = "urn:ambula:schema:common:v1"


# --- schemas -------------------------------------------------------------------------------------


def load_common(folder=EVENTS):
    return json.loads((folder / "common.schema.json").read_text())


def load_schemas(folder=EVENTS):
    """Event name → schema, by file name."""
    return {
        path.name.split(".")[0]: json.loads(path.read_text())
        for path in sorted(folder.glob("*.v1.schema.json"))
    }


def resolve(node, common):
    """`node` with its own `$ref` merged in: members of the referenced shape first, its own after them."""
    if "$ref" not in node:
        return node
    name = node["$ref"].rsplit("/", 1)[1]
    base = resolve(common["$defs"][name], common)
    own = {key: value for key, value in node.items() if key != "$ref"}
    merged = {**base, **own}
    if "properties" in base or "properties" in own:
        merged["properties"] = {**base.get("properties", {}), **own.get("properties", {})}
        merged["required"] = [*base.get("required", []), *own.get("required", [])]
    return merged


def flatten(schema, common):
    """Path → what is promised of it. A path looks like `items[].medicine.name`."""
    found = {}

    def visit(node, path):
        node = resolve(node, common)
        if path:
            promise = {"type": node.get("type")}
            # A format says it all; its pattern is only there for validators that do not check formats.
            for key in ("format", "enum") if "format" in node else ("pattern", "enum"):
                if key in node:
                    promise[key] = node[key]
            found[path] = promise
        for name, child in node.get("properties", {}).items():
            child_path = f"{path}.{name}" if path else name
            visit(child, child_path)
            found[child_path]["required"] = name in node.get("required", [])
        if "items" in node:
            visit(node["items"], f"{path}[]")

    visit(schema, "")
    return found


def snapshot(schemas, common):
    return {
        name: {"topic": schema["x-topic"], "fields": flatten(schema, common)}
        for name, schema in sorted(schemas.items())
    }


# --- compatibility -------------------------------------------------------------------------------


def breaks(released, present):
    """Sentences about everything in `present` that breaks a promise of `released`. Empty = compatible."""
    found = []
    for event, promise in released.items():
        if event not in present:
            found.append(f"{event}: the event is gone")
            continue
        now = present[event]
        if now["topic"] != promise["topic"]:
            found.append(f"{event}: moved from {promise['topic']} to {now['topic']}")
        found += [f"{event}: {fault}" for fault in _field_breaks(promise["fields"], now["fields"])]
    return found


def _field_breaks(released, present):
    for path, old in released.items():
        new = present.get(path)
        if new is None:
            yield f"`{path}` is gone (removed or renamed); keep it and add the new one beside it"
            continue
        for key in ("type", "format", "pattern"):
            if old.get(key) != new.get(key):
                yield f"`{path}` changed its {key} from {old.get(key)} to {new.get(key)}"
        yield from _enum_breaks(path, old.get("enum"), new.get("enum"))
        if new.get("required") and not old.get("required", True):
            yield f"`{path}` became required; events already in the topics lack it"
        if old.get("required") and not new.get("required", True):
            yield f"`{path}` became optional; consumers rely on it"
    for path, new in present.items():
        if path not in released and new.get("required") and _parent(path) in (None, *released):
            yield f"`{path}` is new and required; events already in the topics lack it"


def _enum_breaks(path, old, new):
    if new is not None and old is None:
        yield f"`{path}` is limited to an enumeration now"
    elif old is not None:
        # Dropping the enumeration altogether only widens what may come; taking a value away does not.
        gone = [value for value in old if new is not None and value not in new]
        if gone:
            yield f"`{path}` lost the values {', '.join(map(str, gone))}"


def _parent(path):
    """The member an inner path belongs to; a new required member of a *new* object breaks nobody."""
    return path.rsplit(".", 1)[0] if "." in path else None


# --- AsyncAPI and the page -----------------------------------------------------------------------


def load_asyncapi(path=EVENTS / "asyncapi.yaml"):
    import yaml  # only the tests need it

    return yaml.safe_load(path.read_text())


def table_rows(markdown, heading):
    """The cells of the first table under `## heading`."""
    section = re.search(rf"^## {re.escape(heading)}$(.*?)(?=^## |\Z)", markdown, re.M | re.S)
    if not section:
        raise AssertionError(f"docs/events.md has no section '{heading}'")
    rows = [
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in section[1].splitlines()
        if line.startswith("|")
    ]
    return [[cell.strip("`") for cell in row] for row in rows[2:]]


def names(cell):
    return [name.strip(" `") for name in cell.split(",") if name.strip(" `")]


def load_catalogue(path=CATALOGUE):
    """What docs/events.md says: topics, personal fields per topic, consumed topics per application."""
    text = path.read_text()
    topics = {
        topic: {"owner": owner, "key": key, "kept": kept, "events": names(events)}
        for topic, owner, key, kept, events in table_rows(text, "Topics")
    }
    personal = {
        topic: set(names(fields))
        for topic, fields in table_rows(text, "Where personal data stands")
    }
    consumers = {
        application: names(consumed)
        for application, consumed, _ in table_rows(text, "Who reads what")
    }
    return {"topics": topics, "personal": personal, "consumers": consumers}


# --- release -------------------------------------------------------------------------------------


def dump_released(released):
    """One line per field, so that a review shows exactly what is promised anew."""
    lines = []
    for event, promise in sorted(released.items()):
        fields = ",\n".join(
            f"      {json.dumps(path)}: {json.dumps(field)}"
            for path, field in promise["fields"].items()
        )
        lines.append(
            f'  {json.dumps(event)}: {{\n    "topic": {json.dumps(promise["topic"])},\n'
            f'    "fields": {{\n{fields}\n    }}\n  }}'
        )
    return "{\n" + ",\n".join(lines) + "\n}\n"


def main():
    if sys.argv[1:] != ["release"]:
        sys.exit(__doc__)
    present = snapshot(load_schemas(), load_common())
    released = json.loads(RELEASED.read_text()) if RELEASED.exists() else {}
    faults = breaks(released, present)
    if faults:
        sys.exit("Not released, this breaks v1:\n  " + "\n  ".join(faults))
    RELEASED.write_text(dump_released(present))
    print(f"{RELEASED.relative_to(ROOT)}: {len(present)} events")


if __name__ == "__main__":
    main()
