"""INT-3: the event contract holds together, and nothing released is broken.

Schemas, examples, the AsyncAPI document and the tables of docs/events.md are four views of one thing. These tests
keep them equal, keep personal data where the page says it may stand, and compare with schemas/events/released.json.
Every comparing rule is proven on planted changes, so that it cannot rot unseen.
"""

import copy
import json
import re

import jsonschema
import pytest
import referencing
import yaml

import event_contract as contract

COMMON = contract.load_common()
SCHEMAS = contract.load_schemas()
CATALOGUE = contract.load_catalogue()
TOPICS = CATALOGUE["topics"]
EVENT_TOPIC = {event: topic for topic, entry in TOPICS.items() for event in entry["events"]}
ASYNCAPI = contract.load_asyncapi()
REGISTRY = referencing.Registry().with_resource(
    contract.COMMON, referencing.Resource.from_contents(COMMON)
)

# Fields that say something about a person or open a door. docs/events.md names the topics that may carry them.
PERSONAL_FIELDS = {
    "given_name",
    "family_name",
    "display_name",
    "birth_date",
    "sex",
    "phone",
    "email",
    "address",
    "mrn",
    "allergies",
    "preferences",
    "emergency_contact",
    "blood_group",
    "login",
    "token",
}
# In these topics `name` and `items` are of a person; elsewhere they are of a thing.
PERSONAL_HERE = {"ambula.visitor.v1": {"name"}, "ambula.prescription.v1": {"items"}}
NEVER_FIELDS = {
    "diagnosis",
    "diagnoses",
    "symptoms",
    "vitals",
    "note",
    "notes",
    "complaint",
    "history",
    "examination",
    "plan",
    "medical_history",
    "conditions",
    "addenda",
    "password",
    "access_token",
    "refresh_token",
    "tracking_token",
    "board_token",
    "login",
}


def validator(schema):
    return jsonschema.Draft202012Validator(
        schema, registry=REGISTRY, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )


def example_text(event):
    return (contract.EXAMPLES / f"{event}.v1.json").read_text()


def field_names(schema):
    """Name → paths, of every member at any depth."""
    found = {}
    for path in contract.flatten(schema, COMMON):
        found.setdefault(path.rsplit(".", 1)[-1].removesuffix("[]"), set()).add(path)
    return found


# --- each schema and its example -----------------------------------------------------------------


def test_common_shapes_are_valid_and_all_used():
    jsonschema.Draft202012Validator.check_schema(COMMON)
    texts = [json.dumps(COMMON), *(json.dumps(schema) for schema in SCHEMAS.values())]
    unused = [
        name for name in COMMON["$defs"] if not any(f'#/$defs/{name}"' in text for text in texts)
    ]
    assert not unused, f"shapes nobody uses: {unused}"


@pytest.mark.parametrize("event", SCHEMAS)
def test_schema_is_valid_and_says_what_it_is(event):
    schema = SCHEMAS[event]
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"urn:ambula:schema:{event}:v1"
    assert schema["title"] == event
    assert schema["description"]
    assert schema["additionalProperties"] is True, "consumers ignore unknown fields"
    assert schema["x-topic"] == EVENT_TOPIC[event]
    assert schema["x-owner"] == TOPICS[schema["x-topic"]]["owner"]


@pytest.mark.parametrize("event", SCHEMAS)
def test_every_field_is_described_and_typed(event):
    def visit(node, path):
        resolved = contract.resolve(node, COMMON)
        assert resolved.get("type"), f"{path} has no type"
        assert not path or resolved.get("description"), f"{path} has no description"
        for name, child in resolved.get("properties", {}).items():
            visit(child, f"{path}.{name}")
        if "items" in resolved:
            visit({"description": "element", **resolved["items"]}, f"{path}[]")
        if resolved["type"] == "object":
            assert resolved["additionalProperties"] is True, f"{path} refuses unknown fields"
            assert set(resolved["required"]) <= set(resolved["properties"]), path

    visit(SCHEMAS[event], "")


@pytest.mark.parametrize("event", SCHEMAS)
def test_body_begins_with_the_aggregates_id(event):
    schema = contract.resolve(SCHEMAS[event], COMMON)
    first, *rest = schema["properties"]
    key = TOPICS[schema["x-topic"]]["key"]
    if event == "PatientBindingRefused":
        key = "account_id"  # the page says so below the table
    assert first == key
    assert schema["properties"][first]["description"]
    if key != "facility_id" and schema["x-topic"] != "ambula.account.v1":
        assert rest[0] == "facility_id"


