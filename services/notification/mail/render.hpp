#pragma once

#include <string>

#include "mime.hpp"
#include "notification/domain/message.hpp"
#include "notification/domain/wording.hpp"
#include "values.hpp"

namespace ambula::notification::mail {

/// What is the same for every mail of this process.
struct Sender {
  Mailbox from;
  std::string public_url;  ///< where patients find Ambula, without a slash at its end
};

/// What a mail is made of beside its message and facts.
struct Letter {
  domain::Wording wording;
  std::string unsubscribe_url;  ///< under reminders
};

/// Our words, or the facility's own.
domain::Wording our_wording(domain::Template name, std::string_view language);

/// The mail about the message's fact, in its language, times on the facility's wall clock. What the
/// message is about must be among the facts.
Content render(const domain::Message& message, const domain::Facts& facts, const Sender& sender,
               const Letter& letter);

/// The same from values that are there already: for a preview.
Content render(domain::Template name, std::string_view language, const Values& values,
               const Letter& letter);

/// A plausible patient, visit, prescription, account or stock, so that words can be looked at.
Values sample_values(domain::Template name, std::string_view language,
                     const domain::Facility& facility, const Sender& sender, Instant now);

/// What the unsubscribe link shows; `done`: after it was used.
std::string unsubscribe_html(std::string_view language, std::string_view facility, bool done);

}  // namespace ambula::notification::mail
