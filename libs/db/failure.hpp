#pragma once

#include <string_view>

#include <ambula/db/session.hpp>

// The one boundary where libpqxx's exceptions, whose texts quote rows and statements, become ours,
// which do not.
namespace ambula::db {

/// The connection is of no use any more; outside the library simply Unavailable.
struct Broken : Unavailable {
  using Unavailable::Unavailable;
};

/// Call inside `catch (...)`: throws the clean exception that stands for the current one.
/// `statement` is the statement's name or a fixed word.
[[noreturn]] void rethrow_clean(std::string_view statement);

/// Runs `work`; whatever libpqxx throws leaves clean.
template <class Work>
auto guarded(std::string_view statement, Work&& work) -> decltype(work()) {
  try {
    return work();
  } catch (...) {
    rethrow_clean(statement);
  }
}

/// "ERROR:  42501: permission denied…" → 42501; empty when the text is not one of the server's.
std::string sqlstate_of(std::string_view verbose_text);

/// The constraint's name out of a verbose error text; empty when there is none.
std::string constraint_name(std::string_view verbose_text);

/// Why connecting failed, as a code for the log.
std::string_view connect_failure_code(std::string_view text);
/// Whether waiting will not mend it.
bool is_refusal(std::string_view connect_failure_code);

}  // namespace ambula::db