@pytest.mark.parametrize("event", SCHEMAS)
def test_example_validates_and_is_canonical(event):
    text = example_text(event)
    body = json.loads(text)
    faults = [fault.message for fault in validator(SCHEMAS[event]).iter_errors(body)]
    assert not faults, faults
    compact = json.dumps(body, ensure_ascii=False, separators=(",", ":")) + "\n"
    assert (
        text == compact
    ), "examples are compact JSON on one line: codecs re-encode them byte for byte"


@pytest.mark.parametrize("event", SCHEMAS)
def test_example_members_stand_in_the_schemas_order(event):
    assert not list(misplaced(SCHEMAS[event], json.loads(example_text(event))))


def misplaced(schema, value, path=""):
    """Members unknown to the schema, null, or out of order, at any depth."""
    schema = contract.resolve(schema, COMMON)
    if isinstance(value, dict):
        order = list(schema["properties"])
        for name in value:
            if name not in order:
                yield f"{path}.{name} is not in the schema"
            elif value[name] is None:
                yield f"{path}.{name} is null; absent members are absent"
            else:
                yield from misplaced(schema["properties"][name], value[name], f"{path}.{name}")
        if list(value) != [name for name in order if name in value]:
            yield f"{path or 'body'}: members stand as {list(value)}"
    elif isinstance(value, list):
        for index, element in enumerate(value):
            yield from misplaced(schema["items"], element, f"{path}[{index}]")


def test_misplaced_sees_planted_faults():
    schema = SCHEMAS["QueueEntryCalled"]
    body = json.loads(example_text("QueueEntryCalled"))
    assert any(
        "members stand" in fault for fault in misplaced(schema, dict(reversed(body.items())))
    )
    swapped = {**body, "ticket": dict(reversed(body["ticket"].items()))}
    assert any(fault.startswith(".ticket") for fault in misplaced(schema, swapped))
    assert any("null" in fault for fault in misplaced(schema, {**body, "doctor_id": None}))
    assert any("not in the schema" in fault for fault in misplaced(schema, {**body, "extra": 1}))


def test_examples_show_every_optional_field():
    """A codec is proven by the examples, so each field of a shape must appear in one of them."""
    unseen = {}
    for event, schema in SCHEMAS.items():
        shape = schema.get("$ref", event)
        fields = unseen.setdefault(shape, set())
        fields |= set(contract.flatten(schema, COMMON))
    for event, schema in SCHEMAS.items():
        unseen[schema.get("$ref", event)] -= set(paths_of(json.loads(example_text(event))))
    assert not {shape: fields for shape, fields in unseen.items() if fields}


