#include "coding.hpp"

#include <algorithm>

#include "codec.hpp"
#include "consultation/domain/icd10.hpp"
#include "consultation/store/diagnosis_codes.hpp"
#include "handlers.hpp"

namespace ambula::consultation::api {
namespace {

constexpr int codes_max = 50;

std::vector<std::string> new_codes(const domain::Note& before, const domain::Note& note) {
  std::vector<std::string> codes;
  for (const auto& diagnosis : note.diagnoses) {
    const bool was_there = std::ranges::find(before.diagnoses, diagnosis) != before.diagnoses.end();
    if (diagnosis.code && domain::is_icd10_system(diagnosis.system) && !was_there)
      codes.push_back(*diagnosis.code);
  }
  return codes;
}

Error unknown_code(std::size_t index) {
  return rule_broken("unknown-diagnosis-code", "The facility's list has no such code.",
                     "/note/diagnoses/" + std::to_string(index) + "/code");
}

}  // namespace

Result<void> complete_diagnoses(service::Call& call, db::Transaction& tx,
                                const domain::Note& before, domain::Note& note) {
  const auto codes = new_codes(before, note);
  if (!codes.empty()) {
    const auto list = store::check_codes(tx, call.facility(), codes);
    for (std::size_t i = 0; i < note.diagnoses.size(); ++i) {
      auto& diagnosis = note.diagnoses[i];
      const bool is_new =
          diagnosis.code && std::ranges::find(codes, *diagnosis.code) != codes.end();
      if (!is_new || !domain::is_icd10_system(diagnosis.system)) continue;
      const auto known = list.texts.find(*diagnosis.code);
      if (list.is_loaded && known == list.texts.end()) return unknown_code(i);
      if (diagnosis.text.empty() && known != list.texts.end()) diagnosis.text = known->second;
    }
  }
  for (auto& diagnosis : note.diagnoses) {
    if (diagnosis.text.empty()) diagnosis.text = *diagnosis.code;
  }
  return {};
}

Result<Answer> find_diagnosis_codes(Call& call) {
  auto query = call.query();
  const auto text = query.text("q");
  const auto limit = static_cast<int>(query.integer("limit", 1, codes_max).value_or(20));
  if (!text) query.fault("q", "required", "Words or the beginning of a code.");
  if (auto fault = query.finish()) return *fault;
  return service::ok(encode(store::find_codes(call.session(), call.facility(), *text,
                                              domain::icd10_prefix(*text), limit)));
}

}  // namespace ambula::consultation::api
