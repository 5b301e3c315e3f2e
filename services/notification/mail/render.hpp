#pragma once

#include <string>

#include "mime.hpp"
#include "notification/domain/message.hpp"

namespace ambula::notification::mail {

/// What is the same for every mail of this process.
struct Sender {
  Mailbox from;
  std::string public_url;  ///< shown under the mail; may be empty
};

/// The mail about the message's fact, in its language, times on the facility's wall clock.
/// Facility, patient and the appointment or prescription must be among the facts. Values are put in
/// once: braces in a name stay braces.
Content render(const domain::Message& message, const domain::Facts& facts, const Sender& sender);

}  // namespace ambula::notification::mail