def paths_of(value, path=""):
    if path:
        yield path
    if isinstance(value, dict):
        for name, child in value.items():
            yield from paths_of(child, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for child in value:
            yield from paths_of(child, f"{path}[]")


def test_examples_are_refused_when_broken():
    """The schemas can see: each wrong body is refused."""
    body = json.loads(example_text("AppointmentBooked"))
    wrong = [
        {**body, "status": "PENDING"},
        {**body, "starts_at": "2026-11-30T04:00:00+05:30"},
        {**body, "starts_at": "2026-11-30"},
        {**body, "patient_id": "17"},
        {**body, "move_count": -1},
        {**body, "move_count": "0"},
        {name: value for name, value in body.items() if name != "facility_id"},
    ]
    for variant in wrong:
        assert not validator(SCHEMAS["AppointmentBooked"]).is_valid(variant), variant
    assert validator(SCHEMAS["AppointmentBooked"]).is_valid({**body, "something_new": 1})
    entry = json.loads(example_text("QueueEntryCreated"))
    del entry["visitor_id"]
    assert not validator(SCHEMAS["QueueEntryCreated"]).is_valid(
        entry
    ), "neither patient nor visitor"


# --- four views of one catalogue -----------------------------------------------------------------


def test_catalogue_schemas_and_examples_name_the_same_events():
    assert len(EVENT_TOPIC) == sum(
        len(entry["events"]) for entry in TOPICS.values()
    ), "an event twice"
    assert set(EVENT_TOPIC) == set(SCHEMAS)
    assert set(SCHEMAS) == {path.name.split(".")[0] for path in contract.EXAMPLES.iterdir()}


def test_every_topic_says_what_it_carries():
    rows = contract.table_rows(contract.CATALOGUE.read_text(), "What they carry")
    assert [topic for topic, _ in rows] == list(TOPICS)


def test_asyncapi_has_the_same_topics_and_events():
    channels = ASYNCAPI["channels"]
    assert ASYNCAPI["asyncapi"] == "3.0.0"
    assert {channel["address"] for channel in channels.values()} == set(TOPICS)
    for name, channel in channels.items():
        assert channel["address"] == f"ambula.{name}.v1"
        assert set(channel["messages"]) - {"Tombstone"} == set(TOPICS[channel["address"]]["events"])
        for message, reference in channel["messages"].items():
            assert reference == {"$ref": f"#/components/messages/{message}"}
    assert set(ASYNCAPI["components"]["messages"]) == set(EVENT_TOPIC) | {"Tombstone"}


@pytest.mark.parametrize("event", SCHEMAS)
def test_asyncapi_message_points_to_its_schema(event):
    message = ASYNCAPI["components"]["messages"][event]
    assert message["name"] == f"ambula.{event}"
    assert message["summary"] == SCHEMAS[event]["description"]
    assert message["payload"]["schema"] == {"$ref": f"./{event}.v1.schema.json"}
    assert message["headers"] == {"$ref": "#/components/schemas/CloudEventHeaders"}


def test_asyncapi_topic_settings_are_those_of_the_page():
    for channel in ASYNCAPI["channels"].values():
        settings = channel["bindings"]["kafka"]
        assert settings["topic"] == channel["address"]
        assert settings["partitions"] >= 1
        assert settings["topicConfiguration"] == topic_configuration(
            TOPICS[channel["address"]]["kept"]
        )


def topic_configuration(kept):
    if kept == "compacted":
        return {"cleanup.policy": ["compact"]}
    if kept == "without end":
        return {"cleanup.policy": ["delete"], "retention.ms": -1}
    count, unit = kept.split()
    hours = int(count) * {"d": 24, "h": 1}[unit]
    return {"cleanup.policy": ["delete"], "retention.ms": hours * 3_600_000}


def test_tombstones_are_told_where_they_may_come():
    carrying = {
        channel["address"]
        for channel in ASYNCAPI["channels"].values()
        if "Tombstone" in channel["messages"]
    }
    assert carrying == {"ambula.patient.v1", "ambula.visitor.v1"}


def test_asyncapi_operations_are_owners_and_consumers_of_the_page():
    expected = {("send", entry["owner"], topic) for topic, entry in TOPICS.items()}
    expected |= {
        ("receive", application, f"ambula.{short}.v1")
        for application, consumed in CATALOGUE["consumers"].items()
        for short in consumed
    }
    found = set()
    for operation in ASYNCAPI["operations"].values():
        channel = ASYNCAPI["channels"][operation["channel"]["$ref"].removeprefix("#/channels/")]
        found.add((operation["action"], operation["x-application"], channel["address"]))
    assert found == expected
    for channel in ASYNCAPI["channels"].values():
        assert channel["x-owner"] == TOPICS[channel["address"]]["owner"]
        assert set(channel["x-consumers"]) == {
            application
            for action, application, topic in expected
            if action == "receive" and topic == channel["address"]
        }


def test_envelope_table_and_header_schema_name_the_same_headers():
    rows = contract.table_rows(contract.CATALOGUE.read_text(), "Envelope")
    headers = ASYNCAPI["components"]["schemas"]["CloudEventHeaders"]
    assert {row[0] for row in rows} == set(headers["properties"])
    optional = {"ce_facilityid", "ce_traceparent", "ce_causationid", "ce_actorid"}
    assert set(headers["required"]) == set(headers["properties"]) - optional


def test_all_local_references_of_asyncapi_exist():
    def visit(node):
        if isinstance(node, dict):
            reference = node.get("$ref")
            if reference and reference.startswith("#/"):
                target = ASYNCAPI
                for part in reference[2:].split("/"):
                    target = target[part]
            elif reference:
                assert (contract.EVENTS / reference).is_file(), reference
            for child in node.values():
                visit(child)
        elif isinstance(node, list):
            for child in node:
                visit(child)

    visit(ASYNCAPI)


def test_code_knows_the_same_topics():
    """libs/bus names every topic once more, because a process must create and subscribe them."""
    source = contract.ROOT / "libs" / "bus" / "topics.cpp"
    found = dict(re.findall(r'Topic\{"(ambula\.[a-z-]+\.v1)"([^}]*)\}', source.read_text()))
    assert list(found) == list(TOPICS)
    for topic, settings in found.items():
        assert kept_in_code(settings) == TOPICS[topic]["kept"], topic


def kept_in_code(settings):
    hours = re.search(r"hours[({](\d+)[)}]", settings)
    if "compacted" in settings:
        return "compacted"
    return f"{hours[1]} h" if hours else "7 d" if "week" in settings else "without end"


EVENT_STEMS = "|".join(
    sorted(
        {re.match(r"QueueEntry|[A-Z][a-z]+", event)[0] for event in SCHEMAS}, key=len, reverse=True
    )
)


def misnamed_events(service, text):
    """Event names in a service's code that the catalogue does not know, or not for this service."""
    may = set(CATALOGUE["consumers"].get(service, []))
    may |= {topic[7:-3] for topic, entry in TOPICS.items() if entry["owner"] == service}
    for name in re.findall(rf'"((?:{EVENT_STEMS})[A-Z][A-Za-z]+)"', text):
        if name not in EVENT_TOPIC:
            yield f"{name} is not in docs/events.md"
        elif EVENT_TOPIC[name][7:-3] not in may:
            yield f"{name}: {service} neither owns nor consumes {EVENT_TOPIC[name]} by docs/events.md"


def test_services_name_only_events_they_own_or_consume():
    faults = [
        f"{path.relative_to(contract.ROOT)}: {fault}"
        for path in sorted((contract.ROOT / "services").rglob("*.cpp"))
        for fault in misnamed_events(path.relative_to(contract.ROOT).parts[1], path.read_text())
    ]
    assert not faults, "\n".join(faults)


def test_misnamed_events_are_seen():
    assert not list(
        misnamed_events("scheduling", 'a("AppointmentBooked") b("ConsultationStarted")')
    )
    assert list(misnamed_events("scheduling", 'a("AppointmentBookedAgain")'))
    assert list(misnamed_events("scheduling", 'a("PrescriptionIssued")'))


# --- personal data -------------------------------------------------------------------------------


def personal_fields(topic, schema):
    names = field_names(schema)
    return {name for name in names if name in PERSONAL_FIELDS | PERSONAL_HERE.get(topic, set())}


@pytest.mark.parametrize("event", SCHEMAS)
def test_personal_data_stands_only_where_the_page_allows_it(event):  # also AUD-2
    topic = EVENT_TOPIC[event]
    surplus = personal_fields(topic, SCHEMAS[event]) - CATALOGUE["personal"].get(topic, set())
    assert (
        not surplus
    ), f"{topic} may not carry {surplus}; see docs/events.md, Where personal data stands"
    forbidden = NEVER_FIELDS & set(field_names(SCHEMAS[event]))
    assert not forbidden, f"no topic may carry {forbidden}"


def test_the_personal_table_names_nothing_that_is_not_there():
    for topic, allowed in CATALOGUE["personal"].items():
        carried = set().union(
            *(personal_fields(topic, SCHEMAS[event]) for event in TOPICS[topic]["events"])
        )
        assert allowed == carried, topic


def test_personal_data_is_seen_when_planted_deep():
    schema = copy.deepcopy(SCHEMAS["MessageSent"])
    schema["properties"] = {
        "to": {
            "type": "array",
            "items": {"type": "object", "properties": {"email": {"type": "string"}}},
        }
    }
    assert personal_fields("ambula.message.v1", schema) == {"email"}


def test_free_text_reasons_stand_only_where_the_page_allows_them():
    """`reason` typed by people is known in two topics; elsewhere it must be a code or an enumeration."""
    for event, schema in SCHEMAS.items():
        promise = contract.flatten(schema, COMMON).get("reason")
        if promise and EVENT_TOPIC[event] not in ("ambula.appointment.v1", "ambula.dispense.v1"):
            assert "enum" in promise or "pattern" in promise, event


# --- compatibility -------------------------------------------------------------------------------


def test_nothing_released_is_broken():
    released = json.loads(contract.RELEASED.read_text())
    faults = contract.breaks(released, contract.snapshot(SCHEMAS, COMMON))
    assert not faults, "\n".join(faults)


def test_everything_present_is_released():
    """What consumers can see is promised; `event_contract.py release` records it."""
    present = contract.snapshot(SCHEMAS, COMMON)
    assert (
        json.loads(contract.RELEASED.read_text()) == present
    ), "run python3 tests/contract/event_contract.py release"


BASE = {
    "type": "object",
    "x-topic": "ambula.sample.v1",
    "properties": {
        "sample_id": {"type": "string", "format": "uuid"},
        "status": {"type": "string", "enum": ["OPEN", "CLOSED"]},
        "note": {"type": "string"},
        "lines": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"quantity": {"type": "integer"}},
                "required": ["quantity"],
            },
        },
    },
    "required": ["sample_id", "status"],
}


