#pragma once

#include <memory>
#include <optional>
#include <string>

#include <ambula/http/channel.hpp>
#include <ambula/service/answer.hpp>

namespace ambula::service {

/// What the dispatcher finds in an Answer's `stream` when nobody makes pieces: others push.
struct LiveStream {
  std::shared_ptr<http::Channel> channel;
  std::optional<std::string> operator()(db::Session&) const { return std::nullopt; }
};

/// 200 that goes on: what is pushed into the channel is sent until it is finished, the reader
/// leaves, or the process drains.
inline Answer live(std::string content_type, std::shared_ptr<http::Channel> channel) {
  Answer answer;
  answer.content_type = std::move(content_type);
  answer.stream = LiveStream{std::move(channel)};
  return answer;
}

}  // namespace ambula::service
