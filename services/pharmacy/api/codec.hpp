#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ambula/base/result.hpp>

#include "pharmacy/store/prescriptions.hpp"
#include "pharmacy/store/reports.hpp"

// Bodies of this service's resources (schemas/openapi); the only file here that knows their JSON.
namespace ambula::pharmacy::api {

using store::Mapping;
/// An empty body maps nothing.
Result<std::vector<Mapping>> decode_validate(std::string_view body);
struct DispenseInput {
  std::optional<std::vector<domain::Want>> lines;  ///< absent: all that remains
  std::optional<std::string> note;
};
Result<DispenseInput> decode_dispense(std::string_view body);
struct ReturnInput {
  std::vector<domain::Return> lines;
  std::string reason;
};
Result<ReturnInput> decode_return(std::string_view body);
/// `{reason}`, required.
Result<std::string> decode_reason(std::string_view body);
/// `{reason?}`; an empty body is as good.
Result<std::optional<std::string>> decode_optional_reason(std::string_view body);
/// No members at all; an empty body is as good.
Result<void> decode_nothing(std::string_view body);

Result<domain::Medicine> decode_medicine(std::string_view body);
/// Merge patch; answers the names of the changed fields.
Result<std::vector<std::string>> patch_medicine(std::string_view body, domain::Medicine& medicine);
/// Fills in what a client says of a received lot.
Result<domain::Lot> decode_lot(std::string_view body);

struct AdjustInput {
  int delta;
  std::string reason;
};
Result<AdjustInput> decode_adjust(std::string_view body);
struct CountInput {
  int counted;
  std::string reason;
};
Result<CountInput> decode_count(std::string_view body);
struct RemovalInput {
  std::optional<int> quantity;
  std::string reason;
  std::optional<std::string> witness;
};
/// `quantity_needed`: a disposal may leave it out.
Result<RemovalInput> decode_removal(std::string_view body, bool quantity_needed);

std::string encode(const store::View& view);
std::string encode(const domain::Dispense& dispense);
std::string encode(const store::StockedMedicine& medicine);
std::string encode(const domain::Lot& lot, Date today);
std::string encode(const store::LedgerRow& row);
std::string encode(const store::Alert& alert);
std::string encode(const store::StockRow& row);
std::string encode(const store::ValueRow& row, const std::string& currency);
/// A page of the valuation with `total` over all of it.
std::string with_total(std::string page, const store::Value& total, const std::string& currency);
struct Figures {
  store::Span span;
  store::NowFigures now;
  std::vector<store::DayFigures> days;
  std::vector<store::PrescriberFigures> prescribers;
};
std::string encode(const Figures& figures);
/// `{ok, lines}`.
std::string encode_validation(const domain::Prescription& prescription, const domain::Plan& plan);
/// The lines alone, for `insufficient-stock`.
std::string encode_lines(const domain::Prescription& prescription, const domain::Plan& plan);

}  // namespace ambula::pharmacy::api
