#include "history.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// The sentences of the time line [PAT-5].
namespace ambula::patient::domain::history_test {

Item item(Kind kind, std::string event) {
  Item i;
  i.kind = kind;
  i.event = std::move(event);
  return i;
}

TEST(History, TimesAreTheFacilitysAndNumbersAreNamed) {
  auto booked = item(Kind::appointment, "AppointmentBooked");
  booked.starts_at = *parse_instant("2026-11-30T04:00:00Z");
  EXPECT_EQ(summary(booked, "Asia/Kolkata"), "Appointment booked for 2026-11-30 09:30");
  EXPECT_EQ(summary(booked, "UTC"), "Appointment booked for 2026-11-30 04:00");
  auto called = item(Kind::queue_entry, "QueueEntryCalled");
  called.label = "GM-17";
  EXPECT_EQ(summary(called, "UTC"), "Ticket GM-17 called");
}

TEST(History, WhatIsNotKnownYetIsLeftOut) {
  EXPECT_EQ(summary(item(Kind::dispense, "PrescriptionDispensed"), "UTC"),
            "Medicines of prescription handed over");
}

TEST(History, AnEventIsToldByItsOwnKindOnly) {
  EXPECT_TRUE(tells(Kind::prescription, "PrescriptionIssued"));
  EXPECT_FALSE(tells(Kind::dispense, "PrescriptionIssued"));
  EXPECT_FALSE(tells(Kind::appointment, "Teleported"));
}

TEST(History, KindsAreReadBack) {
  for (const auto kind : {Kind::appointment, Kind::queue_entry, Kind::consultation,
                          Kind::prescription, Kind::dispense}) {
    EXPECT_EQ(parse_kind(to_string(kind)), kind);
  }
  EXPECT_FALSE(parse_kind("SOMETHING"));
}

}  // namespace ambula::patient::domain::history_test
