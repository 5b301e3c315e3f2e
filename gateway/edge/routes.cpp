#include "routes.hpp"

#include <array>

namespace ambula::edge {
namespace {

using enum http::Method;
using P = auth::Permission;
constexpr auto own = Upstream::own;
constexpr auto patient = Upstream::patient;
constexpr auto scheduling = Upstream::scheduling;
constexpr auto queue = Upstream::queue;
constexpr auto consultation = Upstream::consultation;
constexpr auto pharmacy = Upstream::pharmacy;
constexpr auto notification = Upstream::notification;

// clang-format off
constexpr Route table[] = {
    // Accounts, facilities, audit
    {post,  "/v1/auth/sign-in",                             P::anyone,                      own},
    {post,  "/v1/auth/refresh",                             P::anyone,                      own},
    {post,  "/v1/auth/sign-out",                            P::signed_in,                   own},
    {post,  "/v1/auth/change-password",                     P::signed_in,                   own},
    {post,  "/v1/auth/register",                            P::anyone,                      own},
    {post,  "/v1/auth/verify-email",                        P::anyone,                      own},
    {post,  "/v1/auth/accept-invite",                       P::anyone,                      own},
    {post,  "/v1/auth/forgot-password",                     P::anyone,                      own},
    {post,  "/v1/auth/reset-password",                      P::anyone,                      own},
    {get,   "/v1/me",                                       P::signed_in,                   own},
    {get,   "/v1/facilities",                               P::anyone,                      own},
    {post,  "/v1/facilities",                               P::facility_create,             own},
    {get,   "/v1/facilities/{id}",                          P::facility_read,               own},
    {patch, "/v1/facilities/{id}",                          P::facility_update,             own},
    {get,   "/v1/accounts",                                 P::account_read,                own},
    {post,  "/v1/accounts",                                 P::account_write,               own},
    {get,   "/v1/accounts/{id}",                            P::account_read,                own},
    {patch, "/v1/accounts/{id}",                            P::account_write,               own},
    {post,  "/v1/accounts/{id}/deactivate",                 P::account_write,               own},
    {post,  "/v1/accounts/{id}/reactivate",                 P::account_write,               own},
    {post,  "/v1/accounts/{id}/reset-password",             P::account_write,               own},
    {get,   "/v1/audit",                                    P::audit_read,                  own},
    {get,   "/v1/dashboard",                                P::dashboard_read,              own},
    {get,   "/v1/figures/doctors",                          P::doctor_figures,              own},

    // Patients
    {get,   "/v1/patients",                                 P::patient_read,                patient},
    {post,  "/v1/patients",                                 P::patient_register,            patient},
    {get,   "/v1/patients/suggest",                         P::patient_read,                patient},
    {get,   "/v1/patients/{id}",                            P::patient_read,                patient},
    {patch, "/v1/patients/{id}",                            P::patient_update,              patient},
    {post,  "/v1/patients/{id}/deactivate",                 P::patient_deactivate,          patient},
    {post,  "/v1/patients/{id}/reactivate",                 P::patient_deactivate,          patient},
    {get,   "/v1/patients/{id}/history",                    P::patient_history,             patient},
    {delete_, "/v1/patients/{id}",                          P::patient_delete,              patient},
    {post,  "/v1/patients/{id}/invite",                     P::patient_invite,              patient},
    {get,   "/v1/patients/{id}/preferences",                P::patient_preferences,         patient},
    {put,   "/v1/patients/{id}/preferences",                P::patient_preferences,         patient},
    {get,   "/v1/patients/{id}/allergies",                  P::patient_clinical_list_read,  patient},
    {post,  "/v1/patients/{id}/allergies",                  P::patient_clinical_list_write, patient},
    {get,   "/v1/patients/{id}/allergies/{item}",           P::patient_clinical_list_read,  patient},
    {post,  "/v1/patients/{id}/allergies/{item}/void",      P::patient_clinical_list_write, patient},
    {get,   "/v1/patients/{id}/conditions",                 P::patient_clinical_list_read,  patient},
    {post,  "/v1/patients/{id}/conditions",                 P::patient_clinical_list_write, patient},
    {get,   "/v1/patients/{id}/conditions/{item}",          P::patient_clinical_list_read,  patient},
    {post,  "/v1/patients/{id}/conditions/{item}/void",     P::patient_clinical_list_write, patient},
    {get,   "/v1/patient-bindings",                         P::patient_binding_read,        patient},

    // Departments, doctors, appointments
    {get,   "/v1/departments",                              P::directory_read,              scheduling},
    {post,  "/v1/departments",                              P::directory_write,             scheduling},
    {get,   "/v1/departments/{id}",                         P::directory_read,              scheduling},
    {patch, "/v1/departments/{id}",                         P::directory_write,             scheduling},
    {post,  "/v1/departments/{id}/deactivate",              P::directory_write,             scheduling},
    {post,  "/v1/departments/{id}/reactivate",              P::directory_write,             scheduling},
    {get,   "/v1/specialties",                              P::directory_read,              scheduling},
    {post,  "/v1/specialties",                              P::directory_write,             scheduling},
    {get,   "/v1/specialties/{id}",                         P::directory_read,              scheduling},
    {patch, "/v1/specialties/{id}",                         P::directory_write,             scheduling},
    {post,  "/v1/specialties/{id}/deactivate",              P::directory_write,             scheduling},
    {post,  "/v1/specialties/{id}/reactivate",              P::directory_write,             scheduling},
    {get,   "/v1/doctors",                                  P::directory_read,              scheduling},
    {post,  "/v1/doctors",                                  P::directory_write,             scheduling},
    {get,   "/v1/doctors/{id}",                             P::directory_read,              scheduling},
    {patch, "/v1/doctors/{id}",                             P::directory_write,             scheduling},
    {delete_, "/v1/doctors/{id}",                           P::directory_write,             scheduling},
    {post,  "/v1/doctors/{id}/deactivate",                  P::directory_write,             scheduling},
    {post,  "/v1/doctors/{id}/reactivate",                  P::directory_write,             scheduling},
    {get,   "/v1/doctors/{id}/availability",                P::availability_read,           scheduling},
    {put,   "/v1/doctors/{id}/availability",                P::availability_write,          scheduling},
    {get,   "/v1/doctors/{id}/slots",                       P::directory_read,              scheduling},
    {get,   "/v1/doctors/{id}/exceptions",                  P::availability_read,           scheduling},
    {post,  "/v1/doctors/{id}/exceptions",                  P::availability_write,          scheduling},
    {delete_, "/v1/doctors/{id}/exceptions/{item}",         P::availability_write,          scheduling},
    {get,   "/v1/holidays",                                 P::availability_read,           scheduling},
    {post,  "/v1/holidays",                                 P::holiday_write,               scheduling},
    {delete_, "/v1/holidays/{item}",                        P::holiday_write,               scheduling},
    {get,   "/v1/waiting-requests",                         P::waiting_request_read,        scheduling},
    {post,  "/v1/waiting-requests",                         P::waiting_request_write,       scheduling},
    {get,   "/v1/waiting-requests/{id}",                    P::waiting_request_read,        scheduling},
    {post,  "/v1/waiting-requests/{id}/cancel",             P::waiting_request_write,       scheduling},
    {get,   "/v1/disruptions",                              P::disruption_read,             scheduling},
    {post,  "/v1/disruptions",                              P::disruption_write,            scheduling},
    {get,   "/v1/disruptions/{id}",                         P::disruption_read,             scheduling},
    {post,  "/v1/disruptions/{id}/apply",                   P::disruption_write,            scheduling},
    {post,  "/v1/disruptions/{id}/close",                   P::disruption_write,            scheduling},
    {get,   "/v1/slots",                                    P::directory_read,              scheduling},
    {get,   "/v1/figures/appointments",                     P::appointment_figures,         scheduling},
    {get,   "/v1/appointments",                             P::appointment_read,            scheduling},
    {post,  "/v1/appointments",                             P::appointment_book,            scheduling},
    {get,   "/v1/appointments/{id}",                        P::appointment_read,            scheduling},
    {patch, "/v1/appointments/{id}",                        P::appointment_update,          scheduling},
    {post,  "/v1/appointments/{id}/reschedule",             P::appointment_reschedule,      scheduling},
    {post,  "/v1/appointments/{id}/cancel",                 P::appointment_cancel,          scheduling},
    {post,  "/v1/appointments/{id}/check-in",               P::appointment_check_in,        scheduling},
    {post,  "/v1/appointments/{id}/undo-check-in",          P::appointment_check_in,        scheduling},
    {post,  "/v1/appointments/{id}/complete",               P::appointment_complete,        scheduling},
    {post,  "/v1/appointments/{id}/no-show",                P::appointment_no_show,         scheduling},
    {post,  "/v1/appointments/{id}/reinstate",              P::appointment_reinstate,       scheduling},

    // Queues and tickets
    {get,   "/v1/queues",                                   P::queue_read,                  queue},
    {post,  "/v1/queues",                                   P::queue_write,                 queue},
    {get,   "/v1/queues/{id}",                              P::queue_read,                  queue},
    {patch, "/v1/queues/{id}",                              P::queue_write,                 queue},
    {post,  "/v1/queues/{id}/call-next",                    P::queue_entry_call,            queue},
    {get,   "/v1/queues/{id}/stream",                       P::queue_stream,                queue},
    {get,   "/v1/board/{board_token}",                      P::anyone,                      queue},
    {get,   "/v1/queue-entries",                            P::queue_entry_read,            queue},
    {post,  "/v1/queue-entries",                            P::queue_entry_create,          queue},
    {get,   "/v1/queue-entries/{id}",                       P::queue_entry_read,            queue},
    {post,  "/v1/queue-entries/{id}/call",                  P::queue_entry_call,            queue},
    {post,  "/v1/queue-entries/{id}/start",                 P::queue_entry_call,            queue},
    {post,  "/v1/queue-entries/{id}/return",                P::queue_entry_call,            queue},
    {post,  "/v1/queue-entries/{id}/hold",                  P::queue_entry_work,            queue},
    {post,  "/v1/queue-entries/{id}/resume",                P::queue_entry_work,            queue},
    {post,  "/v1/queue-entries/{id}/transfer",              P::queue_entry_work,            queue},
    {post,  "/v1/queue-entries/{id}/leave",                 P::queue_entry_work,            queue},
    {post,  "/v1/queue-entries/{id}/no-show",               P::queue_entry_work,            queue},
    {post,  "/v1/queue-entries/{id}/cancel",                P::queue_entry_work,            queue},
    {post,  "/v1/queue-entries/{id}/complete",              P::queue_entry_work,            queue},
    {post,  "/v1/queue-entries/{id}/rejoin",                P::queue_entry_work,            queue},
    {post,  "/v1/queue-entries/{id}/assign",                P::queue_entry_work,            queue},
    {post,  "/v1/queue-entries/{id}/prioritize",            P::queue_entry_work,            queue},
    {post,  "/v1/queue-entries/{id}/triage",                P::triage_write,                queue},
    {post,  "/v1/queue-entries/{id}/identify",              P::queue_entry_work,            queue},
    {get,   "/v1/queue-entries/{id}/position",              P::queue_entry_position,        queue},
    {get,   "/v1/track/{tracking_token}",                   P::anyone,                      queue},
    {post,  "/v1/triage/assess",                            P::triage_assess,               queue},
    {get,   "/v1/triage/rules",                             P::triage_rules_read,           queue},
    {get,   "/v1/figures/waits",                            P::queue_figures,               queue},

    // Consultations and prescriptions
    {get,   "/v1/consultations",                            P::consultation_read,           consultation},
    {post,  "/v1/consultations",                            P::consultation_write,          consultation},
    {get,   "/v1/consultations/{id}",                       P::consultation_read,           consultation},
    {patch, "/v1/consultations/{id}",                       P::consultation_write,          consultation},
    {post,  "/v1/consultations/{id}/complete",              P::consultation_write,          consultation},
    {post,  "/v1/consultations/{id}/cancel",                P::consultation_write,          consultation},
    {post,  "/v1/consultations/{id}/addenda",               P::consultation_write,          consultation},
    {get,   "/v1/diagnosis-codes",                          P::diagnosis_code_read,         consultation},
    {get,   "/v1/prescriptions",                            P::prescription_read,           consultation},
    {post,  "/v1/prescriptions",                            P::prescription_write,          consultation},
    {get,   "/v1/prescriptions/{id}",                       P::prescription_read,           consultation},
    {patch, "/v1/prescriptions/{id}",                       P::prescription_write,          consultation},
    {post,  "/v1/prescriptions/{id}/issue",                 P::prescription_write,          consultation},
    {post,  "/v1/prescriptions/{id}/cancel",                P::prescription_write,          consultation},
    {get,   "/v1/prescriptions/{id}/document.pdf",          P::prescription_document,       consultation},
    {get,   "/v1/doctor-day",                               P::doctor_day,                  consultation},
    {get,   "/v1/figures/consultations",                    P::consultation_figures,        consultation},

    // Pharmacy and stock
    {get,   "/v1/pharmacy/prescriptions",                   P::pharmacy_work,               pharmacy},
    {get,   "/v1/pharmacy/prescriptions/{id}",              P::pharmacy_work,               pharmacy},
    {post,  "/v1/pharmacy/prescriptions/{id}/validate",     P::pharmacy_work,               pharmacy},
    {post,  "/v1/pharmacy/prescriptions/{id}/release",      P::pharmacy_work,               pharmacy},
    {post,  "/v1/pharmacy/prescriptions/{id}/ready",        P::pharmacy_work,               pharmacy},
    {post,  "/v1/pharmacy/prescriptions/{id}/dispense",     P::pharmacy_work,               pharmacy},
    {post,  "/v1/pharmacy/prescriptions/{id}/decline",      P::pharmacy_work,               pharmacy},
    {post,  "/v1/pharmacy/prescriptions/{id}/hold",         P::pharmacy_work,               pharmacy},
    {post,  "/v1/pharmacy/prescriptions/{id}/resume",       P::pharmacy_work,               pharmacy},
    {post,  "/v1/pharmacy/prescriptions/{id}/close",        P::pharmacy_work,               pharmacy},
    {get,   "/v1/pharmacy/dispenses",                       P::pharmacy_work,               pharmacy},
    {get,   "/v1/pharmacy/dispenses/{id}",                  P::pharmacy_work,               pharmacy},
    {post,  "/v1/pharmacy/dispenses/{id}/return",           P::pharmacy_work,               pharmacy},
    {get,   "/v1/pharmacy/dispenses/{id}/receipt.pdf",      P::pharmacy_work,               pharmacy},
    {get,   "/v1/pharmacy/medicines",                       P::medicine_read,               pharmacy},
    {post,  "/v1/pharmacy/medicines",                       P::stock_write,                 pharmacy},
    {get,   "/v1/pharmacy/medicines/{id}",                  P::medicine_read,               pharmacy},
    {patch, "/v1/pharmacy/medicines/{id}",                  P::stock_write,                 pharmacy},
    {post,  "/v1/pharmacy/medicines/{id}/deactivate",       P::stock_write,                 pharmacy},
    {post,  "/v1/pharmacy/medicines/{id}/reactivate",       P::stock_write,                 pharmacy},
    {get,   "/v1/pharmacy/medicines/{id}/lots",             P::stock_read,                  pharmacy},
    {post,  "/v1/pharmacy/medicines/{id}/lots",             P::stock_write,                 pharmacy},
    {post,  "/v1/pharmacy/lots/{id}/adjust",                P::stock_write,                 pharmacy},
    {post,  "/v1/pharmacy/lots/{id}/write-off",             P::stock_write,                 pharmacy},
    {post,  "/v1/pharmacy/lots/{id}/count",                 P::stock_write,                 pharmacy},
    {post,  "/v1/pharmacy/lots/{id}/quarantine",            P::stock_write,                 pharmacy},
    {post,  "/v1/pharmacy/lots/{id}/release",               P::stock_write,                 pharmacy},
    {post,  "/v1/pharmacy/lots/{id}/recall",                P::stock_write,                 pharmacy},
    {post,  "/v1/pharmacy/lots/{id}/dispose",               P::stock_write,                 pharmacy},
    {get,   "/v1/pharmacy/ledger",                          P::stock_read,                  pharmacy},
    {get,   "/v1/pharmacy/alerts",                          P::stock_read,                  pharmacy},
    {get,   "/v1/pharmacy/stock",                           P::stock_read,                  pharmacy},
    {get,   "/v1/pharmacy/valuation",                       P::pharmacy_figures,            pharmacy},
    {get,   "/v1/pharmacy/figures",                         P::pharmacy_figures,            pharmacy},

    // Messages
    {get,   "/v1/notifications",                            P::notification_read,           notification},
    {get,   "/v1/notifications/{id}",                       P::notification_read,           notification},
    {post,  "/v1/notifications/{id}/resend",                P::notification_resend,         notification},
    {get,   "/v1/notification-templates/{name}/{language}", P::template_read,               notification},
    {put,   "/v1/notification-templates/{name}/{language}", P::template_write,              notification},
    {post,  "/v1/notification-templates/{name}/{language}/preview", P::template_read,       notification},
    {get,   "/v1/unsubscribe/{token}",                      P::anyone,                      notification},
    {post,  "/v1/unsubscribe/{token}",                      P::anyone,                      notification},
};
// clang-format on

constexpr std::array<std::string_view, static_cast<std::size_t>(Upstream::count_)> upstream_names{
    "own", "patient", "scheduling", "queue", "consultation", "pharmacy", "notification"};

std::string roles_json(auth::Permission permission) {
  std::string roles;
  for (const auto role : auth::all_roles()) {
    if (!auth::permissions_of(role).test(static_cast<std::size_t>(permission))) continue;
    roles += (roles.empty() ? "\"" : ",\"") + std::string(auth::to_string(role)) + "\"";
  }
  return "[" + roles + "]";
}

}  // namespace

std::string_view to_string(Upstream upstream) {
  return upstream_names[static_cast<std::size_t>(upstream)];
}

std::span<const Route> routes() {
  return table;
}

std::string routes_json() {
  // Every text is one of ours, so nothing needs quoting.
  std::string text = "[\n";
  for (const auto& route : table) {
    text += &route == table ? "  {" : ",\n  {";
    text.append(R"("method":")").append(http::to_string(route.method));
    text.append(R"(","path":")").append(route.path);
    text.append(R"(","permission":")").append(auth::to_string(route.permission));
    text.append(R"(","upstream":")").append(to_string(route.upstream));
    text.append(R"(","roles":)").append(roles_json(route.permission)).append("}");
  }
  return text + "\n]\n";
}

}  // namespace ambula::edge