def planted(change):
    schema = copy.deepcopy(BASE)
    change(schema)
    released = contract.snapshot({"SampleMade": BASE}, COMMON)
    return contract.breaks(released, contract.snapshot({"SampleMade": schema}, COMMON))


def rename(schema):
    schema["properties"]["remark"] = schema["properties"].pop("note")


def line(schema):
    return schema["properties"]["lines"]["items"]


BREAKING = {
    "removed": (lambda s: s["properties"].pop("note"), "`note` is gone"),
    "renamed": (rename, "`note` is gone"),
    "inner removed": (
        lambda s: (line(s)["properties"].clear(), line(s)["required"].clear()),
        "`lines[].quantity` is gone",
    ),
    "type": (lambda s: s["properties"]["note"].update(type="integer"), "`note` changed its type"),
    "type widened": (
        lambda s: line(s)["properties"]["quantity"].update(type="number"),
        "changed its type",
    ),
    "element type": (
        lambda s: s["properties"]["lines"].update(items={"type": "string"}),
        "`lines[]` changed its type",
    ),
    "format": (
        lambda s: s["properties"]["sample_id"].pop("format"),
        "`sample_id` changed its format",
    ),
    "newly required": (lambda s: s["required"].append("note"), "`note` became required"),
    "new and required": (
        lambda s: (s["properties"].update(extra={"type": "string"}), s["required"].append("extra")),
        "`extra` is new and required",
    ),
    "no longer required": (lambda s: s["required"].remove("status"), "`status` became optional"),
    "enum value gone": (
        lambda s: s["properties"]["status"]["enum"].remove("CLOSED"),
        "lost the values CLOSED",
    ),
    "enum new": (lambda s: s["properties"]["note"].update(enum=["A"]), "`note` is limited"),
    "topic": (lambda s: s.update({"x-topic": "ambula.other.v1"}), "moved from"),
}


