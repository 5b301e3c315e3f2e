#pragma once

#include <optional>
#include <string>
#include <string_view>

// ICD-10 codes as the WHO and its clinical modifications write them: a letter, a digit, a digit or
// letter, then up to four more behind a dot ("J20.9", "S72.001A").
namespace ambula::consultation::domain {

inline constexpr std::string_view icd10_system = "ICD-10";

/// Whether a diagnosis of this system has an ICD-10 code. One that names no system has.
bool is_icd10_system(const std::optional<std::string>& system);

/// The code in capitals; nullopt when it has not the shape of one.
std::optional<std::string> to_icd10(std::string_view text);

/// The same, but the dot may be missing, as in the files that authorities publish.
std::optional<std::string> to_icd10_dotted(std::string_view text);

/// What was typed as the beginning of a code ("j2", "J20.", "s72001"), with its dot; nullopt: these
/// are words.
std::optional<std::string> icd10_prefix(std::string_view text);

}  // namespace ambula::consultation::domain
