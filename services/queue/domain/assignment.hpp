#pragma once

#include <optional>
#include <string>
#include <vector>

#include <ambula/base/uuid.hpp>

// Which doctor takes a patient [QUE-2, QUE-6], and when staging moves up [QUE-7].
namespace ambula::queue::domain {

/// A doctor who is on duty now.
struct Candidate {
  Uuid id;
  std::string specialty;
  Uuid department_id;
  int open_entries{0};
};

struct Choice {
  Uuid doctor_id;
  std::string reason;  ///< for people
};

/// Those of the wanted specialty, else of the department; of them the one with the fewest open
/// entries, then the lowest id.
std::optional<Choice> choose_doctor(const std::vector<Candidate>& on_duty,
                                    const std::optional<std::string>& specialty,
                                    const Uuid& department_id);

/// How many may stand in the regular queue before staging has to wait.
struct Capacity {
  int open_entries{0};
  int doctors_on_duty{0};
  int factor{6};
};
/// Why the head of staging may move up now; nullopt: it may not.
std::optional<std::string> room_in_regular(const Capacity& capacity);

}  // namespace ambula::queue::domain
