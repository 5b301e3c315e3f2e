// ID-2: who may what, cell by cell. The expectation is written a second time in another notation,
// so that a slip in the table of permissions.cpp and the same slip here are two slips.

#include <algorithm>
#include <cstdio>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include <ambula/auth/permissions.hpp>
#include <gtest/gtest.h>

namespace permissions_test {

using ambula::auth::Permission;
using ambula::auth::permissions_of;
using ambula::auth::PermissionSet;
using ambula::auth::Role;

// I installation_admin, A admin, R receptionist, N nurse, D doctor, P pharmacist, T patient, U
// auditor, G integrator; a dash is a refusal.
constexpr std::string_view letters = "IARNDPTUG";

const std::map<std::string_view, std::string_view> expected{
    {"anyone", "IARNDPTUG"},
    {"signed_in", "IARNDPTUG"},
    {"facility_read", "IARNDPT--"},
    {"facility_create", "I--------"},
    {"facility_update", "IA-------"},
    {"account_read", "IA-------"},
    {"account_write", "IA-------"},
    {"audit_read", "-A-----U-"},
    {"dashboard_read", "-ARNDP---"},
    {"patient_read", "-ARNDPT--"},
    {"patient_register", "-AR------"},
    {"patient_update", "-AR---T--"},
    {"patient_deactivate", "-AR------"},
    {"patient_delete", "-AR------"},
    {"patient_invite", "-AR------"},
    {"patient_binding_read", "-AR------"},
    {"patient_history", "-ARND-T--"},
    {"patient_clinical_list_read", "---ND-T--"},
    {"patient_clinical_list_write", "---ND----"},
    {"patient_preferences", "-AR---T--"},
    {"list_export", "-AR------"},
    {"directory_read", "-ARND-T--"},
    {"directory_write", "-A-------"},
    {"availability_read", "-AR-D----"},
    {"availability_write", "-A--D----"},
    {"holiday_write", "-A-------"},
    {"appointment_read", "-ARND-T--"},
    {"appointment_book", "-AR---T--"},
    {"appointment_update", "-AR------"},
    {"appointment_reschedule", "-AR-D-T--"},
    {"appointment_cancel", "-AR-D-T--"},
    {"appointment_check_in", "-ARN-----"},
    {"appointment_complete", "-AR-D----"},
    {"appointment_no_show", "-AR-D----"},
    {"appointment_reinstate", "-AR------"},
    {"appointment_triage_level", "-ARND----"},
    {"waiting_request_read", "-AR------"},
    {"waiting_request_write", "-AR------"},
    {"disruption_read", "-AR------"},
    {"disruption_write", "-AR------"},
    {"appointment_figures", "-A-------"},
    {"doctor_figures", "-A-------"},
    {"queue_read", "-ARND----"},
    {"queue_write", "-A-------"},
    {"queue_stream", "-ARND----"},
    {"queue_entry_read", "-ARND-T--"},
    {"queue_entry_create", "-ARN-----"},
    {"queue_entry_work", "-ARN-----"},
    {"queue_entry_call", "-ARND----"},
    {"queue_entry_position", "-ARND-T--"},
    {"triage_assess", "-ARND-T--"},
    {"triage_write", "-ARND----"},
    {"triage_override", "---ND----"},
    {"triage_rules_read", "-ARND-T--"},
    {"queue_figures", "-A-------"},
    {"consultation_read", "----D-T--"},
    {"consultation_write", "----D----"},
    {"diagnosis_code_read", "---ND----"},
    {"prescription_read", "----D-T--"},
    {"prescription_write", "----D----"},
    {"prescription_document", "----DPT--"},
    {"doctor_day", "----D----"},
    {"consultation_figures", "-A-------"},
    {"medicine_read", "----DP---"},
    {"pharmacy_work", "-----P---"},
    {"stock_read", "-----P---"},
    {"stock_write", "-----P---"},
    {"pharmacy_figures", "-A---P---"},
    {"notification_read", "-AR------"},
    {"notification_resend", "-AR------"},
    {"template_read", "-A-------"},
    {"template_write", "-A-------"},
};

bool may(Role role, Permission permission) {
  return permissions_of(role).test(static_cast<std::size_t>(permission));
}

std::set<std::string_view> named(Role role) {
  std::set<std::string_view> names;
  for (const Permission permission : ambula::auth::all_permissions()) {
    if (may(role, permission)) names.insert(to_string(permission));
  }
  return names;
}

TEST(PermissionMatrix, CellByCell) {
  std::size_t cells = 0;
  for (const Permission permission : ambula::auth::all_permissions()) {
    const auto row = expected.find(to_string(permission));
    ASSERT_NE(row, expected.end()) << to_string(permission) << " has no expectation";
    ASSERT_EQ(row->second.size(), letters.size());
    for (const Role role : ambula::auth::all_roles()) {
      const auto column = static_cast<std::size_t>(role);
      const char cell = row->second[column];
      ASSERT_TRUE(cell == '-' || cell == letters[column]) << row->first << " is misaligned";
      EXPECT_EQ(may(role, permission), cell != '-') << row->first << " × " << to_string(role);
      ++cells;
    }
  }
  EXPECT_EQ(cells, expected.size() * letters.size()) << "an expectation without a permission";
  EXPECT_EQ(expected.size(), static_cast<std::size_t>(Permission::count_));
}

TEST(PermissionMatrix, IsPrinted) {
  const std::string table = ambula::auth::permission_table();
  std::printf("%s", table.c_str());
  EXPECT_NE(table.find("| permission | installation_admin | admin |"), std::string::npos);
  EXPECT_NE(table.find("| audit_read | | yes | | | | | | yes | |\n"), std::string::npos);
  EXPECT_EQ(static_cast<std::size_t>(std::count(table.begin(), table.end(), '\n')),
            expected.size() + 2);
}

// The sentences of api.md, "Who may".

TEST(WhoMay, AdminIncludesReceptionist) {
  const PermissionSet receptionist = permissions_of(Role::receptionist);
  EXPECT_EQ(receptionist & permissions_of(Role::admin), receptionist);
}

TEST(WhoMay, AdminsSeeNothingClinical) {
  for (const Role role : {Role::admin, Role::installation_admin, Role::receptionist}) {
    for (const Permission clinical :
         {Permission::consultation_read, Permission::consultation_write,
          Permission::patient_clinical_list_read, Permission::patient_clinical_list_write,
          Permission::prescription_read, Permission::prescription_write,
          Permission::prescription_document, Permission::pharmacy_work, Permission::doctor_day,
          Permission::triage_override}) {
      EXPECT_FALSE(may(role, clinical)) << to_string(role) << " × " << to_string(clinical);
    }
  }
}

TEST(WhoMay, NarrowRolesHaveExactlyThis) {
  using Names = std::set<std::string_view>;
  EXPECT_EQ(named(Role::auditor), (Names{"anyone", "signed_in", "audit_read"}));
  EXPECT_EQ(named(Role::integrator), (Names{"anyone", "signed_in"}));
  EXPECT_EQ(named(Role::installation_admin),
            (Names{"anyone", "signed_in", "facility_read", "facility_create", "facility_update",
                   "account_read", "account_write"}));
  EXPECT_EQ(named(Role::pharmacist),
            (Names{"anyone", "signed_in", "facility_read", "dashboard_read", "patient_read",
                   "prescription_document", "medicine_read", "pharmacy_work", "stock_read",
                   "stock_write", "pharmacy_figures"}));
}

TEST(Names, RoundTrip) {
  for (const Role role : ambula::auth::all_roles()) {
    EXPECT_EQ(ambula::auth::parse_role(to_string(role)), role);
  }
  for (const std::string_view wrong : {"", "Admin", "admin ", "root", "ADMIN"}) {
    EXPECT_EQ(ambula::auth::parse_role(wrong), std::nullopt) << wrong;
  }
}

}  // namespace permissions_test
