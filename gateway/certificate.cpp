#include "certificate.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>

#include <ambula/observability/log.hpp>
#include <ambula/observability/metrics.hpp>

namespace ambula::gateway {
namespace {

using namespace std::chrono_literals;

constexpr auto look_interval = 2s;

bool is_loopback(std::string_view address) {
  return address.starts_with("127.") || address == "::1";
}

void tell_end(const http::TlsCertificate& certificate) {
  const auto end = certificate.expires_at().time_since_epoch();
  metrics::gauge("tls_certificate_expires_timestamp_seconds",
                 "End of the certificate in use, in seconds since 1970.")
      .set(std::chrono::duration<double>(end).count());
}

void count_reload(std::string_view outcome) {
  metrics::counter("tls_certificate_reloads_total",
                   "Renewed certificates that were read: used, or refused as they cannot be used.",
                   {{"outcome", outcome}})
      .add();
}

}  // namespace

Certificate Certificate::read_settings(config::Reader& reader) {
  constexpr auto certificate = "AMBULA_TLS_CERT_FILE";
  constexpr auto key = "AMBULA_TLS_KEY_FILE";
  constexpr auto about_certificate = "PEM file with the certificate chain; read when it changes";
  constexpr auto about_key = "PEM file with the certificate's key";
  Certificate settings;
  settings.certificate_file_ = reader.text(certificate, about_certificate, "");
  settings.key_file_ = reader.text(key, about_key, "");
  const bool plain_is_meant =
      reader.flag("AMBULA_GATEWAY_PLAIN_HTTP",
                  "without TLS beyond loopback, because an ingress in front ends it", false);
  const auto address = reader.text("AMBULA_HTTP_ADDRESS", "address to listen on", "0.0.0.0");
  if (!settings.certificate_file_.empty() || !settings.key_file_.empty()) {
    reader.required(certificate, about_certificate, "/etc/ambula/tls/tls.crt");
    reader.required(key, about_key, "/etc/ambula/tls/tls.key");
  } else if (!plain_is_meant && !is_loopback(address)) {
    reader.refuse(certificate,
                  "set, and others than this machine may connect, for example "
                  "/etc/ambula/tls/tls.crt (behind an ingress: AMBULA_GATEWAY_PLAIN_HTTP=true)");
  }
  return settings;
}

Result<void> Certificate::set_up(http::ServerOptions& options) {
  if (certificate_file_.empty()) return {};
  auto loaded = http::TlsCertificate::load(certificate_file_, key_file_);
  if (!loaded) return loaded.error();
  present_ = *std::move(loaded);
  options.tls = present_;
  tell_end(*present_);
  return {};
}

void Certificate::follow(const std::stop_token& stop) const {
  if (!present_) return;
  std::mutex mutex;
  std::condition_variable_any condition;
  std::string told;
  while (!stop.stop_requested()) {
    std::unique_lock lock(mutex);
    condition.wait_for(lock, stop, look_interval, [] { return false; });
    if (stop.stop_requested() || !present_->is_outdated()) continue;
    const auto used = present_->reload();
    if (used) {
      tell_end(*present_);
      count_reload("used");
      log::info("certificate_reloaded");
      told.clear();
    } else if (told != used.error().detail) {
      // Read again at each look: its other half may just be on its way.
      told = used.error().detail;
      count_reload("refused");
      log::warn("certificate_not_usable", {{"detail", told}});
    }
  }
}

}  // namespace ambula::gateway
