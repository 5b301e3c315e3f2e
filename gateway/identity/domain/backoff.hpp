#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <ambula/base/time.hpp>

namespace ambula::identity::domain {

/// How often one account may be tried from one address.
struct BackoffLimits {
  double free_tries{5};  ///< within `window`; 0 or less turns the back-off off
  std::chrono::seconds window{60};
  std::chrono::seconds first_delay{15};  ///< doubles with each further failure
  std::chrono::seconds longest_delay{15 * 60};
  std::size_t entries_max{100'000};
};

/// Slows guessing down per (account, address): somebody else's failures never keep the owner out,
/// who comes from another address [ID-7]. Tries count when they begin, so a burst cannot outrun it.
class Backoff {
 public:
  explicit Backoff(BackoffLimits limits) : limits_(limits) {}

  /// How long to wait before a try is heard; nullopt: go on, and the try is counted.
  std::optional<std::chrono::seconds> attempt(std::string_view account, std::string_view address,
                                              Instant now);
  /// The right password: forgets the failures.
  void succeeded(std::string_view account, std::string_view address);
  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    int tries{0};
    Instant last;
    Instant blocked_until;
  };
  void make_room(Instant now);

  BackoffLimits limits_;
  std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace ambula::identity::domain
