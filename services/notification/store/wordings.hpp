#pragma once

#include <optional>
#include <string_view>

#include <ambula/db/session.hpp>

#include "notification/domain/wording.hpp"

namespace ambula::notification::store {

/// A facility's own words; nullopt when it uses ours.
std::optional<domain::OwnWording> wording(db::Session& session, const Uuid& facility,
                                          domain::Template name, std::string_view language);
std::optional<domain::OwnWording> wording(db::Transaction& tx, const Uuid& facility,
                                          domain::Template name, std::string_view language);
/// Saves over the version `expected` (0: none yet); nullopt when somebody else was first.
std::optional<domain::OwnWording> save(db::Transaction& tx, const Uuid& facility,
                                       domain::Template name, std::string_view language,
                                       const domain::Wording& words, std::int64_t expected,
                                       Instant now, const Uuid& actor);

}  // namespace ambula::notification::store
