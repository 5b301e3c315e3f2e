#pragma once

#include <string>

#include <ambula/db/session.hpp>

#include "identity/settings.hpp"

namespace ambula::identity {

/// What a first start made; empty texts when there was nothing to make.
struct FirstStart {
  std::string login;
  std::string one_time_password;  ///< empty on a demo installation
  bool demo{false};
};

/// The first facility and the first administrator, when there are none [ID-6, ID-12].
Result<FirstStart> first_start(db::Session& session, const Settings& settings, Instant now);

/// An administrator of the installation with a one-time password: a new one, or an existing account
/// that gets its access back [ID-6]. The password, to be shown once.
Result<std::string> create_admin(db::Session& session, const std::string& login,
                                 const domain::SessionLimits& limits, Instant now);

}  // namespace ambula::identity
