#include "waiting_request.hpp"

#include <gtest/gtest.h>

// Who may wait, and what of a freed time suits [SCH-10].
namespace ambula::scheduling::domain::waiting_request_test {

using namespace std::chrono_literals;

const Instant monday = *parse_instant("2026-06-01T00:00:00Z");

Calendar nine_to_twelve() {
  Calendar calendar;
  calendar.doctor_id = Uuid::make();
  for (unsigned weekday = 0; weekday < 7; ++weekday) {
    calendar.availability.weekly.push_back({std::chrono::weekday{weekday}, LocalMinutes{9 * 60},
                                            LocalMinutes{12 * 60}, LocalMinutes{30}});
  }
  return calendar;
}

WaitingRequest waiting(Instant earliest, Instant latest) {
  WaitingRequest request;
  request.doctor_id = Uuid::make();
  request.window = {earliest, latest};
  return request;
}

const Search search{.rules = {.zone = "UTC"}};

TEST(WaitingRequest, RefusalsInTheOrderOfABooking) {
  auto request = waiting(monday, monday);
  request.duration = 10min;
  WaitingFacts facts{.specialty_known = false, .department_known = false};
  const auto refusal = [&] {
    const auto done = check_waiting(request, facts, monday);
    return done ? std::string{} : done.error().code;
  };
  EXPECT_EQ(refusal(), "invalid-value");
  request.window = {monday - 2h, monday};
  EXPECT_EQ(refusal(), "in-the-past");
  request.window.to = monday + 1h;
  EXPECT_EQ(refusal(), "bad-duration");
  request.duration.reset();
  EXPECT_EQ(refusal(), "patient-not-found");
  facts.patient_active = false;
  EXPECT_EQ(refusal(), "doctor-not-found");
  facts.doctor_active = false;
  EXPECT_EQ(refusal(), "patient-inactive");
  facts.patient_active = true;
  EXPECT_EQ(refusal(), "doctor-inactive");
  request.doctor_id.reset();
  EXPECT_EQ(refusal(), "unknown-specialty");
  facts.specialty_known = true;
  EXPECT_EQ(refusal(), "unknown-department");
  facts.department_known = true;
  EXPECT_EQ(refusal(), "");
}

TEST(WaitingRequest, IsCancelledWhileOpen) {
  auto request = waiting(monday, monday + 1h);
  EXPECT_TRUE(check_cancel(request));
  for (const auto status :
       {WaitingStatus::served, WaitingStatus::cancelled, WaitingStatus::expired}) {
    request.status = status;
    EXPECT_EQ(check_cancel(request).error().code, "illegal-transition");
  }
}

TEST(WaitingRequest, TakesTheFreedTimeAlsoOffTheGrid) {
  auto calendar = nine_to_twelve();
  calendar.busy = {{monday + 9h, monday + 10h + 7min}, {monday + 10h + 37min, monday + 12h}};
  const TimeRange freed{monday + 10h + 7min, monday + 10h + 37min};
  const auto found = fit(waiting(monday, monday + 24h), calendar, search, freed, monday);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->time, freed);
}

TEST(WaitingRequest, TakesNothingThatDoesNotTouchWhatBecameFree) {
  const auto calendar = nine_to_twelve();
  const TimeRange freed{monday + 10h, monday + 10h + 30min};
  const auto found = fit(waiting(monday, monday + 24h), calendar, search, freed, monday);
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->time.overlaps(freed));
  EXPECT_FALSE(fit(waiting(monday + 11h, monday + 24h), calendar, search, freed, monday));
  EXPECT_FALSE(fit(waiting(monday, monday + 10h + 15min), calendar, search, freed, monday))
      << "it would end too late";
  EXPECT_FALSE(fit(waiting(monday, monday + 24h), calendar, search, freed, monday + 11h))
      << "it is over";
  auto too_long = waiting(monday, monday + 24h);
  too_long.duration = 180min;
  auto squeezed = calendar;
  squeezed.busy = {{monday + 9h, monday + 9h + 30min}};
  EXPECT_FALSE(fit(too_long, squeezed, search, freed, monday));
}

}  // namespace ambula::scheduling::domain::waiting_request_test
