#include "command.hpp"

#include <ambula/base/zone.hpp>

#include "access.hpp"

namespace ambula::patient::api {

using service::Answer;

Answer changed(Answer answer, const Uuid& id, std::vector<std::string> fields) {
  return service::about(service::changed(std::move(answer), "patient", id, std::move(fields)),
                        {id});
}

events::Act act(const service::Call& call) {
  return {call.now(), call.actor(), call.events()};
}

Result<Answer> command(service::Call& call, const Decide& decide, const Encode& encode_other) {
  return call.transact([&](db::Transaction& tx) -> Result<Answer> {
    const auto sight = may_change(call, call.id());
    if (!sight) return sight.error();
    const auto locked = store::lock(tx, call.facility(), call.id());
    if (!locked) return not_found("patient");
    const auto& before = locked->patient;
    if (auto current = call.check_version(before.record.version); !current) return current.error();
    const auto decision = decide(before, local_date(locked->zone, call.now()), *sight);
    if (!decision) return decision.error();
    const auto after = events::record(tx, before, *decision, act(call));
    auto body = encode_other ? encode_other(after, *sight) : encode(after, *sight);
    return changed(service::ok(std::move(body), after.record.version), after.id,
                   domain::changed_fields(before, after));
  });
}

}  // namespace ambula::patient::api
