#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <ambula/base/result.hpp>
#include <ambula/base/time.hpp>
#include <ambula/base/uuid.hpp>

// One mail to one person because of one fact: when it is sent, when it is not, and what became of
// it.
namespace ambula::notification::domain {

enum class Status { queued, sending, sent, uncertain, retrying, failed, suppressed };
std::string_view to_string(Status status);
std::optional<Status> parse_status(std::string_view text);
/// Whether something will still happen to it by itself.
bool is_open(Status status);

/// In the order of their names in the API; those of one subject stand together.
enum class Template {
  appointment_booked,
  appointment_moved,
  appointment_cancelled,
  appointment_reminder,
  appointment_reinstated,
  prescription_issued,
  prescription_ready,
  prescription_dispensed,
  account_verify,
  account_invite,
  account_reset,
  stock_digest,
};
std::string_view to_string(Template name);
std::optional<Template> parse_template(std::string_view text);
std::span<const std::string_view> template_names();
std::span<const std::string_view> status_names();

/// What a mail is about.
enum class Subject { appointment, prescription, account, stock };
Subject subject_of(Template name);

/// A fact that somebody is to be told of. Event, recipient, template and the number of the resend
/// are unique: whatever is read twice is sent once [NOT-4].
struct Intent {
  Uuid facility_id;  ///< nil: mail to an account without a facility
  Template template_name{Template::appointment_booked};
  /// Whom, not where: a patient, an account, or the hash of a stock address. Addresses stand in
  /// projections only.
  std::string recipient;
  std::optional<Uuid> patient_id;
  Uuid subject_id;  ///< the appointment, prescription, account or digest
  Uuid event_id;
  std::int64_t fact_version{0};  ///< ce_aggregateversion of the event
  Instant fact_time;             ///< ce_time of the event; when a reminder was due
};

struct Message : Intent {
  Uuid id;
  int resend_no{0};
  std::string language{"en"};
  std::optional<std::string> recipient_masked;
  Status status{Status::queued};
  int attempts{0};
  Instant due_at;
  std::optional<Uuid> claimed_by;
  std::optional<Instant> claimed_at;
  std::optional<Instant> sent_at;
  std::optional<std::string> reason;         ///< a code: why it was not sent, or is not certain
  std::optional<std::string> resend_reason;  ///< what the person who asked for it wrote
  std::int64_t version{1};
  Instant created_at;
  Uuid created_by;
  Instant updated_at;
  Uuid updated_by;
};

struct Patient {
  std::string given_name;
  std::optional<std::string> email;
  std::string language;
  bool email_allowed{true};
  std::vector<std::string> opt_out;
  bool unsubscribed{false};  ///< from reminders, by the link in one
};

struct Facility {
  std::string name;
  std::string zone;
  std::string locale;
  std::optional<std::string> phone;
};

/// A visit as it is now.
struct Appointment {
  std::string status;
  Instant starts_at;
  Instant ends_at;
  /// ce_aggregateversion of the last booking, move, cancellation or reinstatement: a mail about an
  /// older one is void.
  std::int64_t notice_version{0};
  std::optional<std::string> doctor;
  std::optional<std::string> department;
};

/// A prescription as it is now.
struct Prescription {
  std::string number;
  std::string status;
  Date expires_on;
  std::int64_t fulfilment_version{0};  ///< ce_aggregateversion of the pharmacy's last word
  std::optional<std::string> doctor;
};

/// What identity asks to be sent; forgotten once the message is settled.
struct AccountMail {
  std::string address;
  std::string language;
  std::string token;
  Instant expires_at;
};

/// Something about a medicine's stock that its keepers must know.
struct StockAlert {
  enum class Kind { out, low, recalled, expired, expiring };
  Kind kind{Kind::low};
  std::string medicine;
  std::int64_t quantity{0};       ///< available; of a lot what is on hand
  std::int64_t minimum_level{0};  ///< of out and low
  std::string lot_number;         ///< of the others
  std::optional<Date> expires_on;
};
std::string_view to_string(StockAlert::Kind kind);
std::optional<StockAlert::Kind> parse_alert_kind(std::string_view text);

struct StockDigest {
  std::optional<std::string> address;  ///< none: not among the facility's recipients any more
  bool has_news{false};                ///< something that this digest is the first to tell
  std::vector<StockAlert> alerts;      ///< the news and what is still low or out, gravest first
};

/// What is known at the moment of sending.
struct Facts {
  std::optional<Facility> facility;
  std::optional<Patient> patient;
  std::optional<Appointment> appointment;
  std::optional<Prescription> prescription;
  std::optional<AccountMail> account;
  std::optional<StockDigest> stock;
};
/// Where the mail goes; nullopt when it cannot.
std::optional<std::string> address_of(const Facts& facts);

enum class EventKind { claimed, postponed, sent, retrying, failed, uncertain, suppressed };
/// Name in the history; MessageSent, MessageFailed and MessageUncertain are told to others too.
std::string_view to_string(EventKind kind);
bool is_published(EventKind kind);

struct Event {
  EventKind kind;
  std::string reason{};
  Instant due_at{};                ///< of postponed and retrying
  Uuid sender{};                   ///< of claimed
  std::string recipient_masked{};  ///< of claimed
  std::string language{};          ///< of claimed
};
using Decision = std::vector<Event>;

/// A sender looks the fact up again and decides: send, wait, or not at all (events.md, rule 5).
struct Claim {
  Facts facts;
  Uuid sender;
  Instant now;
};
Result<Decision> decide(const Message& message, const Claim& claim);

enum class Outcome { sent, temporary, permanent, uncertain };
/// What the mail server said. `jitter` in [0, 1).
struct Record {
  Outcome outcome;
  std::string reason;
  Instant now;
  double jitter{0};
};
Result<Decision> decide(const Message& message, const Record& record);

/// Whether a person may have it sent anew; the new message is made by `resend_of`. Account mail is
/// not: its token is gone.
struct Resend {};
Result<Decision> decide(const Message& message, const Resend& resend);
/// A message of the same intent with its own number.
Message resend_of(const Message& message, const Uuid& id, int resend_no, std::string why,
                  Instant now, const Uuid& actor);

/// The process that had claimed it is gone: nobody knows what the server said.
struct SenderDied {};
Decision react(const Message& message, const SenderDied& died);

void evolve(Message& message, const Event& event, Instant now);

/// A new message about a fact; SUPPRESSED `stale` from the beginning when the fact is old. Account
/// mail goes before what is waiting already: somebody sits there and waits for it.
Message message_of(const Intent& intent, const Uuid& id, Instant now);

/// "en", "hi" or "de": the patient's wish, else the facility's, else English.
std::string choose_language(std::string_view wish, std::string_view locale);

/// One address that can stand in an SMTP command and a header without escaping anything.
bool is_plain_address(std::string_view address);

}  // namespace ambula::notification::domain
