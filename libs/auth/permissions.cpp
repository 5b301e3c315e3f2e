#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include <ambula/auth/permissions.hpp>
#include <ambula/base/check.hpp>

namespace ambula::auth {
namespace {

using Roles = std::uint16_t;

constexpr Roles bit(Role role) {
  return static_cast<Roles>(1U << static_cast<unsigned>(role));
}

// Short names, so that a row of the table is one line.
constexpr Roles inst = bit(Role::installation_admin);
constexpr Roles adm = bit(Role::admin);
constexpr Roles rec = bit(Role::receptionist);
constexpr Roles nur = bit(Role::nurse);
constexpr Roles doc = bit(Role::doctor);
constexpr Roles pha = bit(Role::pharmacist);
constexpr Roles pat = bit(Role::patient);
constexpr Roles aud = bit(Role::auditor);
constexpr Roles intg = bit(Role::integrator);
constexpr Roles everybody = inst | adm | rec | nur | doc | pha | pat | aud | intg;

struct RoleName {
  Role role;
  std::string_view name;
};

constexpr std::array role_names{
    RoleName{Role::installation_admin, "installation_admin"},
    RoleName{Role::admin, "admin"},
    RoleName{Role::receptionist, "receptionist"},
    RoleName{Role::nurse, "nurse"},
    RoleName{Role::doctor, "doctor"},
    RoleName{Role::pharmacist, "pharmacist"},
    RoleName{Role::patient, "patient"},
    RoleName{Role::auditor, "auditor"},
    RoleName{Role::integrator, "integrator"},
};

struct Row {
  Permission permission;
  std::string_view name;
  Roles roles;
};

using P = Permission;

// Who may. What is not listed is denied. An integrator has nothing here: its scopes come with its
// client.
// clang-format off
constexpr std::array table{
    Row{P::anyone,                      "anyone",                      everybody},
    Row{P::signed_in,                   "signed_in",                   everybody},
    // identity
    Row{P::facility_read,               "facility_read",               inst | adm | rec | nur | doc | pha | pat},
    Row{P::facility_create,             "facility_create",             inst},
    Row{P::facility_update,             "facility_update",             inst | adm},
    Row{P::account_read,                "account_read",                inst | adm},
    Row{P::account_write,               "account_write",               inst | adm},
    Row{P::audit_read,                  "audit_read",                  adm | aud},
    Row{P::dashboard_read,              "dashboard_read",              adm | rec | nur | doc | pha},
    // patient
    Row{P::patient_read,                "patient_read",                adm | rec | nur | doc | pha | pat},
    Row{P::patient_register,            "patient_register",            adm | rec},
    Row{P::patient_update,              "patient_update",              adm | rec | pat},
    Row{P::patient_deactivate,          "patient_deactivate",          adm | rec},
    Row{P::patient_delete,              "patient_delete",              adm | rec},
    Row{P::patient_invite,              "patient_invite",              adm | rec},
    Row{P::patient_binding_read,        "patient_binding_read",        adm | rec},
    Row{P::patient_history,             "patient_history",             adm | rec | nur | doc | pat},
    Row{P::patient_clinical_list_read,  "patient_clinical_list_read",  nur | doc | pat},
    Row{P::patient_clinical_list_write, "patient_clinical_list_write", nur | doc},
    Row{P::patient_preferences,         "patient_preferences",         adm | rec | pat},
    Row{P::list_export,                 "list_export",                 adm | rec},
    // scheduling
    Row{P::directory_read,              "directory_read",              adm | rec | nur | doc | pat},
    Row{P::directory_write,             "directory_write",             adm},
    Row{P::availability_read,           "availability_read",           adm | rec | doc},
    Row{P::availability_write,          "availability_write",          adm | doc},
    Row{P::holiday_write,               "holiday_write",               adm},
    Row{P::appointment_read,            "appointment_read",            adm | rec | nur | doc | pat},
    Row{P::appointment_book,            "appointment_book",            adm | rec | pat},
    Row{P::appointment_update,          "appointment_update",          adm | rec},
    Row{P::appointment_reschedule,      "appointment_reschedule",      adm | rec | doc | pat},
    Row{P::appointment_cancel,          "appointment_cancel",          adm | rec | doc | pat},
    Row{P::appointment_check_in,        "appointment_check_in",        adm | rec | nur},
    Row{P::appointment_complete,        "appointment_complete",        adm | rec | doc},
    Row{P::appointment_no_show,         "appointment_no_show",         adm | rec | doc},
    Row{P::appointment_reinstate,       "appointment_reinstate",       adm | rec},
    Row{P::appointment_triage_level,    "appointment_triage_level",    adm | rec | nur | doc},
    Row{P::waiting_request_read,        "waiting_request_read",        adm | rec},
    Row{P::waiting_request_write,       "waiting_request_write",       adm | rec},
    Row{P::disruption_read,             "disruption_read",             adm | rec},
    Row{P::disruption_write,            "disruption_write",            adm | rec},
    Row{P::appointment_figures,         "appointment_figures",         adm},
    Row{P::doctor_figures,              "doctor_figures",              adm},
    // queue
    Row{P::queue_read,                  "queue_read",                  adm | rec | nur | doc},
    Row{P::queue_write,                 "queue_write",                 adm},
    Row{P::queue_stream,                "queue_stream",                adm | rec | nur | doc},
    Row{P::queue_entry_read,            "queue_entry_read",            adm | rec | nur | doc | pat},
    Row{P::queue_entry_create,          "queue_entry_create",          adm | rec | nur},
    Row{P::queue_entry_work,            "queue_entry_work",            adm | rec | nur},
    Row{P::queue_entry_call,            "queue_entry_call",            adm | rec | nur | doc},
    Row{P::queue_entry_position,        "queue_entry_position",        adm | rec | nur | doc | pat},
    Row{P::triage_assess,               "triage_assess",               adm | rec | nur | doc | pat},
    Row{P::triage_write,                "triage_write",                adm | rec | nur | doc},
    Row{P::triage_override,             "triage_override",             nur | doc},
    Row{P::triage_rules_read,           "triage_rules_read",           adm | rec | nur | doc | pat},
    Row{P::queue_figures,               "queue_figures",               adm},
    // consultation
    Row{P::consultation_read,           "consultation_read",           doc | pat},
    Row{P::consultation_write,          "consultation_write",          doc},
    Row{P::diagnosis_code_read,         "diagnosis_code_read",         nur | doc},
    Row{P::prescription_read,           "prescription_read",           doc | pat},
    Row{P::prescription_write,          "prescription_write",          doc},
    Row{P::prescription_document,       "prescription_document",       doc | pha | pat},
    Row{P::doctor_day,                  "doctor_day",                  doc},
    Row{P::consultation_figures,        "consultation_figures",        adm},
    // pharmacy
    Row{P::medicine_read,               "medicine_read",               doc | pha},
    Row{P::pharmacy_work,               "pharmacy_work",               pha},
    Row{P::stock_read,                  "stock_read",                  pha},
    Row{P::stock_write,                 "stock_write",                 pha},
    Row{P::pharmacy_figures,            "pharmacy_figures",            adm | pha},
    // notification
    Row{P::notification_read,           "notification_read",           adm | rec},
    Row{P::notification_resend,         "notification_resend",         adm | rec},
    Row{P::template_read,               "template_read",               adm},
    Row{P::template_write,              "template_write",              adm},
};
// clang-format on

// Row i describes permission i, so that a name is found by its place and none is forgotten.
constexpr bool in_order() {
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (static_cast<std::size_t>(table[i].permission) != i) return false;
  }
  for (std::size_t i = 0; i < role_names.size(); ++i) {
    if (static_cast<std::size_t>(role_names[i].role) != i) return false;
  }
  return table.size() == static_cast<std::size_t>(Permission::count_);
}
static_assert(in_order());

constexpr auto roles_in_order = [] {
  std::array<Role, role_names.size()> roles{};
  for (std::size_t i = 0; i < roles.size(); ++i)
    roles[i] = role_names[i].role;
  return roles;
}();

constexpr auto permissions_in_order = [] {
  std::array<Permission, table.size()> permissions{};
  for (std::size_t i = 0; i < permissions.size(); ++i)
    permissions[i] = table[i].permission;
  return permissions;
}();

}  // namespace

