#include "exports.hpp"

#include <ambula/http/channel.hpp>
#include <gtest/gtest.h>

namespace ambula::edge::exports_test {

http::Request asking(decltype(http::Request::query) query) {
  http::Request request;
  request.query = std::move(query);
  return request;
}

TEST(Exports, TellTheirFiltersButNobodysName) {  // AUD-1, AUD-2
  EXPECT_EQ(export_resource(asking({{"format", "csv"}})), "export");
  EXPECT_EQ(export_resource(asking({{"from", "2026-11-01"}, {"format", "csv"}, {"q", "Asha"}})),
            "export:from=2026-11-01,q");
  EXPECT_EQ(export_resource(asking({{"phone", "98765"}, {"email", "a@b.example"}, {"mrn", "7"}})),
            "export:phone,email,mrn");
  // What only looks like a filter's value is not told either.
  EXPECT_EQ(export_resource(asking({{"status", "Asha Rao"}, {"date", std::string(41, '1')}})),
            "export:status,date");
}

TEST(Exports, OfOnePatientNameThatOne) {
  const auto id = Uuid::make();
  EXPECT_EQ(patient_of_export(asking({{"patient_id", id.str()}})), id);
  EXPECT_FALSE(patient_of_export(asking({{"doctor_id", id.str()}})));
}

TEST(Exports, AreCountedByRecordsHoweverTheyAreCut) {  // REP-3
  const std::string table = "a,b\r\n1,\"two\r\nlines \"\"quoted\"\"\n\"\r\n3,4\r\n";
  for (std::size_t size = 1; size <= table.size(); ++size) {
    RecordCount count;
    for (std::size_t at = 0; at < table.size(); at += size)
      count.see(std::string_view(table).substr(at, size));
    EXPECT_EQ(count.records(), 2);
  }
  EXPECT_EQ(RecordCount{}.records(), 0);
}

}  // namespace ambula::edge::exports_test
