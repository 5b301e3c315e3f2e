#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <ambula/base/time.hpp>
#include <ambula/base/uuid.hpp>

// One time line of what happened to a patient, told in plain words [PAT-5].
namespace ambula::patient::domain {

enum class Kind { appointment, queue_entry, consultation, prescription, dispense };
std::string_view to_string(Kind kind);
std::optional<Kind> parse_kind(std::string_view text);

/// What one event tells. Everything else (names, the patient of a dispense) is joined when it is
/// read, so that the time line does not depend on the order in which events arrive.
struct Item {
  Uuid event_id;
  Instant at;
  Kind kind{Kind::appointment};
  std::string event;  ///< its type: "AppointmentBooked"
  std::string ref_type;
  Uuid ref_id;
  std::optional<Uuid> doctor_id;
  std::optional<Uuid> department_id;
  std::optional<Instant> starts_at;  ///< of a visit
  std::optional<std::string> label;  ///< the ticket, or the prescription's number
};

/// With the present names of those it mentions.
struct NamedItem {
  Item item;
  std::optional<std::string> doctor_name;
  std::optional<std::string> department_name;
};

/// Whether events of this type belong on the time line.
bool tells(Kind kind, std::string_view event);

/// The sentence for people. It never says why, what was found, what was prescribed or how urgent it
/// was.
std::string summary(const Item& item, std::string_view zone);

}  // namespace ambula::patient::domain
