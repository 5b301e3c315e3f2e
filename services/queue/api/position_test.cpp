#include <ambula/json/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codec.hpp"

// What a patient is told of the own place [QUE-9].
namespace ambula::queue::api::position_test {

json::Value told(const store::Position& position) {
  return *json::parse(encode_position(position, "Room 4", nullptr));
}

TEST(Position, ADoctorHasToSeeTheirOwnOnly) {
  // Eight are ahead, of whom two wait for the same doctor.
  const auto value =
      told({.ahead = 8,
            .ahead_of_doctor = 2,
            .doctor = {.observations = 5, .low_min = 6, .median_min = 10, .high_min = 14.5},
            .queue = {.observations = 40, .low_min = 1, .median_min = 2.5, .high_min = 4}});
  EXPECT_EQ(value.at("ahead"), 8);
  EXPECT_EQ(value.at("expected_wait_min"), 30);
  EXPECT_EQ(value.at("expected_wait_spread_min"), json::Value::array({18, 44}));
  EXPECT_EQ(value.at("evidence").at("of"), "DOCTOR");
  EXPECT_EQ(value.at("evidence").at("turns"), 5);
  EXPECT_FALSE(value.contains("room")) << "where to go is told when called";
}

TEST(Position, WithoutEvidenceOfTheDoctorTheQueueTells) {
  const auto value =
      told({.ahead = 8,
            .ahead_of_doctor = 2,
            .doctor = {.observations = 4, .median_min = 10},
            .queue = {.observations = 5, .low_min = 1, .median_min = 2.5, .high_min = 4}});
  EXPECT_EQ(value.at("expected_wait_min"), 23) << "2.5 minutes each, for nine";
  EXPECT_EQ(value.at("expected_wait_spread_min"), json::Value::array({9, 36}));
  EXPECT_EQ(value.at("evidence").at("of"), "QUEUE");
}

TEST(Position, FewObservationsAreNoEvidence) {
  const auto value = told({.ahead = 1, .queue = {.observations = 4, .median_min = 10}});
  EXPECT_EQ(value.at("ahead"), 1);
  EXPECT_FALSE(value.contains("expected_wait_min"));
  EXPECT_FALSE(value.contains("evidence"));
}

TEST(Position, WhoIsCalledIsToldWhereToGoAndNoWait) {
  const auto value =
      told({.status = domain::Status::called, .queue = {.observations = 9, .median_min = 10}});
  EXPECT_EQ(value.at("room"), "Room 4");
  EXPECT_FALSE(value.contains("expected_wait_min"));
}

}  // namespace ambula::queue::api::position_test
