#include "codec.hpp"
#include "disrupt.hpp"
#include "handlers.hpp"
#include "scheduling/events/codec.hpp"
#include "scheduling/store/appointments.hpp"
#include "scheduling/store/directory.hpp"
#include "scheduling/store/hours.hpp"

// Doctors and their public profile [SCH-2].
namespace ambula::scheduling::api {
namespace {

/// Patients see the profile without phone, e-mail and account.
bool sees_public_profile(const Call& call) {
  return call.principal().is_patient_only();
}

outbox::Events event(const Call& call, std::string_view type, const domain::Doctor& doctor) {
  auto events = call.events();
  events.add(type, events::encode_doctor(doctor));
  return events;
}

/// What was said of a new doctor.
std::vector<std::string> given_fields(const domain::Doctor& doctor) {
  std::vector<std::string> fields{"display_name", "specialty", "department_id"};
  const auto note = [&](const auto& value, std::string_view name) {
    if (value) fields.emplace_back(name);
  };
  note(doctor.account_id, "account_id");
  note(doctor.sex, "sex");
  note(doctor.room, "room");
  note(doctor.phone, "phone");
  note(doctor.email, "email");
  note(doctor.fee, "fee");
  return fields;
}

/// `account_id` may be set only to an account that is a doctor in this facility.
Result<void> check_account(Call& call, db::Transaction& tx, const std::optional<Uuid>& account) {
  if (!account) return {};
  const auto may = store::account_is_doctor(tx, call.facility(), *account);
  if (!may) return call.unknown("account", *account);
  if (!*may)
    return rule_broken("not-a-doctor", "The account is not an active doctor's here.",
                       "/account_id");
  return {};
}

/// The doctor with everything that its events tell.
std::optional<domain::Doctor> lock_whole(Call& call, db::Transaction& tx) {
  auto doctor = store::lock_doctor(tx, call.facility(), call.id());
  if (doctor) store::read_exceptions(tx, call.facility(), {&*doctor, 1}, call.now());
  return doctor;
}

Result<Answer> alter(
    Call& call, std::string_view type,
    const std::function<Result<std::vector<std::string>>(db::Transaction&, domain::Doctor&)>&
        change,
    const std::function<std::string(db::Transaction&, const domain::Doctor&)>& body) {
  return call.transact([&](db::Transaction& tx) -> Result<Answer> {
    auto doctor = lock_whole(call, tx);
    if (!doctor) return not_found("doctor");
    if (auto current = call.check_version(doctor->record.version); !current) return current.error();
    auto fields = change(tx, *doctor);
    if (!fields) return fields.error();
    doctor->record.updated_at = call.now();
    doctor->record.updated_by = call.actor();
    doctor->record.version = store::save(tx, *doctor, event(call, type, *doctor));
    return service::changed(service::ok(body(tx, *doctor), doctor->record.version), "doctor",
                            doctor->id, *std::move(fields));
  });
}

/// A deactivated doctor keeps booked visits; they become a disruption. A reactivated one has time
/// again.
std::string effects_of_activity(Call& call, db::Transaction& tx, const domain::Doctor& doctor) {
  const TimeRange span{call.now(), Instant::max()};
  if (doctor.active) {
    store::free_time(tx, call.facility(), doctor.id, span);
    return encode(doctor, false);
  }
  const auto rules = store::rules(tx, call.facility());
  const auto effects =
      disrupt(call, tx, *rules, {doctor.id, span, "Doctor deactivated"},
              store::visits_to_come(tx, call.facility(), doctor.id, call.now(), span));
  return with_effects(encode(doctor, false), effects.affected, effects.disruption_id);
}

Result<Answer> set_active(Call& call, bool active) {
  const auto reason = decode_optional_reason(call.body());
  if (!reason) return reason.error();
  return alter(
      call, active ? "DoctorReactivated" : "DoctorDeactivated",
      [&](db::Transaction&, domain::Doctor& doctor) -> Result<std::vector<std::string>> {
        if (doctor.active == active) {
          return illegal_transition(active ? "ACTIVE" : "INACTIVE",
                                    active ? "reactivate" : "deactivate");
        }
        doctor.active = active;
        doctor.status_reason = *reason;
        return std::vector<std::string>{"active"};
      },
      [&](db::Transaction& tx, const domain::Doctor& doctor) {
        return effects_of_activity(call, tx, doctor);
      });
}

}  // namespace

Result<Answer> list_doctors(Call& call) {
  auto query = call.query();
  const store::DoctorFilter filter{.department_id = query.uuid("department_id"),
                                   .specialty = query.text("specialty", 40),
                                   .active = query.boolean("active"),
                                   .name_part = query.text("q", 100)};
  const auto page = query.page(2);
  if (auto fault = query.finish()) return *fault;
  store::TextCursor after;
  if (page.after) after = {(*page.after)[0], Uuid::parse((*page.after)[1]).value_or(Uuid{})};
  const auto doctors =
      store::list_doctors(call.session(), call.facility(), filter, after, page.limit + 1);
  std::vector<std::string> items;
  std::optional<service::Cursor> next;
  for (const auto& doctor : doctors) {
    if (items.size() == static_cast<std::size_t>(page.limit)) {
      const auto& last = doctors[items.size() - 1];
      next = service::Cursor{last.display_name, last.id.str()};
      break;
    }
    items.push_back(encode(doctor, sees_public_profile(call)));
  }
  return service::ok(service::page_body(items, next, page));
}

Result<Answer> create_doctor(Call& call) {
  auto input = decode_doctor(call.body());
  if (!input) return input.error();
  return call.transact([&](db::Transaction& tx) -> Result<Answer> {
    auto doctor = *input;
    // Holidays wait for a new doctor here, or the doctor for them: its first event tells them all.
    const auto rules = store::lock_facility(tx, call.facility());
    if (!rules) return call.unknown("facility", call.facility());
    doctor.zone = rules->zone;
    if (auto account = check_account(call, tx, doctor.account_id); !account) return account.error();
    doctor.id = Uuid::make(call.now());
    doctor.facility_id = call.facility();
    doctor.record = {1, call.now(), call.actor(), call.now(), call.actor()};
    store::read_exceptions(tx, call.facility(), {&doctor, 1}, call.now());
    store::insert(tx, doctor, event(call, "DoctorRegistered", doctor));
    return service::changed(
        service::created("/v1/doctors/" + doctor.id.str(), encode(doctor, false)), "doctor",
        doctor.id, given_fields(*input));
  });
}

Result<Answer> get_doctor(Call& call) {
  const auto doctor = store::get_doctor(call.session(), call.facility(), call.id());
  if (!doctor) return not_found("doctor");
  return service::ok(encode(*doctor, sees_public_profile(call)), doctor->record.version);
}

Result<Answer> update_doctor(Call& call) {
  return alter(
      call, "DoctorUpdated",
      [&](db::Transaction& tx, domain::Doctor& doctor) -> Result<std::vector<std::string>> {
        const auto account_before = doctor.account_id;
        auto fields = patch_doctor(call.body(), doctor);
        if (!fields) return fields;
        if (doctor.account_id != account_before) {
          if (auto account = check_account(call, tx, doctor.account_id); !account)
            return account.error();
        }
        return fields;
      },
      [](db::Transaction&, const domain::Doctor& doctor) { return encode(doctor, false); });
}

Result<Answer> delete_doctor(Call& call) {
  return call.transact([&](db::Transaction& tx) -> Result<Answer> {
    const auto doctor = store::lock_doctor(tx, call.facility(), call.id());
    if (!doctor) return not_found("doctor");
    if (auto current = call.check_version(doctor->record.version); !current) return current.error();
    const auto used_by = store::doctor_used_by(tx, call.facility(), doctor->id);
    if (!used_by.empty()) {
      return conflict("in-use", "The doctor has been used; deactivate it instead.")
          .with_json("used_by", encode_names(used_by));
    }
    auto events = call.events();
    events.add("DoctorDeleted", events::encode_doctor_deleted(*doctor, call.now()));
    store::delete_doctor(tx, call.facility(), doctor->id, events);
    return service::changed(service::no_content(), "doctor", doctor->id, {"deleted"});
  });
}

Result<Answer> deactivate_doctor(Call& call) {
  return set_active(call, false);
}

Result<Answer> reactivate_doctor(Call& call) {
  return set_active(call, true);
}

}  // namespace ambula::scheduling::api
