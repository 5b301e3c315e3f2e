#include "message.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <ambula/base/text.hpp>

namespace ambula::notification::domain {
namespace {

using namespace std::chrono_literals;

constexpr auto wait_for_facts = 10min;
constexpr std::chrono::microseconds first_look = 2s;
constexpr std::chrono::microseconds look_max = 1min;
constexpr auto stale_after = 24h;
constexpr auto give_up_after = 24h;
constexpr std::chrono::seconds first_retry = 30s;
constexpr std::chrono::seconds retry_max = 2h;
constexpr int doublings_max = 16;
constexpr auto jumps_ahead = 1h;

constexpr std::array<std::string_view, 7> statuses = {
    "QUEUED", "SENDING", "SENT", "UNCERTAIN", "RETRYING", "FAILED", "SUPPRESSED"};
constexpr std::array<std::string_view, 12> templates = {
    "appointment-booked",   "appointment-moved",      "appointment-cancelled",
    "appointment-reminder", "appointment-reinstated", "prescription-issued",
    "prescription-ready",   "prescription-dispensed", "account-verify",
    "account-invite",       "account-reset",          "stock-digest"};
constexpr std::array<std::string_view, 5> alert_kinds = {"OUT", "LOW", "RECALLED", "EXPIRED",
                                                         "EXPIRING"};

// Those that no other service is told of are kept in the history only, and have no prefix.
constexpr std::array<std::string_view, 7> kinds = {"Claimed",   "Postponed",     "MessageSent",
                                                   "Retrying",  "MessageFailed", "MessageUncertain",
                                                   "Suppressed"};

template <class Enum, std::size_t N>
std::optional<Enum> find(const std::array<std::string_view, N>& names, std::string_view text) {
  const auto found = std::find(names.begin(), names.end(), text);
  if (found == names.end()) return std::nullopt;
  return static_cast<Enum>(found - names.begin());
}

Event suppressed(std::string reason, std::string language = {}) {
  return {
      .kind = EventKind::suppressed, .reason = std::move(reason), .language = std::move(language)};
}
Event failed(std::string reason) {
  return {.kind = EventKind::failed, .reason = std::move(reason)};
}

std::string lower_dashed(std::string_view status) {
  auto text = to_lower_ascii(status);
  std::replace(text.begin(), text.end(), '_', '-');
  return text;
}

/// A reminder helps in the first half of the time that it was to be early; later the patient is on
/// the way, or the next one comes.
bool is_too_late(const Message& message, const Appointment& visit, Instant now) {
  return now > message.fact_time + (visit.starts_at - message.fact_time) / 2;
}

/// Why a mail about this visit would say what is no longer so; empty when it would not.
std::string changed(const Message& message, const Appointment& visit, Instant now) {
  const bool cancels = message.template_name == Template::appointment_cancelled;
  const bool reminds = message.template_name == Template::appointment_reminder;
  if (visit.notice_version != message.fact_version) {
    return visit.status == "CANCELLED" ? "appointment-cancelled" : "appointment-changed";
  }
  if (reminds && visit.status != "BOOKED") return "appointment-" + lower_dashed(visit.status);
  if (!cancels && (visit.status == "CANCELLED" || visit.status == "NO_SHOW")) {
    return "appointment-" + lower_dashed(visit.status);
  }
  if (visit.ends_at <= now) return "appointment-past";
  if (reminds && is_too_late(message, visit, now)) return "too-late";
  return {};
}

std::string changed(const Message& message, const Prescription& prescription) {
  const auto& status = prescription.status;
  if (message.template_name == Template::prescription_dispensed) return {};  // it has happened
  if (status != "ISSUED" && status != "ON_HOLD") return "prescription-" + lower_dashed(status);
  if (message.template_name == Template::prescription_ready &&
      prescription.fulfilment_version != message.fact_version) {
    return "no-longer-ready";
  }
  return {};
}

std::string changed(const StockDigest& digest) {
  if (!digest.address) return "not-a-recipient";
  return digest.has_news ? "" : "nothing-to-tell";
}

std::string changed(const Message& message, const Facts& facts, Instant now) {
  switch (subject_of(message.template_name)) {
    case Subject::appointment:
      return facts.appointment ? changed(message, *facts.appointment, now) : "appointment-unknown";
    case Subject::prescription:
      return facts.prescription ? changed(message, *facts.prescription) : "prescription-unknown";
    case Subject::account:
      return facts.account && now < facts.account->expires_at ? "" : "expired";
    case Subject::stock:
      return facts.stock ? changed(*facts.stock) : "nothing-to-tell";
  }
  return {};
}

/// What is missing that may still be on its way (topics are not ordered among each other).
std::string missing(const Message& message, const Facts& facts) {
  if (!facts.facility && !message.facility_id.is_nil()) return "facility-unknown";
  if (message.patient_id && !facts.patient) return "address-unknown";
  return {};
}

/// A mail without the doctor's name is better than none, so this is waited for but not insisted on.
bool lacks_name(const Facts& facts) {
  return (facts.appointment && !facts.appointment->doctor) ||
         (facts.prescription && !facts.prescription->doctor);
}

/// What is missing mostly comes within a second; the longer it has not, the rarer is the look, or
/// many such messages would keep those from going that can.
Instant next_look(const Message& message, Instant now) {
  const auto pause =
      std::clamp<std::chrono::microseconds>((now - message.created_at) / 4, first_look, look_max);
  return std::min(now + pause, message.created_at + wait_for_facts);
}

/// Account mail always goes, and is better without the facility's name than not sent.
bool is_insisted_on(const Message& message) {
  return subject_of(message.template_name) != Subject::account;
}

bool is_opted_out(const Message& message, const Facts& facts) {
  if (!facts.patient) return false;
  const auto& patient = *facts.patient;
  const auto& out = patient.opt_out;
  if (message.template_name == Template::appointment_reminder && patient.unsubscribed) return true;
  return !patient.email_allowed ||
         std::find(out.begin(), out.end(), to_string(message.template_name)) != out.end();
}

std::string language_of(const Facts& facts) {
  const std::string_view locale = facts.facility ? facts.facility->locale : std::string_view{};
  if (facts.patient) return choose_language(facts.patient->language, locale);
  return choose_language(facts.account ? facts.account->language : "", locale);
}

Instant next_try(const Message& message, const Record& record) {
  const int doublings = std::clamp(message.attempts - 1, 0, doublings_max);
  const auto full =
      std::min<std::chrono::seconds>(first_retry * (std::int64_t{1} << doublings), retry_max);
  const double share = 0.5 + 0.5 * std::clamp(record.jitter, 0.0, 1.0);
  return record.now +
         std::chrono::milliseconds(std::llround(static_cast<double>(full.count()) * share * 1000));
}

bool is_waiting(Status status) {
  return status == Status::queued || status == Status::retrying;
}

}  // namespace

std::string_view to_string(Status status) {
  return statuses[static_cast<std::size_t>(status)];
}
std::optional<Status> parse_status(std::string_view text) {
  return find<Status>(statuses, text);
}
bool is_open(Status status) {
  return is_waiting(status) || status == Status::sending;
}
std::string_view to_string(Template name) {
  return templates[static_cast<std::size_t>(name)];
}
std::optional<Template> parse_template(std::string_view text) {
  return find<Template>(templates, text);
}
std::span<const std::string_view> template_names() {
  return templates;
}

std::span<const std::string_view> status_names() {
  return statuses;
}

Subject subject_of(Template name) {
  if (name <= Template::appointment_reinstated) return Subject::appointment;
  if (name <= Template::prescription_dispensed) return Subject::prescription;
  return name == Template::stock_digest ? Subject::stock : Subject::account;
}

std::string_view to_string(StockAlert::Kind kind) {
  return alert_kinds[static_cast<std::size_t>(kind)];
}

std::optional<StockAlert::Kind> parse_alert_kind(std::string_view text) {
  return find<StockAlert::Kind>(alert_kinds, text);
}

std::optional<std::string> address_of(const Facts& facts) {
  if (facts.patient) return facts.patient->email;
  if (facts.account) return facts.account->address;
  return facts.stock ? facts.stock->address : std::nullopt;
}
std::string_view to_string(EventKind kind) {
  return kinds[static_cast<std::size_t>(kind)];
}
bool is_published(EventKind kind) {
  return kind == EventKind::sent || kind == EventKind::failed || kind == EventKind::uncertain;
}

Result<Decision> decide(const Message& message, const Claim& claim) {
  if (!is_waiting(message.status)) return illegal_transition(to_string(message.status), "claim");
  const bool first = message.attempts == 0 && message.resend_no == 0;
  if (first && claim.now - message.fact_time > stale_after) return Decision{suppressed("stale")};
  if (auto why = changed(message, claim.facts, claim.now); !why.empty())
    return Decision{suppressed(std::move(why))};
  const bool may_wait = claim.now < message.created_at + wait_for_facts;
  auto lacking = missing(message, claim.facts);
  if (may_wait && (!lacking.empty() || lacks_name(claim.facts))) {
    return Decision{{.kind = EventKind::postponed, .due_at = next_look(message, claim.now)}};
  }
  if (!lacking.empty() && is_insisted_on(message)) return Decision{failed(std::move(lacking))};
  if (is_opted_out(message, claim.facts)) {
    return Decision{suppressed("opted-out", language_of(claim.facts))};
  }
  const auto address = address_of(claim.facts);
  if (!address || address->empty()) {
    return Decision{suppressed("no-address", language_of(claim.facts))};
  }
  if (!is_plain_address(*address)) return Decision{failed("bad-address")};
  return Decision{{.kind = EventKind::claimed,
                   .sender = claim.sender,
                   .recipient_masked = mask_email(*address),
                   .language = language_of(claim.facts)}};
}

Result<Decision> decide(const Message& message, const Record& record) {
  if (message.status != Status::sending)
    return illegal_transition(to_string(message.status), "record");
  switch (record.outcome) {
    case Outcome::sent:
      return Decision{{.kind = EventKind::sent}};
    case Outcome::permanent:
      return Decision{failed(record.reason)};
    case Outcome::uncertain:
      return Decision{{.kind = EventKind::uncertain, .reason = record.reason}};
    case Outcome::temporary:
      break;
  }
  const auto next = next_try(message, record);
  if (next > message.created_at + give_up_after) return Decision{failed(record.reason)};
  return Decision{{.kind = EventKind::retrying, .reason = record.reason, .due_at = next}};
}

Result<Decision> decide(const Message& message, const Resend&) {
  if (is_open(message.status)) return illegal_transition(to_string(message.status), "resend");
  if (subject_of(message.template_name) == Subject::account) {
    return conflict("not-resendable", "Its link works once; have a new one asked for.");
  }
  return Decision{};
}

Message resend_of(const Message& message, const Uuid& id, int resend_no, std::string why,
                  Instant now, const Uuid& actor) {
  Message again{message};
  again.id = id;
  again.resend_no = resend_no;
  again.status = Status::queued;
  again.attempts = 0;
  again.version = 1;
  again.sent_at.reset();
  again.reason.reset();
  again.resend_reason = std::move(why);
  again.due_at = again.created_at = again.updated_at = now;
  again.created_by = again.updated_by = actor;
  return again;
}

Decision react(const Message& message, const SenderDied&) {
  if (message.status != Status::sending) return {};
  return {{.kind = EventKind::uncertain, .reason = "stopped-while-sending"}};
}

void evolve(Message& message, const Event& event, Instant now) {
  message.updated_at = now;
  message.reason = event.reason.empty() ? std::nullopt : std::optional(event.reason);
  switch (event.kind) {
    case EventKind::claimed:
      message.status = Status::sending;
      ++message.attempts;
      message.claimed_by = event.sender;
      message.claimed_at = now;
      message.recipient_masked = event.recipient_masked;
      message.language = event.language;
      return;
    case EventKind::postponed:
      message.due_at = event.due_at;
      return;
    case EventKind::sent:
      message.status = Status::sent;
      message.sent_at = now;
      break;
    case EventKind::retrying:
      message.status = Status::retrying;
      message.due_at = event.due_at;
      break;
    case EventKind::failed:
      message.status = Status::failed;
      break;
    case EventKind::uncertain:
      message.status = Status::uncertain;
      break;
    case EventKind::suppressed:
      message.status = Status::suppressed;
      if (!event.language.empty()) message.language = event.language;
      break;
  }
  message.claimed_by.reset();
  message.claimed_at.reset();
}

Message message_of(const Intent& intent, const Uuid& id, Instant now) {
  Message message{intent};
  message.id = id;
  message.due_at = message.created_at = message.updated_at = now;
  if (subject_of(intent.template_name) == Subject::account) message.due_at -= jumps_ahead;
  if (now - intent.fact_time > stale_after) {
    message.status = Status::suppressed;
    message.reason = "stale";
  }
  return message;
}

std::string choose_language(std::string_view wish, std::string_view locale) {
  for (const auto text : {wish, locale}) {
    const auto language = to_lower_ascii(text.substr(0, text.find_first_of("-_")));
    if (language == "en" || language == "hi" || language == "de") return language;
  }
  return "en";
}

bool is_plain_address(std::string_view address) {
  constexpr std::size_t address_max = 254;
  const auto at = address.find('@');
  if (address.size() > address_max || at == 0 || at == std::string_view::npos ||
      at + 1 == address.size())
    return false;
  if (address.find('@', at + 1) != std::string_view::npos || address.front() == '-') return false;
  if (!is_utf8(address) || has_control(address, false)) return false;
  return address.find_first_of(" \t\"(),:;<>[\\]") == std::string_view::npos;
}

}  // namespace ambula::notification::domain
