#pragma once

#include <cstdint>
#include <string>

#include <ambula/base/uuid.hpp>
#include <ambula/base/zone.hpp>

namespace ambula::notification::mail {

/// A visit for the patient's calendar. The same uid with a higher sequence changes the same entry
/// (RFC 5546).
struct CalendarEntry {
  Uuid appointment_id;
  std::int64_t sequence{0};
  TimeRange time;
  Instant stamp;
  bool cancelled{false};
  std::string summary;
  std::string organizer;  ///< address
  std::string organizer_name;
  std::string attendee;  ///< address
};

/// iTIP's method: REQUEST, or CANCEL.
std::string method_of(const CalendarEntry& entry);
/// iCalendar text with CRLF line ends.
std::string to_ical(const CalendarEntry& entry);

}  // namespace ambula::notification::mail
