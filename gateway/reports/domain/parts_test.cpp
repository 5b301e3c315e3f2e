#include "parts.hpp"

#include <gtest/gtest.h>

// Which parts a role's dashboard has [REP-1].
namespace ambula::reports::domain::parts_test {

const Date day{std::chrono::year(2026), std::chrono::month(11), std::chrono::day(24)};

std::vector<std::string> names(const Viewer& viewer) {
  std::vector<std::string> found;
  for (const auto& part : parts_of(viewer, "Asia/Kolkata", day))
    found.push_back(part.name);
  return found;
}

TEST(Parts, AreThoseOfTheRole) {
  using Names = std::vector<std::string>;
  EXPECT_EQ(names({.appointments = true, .queue = true}),
            (Names{"appointments", "queue", "emergency_queues"}));
  EXPECT_EQ(names({.prescriptions = true, .stock = true}), (Names{"prescriptions", "stock"}));
  EXPECT_EQ(names({.consultation_figures = true}), (Names{"consultation_figures"}));
  EXPECT_TRUE(names({}).empty());
  // A doctor's account without a profile has no consultations to count.
  EXPECT_TRUE(names({.own_only = true, .consultations = true}).empty());
}

TEST(Parts, OfADoctorAreTheOwnOnesOfTheLocalDay) {
  const auto doctor = Uuid::make();
  const auto parts =
      parts_of({.own_only = true, .consultations = true, .doctor_id = doctor}, "Asia/Kolkata", day);
  ASSERT_EQ(parts.size(), 1U);
  EXPECT_EQ(parts[0].path, "/v1/consultations");
  EXPECT_EQ(parts[0].query,
            "status=COMPLETED&from=2026-11-23T18:30:00Z&to=2026-11-24T18:30:00Z&doctor_id=" +
                doctor.str());
  // Of the queue their whole list, also those of the department whom nobody has yet.
  const auto queue = parts_of({.queue = true, .own_only = true, .doctor_id = doctor}, "UTC", day);
  EXPECT_EQ(queue.at(0).query, "date=2026-11-24");
}

}  // namespace ambula::reports::domain::parts_test
