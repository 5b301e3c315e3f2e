"""Journey 6: facility and settings, departments, doctors, availability, accounts on and off, figures, exports, activity."""

import csv
import datetime
import io

from support.visit import Visit
from support.clinic import DAYS, PASSWORD, Clinic, ok, refused, settled, stamp


def patch(client, path, body, status=200):
    return ok(client.patch(path, body, if_match=client.get(path).headers["etag"]), status)


def test_facility_and_settings(api, sign_in, eventually):  # ID-12
    clinic = Clinic(api, sign_in("admin"))
    path = f"/v1/facilities/{clinic.facility['id']}"
    assert clinic.facility["settings"]["day_cap"] == 12 and clinic.facility["settings"]["reminders_min"] == [1440, 120]
    changed = patch(clinic.admin, path, {"settings": {"day_cap": 2, "reminders_min": [60]}, "phone": "+49 30 000000"})
    assert changed["settings"]["day_cap"] == 2 and changed["settings"]["max_calls"] == 3
    assert patch(clinic.admin, path, {"settings": {"reminders_min": None}})["settings"]["reminders_min"] == [1440, 120]
    etag = clinic.admin.get(path).headers["etag"]
    refused(clinic.admin.patch(path, {"name": "x"}), 428, "if-match-required")
    refused(clinic.admin.patch(path, {"name": "x"}, if_match='"v1"'), 412, "version-mismatch")
    refused(clinic.admin.patch(path, {"settings": {"urgent_seats": 3}}, if_match=etag), 422, "too-many-urgent-seats")
    refused(clinic.admin.patch(path, {"zone": "Mars/Olympus"}, if_match=etag), 422, "unknown-zone")
    refused(clinic.admin.patch(path, {"id": clinic.facility["id"]}, if_match=etag), 400, "read-only")
    refused(clinic.admin.post("/v1/facilities", {"code": "XX", "name": "x", "zone": "UTC", "currency": "EUR", "locale": "en"}),
            403, "forbidden")
    # Strangers see the name; another facility's administrator no more than they.
    listed = {item["id"]: item for item in api.items("/v1/facilities")}
    assert set(listed[clinic.facility["id"]]) == {"id", "code", "name"}
    other = Clinic(api, sign_in("admin"))
    refused(other.admin.get(path), 404, "facility-not-found")


def test_the_new_day_cap_is_what_booking_asks(api, sign_in, eventually):  # ID-12 reaches the services by event
    clinic = Clinic(api, sign_in("admin"))
    patch(clinic.admin, f"/v1/facilities/{clinic.facility['id']}", {"settings": {"day_cap": 1}})
    doctor, _ = clinic.add_doctor()
    reception = clinic.staff("receptionist")
    tomorrow = datetime.datetime.combine(clinic.today() + datetime.timedelta(days=1), datetime.time(9), clinic.zone)

    def book(hour):
        patient = clinic.add_patient(reception)
        return settled_answer(lambda: reception.post("/v1/appointments", {
            "patient_id": patient["id"], "doctor_id": doctor["id"],
            "starts_at": stamp(tomorrow + datetime.timedelta(hours=hour))}))

    ok(book(0), 201)
    refused(eventually(lambda: (got := book(1)).status_code == 409 and got, 20), 409, "doctor-day-full")


def settled_answer(send):
    from support.eventually import eventually
    return eventually(lambda: (got := send()).status_code != 503 and got, 20)


