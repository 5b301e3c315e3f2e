#include "turns.hpp"

#include <ambula/base/zone.hpp>

#include "codec.hpp"
#include "handlers.hpp"
#include "queue/events/codec.hpp"

// The verbs of a queue entry [QUE-3, QUE-4].
namespace ambula::queue::api {
namespace {

using Decide = std::function<Result<domain::Decision>(const store::Locked&)>;

std::vector<Uuid> patient_of(const domain::Entry& entry) {
  return entry.patient_id ? std::vector{*entry.patient_id} : std::vector<Uuid>{};
}

/// The course of every command on an entry: lock, access, version, decide, settle.
Result<Answer> command(Call& call, const Decide& decide) {
  return call.transact([&](db::Transaction& tx) -> Result<Answer> {
    const auto locked = store::lock(tx, call.facility(), call.id());
    if (!locked) return not_found("queue-entry");
    if (auto visible = check_visible(call, locked->entry); !visible) return visible.error();
    if (auto current = call.check_version(locked->entry.version); !current) return current.error();
    const auto decision = decide(*locked);
    if (!decision) return decision.error();
    return settle(call, tx, locked->entry, *decision);
  });
}

template <class Command>
Result<Answer> plain_command(Call& call, Command order) {
  if (auto body = decode_nothing(call.body()); !body) return body.error();
  return command(call, [&](const store::Locked& locked) { return decide(locked.entry, order); });
}

template <class Command>
Result<Answer> command_with_reason(Call& call) {
  const auto reason = decode_reason(call.body());
  if (!reason) return reason.error();
  return command(
      call, [&](const store::Locked& locked) { return decide(locked.entry, Command{*reason}); });
}

}  // namespace

bool is_doctor_only(const Call& call) {
  return call.principal().roles == std::vector{auth::Role::doctor};
}

Result<void> check_visible(Call& call, const domain::Entry& entry) {
  if (!is_doctor_only(call)) return {};
  const auto own = call.principal().doctor_id;
  if (own && entry.doctor_id == own) return {};
  const auto doctor = own ? store::doctor(call.session(), call.facility(), *own) : std::nullopt;
  if (doctor && !entry.doctor_id && entry.department_id == doctor->department_id) return {};
  return forbidden("not-on-your-list", "The patient is not on your list.");
}

Answer settle(Call& call, db::Transaction& tx, const domain::Entry& state,
              const domain::Decision& decision) {
  auto entry = state;
  entry.updated_at = call.now();
  entry.updated_by = call.actor();
  for (const auto& event : decision)
    evolve(entry, event, call.now());
  entry.version = store::save(tx, entry, [&](std::int64_t change) {
    auto events = call.events();
    for (const auto& event : decision)
      events.add(to_string(event.kind), events::encode_entry(entry, change));
    return events;
  });
  const auto patients = store::patients(tx, entry.facility_id, patient_of(entry));
  const auto* patient = patients.empty() ? nullptr : &patients.front();
  return service::about(service::ok(encode(entry, patient), entry.version), patient_of(entry));
}

Result<Answer> call_entry(Call& call) {
  const auto room = decode_call(call.body());
  if (!room) return room.error();
  return command(call, [&](const store::Locked& locked) {
    return decide(locked.entry, domain::Call{locked.settings.max_calls, *room});
  });
}

Result<Answer> return_entry(Call& call) {
  if (auto body = decode_nothing(call.body()); !body) return body.error();
  return command(call, [&](const store::Locked& locked) {
    return decide(locked.entry, domain::Return{locked.settings.max_calls});
  });
}

Result<Answer> start_entry(Call& call) {
  return plain_command(call, domain::Start{});
}
Result<Answer> resume_entry(Call& call) {
  return plain_command(call, domain::Resume{});
}
Result<Answer> no_show_entry(Call& call) {
  return plain_command(call, domain::NoShow{});
}
Result<Answer> complete_entry(Call& call) {
  return plain_command(call, domain::Complete{});
}
Result<Answer> hold_entry(Call& call) {
  return command_with_reason<domain::Hold>(call);
}
Result<Answer> leave_entry(Call& call) {
  return command_with_reason<domain::Leave>(call);
}
Result<Answer> cancel_entry(Call& call) {
  return command_with_reason<domain::Cancel>(call);
}

Result<Answer> rejoin_entry(Call& call) {
  if (auto body = decode_nothing(call.body()); !body) return body.error();
  return command(call, [&](const store::Locked& locked) {
    return decide(locked.entry, domain::Rejoin{local_date(locked.settings.zone, call.now())});
  });
}

Result<Answer> assign_entry(Call& call) {
  const auto doctor_id = decode_assign(call.body());
  if (!doctor_id) return doctor_id.error();
  const auto doctor = store::doctor(call.session(), call.facility(), *doctor_id);
  if (!doctor) return call.unknown("doctor", *doctor_id);
  if (!doctor->active) return conflict("doctor-inactive", "The doctor is not active.");
  return command(call, [&](const store::Locked& locked) {
    return decide(locked.entry, domain::Assign{*doctor_id});
  });
}

Result<Answer> prioritize_entry(Call& call) {
  const auto prioritize = decode_prioritize(call.body());
  if (!prioritize) return prioritize.error();
  return command(call,
                 [&](const store::Locked& locked) { return decide(locked.entry, *prioritize); });
}

Result<Answer> transfer_entry(Call& call) {
  const auto input = decode_transfer(call.body());
  if (!input) return input.error();
  return call.transact([&](db::Transaction& tx) -> Result<Answer> {
    const auto locked = store::lock(tx, call.facility(), call.id());
    if (!locked) return not_found("queue-entry");
    if (auto visible = check_visible(call, locked->entry); !visible) return visible.error();
    if (auto current = call.check_version(locked->entry.version); !current) return current.error();
    const auto target = store::get_queue(tx, call.facility(), input->queue_id);
    if (!target) return not_found("queue");
    if (target->id == locked->entry.queue_id) {
      return rule_broken("same-queue", "The patient stands in this queue already.", "/queue_id");
    }
    const auto successor =
        successor_of(locked->entry, Uuid::make(call.now()), *target, call.now(), call.actor());
    const auto decision = decide(locked->entry, domain::Transfer{successor.id, input->reason});
    if (!decision) return decision.error();
    auto answer = settle(call, tx, locked->entry, *decision);
    store::insert(tx, successor, locked->entry.queue_id, [&](std::int64_t change) {
      auto events = call.events();
      events.add("QueueEntryCreated", events::encode_entry(successor, change));
      return events;
    });
    return answer;
  });
}

}  // namespace ambula::queue::api
