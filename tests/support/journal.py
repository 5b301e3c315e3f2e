"""Load with a journal, and the judge of what must hold after faults (invariants I1 … I10 of the design).

The driver writes down what it sent and what it was told. What it was not told it asks again with the same key, until it
knows. The judge compares the journal with databases, topics and the mail sink; it answers what is wrong, as lines.
"""

import collections
import dataclasses
import random
import threading
import time
import uuid

import httpx

from . import projections
from .clinic import ok
from .eventually import eventually

SCHEMAS = ("patient", "scheduling", "queue", "consultation", "pharmacy", "notification", "identity")
# Each command carries its marker into one column, so that its effect can be counted whatever was answered.
MARKED_IN = {"patient": "patient.patient.family_name", "appointment": "scheduling.appointment.reason",
             "entry": "queue.queue_entry.reason", "lot": "pharmacy.lot.lot_number", "dispense": "pharmacy.dispense.note"}
WITHOUT_END = ("ambula.appointment.v1", "ambula.queue-entry.v1", "ambula.consultation.v1", "ambula.prescription.v1",
               "ambula.dispense.v1", "ambula.message.v1")
SECRET = "ambula.account-mail.v1"
GIVE_UP_S = 90


@dataclasses.dataclass
class Entry:
    kind: str
    marker: str
    status: int | None = None  # of the final answer; None: still in doubt
    id: str | None = None
    trouble: list[str] = dataclasses.field(default_factory=list)  # each answer that was none, or only told of trouble

    @property
    def doubts(self) -> int:
        return len(self.trouble)

    @property
    def acknowledged(self) -> bool:
        return self.status is not None and self.status < 300


