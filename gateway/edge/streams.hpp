#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ambula/auth/principal.hpp>
#include <ambula/base/time.hpp>
#include <ambula/http/channel.hpp>

namespace ambula::edge {

/// The live answers that are open: each ends with the sign-in it was opened under, and nobody has
/// so many that others get none. On the I/O thread only; each replica counts for itself.
class Streams {
 public:
  static constexpr std::size_t per_account_max = 64;
  /// Without a sign-in: the boards of a clinic hang behind one address.
  static constexpr std::size_t per_network_max = 256;

  /// `idle`: how long a sign-in lasts without a new access token (identity's setting). `limited`:
  /// whether the two numbers above hold.
  Streams(std::chrono::seconds idle, bool limited) : idle_(idle), limited_(limited) {}

  /// False: too many are open already, and this one is not kept. `claims` null: nobody signed in.
  bool open(const auth::Claims* claims, std::string_view address,
            const std::shared_ptr<http::Channel>& channel);
  /// A newer token of a sign-in was seen: its streams live on.
  void renew(const auth::Claims& claims);
  /// Cuts those of sign-ins that `ended` names.
  void cut(const std::function<bool(const auth::Claims&)>& ended);
  /// Cuts those whose sign-in has had no new token for too long. One that went on at another
  /// replica loses its stream here, and opens it anew with its newer token.
  void cut_idle(Instant now);
  std::size_t size() const { return streams_.size(); }

 private:
  struct Stream {
    std::optional<auth::Claims> claims;  ///< as it was opened, whatever tokens came after
    Instant renewed_at;                  ///< when the sign-in's newest token was made
    std::string network;                 ///< of those without claims
    std::weak_ptr<http::Channel> channel;
  };

  void cut_if(const std::function<bool(const Stream&)>& ended);

  const std::chrono::seconds idle_;
  const bool limited_;
  std::vector<Stream> streams_;
};

}  // namespace ambula::edge
