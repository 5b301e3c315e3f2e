#include <algorithm>

#include <ambula/pdf/document.hpp>

#include "codec.hpp"
#include "counter.hpp"
#include "handlers.hpp"
#include "pharmacy/events/codec.hpp"

// Hand-overs, what came back of them, and their receipts [PHA-3, PHA-4].
namespace ambula::pharmacy::api {
namespace {

/// What comes back goes into a lot of its own: nobody knows how it was kept.
Uuid quarantine(Call& call, db::Transaction& tx, const domain::Lot& origin, int quantity,
                const std::string& reason, const Uuid& dispense) {
  domain::Lot lot = origin;
  lot.id = Uuid::make(call.now());
  lot.status = domain::LotStatus::quarantined;
  lot.on_hand = quantity;
  lot.quantity = quantity;
  lot.reserved = 0;
  lot.returned_from = origin.returned_from.value_or(origin.id);
  lot.record = {1, call.now(), call.actor(), call.now(), call.actor()};
  store::insert(tx, lot, domain::MovementKind::returned, reason, dispense);
  return lot.id;
}

/// One quarantined lot per lot that came back, whatever lines it had served.
void take_in(Call& call, db::Transaction& tx, const domain::Dispense& dispense,
             const std::vector<domain::Line>& lines, const std::string& reason) {
  std::vector<domain::Line> sums;
  for (const auto& line : lines) {
    bool added = false;
    for (auto& sum : sums) {
      if (sum.lot_id != line.lot_id) continue;
      sum.quantity += line.quantity;
      added = true;
    }
    if (!added) sums.push_back(line);
  }
  for (const auto& sum : sums) {
    const auto origin = store::get_lot(tx, call.facility(), sum.lot_id);
    const auto into = quarantine(call, tx, *origin, sum.quantity, reason, dispense.id);
    store::insert_return(tx, dispense, {sum.lot_id, into, sum.quantity, reason});
  }
}

std::string text_of(const domain::DispenseLine& line) {
  return line.medicine_name + " " + line.strength + ", " + line.form;
}

std::string text_of(const domain::Money& money) {
  return money.amount + " " + money.currency;
}

/// Of the lines that had a price when they were handed over; none, or two currencies: no total.
std::optional<domain::Money> total_of(const domain::Dispense& dispense) {
  std::optional<domain::Money> total;
  for (const auto& line : dispense.lines) {
    if (!line.price) return std::nullopt;
    const auto amount = times(*line.price, line.line.quantity);
    total = total ? sum(*total, amount) : amount;
    if (!total) return std::nullopt;
  }
  return total;
}

pdf::Table lines_of(const domain::Dispense& dispense) {
  const auto has = [&](auto test) {
    return std::any_of(dispense.lines.begin(), dispense.lines.end(), test);
  };
  const bool priced = has([](const domain::DispenseLine& line) { return line.price.has_value(); });
  const bool returned = has([](const domain::DispenseLine& line) { return line.returned > 0; });
  pdf::Table table;
  table.columns = {{"Medicine", 3.6}, {"Lot", 1.9}, {"Use by", 2}, {"Units", 1.3, pdf::Align::end}};
  if (returned) table.columns.push_back({"Returned", 1.9, pdf::Align::end});
  if (priced) table.columns.push_back({"Amount", 2.2, pdf::Align::end});
  for (const auto& line : dispense.lines) {
    std::vector<std::string> row = {text_of(line), line.line.lot_number,
                                    format_date(line.line.expires_on),
                                    std::to_string(line.line.quantity)};
    if (returned) row.push_back(std::to_string(line.returned));
    if (priced)
      row.push_back(line.price ? text_of(times(*line.price, line.line.quantity)) : std::string());
    table.rows.push_back(std::move(row));
  }
  return table;
}

pdf::Document receipt(const domain::Dispense& dispense, const store::View& view,
                      const store::Facility& facility) {
  pdf::Document document;
  document.page_size = pdf::PageSize::a5;
  document.title = "Receipt";
  document.letterhead.name = facility.name;
  if (facility.address) document.letterhead.lines.push_back(*facility.address);
  if (facility.phone) document.letterhead.lines.push_back(*facility.phone);
  document.footer = dispense.prescription_number;
  document.created_at = dispense.handed_over_at;
  document.blocks.push_back(pdf::Heading{"Receipt", 1});
  pdf::Fields fields;
  fields.items.push_back({"Prescription", dispense.prescription_number});
  if (view.patient_name) fields.items.push_back({"Patient", *view.patient_name});
  if (view.mrn) fields.items.push_back({"MRN", *view.mrn});
  if (view.doctor_name) fields.items.push_back({"Prescriber", *view.doctor_name});
  auto at = format_local(facility.zone, dispense.handed_over_at);
  at[at.find('T')] = ' ';
  fields.items.push_back({"Handed over", at});
  document.blocks.push_back(std::move(fields));
  document.blocks.push_back(lines_of(dispense));
  if (const auto total = total_of(dispense))
    document.blocks.push_back(pdf::Paragraph{"Total " + text_of(*total), pdf::Tone::strong});
  if (dispense.note) document.blocks.push_back(pdf::Paragraph{*dispense.note});
  document.blocks.push_back(pdf::Signature{"Received"});
  return document;
}

}  // namespace

Result<Answer> list_dispenses(Call& call) {
  auto query = call.query();
  const auto prescription = query.uuid("prescription_id");
  const auto page = query.page(2);
  if (auto fault = query.finish()) return *fault;
  const auto after = after_of(page);
  if (!after) return after.error();
  const auto dispenses =
      store::list_dispenses(call.session(), call.facility(), prescription, *after, page.limit + 1);
  auto body = page_of(
      dispenses, page, [](const domain::Dispense& dispense) { return encode(dispense); },
      [](const domain::Dispense& dispense) {
        return service::Cursor{format_instant(dispense.handed_over_at), dispense.id.str()};
      });
  std::vector<Uuid> patients;
  for (const auto& dispense : dispenses)
    add_patient(patients, dispense.patient_id);
  return service::about(service::ok(std::move(body)), std::move(patients));
}

Result<Answer> get_dispense(Call& call) {
  const auto dispense = store::get_dispense(call.session(), call.facility(), call.id());
  if (!dispense) return not_found("dispense");
  return service::about(service::ok(encode(*dispense), dispense->version),
                        patient_of(dispense->patient_id));
}

Result<Answer> return_dispense(Call& call) {
  const auto input = decode_return(call.body());
  if (!input) return input.error();
  return call.transact([&](db::Transaction& tx) -> Result<Answer> {
    // The prescription before the dispense: as a hand-over does.
    const auto known = store::get_dispense(tx, call.facility(), call.id());
    if (!known) return not_found("dispense");
    const auto before = store::lock(tx, call.facility(), known->prescription_id);
    auto dispense = store::lock_dispense(tx, call.facility(), call.id());
    if (auto current = call.check_version(dispense->version); !current) return current.error();
    const auto lines = take_back(*dispense, input->lines);
    if (!lines) return lines.error();
    dispense->updated_at = call.now();
    dispense->updated_by = call.actor();
    dispense->version = store::save_returned(tx, *dispense);
    take_in(call, tx, *dispense, *lines, input->reason);
    auto events = call.events();
    events.add("DispenseReturned",
               events::encode_returned(*before, dispense->id, *lines, call.actor(), input->reason));
    store::save(tx, *before, *before, nullptr, events, {call.now(), call.actor()});
    return service::about(service::ok(encode(*dispense), dispense->version),
                          patient_of(dispense->patient_id));
  });
}

Result<Answer> dispense_receipt(Call& call) {
  const auto here = scene(call);
  if (!here) return here.error();
  const auto dispense = store::get_dispense(call.session(), call.facility(), call.id());
  if (!dispense) return not_found("dispense");
  const auto view =
      store::view(call.session(), call.facility(), dispense->prescription_id, here->today);
  if (!view) return not_found("dispense");
  auto answer =
      service::ok(pdf::render(receipt(*dispense, *view, here->facility)), dispense->version);
  answer.content_type = "application/pdf";
  return service::about(std::move(answer), patient_of(dispense->patient_id));
}

}  // namespace ambula::pharmacy::api
