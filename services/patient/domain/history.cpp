#include "history.hpp"

#include <algorithm>
#include <array>

#include <ambula/base/zone.hpp>

namespace ambula::patient::domain {
namespace {

constexpr std::array<std::string_view, 5> kind_titles = {
    "APPOINTMENT", "QUEUE_ENTRY", "CONSULTATION", "PRESCRIPTION", "DISPENSE"};

/// `{time}` and `{label}` stand for the visit's local time and the ticket or number.
struct Sentence {
  Kind kind;
  std::string_view event;
  std::string_view text;
};

constexpr auto visit = Kind::appointment;
constexpr auto entry = Kind::queue_entry;
constexpr auto consultation = Kind::consultation;
constexpr auto prescription = Kind::prescription;
constexpr auto dispense = Kind::dispense;

constexpr std::array sentences{
    Sentence{visit, "AppointmentBooked", "Appointment booked for {time}"},
    Sentence{visit, "AppointmentRescheduled", "Appointment moved to {time}"},
    Sentence{visit, "AppointmentCheckedIn", "Checked in for the appointment at {time}"},
    Sentence{visit, "AppointmentCheckInUndone", "Check-in for the appointment at {time} undone"},
    Sentence{visit, "AppointmentInConsultation", "Appointment at {time} began"},
    Sentence{visit, "AppointmentConsultationUndone", "Begin of the appointment at {time} undone"},
    Sentence{visit, "AppointmentCompleted", "Appointment at {time} completed"},
    Sentence{visit, "AppointmentCancelled", "Appointment at {time} cancelled"},
    Sentence{visit, "AppointmentNoShow", "Appointment at {time} missed"},
    Sentence{visit, "AppointmentReinstated", "Appointment at {time} reinstated"},
    Sentence{entry, "QueueEntryCreated", "Joined the queue with ticket {label}"},
    Sentence{entry, "QueueEntryLinked", "Ticket {label} joined to the appointment"},
    Sentence{entry, "QueueEntryTriaged", "Ticket {label} assessed"},
    Sentence{entry, "QueueEntryPrioritized", "Order of ticket {label} changed"},
    Sentence{entry, "QueueEntryAssigned", "Ticket {label} assigned to a doctor"},
    Sentence{entry, "QueueEntryCalled", "Ticket {label} called"},
    Sentence{entry, "QueueEntryReturned", "Ticket {label} back to waiting"},
    Sentence{entry, "QueueEntryStarted", "Ticket {label} being seen"},
    Sentence{entry, "QueueEntryStartUndone", "Ticket {label} back to waiting"},
    Sentence{entry, "QueueEntryHeld", "Ticket {label} on hold"},
    Sentence{entry, "QueueEntryResumed", "Ticket {label} waiting again"},
    Sentence{entry, "QueueEntryTransferred", "Ticket {label} moved to another queue"},
    Sentence{entry, "QueueEntryNoShow", "Ticket {label} called without answer"},
    Sentence{entry, "QueueEntryLeft", "Left the queue with ticket {label}"},
    Sentence{entry, "QueueEntryCancelled", "Ticket {label} cancelled"},
    Sentence{entry, "QueueEntryRejoined", "Rejoined the queue with ticket {label}"},
    Sentence{entry, "QueueEntryCompleted", "Ticket {label} completed"},
    Sentence{consultation, "ConsultationStarted", "Consultation started"},
    Sentence{consultation, "ConsultationTakenOver", "Consultation taken over by another doctor"},
    Sentence{consultation, "ConsultationCompleted", "Consultation completed"},
    Sentence{consultation, "ConsultationCancelled", "Consultation cancelled"},
    Sentence{consultation, "ConsultationAmended", "Note of the consultation amended"},
    Sentence{prescription, "PrescriptionIssued", "Prescription {label} issued"},
    Sentence{prescription, "PrescriptionOnHold", "Prescription {label} on hold"},
    Sentence{prescription, "PrescriptionResumed", "Prescription {label} resumed"},
    Sentence{prescription, "PrescriptionCompleted", "Prescription {label} completed"},
    Sentence{prescription, "PrescriptionCancelled", "Prescription {label} cancelled"},
    Sentence{prescription, "PrescriptionCancellationRefused",
             "Prescription {label} had been handed over before its cancellation"},
    Sentence{prescription, "PrescriptionExpired", "Prescription {label} expired"},
    Sentence{dispense, "PrescriptionReserved", "Medicines of prescription {label} reserved"},
    Sentence{dispense, "PrescriptionReservationReleased",
             "Reservation for prescription {label} released"},
    Sentence{dispense, "PrescriptionReady", "Medicines of prescription {label} ready"},
    Sentence{dispense, "PrescriptionPartlyDispensed",
             "Medicines of prescription {label} partly handed over"},
    Sentence{dispense, "PrescriptionDispensed", "Medicines of prescription {label} handed over"},
    Sentence{dispense, "PrescriptionDeclined", "Prescription {label} declined by the pharmacy"},
    Sentence{dispense, "PrescriptionDeclineUndone",
             "Prescription {label} taken up again by the pharmacy"},
    Sentence{dispense, "PrescriptionQuestioned",
             "The pharmacy has a question about prescription {label}"},
    Sentence{dispense, "PrescriptionQuestionAnswered",
             "The pharmacy's question about prescription {label} answered"},
    Sentence{dispense, "PrescriptionClosedShort",
             "Prescription {label} closed; the rest is not to come"},
    Sentence{dispense, "DispenseReturned", "Medicines of prescription {label} brought back"},
};

const Sentence* find(Kind kind, std::string_view event) {
  const auto* found = std::ranges::find_if(sentences, [&](const Sentence& sentence) {
    return sentence.kind == kind && sentence.event == event;
  });
  return found == sentences.end() ? nullptr : found;
}

/// Fills a placeholder, or takes it out with the blank before it.
void fill(std::string& text, std::string_view placeholder,
          const std::optional<std::string>& value) {
  const auto at = text.find(placeholder);
  if (at == std::string::npos) return;
  if (value) {
    text.replace(at, placeholder.size(), *value);
  } else {
    const std::size_t blank = at > 0 ? 1 : 0;
    text.erase(at - blank, placeholder.size() + blank);
  }
}

/// "2026-11-30 09:30" on the wall clock of the facility.
std::string local_minute(std::string_view zone, Instant at) {
  auto text = format_local(zone, at).substr(0, 16);
  std::ranges::replace(text, 'T', ' ');
  return text;
}

}  // namespace

std::string_view to_string(Kind kind) {
  return kind_titles[static_cast<std::size_t>(kind)];
}

std::optional<Kind> parse_kind(std::string_view text) {
  for (std::size_t i = 0; i < kind_titles.size(); ++i) {
    if (kind_titles[i] == text) return static_cast<Kind>(i);
  }
  return std::nullopt;
}

bool tells(Kind kind, std::string_view event) {
  return find(kind, event) != nullptr;
}

std::string summary(const Item& item, std::string_view zone) {
  const auto* sentence = find(item.kind, item.event);
  if (sentence == nullptr) return item.event;
  std::string text(sentence->text);
  fill(text, "{time}",
       item.starts_at ? std::optional(local_minute(zone, *item.starts_at)) : std::nullopt);
  fill(text, "{label}", item.label);
  return text;
}

}  // namespace ambula::patient::domain
