#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace ambula::auth {

enum class Role : std::uint8_t {
  installation_admin,
  admin,
  receptionist,
  nurse,
  doctor,
  pharmacist,
  patient,
  auditor,
  integrator
};
std::string_view to_string(Role role);
std::optional<Role> parse_role(std::string_view text);
std::span<const Role> all_roles();

/// What a route asks for. A role is a set of these; the one table is permissions.cpp, printed by
/// the gateway and tested cell by cell. A permission opens the route; whose record it may touch (a
/// patient's own, a doctor's list, the facility) is decided by the owning service.
enum class Permission : std::uint8_t {
  anyone,     ///< no sign-in needed
  signed_in,  ///< any account, also one that must change its password
  // identity
  facility_read,
  facility_create,
  facility_update,
  account_read,
  account_write,
  audit_read,
  dashboard_read,
  // patient
  patient_read,  ///< registry: search, read (a patient: own record only)
  patient_register,
  patient_update,
  patient_deactivate,  ///< and reactivate
  patient_delete,
  patient_invite,
  patient_binding_read,  ///< refused bindings, shown to the desk
  patient_history,
  patient_clinical_list_read,
  patient_clinical_list_write,
  patient_preferences,
  list_export,  ///< asked beside the route's own: `format=csv` of patients, appointments, queue
                ///< entries
  // scheduling
  directory_read,     ///< departments, specialties, doctors, slots
  directory_write,    ///< departments, specialties, doctors
  availability_read,  ///< weekly hours, exceptions, holidays
  availability_write,
  holiday_write,
  appointment_read,
  appointment_book,
  appointment_update,  ///< PATCH of reason and notes
  appointment_reschedule,
  appointment_cancel,
  appointment_check_in,  ///< and undo-check-in
  appointment_complete,
  appointment_no_show,
  appointment_reinstate,
  appointment_triage_level,  ///< may give a bare triage level at booking or slot search
  waiting_request_read,
  waiting_request_write,
  disruption_read,
  disruption_write,
  appointment_figures,
  doctor_figures,  ///< the gateway's join over services
  // queue
  queue_read,
  queue_write,
  queue_stream,
  queue_entry_read,
  queue_entry_create,
  queue_entry_work,  ///< assign, prioritize, hold, resume, transfer, leave, no-show, cancel,
                     ///< complete …
  queue_entry_call,  ///< call-next, call, return, start
  queue_entry_position,
  triage_assess,
  triage_write,
  triage_override,  ///< asked beside triage_write when the body overrides the rules
  triage_rules_read,
  queue_figures,
  // consultation
  consultation_read,
  consultation_write,
  diagnosis_code_read,
  prescription_read,
  prescription_write,
  prescription_document,
  doctor_day,
  consultation_figures,
  // pharmacy
  medicine_read,
  pharmacy_work,     ///< prescriptions at the pharmacy and their dispenses, read and write
  stock_read,        ///< ledger, alerts, stock
  stock_write,       ///< medicines and lots
  pharmacy_figures,  ///< figures and valuation
  // notification
  notification_read,
  notification_resend,
  template_read,  ///< and preview
  template_write,
  count_
};
using PermissionSet = std::bitset<static_cast<std::size_t>(Permission::count_)>;

std::string_view to_string(Permission permission);
/// Every permission in the order of the table, without `count_`.
std::span<const Permission> all_permissions();
PermissionSet permissions_of(Role role);
/// The whole table as Markdown, one row per permission, one column per role.
std::string permission_table();

}  // namespace ambula::auth