def test_accounts_on_and_off(api, sign_in, eventually):  # ID-3, ID-4
    clinic = Clinic(api, sign_in("admin"))
    made = ok(clinic.admin.post("/v1/accounts", {
        "login": f"nur-{clinic.tag}", "display_name": "Nadia Sample",
        "memberships": [{"facility_id": clinic.facility["id"], "roles": ["nurse"]}]}), 201)
    path = f"/v1/accounts/{made['id']}"
    first = api.sign_in(made["login"], made["one_time_password"])
    assert first.account["must_change_password"]
    refused(first.get("/v1/patients"), 403, "password-change-required")
    ok(first.get("/v1/me"))
    ok(first.post("/v1/auth/change-password",
                  {"current_password": made["one_time_password"], "new_password": PASSWORD}, key=None), 204)
    nurse = api.sign_in(made["login"], PASSWORD)
    ok(nurse.get("/v1/patients"))
    # Roles change: the old token tells old roles and is refused, the next one has the new ones.
    patch(clinic.admin, path, {"memberships": [{"facility_id": clinic.facility["id"], "roles": ["pharmacist"]}]})
    eventually(lambda: nurse.get("/v1/me").status_code == 401, 5)
    assert "pharmacy_work" in ok(api.sign_in(made["login"], PASSWORD).get("/v1/me"))["permissions"]
    # Off within 5 s, everywhere; and on again.
    worker = api.sign_in(made["login"], PASSWORD)
    ok(clinic.admin.post(f"{path}/deactivate"))
    eventually(lambda: worker.get("/v1/me").status_code == 401, 5)
    refused(api.post("/v1/auth/sign-in", {"login": made["login"], "password": PASSWORD}), 401, "bad-credentials")
    assert made["id"] in [a["id"] for a in clinic.admin.items("/v1/accounts", active="false")]
    ok(clinic.admin.post(f"{path}/reactivate"))
    api.sign_in(made["login"], PASSWORD)
    assert [a["login"] for a in clinic.admin.items("/v1/accounts", q="nadia", role="pharmacist")] == [made["login"]]
    # Not beyond the own facility, not oneself.
    own = ok(clinic.admin.get("/v1/me"))["id"]
    refused(clinic.admin.post(f"/v1/accounts/{own}/deactivate"), 409, "own-account")
    root = {"login": f"root-{clinic.tag}", "display_name": "Root", "password": PASSWORD}
    refused(clinic.admin.post("/v1/accounts", root | {"memberships": [
        {"facility_id": None, "roles": ["installation_admin"]}]}), 403, "beyond-your-facility")
    other = Clinic(api, sign_in("admin"))
    refused(other.admin.get(path), 404, "account-not-found")
    refused(other.admin.post(f"{path}/reset-password"), 404, "account-not-found")
    # Somebody who works elsewhere too: each administrator sees and ends what they are in the own facility, and no more.
    roles = {clinic.facility["id"]: "pharmacist", other.facility["id"]: "nurse"}
    both = [{"facility_id": facility, "roles": [role]} for facility, role in roles.items()]
    patch(sign_in("admin"), path, {"memberships": both})
    for where in (clinic, other):
        assert ok(where.admin.get(path))["memberships"] == [{"facility_id": where.facility["id"], "roles": [roles[where.facility["id"]]]}]
        refused(where.admin.post(f"{path}/deactivate"), 403, "beyond-your-facility")
        refused(where.admin.post(f"{path}/reset-password"), 403, "beyond-your-facility")
        refused(where.admin.patch(path, {"display_name": "N. N."}, if_match=where.admin.get(path).headers["etag"]), 403, "beyond-your-facility")
    assert patch(clinic.admin, path, {"memberships": []})["memberships"] == []
    refused(clinic.admin.get(path), 404, "account-not-found")
    assert ok(other.admin.get(path))["memberships"] == both[1:]


def test_accounts_are_paged_over_inserts(api, sign_in):
    clinic = Clinic(api, sign_in("admin"))
    wanted = {clinic.account("nurse")["id"] for _ in range(5)}
    seen = []
    cursor = None
    while True:
        page = ok(clinic.admin.get("/v1/accounts", params={"limit": 2} | ({"cursor": cursor} if cursor else {})))
        seen += [item["id"] for item in page["items"]]
        if not page["next_cursor"]:
            break
        cursor = page["next_cursor"]
        clinic.account("auditor")
        assert len(seen) < 100
    assert len(seen) == len(set(seen)) and wanted <= set(seen)


def test_dashboard_of_each_role(api, sign_in, eventually):  # REP-1
    clinic = Clinic(api, sign_in("admin"))
    doctor, doctor_client = clinic.add_doctor()
    reception = clinic.staff("receptionist")
    pharmacist = clinic.staff("pharmacist")
    patient = clinic.add_patient(reception)
    slot = clinic.slots(reception, doctor, 1)[0]
    settled(lambda: reception.post("/v1/appointments", {
        "patient_id": patient["id"], "doctor_id": doctor["id"], "starts_at": slot["starts_at"]}), 201)

    def whole(client):
        return eventually(lambda: (got := ok(client.get("/v1/dashboard"))) and not got["missing"] and got, 20)

    desk = whole(reception)
    assert desk["date"] == clinic.today().isoformat()
    assert desk["appointments"]["total"] == sum(desk["appointments"]["by_status"].values())
    assert "open_emergencies" in desk and "low_stock" not in desk
    mine = whole(doctor_client)
    assert mine["completed_consultations"] == 0 and mine["appointments"]["total"] <= 1
    shelf = whole(pharmacist)
    assert shelf["pending_prescriptions"] == 0 and shelf["low_stock"] == 0 and "appointments" not in shelf
    refused(clinic.staff("auditor").get("/v1/dashboard"), 403, "forbidden")


def test_a_slow_part_of_the_dashboard_is_missing(api, sign_in, stack, eventually):  # REP-1
    import os
    import signal
    import time
    clinic = Clinic(api, sign_in("admin"))
    reception = clinic.staff("receptionist")
    pid = int(stack.pids["queue"])
    os.kill(pid, signal.SIGSTOP)
    try:
        begun = time.monotonic()
        seen = ok(reception.get("/v1/dashboard"))
        assert time.monotonic() - begun < 3
        assert "queue" in seen["missing"] and "appointments" in seen and "queue" not in seen
    finally:
        os.kill(pid, signal.SIGCONT)
    eventually(lambda: not ok(reception.get("/v1/dashboard"))["missing"], 20)


