#pragma once

#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "patient.hpp"

// Whose record an account is given: never a stranger's [ID-5].
namespace ambula::patient::domain {

enum class Refusal {
  birth_date_differs,
  several_matches,
  already_bound,
  patient_inactive,
  email_differs,
  details_invalid,  ///< no record can be made of what was said
};
/// "BIRTH_DATE_DIFFERS" …
std::string_view to_string(Refusal refusal);

/// An account whose e-mail address is verified.
struct Applicant {
  Uuid account_id;
  std::string email;
  std::optional<Uuid> bound_to;  ///< the record it has already
};

struct BindTo {
  Uuid patient_id;
};
struct CreateRecord {};
struct AlreadyDone {};  ///< told twice
struct Refuse {
  Refusal reason;
  std::vector<Uuid> candidates;
};
using Binding = std::variant<BindTo, CreateRecord, AlreadyDone, Refuse>;

/// Somebody who signed up by themselves. `matches`: the ACTIVE records of the facility with this
/// address. Binds iff there is exactly one, born that day and without an account; creates iff there
/// is none.
Binding bind_self_registered(const Applicant& applicant, Date birth_date,
                             const std::vector<Patient>& matches);

/// Somebody who followed an invitation to this record (nullptr: there is no such record any more).
/// Binds iff it is ACTIVE, without an account, and still has the address that the invitation went
/// to: the desk may have found it mistyped since.
Binding bind_invited(const Applicant& applicant, const Uuid& invited, const Patient* record);

}  // namespace ambula::patient::domain
