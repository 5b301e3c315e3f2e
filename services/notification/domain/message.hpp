#pragma once

#include <cstdint>
#include <optional>
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

enum class Template {
  appointment_booked,
  appointment_moved,
  appointment_cancelled,
  appointment_reinstated,
  prescription_issued,
  prescription_ready,
  prescription_dispensed,
};
std::string_view to_string(Template name);
std::optional<Template> parse_template(std::string_view text);
bool is_about_appointment(Template name);

struct Message {
  Uuid id;
  Uuid facility_id;
  Template template_name{Template::appointment_booked};
  /// Whom, not where: the address stands in the patient's projection only.
  std::string recipient;
  std::optional<Uuid> patient_id;
  Uuid subject_id;  ///< the appointment or prescription
  Uuid event_id;    ///< with recipient, template and resend_no: the intent, unique
  int resend_no{0};
  std::int64_t fact_version{0};  ///< ce_aggregateversion of the event
  Instant fact_time;             ///< ce_time of the event
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
};

struct Facility {
  std::string name;
  std::string zone;
  std::string locale;
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

/// What is known at the moment of sending.
struct Facts {
  std::optional<Facility> facility;
  std::optional<Patient> patient;
  std::optional<Appointment> appointment;
  std::optional<Prescription> prescription;
};

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

/// Whether a person may have it sent anew; the new message is made by `resend_of`.
struct Resend {};
Result<Decision> decide(const Message& message, const Resend& resend);
/// A message of the same intent with its own number.
Message resend_of(const Message& message, const Uuid& id, int resend_no, std::string why,
                  Instant now, const Uuid& actor);

/// The process that had claimed it is gone: nobody knows what the server said.
struct SenderDied {};
Decision react(const Message& message, const SenderDied& died);

void evolve(Message& message, const Event& event, Instant now);

/// A new message about a fact; SUPPRESSED `stale` from the beginning when the fact is old.
Message message_of(Template name, const Uuid& id, const Uuid& facility, const Uuid& patient,
                   const Uuid& subject, const Uuid& event_id, std::int64_t fact_version,
                   Instant fact_time, Instant now);

/// "en", "hi" or "de": the patient's wish, else the facility's, else English.
std::string choose_language(std::string_view wish, std::string_view locale);

/// One address that can stand in an SMTP command and a header without escaping anything.
bool is_plain_address(std::string_view address);

}  // namespace ambula::notification::domain
