#pragma once

#include <string>

#include <ambula/config/config.hpp>

#include "identity/domain/backoff.hpp"
#include "identity/domain/session.hpp"

namespace ambula::identity {

struct Settings {
  std::string signing_key_file;
  std::string
      old_signing_key_file;  ///< while rotating: refresh tokens made with it are still taken
  domain::SessionLimits session;
  domain::BackoffLimits backoff;
  bool secure_cookie{true};  ///< everywhere but on loopback
  std::string demo_password;
  struct FirstFacility {
    std::string code, name, zone, currency, locale;
  } first_facility;
};

Settings read_settings(config::Reader& reader);

}  // namespace ambula::identity
