#include "turns.hpp"

#include <ambula/base/zone.hpp>
#include <ambula/observability/trace.hpp>

#include "codec.hpp"
#include "handlers.hpp"

// The verbs of a queue entry [QUE-2, QUE-3, QUE-4].
namespace ambula::queue::api {
namespace {

template <class Command>
Result<Answer> plain_command(Call& call, Command order) {
  if (auto body = decode_nothing(call.body()); !body) return body.error();
  return command(call, [&](db::Transaction&, const store::Locked& locked) {
    return decide(locked.entry, order);
  });
}

template <class Command>
Result<Answer> command_with_reason(Call& call) {
  const auto reason = decode_reason(call.body());
  if (!reason) return reason.error();
  return command(call, [&](db::Transaction&, const store::Locked& locked) {
    return decide(locked.entry, Command{*reason});
  });
}

}  // namespace

bool is_doctor_only(const Call& call) {
  return call.principal().roles == std::vector{auth::Role::doctor};
}

std::vector<Uuid> patients_of(const domain::Entry& entry) {
  return entry.patient_id ? std::vector{*entry.patient_id} : std::vector<Uuid>{};
}

events::Act act_of(const Call& call) {
  const auto* trace = trace::current();
  return {{call.actor(), std::nullopt, trace != nullptr ? trace->traceparent() : ""},
          call.now(),
          call.actor()};
}

std::optional<DoctorsList> list_of(Call& call) {
  if (!is_doctor_only(call)) return std::nullopt;
  const auto own = call.principal().doctor_id.value_or(Uuid{});
  const auto doctor = store::doctor(call.session(), call.facility(), own);
  return DoctorsList{own, doctor ? doctor->department_id : Uuid{}};
}

Result<void> check_visible(Call& call, const domain::Entry& entry) {
  if (!is_doctor_only(call)) return {};
  if (entry.doctor_id && entry.doctor_id == call.principal().doctor_id) return {};
  const auto list = list_of(call);
  if (!list || list->has(entry)) return {};
  return forbidden("not-on-your-list", "The patient is not on your list.");
}

Answer answer(const domain::Entry& entry, const store::Names& names) {
  return service::about(service::ok(encode(entry, names), entry.version), patients_of(entry));
}

Result<store::Locked> lock_for(Call& call, db::Transaction& tx) {
  auto locked = store::lock(tx, call.facility(), call.id());
  if (!locked) return not_found("queue-entry");
  if (auto current = call.check_version(locked->entry.version); !current) return current.error();
  return *std::move(locked);
}

Result<Answer> command(Call& call, const Decide& decide) {
  const auto list = list_of(call);
  return call.transact([&](db::Transaction& tx) -> Result<Answer> {
    const auto locked = lock_for(call, tx);
    if (!locked) return locked.error();
    if (list && !list->has(locked->entry))
      return forbidden("not-on-your-list", "The patient is not on your list.");
    const auto decision = decide(tx, *locked);
    if (!decision) return decision.error();
    return answer(events::record(tx, locked->entry, *decision, act_of(call)), locked->names);
  });
}

std::optional<domain::Choice> choose_for_emergency(db::Transaction& tx, const domain::Entry& entry,
                                                   const domain::Queue& queue, Instant now) {
  if (queue.kind != domain::Kind::emergency || entry.doctor_id) return std::nullopt;
  return choose_doctor(
      store::on_duty(tx, queue.facility_id, now, queue.department_id, entry.specialty),
      entry.specialty, queue.department_id);
}

Error already_queued(Call& call, Error error, const Uuid& patient, const Uuid& queue, Date day) {
  if (error.code != "already-queued") return error;
  const auto open = store::open_walk_in(call.session(), call.facility(), patient, queue, day);
  if (!open) return error;
  return std::move(error).with("queue_entry_id", open->str());
}

Result<Answer> call_entry(Call& call) {
  const auto room = decode_call(call.body());
  if (!room) return room.error();
  return command(call, [&](db::Transaction&, const store::Locked& locked) {
    return decide(locked.entry, domain::Call{locked.settings.max_calls, *room});
  });
}

Result<Answer> return_entry(Call& call) {
  if (auto body = decode_nothing(call.body()); !body) return body.error();
  return command(call, [&](db::Transaction&, const store::Locked& locked) {
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
  return command(call, [&](db::Transaction&, const store::Locked& locked) {
    return decide(locked.entry, domain::Rejoin{local_date(locked.settings.zone, call.now())});
  });
}

/// By hand, or `auto`: the service chooses and says why.
Result<Answer> assign_entry(Call& call) {
  const auto named = decode_assign(call.body());
  if (!named) return named.error();
  if (*named) {
    const auto doctor = store::doctor(call.session(), call.facility(), **named);
    if (!doctor) return call.unknown("doctor", **named);
    if (!doctor->active) return conflict("doctor-inactive", "The doctor is not active.");
  }
  return command(
      call, [&](db::Transaction& tx, const store::Locked& locked) -> Result<domain::Decision> {
        const auto& entry = locked.entry;
        if (*named) return decide(entry, domain::Assign{**named});
        const auto choice = choose_doctor(
            store::on_duty(tx, entry.facility_id, call.now(), entry.department_id, entry.specialty),
            entry.specialty, entry.department_id);
        if (!choice) return conflict("no-doctor-on-duty", "No doctor who fits is on duty now.");
        return decide(entry, domain::Assign{choice->doctor_id, choice->reason});
      });
}

Result<Answer> prioritize_entry(Call& call) {
  const auto order = decode_prioritize(call.body());
  if (!order) return order.error();
  return command(call, [&](db::Transaction&, const store::Locked& locked) {
    return decide(locked.entry, *order);
  });
}

Result<Answer> transfer_entry(Call& call) {
  const auto input = decode_transfer(call.body());
  if (!input) return input.error();
  const auto target = store::get_queue(call.session(), call.facility(), input->queue_id);
  if (!target) return not_found("queue");
  std::optional<domain::Entry> moving;
  auto done = call.transact([&](db::Transaction& tx) -> Result<Answer> {
    const auto locked = lock_for(call, tx);
    if (!locked) return locked.error();
    moving = locked->entry;
    if (target->id == locked->entry.queue_id) {
      return rule_broken("same-queue", "The patient stands in this queue already.", "/queue_id");
    }
    const auto moved =
        events::transfer(tx, locked->entry,
                         {.target = *target,
                          .reason = input->reason,
                          .doctor = choose_for_emergency(tx, locked->entry, *target, call.now())},
                         act_of(call));
    if (!moved) return moved.error();
    return answer(moved->left, locked->names);
  });
  if (done || !moving || !moving->patient_id) return done;
  return already_queued(call, done.error(), *moving->patient_id, target->id, moving->day);
}

}  // namespace ambula::queue::api