def test_doctor_figures(api, sign_in, eventually):  # REP-2
    clinic = Clinic(api, sign_in("admin"))
    day = clinic.today().isoformat()
    visit = Visit(clinic)
    asked = {"from": day, "to": day}
    figures = eventually(lambda: (got := ok(clinic.admin.get("/v1/figures/doctors", params=asked)))["missing"] == [] and got["items"] and got, 20)
    assert figures["from"] == day
    [line] = figures["items"]
    assert line["doctor_id"] == visit.doctor["id"] and line["display_name"] == visit.doctor["display_name"]
    assert (line["appointments"], line["completed"], line["cancelled"], line["no_show"], line["visits"]) == (1, 1, 0, 0, 1)
    assert line["no_show_rate"] == 0 and line["visit_mean_min"] >= 0
    table = clinic.admin.get("/v1/figures/doctors", params=asked | {"format": "csv"})
    assert table.status_code == 200 and visit.doctor["id"] in table.text
    refused(clinic.admin.get("/v1/figures/doctors", params={"from": day}), 400, "invalid-request")
    refused(clinic.admin.get("/v1/figures/doctors", params={"from": "2020-01-01", "to": day}), 400, "invalid-request")
    refused(clinic.staff("receptionist").get("/v1/figures/doctors", params={"from": day, "to": day}), 403, "forbidden")


def test_activity(api, sign_in, eventually):  # AUD-1
    clinic = Clinic(api, sign_in("admin"))
    reception = clinic.staff("receptionist")
    patient = clinic.add_patient(reception)
    ok(reception.get(f"/v1/patients/{patient['id']}"))
    rows = list(clinic.admin.items("/v1/audit", patient_id=patient["id"]))
    read = [row for row in rows if row["action"] == "patient_read"]
    assert read and read[0]["actor_id"] == reception.account["id"] and read[0]["path_template"] == "/v1/patients/{id}"
    assert all(patient["given_name"] not in str(row) for row in rows)
    # Administrative changes with the names of what changed, never the values.
    patch(clinic.admin, f"/v1/facilities/{clinic.facility['id']}", {"name": "Another name", "settings": {"max_calls": 5}})
    change = next(row for row in clinic.admin.items("/v1/audit", action="facility_update"))
    assert change["changed"] == ["name", "settings.max_calls"] and "Another name" not in str(change)
    # What the installation's administrator does to this facility is seen here.
    patch(sign_in("admin"), f"/v1/facilities/{clinic.facility['id']}", {"name": "A third name"})
    # Sign-ins, failed ones too.
    login = reception.account["login"]
    refused(api.post("/v1/auth/sign-in", {"login": login, "password": "not-the-password"}), 401, "bad-credentials")
    outcomes = [row["outcome"] for row in clinic.admin.items("/v1/audit", action="sign_in", actor_id=reception.account["id"])]
    assert outcomes[0] == "REFUSED" and "SUCCESS" in outcomes
    # Time and paging: newest first, nothing twice.
    everything = list(clinic.admin.items("/v1/audit", limit=3))
    assert len({row["id"] for row in everything}) == len(everything)
    assert [row["at"] for row in everything] == sorted((row["at"] for row in everything), reverse=True)
    middle = everything[len(everything) // 2]["at"]
    late = list(clinic.admin.items("/v1/audit", **{"from": middle}))
    early = list(clinic.admin.items("/v1/audit", to=middle))
    assert all(row["at"] >= middle for row in late) and all(row["at"] < middle for row in early)
    # Another facility's administrator and a nurse see none of it; an auditor all.
    assert not [r for r in Clinic(api, sign_in("admin")).admin.items("/v1/audit", patient_id=patient["id"])]
    refused(clinic.staff("nurse").get("/v1/audit"), 403, "forbidden")
    exported = clinic.staff("auditor").get("/v1/audit", params={"format": "csv", "patient_id": patient["id"]})
    assert exported.headers["content-type"].startswith("text/csv")
    lines = list(csv.DictReader(io.StringIO(exported.text)))
    assert {line["patient_id"] for line in lines} == {patient["id"]} and len(lines) >= len(rows)
    assert lines[0].keys() >= {"at", "actor_login", "action", "changed", "outcome"}


def test_the_directory_is_the_administrators(api, sign_in):
    clinic = Clinic(api, sign_in("admin"))
    doctor, _ = clinic.add_doctor()
    path = f"/v1/departments/{clinic.department['id']}"
    assert patch(clinic.admin, path, {"name": "Renamed"})["name"] == "Renamed"
    ok(clinic.admin.post(f"{path}/deactivate"))
    ok(clinic.admin.post(f"{path}/reactivate"))
    weekly = [{"day": DAYS[0], "from": "09:00", "to": "13:00", "slot_min": 15}]
    assert clinic.set_hours(doctor, weekly)["weekly"] == weekly
    refused(clinic.staff("receptionist").post("/v1/departments", {"code": "X1", "name": "x"}), 403, "forbidden")