class Load:
    """Writers in threads; `with Load(visit, seed) as load:` runs until the block ends and every doubt is settled."""

    def __init__(self, visit, seed: int, writers: int = 4):
        print(f"\nload: seed {seed}, {writers} writers", flush=True)
        self.visit, self.seed = visit, seed
        self.journal: list[Entry] = []
        self.urls = [visit.reception.url]  # of gateways; writers are spread over them, and one may be taken out meanwhile
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._errors: list[Exception] = []
        self._run_id = uuid.uuid4().hex[:8]  # a repeated seed makes the same choices, never the same rows
        self._doctor, _ = visit.clinic.add_doctor()
        self._slots = visit.clinic.slots(visit.reception, self._doctor, 12)
        self._patients = [visit.patient["id"]]
        self._threads = [threading.Thread(target=self._run, args=(number,), daemon=True) for number in range(writers)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join(GIVE_UP_S + 30)
        assert not any(thread.is_alive() for thread in self._threads)
        assert not self._errors, self._errors

    def wait_for(self, acknowledged: int, deadline_s: float = 60) -> None:
        """Until so many more commands were acknowledged."""
        wanted = self.acknowledged() + acknowledged
        eventually(lambda: self.acknowledged() >= wanted, deadline_s)

    def acknowledged(self) -> int:
        return sum(entry.acknowledged for entry in list(self.journal))

    def _run(self, number: int) -> None:
        chance = random.Random(f"{self.seed}/{number}")
        try:
            with httpx.Client(timeout=10, trust_env=False) as client:
                while not self._stop.is_set():
                    self._one(client, chance, number)
        except Exception as error:  # told by the thread that started us
            self._errors.append(error)

    def _one(self, client, chance, number: int) -> None:
        kind = chance.choice(list(MARKED_IN))
        entry = Entry(kind, f"{kind[:3]}-{self._run_id}-{chance.getrandbits(64):016x}")
        person, path, body = self._command(kind, entry.marker, chance)
        with self._lock:
            self.journal.append(entry)
        headers = {"Authorization": f"Bearer {person.token}", "Idempotency-Key": str(uuid.uuid4())}
        give_up = time.monotonic() + GIVE_UP_S
        while time.monotonic() < give_up:
            try:
                answer = client.post(self.urls[number % len(self.urls)] + path, json=body, headers=headers)
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code < 500 and not busy(answer):
                entry.id = answer.json().get("id") if answer.status_code < 300 else None
                entry.status = answer.status_code
                if entry.acknowledged and kind == "patient":
                    self._patients.append(entry.id)
                return
            entry.trouble.append(f"{answer.status_code} {answer.json().get('code')}" if answer is not None else "no answer")
            time.sleep(0.1)  # paced: asks again with the same key until it is told

    def _command(self, kind: str, marker: str, chance):
        visit = self.visit
        patient = chance.choice(self._patients)
        if kind == "patient":
            return visit.reception, "/v1/patients", {
                "given_name": "Load", "family_name": marker, "birth_date": "1990-01-01", "sex": "OTHER",
                "email": f"{marker}@patients.example"}
        if kind == "appointment":
            return visit.reception, "/v1/appointments", {
                "patient_id": patient, "doctor_id": self._doctor["id"], "reason": marker,
                "starts_at": chance.choice(self._slots)["starts_at"]}
        if kind == "entry":
            return visit.reception, "/v1/queue-entries", {"queue_id": visit.queue["id"], "patient_id": patient, "reason": marker}
        if kind == "lot":
            return visit.pharmacist, f"/v1/pharmacy/medicines/{visit.medicine['id']}/lots", {
                "lot_number": marker, "expires_on": "2099-12-31", "quantity": chance.randint(1, 9)}
        return visit.pharmacist, f"/v1/pharmacy/prescriptions/{visit.prescription['id']}/dispense", {
            "lines": [{"item_id": visit.item_id, "quantity": 1}], "note": marker}


def busy(answer) -> bool:
    return answer.status_code == 409 and answer.json().get("code") == "idempotency-busy"


class Judge:
    """What is wrong, as lines. Each method is one invariant; an empty list means that it holds."""

    def __init__(self, database, facility_id: str):
        self.database, self.facility = database, facility_id

    def rows(self, query: str, *values):
        return self.database.execute(query, values).fetchall()

    def acknowledged_once(self, journal) -> list[str]:
        """I1, I2."""
        faults = [f"I2 {entry.kind} {entry.marker}: never told" for entry in journal if entry.status is None]
        for kind, place in MARKED_IN.items():
            table, column = place.rsplit(".", 1)
            found = collections.defaultdict(list)
            for marker, row_id in self.rows(f"SELECT {column}, id::text FROM {table} WHERE facility_id = %s", self.facility):
                found[marker].append(row_id)
            for entry in (entry for entry in journal if entry.kind == kind):
                wanted = [entry.id] if entry.acknowledged else []
                if entry.status is None:
                    faults += [f"I2 {entry.marker}: twice"] if len(found[entry.marker]) > 1 else []
                elif found[entry.marker] != wanted:
                    faults.append(f"I1 {entry.marker}: answered {entry.status} {wanted}, there is {found[entry.marker]}")
        return faults

    def no_overlap(self) -> list[str]:
        """I3."""
        held = "('BOOKED', 'CHECKED_IN', 'IN_CONSULTATION', 'COMPLETED')"
        return [f"I3 {who}: {a} and {b} overlap" for who in ("doctor_id", "patient_id") for a, b in self.rows(
            f"SELECT a.id, b.id FROM scheduling.appointment a JOIN scheduling.appointment b ON a.{who} = b.{who} AND a.id < b.id "
            f"AND tstzrange(a.starts_at, a.ends_at) && tstzrange(b.starts_at, b.ends_at) "
            f"WHERE a.facility_id = %s AND a.status IN {held} AND b.status IN {held}", self.facility)]

    def tickets(self) -> list[str]:
        """I4. An entry that was moved keeps the ticket of the queue it came from."""
        return [f"I4 queue {queue} on {day}: {count} tickets, {distinct} different, the last is {last}"
                for queue, day, count, distinct, last in self.rows(
                    "SELECT origin_queue_id, day, count(*), count(DISTINCT ticket_number), max(ticket_number) FROM queue.queue_entry "
                    "WHERE facility_id = %s AND transferred_from IS NULL GROUP BY 1, 2", self.facility)
                if not count == distinct == last]

    def stock(self) -> list[str]:
        """I5."""
        return [f"I5 lot {lot}: on hand {on_hand}, reserved {reserved}, ledger says {ledger}"
                for lot, on_hand, reserved, ledger in self.rows(
                    "SELECT l.id, l.on_hand, l.reserved, coalesce((SELECT sum(delta) FROM pharmacy.ledger g WHERE g.lot_id = l.id), 0) "
                    "FROM pharmacy.lot l WHERE l.facility_id = %s", self.facility)
                if on_hand < 0 or not 0 <= reserved <= on_hand or on_hand != ledger]

    def dispensed(self) -> list[str]:
        """I6."""
        return [f"I6 item {item}: prescribed {prescribed}, handed over {handed}" for item, prescribed, handed in self.rows(
            "SELECT i.item_id, i.quantity, coalesce(sum(d.quantity), 0) FROM pharmacy.prescription_item i "
            "LEFT JOIN pharmacy.dispense_line d ON d.item_id = i.item_id WHERE i.facility_id = %s GROUP BY i.item_id, i.quantity", self.facility)
            if handed > prescribed]

    def mails(self, messages: list[dict]) -> list[str]:
        """I7: the sink against what the service says of each message; a mail's id is made of the message's."""
        sink = collections.Counter(message["messageId"].partition("@")[0] for message in messages)
        faults = []
        for message, status, template in self.rows("SELECT id::text, status, template FROM notification.message WHERE facility_id = %s",
                                                   self.facility):
            least, most = {"SENT": (1, 1), "UNCERTAIN": (0, 1)}.get(status, (0, 0))
            if not least <= sink[message] <= most:
                faults.append(f"I7 {template} {message} is {status}, and {sink[message]} came")
        return faults

    def booking_mails(self, journal) -> list[str]:
        """I7: each booking that was acknowledged has its message."""
        told = {row[0] for row in self.rows("SELECT subject_id::text FROM notification.message WHERE facility_id = %s AND template = "
                                            "'appointment-booked'", self.facility)}
        return [f"I7 {entry.marker}: no message" for entry in journal
                if entry.kind == "appointment" and entry.acknowledged and entry.id not in told]

    def projections(self) -> list[str]:
        """I8."""
        return projections.faults(self.rows(projections.query(self.facility)))

    def sequence(self, events) -> list[str]:
        """I9: each key of the topics without end counts 1, 2, 3, and every sent row of an outbox is in its topic."""
        versions, ids, faults = collections.defaultdict(dict), set(), []
        for event in events:
            ids.add(event.id)
            if event.topic not in WITHOUT_END:
                continue
            seen = versions[event.topic, event.key]
            if event.aggregate_version not in seen and event.aggregate_version != len(seen) + 1:
                faults.append(f"I9 {event.topic} {event.key}: {event.aggregate_version} after {len(seen)}")
            if seen.setdefault(event.aggregate_version, event.id) != event.id:
                faults.append(f"I9 {event.topic} {event.key}: two events with version {event.aggregate_version}")
        for schema in SCHEMAS:
            faults += [f"I9 {schema}: {type_} {event} was sent and is in no topic" for event, type_ in self.rows(
                f"SELECT event_id::text, type FROM {schema}.outbox WHERE sent_at IS NOT NULL AND topic = ANY(%s)", list(WITHOUT_END))
                if event not in ids]
        return faults

    def unsent(self) -> list[str]:
        """I10."""
        return [f"I10 {schema}: {count} unsent" for schema in SCHEMAS
                if (count := self.rows(f"SELECT count(*) FROM {schema}.outbox WHERE sent_at IS NULL")[0][0])]

    def parked(self) -> list[str]:
        return [f"parked in {schema}: {count}" for schema in SCHEMAS
                if (count := self.rows(f"SELECT count(*) FROM {schema}.parked_event")[0][0])]


def judge(load: Load, stack, database, kafka, mail, drained_within_s: float = 5) -> None:
    """All invariants, when the faults are over and every part is ready again."""
    facility = load.visit.clinic.facility["id"]
    of = Judge(database, facility)
    begun = time.monotonic()
    eventually(lambda: not of.unsent(), 60)
    drained_s = time.monotonic() - begun
    eventually(lambda: not of.projections() and not of.booking_mails(load.journal), 60)
    eventually(lambda: of.rows("SELECT count(*) FROM notification.message WHERE facility_id = %s AND status IN ('QUEUED', 'SENDING', "
                               "'RETRYING') AND due_at < now() + interval '1 minute'", facility) == [(0,)], 90)
    faults = (of.acknowledged_once(load.journal) + of.no_overlap() + of.tickets() + of.stock() + of.dispensed()
              + of.mails(mail.messages()) + of.booking_mails(load.journal) + of.projections() + of.sequence(kafka.read()) + of.parked())
    told = collections.Counter((entry.kind, entry.status) for entry in load.journal)
    doubts = sum(bool(entry.doubts) for entry in load.journal)
    print(f"load: seed {load.seed}: {len(load.journal)} commands, {doubts} were in doubt, outbox drained after {drained_s:.1f} s; "
          + ", ".join(f"{kind} {status}: {count}" for (kind, status), count in sorted(told.items(), key=str)), flush=True)
    assert faults == [], f"seed {load.seed}\n" + "\n".join(faults[:40])
    assert drained_s <= drained_within_s, f"I10: the outbox took {drained_s:.1f} s"


def prepare(visit):
    """What the load needs of the visit: the item that is handed over one by one."""
    path = f"/v1/pharmacy/prescriptions/{visit.prescription['id']}"
    visit.item_id = ok(visit.pharmacist.get(path))["items"][0]["item_id"]
    return visit
