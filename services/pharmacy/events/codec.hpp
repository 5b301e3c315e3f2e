#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <ambula/base/result.hpp>

#include "pharmacy/domain/prescription.hpp"

// The bodies of events (schemas/events); the only file here that knows their JSON.
namespace ambula::pharmacy::events {

/// `state` is the prescription after the event.
std::string encode_dispense(const domain::Prescription& state, const domain::Event& event,
                            std::optional<Uuid> by);
/// DispenseReturned.
std::string encode_returned(const domain::Prescription& state, const Uuid& dispense,
                            const std::vector<domain::Line>& lines, const Uuid& by,
                            std::string_view reason);
std::string encode_medicine(const domain::Medicine& medicine);
/// StockLow, StockOut, StockReplenished.
std::string encode_stock(const domain::Medicine& medicine, const domain::StockLevel& stock);
/// LotRecalled, LotExpired; with `within_days` LotExpiring.
std::string encode_lot(const domain::Medicine& medicine, const domain::Lot& lot,
                       std::optional<int> within_days = std::nullopt);

struct FacilityFact {
  Uuid id;
  std::string code;
  std::string name;
  std::string zone;
  std::string currency;
  std::optional<std::string> address;
  std::optional<std::string> phone;
  int reservation_h;
};
Result<FacilityFact> decode_facility(std::string_view data);

struct PatientFact {
  Uuid id;
  std::string display_name;
  std::string mrn;
  Date birth_date;
  std::string allergies;  ///< JSON array
};
Result<PatientFact> decode_patient(std::string_view data);

struct VisitorFact {
  Uuid id;
  std::string name;
  std::optional<Uuid> patient_id;
};
Result<VisitorFact> decode_visitor(std::string_view data);

struct DoctorFact {
  Uuid id;
  std::string display_name;
};
Result<DoctorFact> decode_doctor(std::string_view data);

/// Without facility and record, which are the envelope's.
Result<domain::Prescription> decode_prescription(std::string_view data);

}  // namespace ambula::pharmacy::events
