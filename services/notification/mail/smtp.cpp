#include "smtp.hpp"

#include <algorithm>
#include <cstring>
#include <curl/curl.h>
#include <memory>
#include <string_view>

namespace ambula::notification::mail {
namespace {

using domain::Outcome;

/// How far the session came, as libcurl's callbacks see it.
struct Session {
  std::string_view message;
  std::size_t given{0};
  bool all_given{false};
  std::string_view stage{"connect"};
  std::stop_token stop;
};

struct Command {
  std::string_view prefix;
  std::string_view stage;
};
constexpr Command commands[] = {{"EHLO", "hello"}, {"HELO", "hello"}, {"STARTTLS", "tls"},
                                {"AUTH", "auth"},  {"MAIL", "mail"},  {"RCPT", "rcpt"},
                                {"DATA", "data"}};

/// Only the verb of what we say is looked at; nothing is kept of it.
int on_debug(CURL*, curl_infotype type, char* text, std::size_t size, void* user) {
  if (type != CURLINFO_HEADER_OUT) return 0;
  auto& session = *static_cast<Session*>(user);
  const std::string_view line(text, size);
  for (const auto& command : commands) {
    if (line.substr(0, command.prefix.size()) == command.prefix) session.stage = command.stage;
  }
  return 0;
}

std::size_t on_read(char* buffer, std::size_t size, std::size_t count, void* user) {
  auto& session = *static_cast<Session*>(user);
  session.stage = "body";
  const auto rest = session.message.substr(session.given);
  const auto part = std::min(rest.size(), size * count);
  std::memcpy(buffer, rest.data(), part);
  session.given += part;
  if (part == 0) session.all_given = true;  // libcurl now writes the final dot
  return part;
}

int on_progress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  const auto& session = *static_cast<Session*>(user);
  return session.stop.stop_requested() && session.given == 0 ? 1 : 0;
}

struct CurlFree {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

void set_up(CURL* curl, const SmtpOptions& options, Session& session) {
  curl_easy_setopt(curl, CURLOPT_URL, options.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_FORBID_REUSE,
                   1L);  // a connection that died idle must not cost an attempt
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(options.connect_timeout.count()));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(options.timeout.count()));
  // The wait for the answer to the final dot knows only this one: else two minutes.
  curl_easy_setopt(
      curl, CURLOPT_SERVER_RESPONSE_TIMEOUT,
      static_cast<long>(std::chrono::ceil<std::chrono::seconds>(options.timeout).count()));
  if (options.starttls) curl_easy_setopt(curl, CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_ALL));
  if (!options.ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, options.ca_file.c_str());
  if (!options.user.empty()) {
    curl_easy_setopt(curl, CURLOPT_USERNAME, options.user.c_str());
    curl_easy_setopt(curl, CURLOPT_PASSWORD, options.password.c_str());
  }
  curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(curl, CURLOPT_READFUNCTION, on_read);
  curl_easy_setopt(curl, CURLOPT_READDATA, &session);
  curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);
  curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, on_debug);
  curl_easy_setopt(curl, CURLOPT_DEBUGDATA, &session);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &session);
}

/// Who was refused: the server speaks of the message itself from MAIL on, before that of us.
std::string reason_of(std::string_view stage, bool permanent) {
  if (stage == "mail") return permanent ? "sender-refused" : "sender-deferred";
  if (stage == "rcpt") return permanent ? "recipient-refused" : "recipient-deferred";
  return permanent ? "message-refused" : "message-deferred";
}

Delivery judge(CURLcode code, long answer, const Session& session) {
  const std::string stage(session.stage);
  if (code == CURLE_OK) return {.outcome = Outcome::sent};
  const bool about_message =
      stage == "mail" || stage == "rcpt" || stage == "data" || stage == "body";
  if (about_message && answer >= 500 && answer < 600)
    return {Outcome::permanent, reason_of(stage, true), stage};
  if (about_message && answer >= 400 && answer < 500)
    return {Outcome::temporary, reason_of(stage, false), stage};
  // 354 is the last word that we have: the dot went out, and what the server made of it is not
  // known.
  if (session.all_given) return {Outcome::uncertain, "no-final-answer", stage};
  if (code == CURLE_ABORTED_BY_CALLBACK) return {Outcome::temporary, "stopping", stage};
  if (stage == "auth" || code == CURLE_LOGIN_DENIED)
    return {Outcome::temporary, "auth-refused", "auth"};
  if (stage == "tls" || code == CURLE_USE_SSL_FAILED || code == CURLE_PEER_FAILED_VERIFICATION) {
    return {Outcome::temporary, "tls-failed", "tls"};
  }
  if (stage == "connect" || stage == "hello")
    return {Outcome::temporary, "server-unavailable", stage};
  return {Outcome::temporary, "connection-lost", stage};
}

}  // namespace

bool is_loopback(std::string_view url) {
  const auto scheme = url.find("://");
  auto host = scheme == std::string_view::npos ? url : url.substr(scheme + 3);
  host = host.substr(0, host.find('/'));
  host =
      host.starts_with('[') ? host.substr(0, host.find(']') + 1) : host.substr(0, host.find(':'));
  return host == "localhost" || host == "[::1]" ||
         (host.starts_with("127.") &&
          host.find_first_not_of("0123456789.") == std::string_view::npos);
}

Delivery send(const SmtpOptions& options, const Envelope& envelope, std::stop_token stop) {
  [[maybe_unused]] static const auto initialised = curl_global_init(CURL_GLOBAL_DEFAULT);
  const std::unique_ptr<CURL, CurlFree> curl(curl_easy_init());
  if (!curl) return {Outcome::temporary, "server-unavailable", "connect"};
  const auto from = "<" + envelope.from + ">";
  const auto to = "<" + envelope.to + ">";
  const std::unique_ptr<curl_slist, CurlFree> recipients(curl_slist_append(nullptr, to.c_str()));
  Session session{.message = envelope.message, .stop = std::move(stop)};
  set_up(curl.get(), options, session);
  curl_easy_setopt(curl.get(), CURLOPT_MAIL_FROM, from.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_MAIL_RCPT, recipients.get());
  const auto code = curl_easy_perform(curl.get());
  long answer = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &answer);
  return judge(code, answer, session);
}

}  // namespace ambula::notification::mail
