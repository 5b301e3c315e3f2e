#include "calendar.hpp"

#include <libical/ical.h>
#include <memory>

#include "mime.hpp"

namespace ambula::notification::mail {
namespace {

struct IcalFree {
  void operator()(icalcomponent* component) const { icalcomponent_free(component); }
};

icaltimetype utc(Instant at) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
  return icaltime_from_timet_with_zone(static_cast<time_t>(seconds), 0,
                                       icaltimezone_get_utc_timezone());
}

icalproperty* organizer(const CalendarEntry& entry) {
  auto* property = icalproperty_new_organizer(("mailto:" + entry.organizer).c_str());
  if (!entry.organizer_name.empty()) {
    icalproperty_add_parameter(property,
                               icalparameter_new_cn(one_line(entry.organizer_name).c_str()));
  }
  return property;
}

icalproperty* attendee(const CalendarEntry& entry) {
  auto* property = icalproperty_new_attendee(("mailto:" + entry.attendee).c_str());
  icalproperty_add_parameter(property, icalparameter_new_role(ICAL_ROLE_REQPARTICIPANT));
  icalproperty_add_parameter(property, icalparameter_new_partstat(ICAL_PARTSTAT_ACCEPTED));
  icalproperty_add_parameter(property, icalparameter_new_rsvp(ICAL_RSVP_FALSE));
  return property;
}

icalcomponent* event_of(const CalendarEntry& entry) {
  auto* event = icalcomponent_new(ICAL_VEVENT_COMPONENT);
  icalcomponent_add_property(
      event, icalproperty_new_uid((entry.appointment_id.str() + "@ambula").c_str()));
  icalcomponent_add_property(event, icalproperty_new_sequence(static_cast<int>(entry.sequence)));
  icalcomponent_add_property(event, icalproperty_new_dtstamp(utc(entry.stamp)));
  icalcomponent_add_property(event, icalproperty_new_dtstart(utc(entry.time.from)));
  icalcomponent_add_property(event, icalproperty_new_dtend(utc(entry.time.to)));
  icalcomponent_add_property(event, icalproperty_new_summary(one_line(entry.summary).c_str()));
  icalcomponent_add_property(event, organizer(entry));
  icalcomponent_add_property(event, attendee(entry));
  icalcomponent_add_property(
      event,
      icalproperty_new_status(entry.cancelled ? ICAL_STATUS_CANCELLED : ICAL_STATUS_CONFIRMED));
  icalcomponent_add_property(event, icalproperty_new_transp(ICAL_TRANSP_OPAQUE));
  return event;
}

}  // namespace

std::string method_of(const CalendarEntry& entry) {
  return entry.cancelled ? "CANCEL" : "REQUEST";
}

std::string to_ical(const CalendarEntry& entry) {
  const std::unique_ptr<icalcomponent, IcalFree> calendar(
      icalcomponent_new(ICAL_VCALENDAR_COMPONENT));
  icalcomponent_add_property(calendar.get(),
                             icalproperty_new_prodid("-//Ambula//notification//EN"));
  icalcomponent_add_property(calendar.get(), icalproperty_new_version("2.0"));
  icalcomponent_add_property(
      calendar.get(),
      icalproperty_new_method(entry.cancelled ? ICAL_METHOD_CANCEL : ICAL_METHOD_REQUEST));
  icalcomponent_add_component(calendar.get(), event_of(entry));
  const std::unique_ptr<char, void (*)(void*)> text(icalcomponent_as_ical_string_r(calendar.get()),
                                                    icalmemory_free_buffer);
  return text.get();
}

}  // namespace ambula::notification::mail