std::string_view to_string(Role role) {
  const auto at = static_cast<std::size_t>(role);
  AMBULA_CHECK(at < role_names.size());
  return role_names[at].name;
}

std::optional<Role> parse_role(std::string_view text) {
  const auto* found = std::ranges::find(role_names, text, &RoleName::name);
  if (found == role_names.end()) return std::nullopt;
  return found->role;
}

std::span<const Role> all_roles() {
  return roles_in_order;
}

std::string_view to_string(Permission permission) {
  const auto at = static_cast<std::size_t>(permission);
  AMBULA_CHECK(at < table.size());
  return table[at].name;
}

std::span<const Permission> all_permissions() {
  return permissions_in_order;
}

PermissionSet permissions_of(Role role) {
  PermissionSet set;
  for (std::size_t i = 0; i < table.size(); ++i)
    set.set(i, (table[i].roles & bit(role)) != 0);
  return set;
}

std::string permission_table() {
  std::string text = "| permission |";
  std::string rule = "|---|";
  for (const auto& role : role_names) {
    text.append(" ").append(role.name).append(" |");
    rule += ":-:|";
  }
  text.append("\n").append(rule).append("\n");
  for (const auto& row : table) {
    text.append("| ").append(row.name).append(" |");
    for (const auto& role : role_names) {
      text += (row.roles & bit(role.role)) != 0 ? " yes |" : " |";
    }
    text += "\n";
  }
  return text;
}

}  // namespace ambula::auth
