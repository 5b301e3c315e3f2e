"""What is printed, as poppler reads it: the receipt and the prescription [CON-4 PHA-4]."""

import datetime
import re
import subprocess
import unicodedata
import uuid

import pytest

from support.clinic import ok, settled
from support.floor import Floor


@pytest.fixture(scope="module")
def floor(sign_in, api, eventually):
    return Floor(api, sign_in("admin"), eventually)


@pytest.fixture(scope="module")
def pharmacist(floor):
    return floor.clinic.staff("pharmacist")


@pytest.fixture(scope="module")
def medicine(floor, pharmacist):
    made = ok(pharmacist.post("/v1/pharmacy/medicines", {
        "name": f"Printol {uuid.uuid4().hex[:6]}", "strength": "250 mg", "form": "capsule", "minimum_level": 0,
        "price": {"amount": "1.25", "currency": "INR"}}), 201)
    expires = (floor.clinic.today() + datetime.timedelta(days=200)).isoformat()
    ok(pharmacist.post(f"/v1/pharmacy/medicines/{made['id']}/lots", {"lot_number": "LOT-77", "expires_on": expires, "quantity": 500}), 201)
    return made | {"expires_on": expires}


def handed_over(floor, pharmacist, medicine, quantity: int, **person):
    """(patient, prescription, dispense) of a visit that ends at the counter."""
    patient = floor.patient(**person)
    consultation = floor.consult(floor.walk_in(patient_id=patient["id"]))
    item = {"medicine_id": medicine["id"], "dose": "1 capsule", "frequency": "twice a day", "duration_days": 9, "quantity": quantity,
            "instructions": "With water", "medicine": {"name": medicine["name"]}}
    done = settled(lambda: floor.doctor_client.post(f"/v1/consultations/{consultation['id']}/complete", {
        "prescriptions": [{"items": [item], "notes": "Come back on Monday"}], "no_diagnosis_reason": "Test"}))
    prescription = ok(floor.doctor_client.get(f"/v1/prescriptions/{done['prescriptions'][0]}"))
    path = f"/v1/pharmacy/prescriptions/{prescription['id']}"
    floor.eventually(lambda: pharmacist.get(path).status_code == 200 and ok(pharmacist.get(path))["patient"].get("mrn"), 15)
    return patient, prescription, ok(pharmacist.post(f"{path}/dispense"))


def printed(client, path, folder) -> str:
    answer = client.get(path)
    assert answer.status_code == 200 and answer.headers["content-type"] == "application/pdf", answer.text
    file = folder / "printed.pdf"
    file.write_bytes(answer.content)
    return subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True).stdout


def receipt_of(pharmacist, dispense, folder) -> str:
    return printed(pharmacist, f"/v1/pharmacy/dispenses/{dispense['id']}/receipt.pdf", folder)


def cells(text: str, first: str) -> list[str]:
    """The line of the table that begins with this."""
    line = next(line for line in text.splitlines() if line.strip().startswith(first))
    return re.split(r"\s{2,}", line.strip())


def letters(text: str) -> list[str]:
    """Of the words, in no order and without marks: a reader of PDF may turn what is written from right to left."""
    plain = unicodedata.normalize("NFKC", text)
    return sorted(letter for letter in plain if unicodedata.category(letter).startswith("L"))


def test_a_receipt_says_who_what_how_many_and_how_much(floor, pharmacist, medicine, tmp_path):  # PHA-4
    patient, prescription, dispense = handed_over(floor, pharmacist, medicine, 18)
    text = receipt_of(pharmacist, dispense, tmp_path)
    for label, value in (("Prescription", prescription["number"]), ("Patient", "Jörna Sample"), ("MRN", patient["mrn"]),
                         ("Prescriber", floor.doctor["display_name"])):
        assert cells(text, label)[1] == value, text
    assert floor.clinic.facility["name"] in text and "Returned" not in text
    row = cells(text, medicine["name"].split()[0])
    assert row[-3:] == [medicine["expires_on"], "18", "INR 22.50"] or row[-3:] == [medicine["expires_on"], "18", "22.50 INR"], row
    assert "LOT-77" in text and "250 mg" in text
    assert re.search(r"Total\s+(INR 22\.50|22\.50 INR)", text), text

    lot = dispense["lines"][0]["lot_id"]
    ok(pharmacist.post(f"/v1/pharmacy/dispenses/{dispense['id']}/return", {"lines": [{"lot_id": lot, "quantity": 7}], "reason": "Sealed"}))
    text = receipt_of(pharmacist, dispense, tmp_path)
    assert "Returned" in text and cells(text, medicine["name"].split()[0])[-3:-1] == ["18", "7"], text


def test_a_prescription_says_who_what_and_how_many(floor, pharmacist, medicine, tmp_path):  # CON-4
    patient, prescription, _ = handed_over(floor, pharmacist, medicine, 18)
    text = printed(floor.doctor_client, f"/v1/prescriptions/{prescription['id']}/document.pdf", tmp_path)
    for label, value in (("Patient", "Jörna Sample"), ("MRN", patient["mrn"]), ("Date of birth", patient["birth_date"]),
                         ("Doctor", floor.doctor["display_name"]), ("Issued", floor.clinic.today().isoformat())):
        assert cells(text, label)[1] == value, text
    assert f"Prescription {prescription['number']}" in text and floor.clinic.facility["name"] in text
    row = cells(text, medicine["name"].split()[0])
    assert re.match(r"9 18\b", " ".join(row[-2:])), row  # days, quantity
    assert "twice a day" in text and "Come back on Monday" in text


@pytest.mark.parametrize("name", ["आशा राव", "مريم حداد"], ids=["Devanagari", "Arabic"])
def test_a_receipt_has_the_letters_of_the_name(floor, pharmacist, medicine, tmp_path, name):  # PHA-4
    given, family = name.split()
    _, _, dispense = handed_over(floor, pharmacist, medicine, 1, given_name=given, family_name=family)
    line = next(line for line in receipt_of(pharmacist, dispense, tmp_path).splitlines() if "Patient" in line)
    assert letters(line.replace("Patient", "")) == letters(name), line
