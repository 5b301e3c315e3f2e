#include "binding.hpp"

#include <array>

namespace ambula::patient::domain {
namespace {

constexpr std::array<std::string_view, 6> refusal_names = {"BIRTH_DATE_DIFFERS", "SEVERAL_MATCHES",
                                                           "ALREADY_BOUND",      "PATIENT_INACTIVE",
                                                           "EMAIL_DIFFERS",      "DETAILS_INVALID"};

}  // namespace

std::string_view to_string(Refusal refusal) {
  return refusal_names[static_cast<std::size_t>(refusal)];
}

Binding bind_self_registered(const Applicant& applicant, Date birth_date,
                             const std::vector<Patient>& matches) {
  std::vector<Uuid> candidates;
  for (const auto& match : matches) {
    if (match.account_id == applicant.account_id) return AlreadyDone{};
    candidates.push_back(match.id);
  }
  if (applicant.bound_to) return Refuse{Refusal::already_bound, {*applicant.bound_to}};
  if (matches.empty()) return CreateRecord{};
  if (matches.size() > 1) return Refuse{Refusal::several_matches, std::move(candidates)};
  const auto& match = matches.front();
  if (match.details.birth_date != birth_date) {
    return Refuse{Refusal::birth_date_differs, std::move(candidates)};
  }
  if (match.account_id) return Refuse{Refusal::already_bound, std::move(candidates)};
  return BindTo{match.id};
}

Binding bind_invited(const Applicant& applicant, const Uuid& invited, const Patient* record) {
  if (applicant.bound_to == invited) return AlreadyDone{};
  const std::vector candidates{invited};
  if (applicant.bound_to) return Refuse{Refusal::already_bound, candidates};
  if (record == nullptr || record->status != Status::active) {
    return Refuse{Refusal::patient_inactive, candidates};
  }
  if (record->account_id) return Refuse{Refusal::already_bound, candidates};
  if (!record->details.email || !same_email(*record->details.email, applicant.email)) {
    return Refuse{Refusal::email_differs, candidates};
  }
  return BindTo{invited};
}

}  // namespace ambula::patient::domain
