#pragma once

#include <string_view>

#include "notification/domain/message.hpp"

namespace ambula::notification::mail {

/// Our words for one mail (domain/wording.hpp).
struct Words {
  std::string_view subject;
  std::string_view body;
};
/// `language`: en, hi or de.
Words words(domain::Template name, std::string_view language);

/// What stands around the words and no facility changes.
struct Frame {
  std::string_view footer;
  std::string_view calendar_title;
  std::string_view unsubscribe;
  std::string_view actions[3];  ///< on the button of verify, invite, reset
  std::string_view alerts[5];   ///< in the order of StockAlert::Kind
  std::string_view more_alerts;
};
const Frame& frame(std::string_view language);

struct UnsubscribePage {
  std::string_view title;
  std::string_view question;
  std::string_view button;
  std::string_view done;
};
const UnsubscribePage& unsubscribe_page(std::string_view language);

}  // namespace ambula::notification::mail
