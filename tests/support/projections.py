"""Every projection against its source, row by row and column by column [I8]. Standard library only: the demo's day uses it too."""

import uuid

NAME = "given_name || coalesce(' ' || family_name, '')"
VISIT = "id, patient_id, doctor_id, starts_at, ends_at, status"
ENTRY = "id, patient_id, visitor_id, doctor_id, department_id, appointment_id, day, status, queue_kind, ticket_label"
MEDICINE = "id, name, strength, form, active"
# (who follows, its columns, the source, what they are there)
PROJECTIONS = [
    ("scheduling.patient", "id, active", "patient.patient", "id, status = 'ACTIVE'"),
    ("queue.patient", "id, display_name, mrn, active", "patient.patient", f"id, {NAME}, mrn, status = 'ACTIVE'"),
    ("consultation.patient", "id, display_name, mrn, birth_date", "patient.patient", f"id, {NAME}, mrn, birth_date"),
    ("pharmacy.patient", "id, display_name, mrn, birth_date", "patient.patient", f"id, {NAME}, mrn, birth_date"),
    ("notification.patient", "id", "patient.patient", "id"),
    ("queue.doctor", "id, display_name, department_id, active, room", "scheduling.doctor", "id, display_name, department_id, active, room"),
    ("consultation.doctor", "id, display_name, department_id", "scheduling.doctor", "id, display_name, department_id"),
    ("pharmacy.doctor", "id, display_name", "scheduling.doctor", "id, display_name"),
    ("queue.department", "id, name, active", "scheduling.department", "id, name, active"),
    ("consultation.appointment", VISIT, "scheduling.appointment", VISIT),
    ("notification.appointment", VISIT, "scheduling.appointment", VISIT),
    ("consultation.queue_entry", ENTRY, "queue.queue_entry", ENTRY),
    ("consultation.visitor", "id, name, patient_id", "queue.visitor", "id, name, patient_id"),
    ("pharmacy.visitor", "id, display_name, patient_id", "queue.visitor", "id, name, patient_id"),
    ("consultation.medicine", MEDICINE, "pharmacy.medicine", MEDICINE),
    ("pharmacy.prescription", "id, number, status, patient_id, visitor_id, doctor_id", "consultation.prescription",
     "id, number, status, patient_id, visitor_id, doctor_id"),
    ("consultation.prescription", "id, fulfilment", "pharmacy.prescription", "id, fulfilment"),
]
GONE = {"patient.patient": " AND deleted_at IS NULL", "queue.visitor": " AND erased_at IS NULL"}


def query(facility: str) -> str:
    """One row for each projection that differs: who follows, rows that are not as in the source, rows of the source that are not there."""
    of = f"WHERE facility_id = '{uuid.UUID(facility)}'"

    def less(one: str, other: str) -> str:
        return f"(SELECT count(*) FROM ({one} EXCEPT {other}) AS rest)"
    compared = []
    for follower, columns, source, there in PROJECTIONS:
        here, origin = f"SELECT {columns} FROM {follower} {of}", f"SELECT {there} FROM {source} {of}{GONE.get(source, '')}"
        compared.append(f"SELECT '{follower}' AS follower, {less(here, origin)} AS unlike, {less(origin, here)} AS missing")
    return f"SELECT * FROM ({' UNION ALL '.join(compared)}) AS compared WHERE unlike + missing > 0"


def faults(rows) -> list[str]:
    return [f"I8 {follower}: {unlike} rows are not as in the source, {missing} rows of the source are not there" for follower, unlike, missing in rows]
