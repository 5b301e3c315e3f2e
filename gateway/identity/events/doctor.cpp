#include "binding.hpp"
#include "codec.hpp"
#include "handlers.hpp"

namespace ambula::identity::events {

Result<void> on_doctor(outbox::Delivery& delivery) {
  const auto& event = delivery.event;
  if (event.tombstone || event.type == "DoctorDeleted") {
    const auto id = Uuid::parse(event.key);
    return id ? bind_account(delivery, store::Binding::doctor, *id, std::nullopt) : Result<void>{};
  }
  const auto fact = decode_doctor(event.data);
  if (!fact) return fact.error();
  return bind_account(delivery, store::Binding::doctor, fact->id, fact->account_id);
}

}  // namespace ambula::identity::events