@pytest.mark.parametrize("name", BREAKING)
def test_comparer_sees_a_breaking_change(name):
    change, expected = BREAKING[name]
    faults = planted(change)
    assert len(faults) >= 1 and expected in " ".join(faults), faults


def test_comparer_sees_a_missing_event():
    assert contract.breaks(contract.snapshot({"SampleMade": BASE}, COMMON), {}) == [
        "SampleMade: the event is gone"
    ]


COMPATIBLE = {
    "nothing": lambda s: None,
    "optional added": lambda s: s["properties"].update(extra={"type": "string"}),
    "optional object with a required member": lambda s: s["properties"].update(
        extra={"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
    ),
    "enum value added": lambda s: s["properties"]["status"]["enum"].append("HELD"),
    "description": lambda s: s["properties"]["note"].update(description="other words"),
    "order": lambda s: s.update(properties=dict(reversed(s["properties"].items()))),
}


@pytest.mark.parametrize("name", COMPATIBLE)
def test_comparer_lets_a_compatible_change_pass(name):
    assert planted(COMPATIBLE[name]) == []


def test_comparer_looks_through_references():
    schema = {
        **BASE,
        "properties": {"ticket": {"$ref": f"{contract.COMMON}#/$defs/ticket"}},
        "required": [],
    }
    common = copy.deepcopy(COMMON)
    released = contract.snapshot({"SampleMade": schema}, common)
    del common["$defs"]["ticket"]["properties"]["label"]
    faults = contract.breaks(released, contract.snapshot({"SampleMade": schema}, common))
    assert faults and "`ticket.label` is gone" in faults[0]


def test_asyncapi_file_has_no_anchors():
    """YAML anchors confuse AsyncAPI tools."""
    events = yaml.parse((contract.EVENTS / "asyncapi.yaml").read_text())
    assert not any(getattr(event, "anchor", None) for event in events)
