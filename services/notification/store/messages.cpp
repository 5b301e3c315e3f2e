#include "messages.hpp"

#include <notification/sql.hpp>

#include "rows.hpp"

namespace ambula::notification::store {
namespace {

std::optional<domain::Message> first_message(const db::Rows& rows) {
  if (rows.empty()) return std::nullopt;
  return to_message(rows.front());
}

std::vector<domain::Message> to_messages(const db::Rows& rows) {
  std::vector<domain::Message> messages;
  for (const auto row : rows)
    messages.push_back(to_message(row));
  return messages;
}

template <class Name>
std::optional<std::string> name_of(const std::optional<Name>& value) {
  if (!value) return std::nullopt;
  return std::string(to_string(*value));
}

domain::StockDigest digest(db::Transaction& tx, const domain::Message& m) {
  domain::StockDigest digest;
  const auto found = tx.exec(sql::digest_address, m.facility_id, m.recipient);
  if (!found.empty()) digest.address = found.front().get<std::string>("address");
  for (const auto row : tx.exec(sql::digest_alerts, m.facility_id, m.subject_id)) {
    digest.has_news = digest.has_news || row.get<std::optional<bool>>("is_news").value_or(false);
    digest.alerts.push_back(to_stock_alert(row));
  }
  return digest;
}

}  // namespace

bool insert(db::Transaction& tx, const domain::Message& m) {
  return !tx.exec(sql::insert_message, m.id, m.facility_id, to_string(m.template_name), m.recipient,
                  m.patient_id, m.subject_id, m.event_id, m.resend_no, m.fact_version, m.fact_time,
                  m.language, m.recipient_masked, to_string(m.status), m.due_at, m.reason,
                  m.resend_reason, m.created_at, m.created_by)
              .empty();
}

std::optional<domain::Message> lock_due(db::Transaction& tx, Instant now) {
  return first_message(tx.exec(sql::lock_due_message, now));
}

std::optional<domain::Message> lock(db::Transaction& tx, const Uuid& facility, const Uuid& id) {
  return first_message(tx.exec(sql::lock_message, id, facility));
}

std::vector<domain::Message> lock_intent(db::Transaction& tx, const domain::Message& m) {
  return to_messages(tx.exec(sql::lock_intent, m.facility_id, m.event_id, m.recipient,
                             to_string(m.template_name)));
}

std::int64_t save(db::Transaction& tx, const domain::Message& m, const domain::Event& event,
                  const outbox::Events& events) {
  return tx
      .exec(sql::save_message, m.id, m.facility_id, m.language, m.recipient_masked,
            to_string(m.status), m.attempts, m.due_at, m.claimed_by, m.claimed_at, m.sent_at,
            m.reason, m.updated_at, m.updated_by, to_string(event.kind), events)
      .front()
      .get<std::int64_t>("version");
}

void postpone(db::Transaction& tx, const domain::Message& m) {
  tx.exec(sql::postpone_message, m.id, m.facility_id, m.due_at);
}

domain::Facts facts(db::Transaction& tx, const domain::Message& m) {
  domain::Facts facts;
  if (const auto rows = tx.exec(sql::facility_now, m.facility_id); !rows.empty()) {
    facts.facility = to_facility(rows.front());
  }
  if (m.patient_id) {
    const auto rows = tx.exec(sql::patient_now, m.patient_id, m.facility_id);
    if (!rows.empty()) facts.patient = to_patient(rows.front());
  }
  switch (subject_of(m.template_name)) {
    case domain::Subject::appointment:
      if (const auto rows = tx.exec(sql::appointment_now, m.subject_id, m.facility_id);
          !rows.empty())
        facts.appointment = to_appointment(rows.front());
      break;
    case domain::Subject::prescription:
      if (const auto rows = tx.exec(sql::prescription_now, m.subject_id, m.facility_id);
          !rows.empty())
        facts.prescription = to_prescription(rows.front());
      break;
    case domain::Subject::account:
      if (const auto rows = tx.exec(sql::account_mail_now, m.id); !rows.empty())
        facts.account = to_account_mail(rows.front());
      break;
    case domain::Subject::stock:
      facts.stock = digest(tx, m);
      break;
  }
  return facts;
}

std::optional<domain::Facility> facility(db::Session& session, const Uuid& id) {
  const auto rows = session.read(sql::facility_now, id);
  if (rows.empty()) return std::nullopt;
  return to_facility(rows.front());
}

std::optional<domain::Message> get(db::Session& session, const Uuid& facility, const Uuid& id) {
  return first_message(session.read(sql::get_message, id, facility));
}

std::vector<domain::Message> list(db::Session& session, const Uuid& facility,
                                  const ListFilter& filter,
                                  const std::optional<std::pair<Instant, Uuid>>& after, int limit) {
  std::optional<Instant> after_time;
  std::optional<Uuid> after_id;
  if (after) std::tie(after_time, after_id) = *after;
  return to_messages(session.read(sql::list_messages, facility, filter.patient_id,
                                  name_of(filter.status), name_of(filter.template_name), after_time,
                                  after_id, limit));
}

double oldest_due_age_s(db::Session& session, Instant now) {
  return session.read(sql::oldest_due_age, now).front().get<double>("age_s");
}

std::map<domain::Status, int> count(db::Session& session) {
  std::map<domain::Status, int> counts;
  for (const auto row : session.read(sql::count_messages)) {
    if (const auto status = domain::parse_status(row.text("status")))
      counts[*status] = row.get<int>("messages");
  }
  return counts;
}

bool hold_sender(db::Session& session, const Uuid& sender) {
  return session.read(sql::hold_sender, sender).front().get<bool>("held");
}

std::vector<Uuid> other_senders(db::Session& session, const Uuid& sender) {
  std::vector<Uuid> others;
  for (const auto row : session.read(sql::other_senders, sender))
    others.push_back(row.get<Uuid>("claimed_by"));
  return others;
}

bool is_gone(db::Transaction& tx, const Uuid& sender) {
  return tx.exec(sql::sender_is_gone, sender).front().get<bool>("gone");
}

std::vector<domain::Message> lock_of_sender(db::Transaction& tx, const Uuid& sender) {
  return to_messages(tx.exec(sql::lock_messages_of_sender, sender));
}

}  // namespace ambula::notification::store
