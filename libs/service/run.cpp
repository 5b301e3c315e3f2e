#include "run.hpp"

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <future>

#include <ambula/http/client.hpp>
#include <ambula/observability/log.hpp>
#include <ambula/outbox/rebuild.hpp>

#include "settings.hpp"

namespace ambula::service {
namespace {

using namespace std::chrono_literals;

#ifndef AMBULA_VERSION
#define AMBULA_VERSION "0.1.0"
#endif
constexpr const char* version = AMBULA_VERSION;

log::Level parse_level(const std::string& text) {
  if (text == "debug") return log::Level::debug;
  if (text == "warn") return log::Level::warn;
  if (text == "error") return log::Level::error;
  return log::Level::info;
}

int say(const std::string& line, int code) {
  std::fprintf(stderr, "%s\n", line.c_str());
  return code;
}

int print_faults(const config::Reader& reader) {
  for (const auto& fault : reader.faults())
    std::fprintf(stderr, "%s\n", fault.c_str());
  return 2;
}

db::Options operator_database(const Definition& definition, const Settings& settings) {
  db::Options options;
  options.url = settings.database_url;
  options.application_name = "ambula-" + std::string(definition.name) + "-operator";
  options.schema = definition.schema;
  options.constraints = definition.constraints;
  options.statement_timeout_ms = 0;
  return options;
}

int serve(const Definition& definition) {
  // Signals are taken by sigwait below; every thread made from here on inherits the mask.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  config::Reader reader;
  Runtime runtime(definition, reader);
  if (!reader.faults().empty()) return print_faults(reader);
  log::configure(definition.name, version,
                 parse_level(reader.text("AMBULA_LOG_LEVEL", "", "info")));
  const auto pause = [&signals](std::chrono::milliseconds duration) {
    const timespec limit{.tv_sec = duration.count() / 1000,
                         .tv_nsec = duration.count() % 1000 * 1'000'000};
    return sigtimedwait(&signals, nullptr, &limit) < 0;
  };
  const auto process = "ambula-" + std::string(definition.name) + ": ";
  try {
    if (auto started = runtime.start(pause); !started) {
      if (started.error().code == "start-stopped") return 0;
      return say(process + started.error().detail, 1);
    }
  } catch (const std::exception& failure) {
    return say(process + failure.what(), 1);
  }
  int signal = 0;
  sigwait(&signals, &signal);
  runtime.stop();
  return 0;
}

int migrate(const Definition& definition) {
  config::Reader reader;
  const auto settings = read_settings(reader);
  if (!reader.faults().empty()) return print_faults(reader);
  try {
    const auto options = operator_database(definition, settings);
    if (auto done = db::migrate(options, "platform", outbox::migrations()); !done)
      return say(done.error().detail, 1);
    if (auto done = db::migrate(options, definition.name, definition.migrations); !done) {
      return say(done.error().detail, 1);
    }
  } catch (const std::exception& failure) {
    return say(failure.what(), 1);
  }
  std::puts("The schema is up to date.");
  return 0;
}

/// Fills projections anew; for a topic of millions this takes minutes, so time-outs are off.
int rebuild(const Definition& definition, const std::string& topic,
            const std::vector<std::string>& skipped) {
  if (topic.empty()) {
    for (const auto& each : outbox::rebuildable(definition.subscriptions))
      std::puts(each.c_str());
    return 0;
  }
  config::Reader reader;
  const auto settings = read_settings(reader);
  if (!reader.faults().empty()) return print_faults(reader);
  const auto consumer = "ambula-" + std::string(definition.name);
  outbox::RebuildOptions options{
      .consumer = consumer, .topic = topic, .now = system_now(), .limit = std::chrono::hours(1)};
  for (const auto& text : skipped) {
    const auto id = Uuid::parse(text);
    if (!id) return say("--skip wants the id of an event, a UUID", 2);
    options.skip.push_back(*id);
  }
  auto database = operator_database(definition, settings);
  database.lock_timeout_ms = 60'000;
  database.idle_in_transaction_timeout_ms = 0;
  try {
    db::Session session(database);
    const auto done = outbox::rebuild(session, settings.kafka, definition.subscriptions, options);
    if (!done) return say(done.error().code + ": " + done.error().detail, 1);
    std::printf("%lld event(s)\n", static_cast<long long>(*done));
    return 0;
  } catch (const std::exception& failure) {
    return say(failure.what(), 1);
  }
}

struct Address {
  std::string host;
  std::string port;
  std::string target;
};

std::optional<Address> parse_address(std::string_view url) {
  constexpr std::string_view scheme = "http://";
  if (!url.starts_with(scheme)) return std::nullopt;
  url.remove_prefix(scheme.size());
  const auto slash = url.find('/');
  const auto authority = url.substr(0, slash);
  const auto colon = authority.rfind(':');
  if (slash == std::string_view::npos || colon == std::string_view::npos) return std::nullopt;
  return Address{std::string(authority.substr(0, colon)), std::string(authority.substr(colon + 1)),
                 std::string(url.substr(slash))};
}

/// Asks the own admin port, or another process, so that an image needs neither shell nor curl.
int healthcheck(const std::string& url) {
  config::Reader reader;
  const auto settings = read_settings(reader);
  const auto address = url.empty()
                           ? Address{"127.0.0.1", std::to_string(settings.admin_port), "/readyz"}
                           : parse_address(url);
  if (!address) return say("URL must be http://host:port/path", 2);
  http::Loop loop;
  loop.start();
  std::promise<bool> ready;
  auto answer = ready.get_future();
  {
    http::Client client(loop, {.host = address->host, .port = address->port});
    http::ClientRequest request;
    request.target = address->target;
    request.deadline = std::chrono::steady_clock::now() + 2s;
    client.send(std::move(request), [&ready](Result<http::Response> response) {
      ready.set_value(response && response->status == 200);
    });
    answer.wait();
  }
  loop.stop();
  return answer.get() ? 0 : say("not ready", 1);
}

int list_events(db::Session& session, const std::string& consumer) {
  constexpr int limit = 1000;
  const auto parked = outbox::list_parked(session, consumer, limit);
  for (const auto& event : parked) {
    std::printf("%s  %s  %s  %s %s %lld  %s%s\n", event.id.str().c_str(),
                format_instant(event.parked_at).c_str(), event.topic.c_str(), event.type.c_str(),
                event.key.c_str(), static_cast<long long>(event.version),
                event.held ? "held behind: " : "", event.reason.c_str());
  }
  std::printf("%zu event(s)%s\n", parked.size(), parked.size() == limit ? " or more" : "");
  return 0;
}

/// Lists, replays or drops parked events.
int parked_events(const Definition& definition, const std::string& verb,
                  const std::string& event_id) {
  config::Reader reader;
  const auto settings = read_settings(reader);
  if (!reader.faults().empty()) return print_faults(reader);
  std::optional<Uuid> id;
  if (!event_id.empty()) {
    id = Uuid::parse(event_id);
    if (!id) return say("EVENT must be a UUID", 2);
  }
  if (verb == "drop" && !id) return say("drop wants the id of the event", 2);
  const auto consumer = "ambula-" + std::string(definition.name);
  try {
    db::Session session(operator_database(definition, settings));
    if (verb == "list") return list_events(session, consumer);
    const auto done = verb == "replay" ? outbox::replay_parked(session, definition.subscriptions,
                                                               consumer, id, system_now())
                                       : outbox::drop_parked(session, consumer, *id);
    if (!done) return say(done.error().detail, 1);
    std::printf("%d event(s)\n", *done);
    return 0;
  } catch (const std::exception& failure) {
    return say(failure.what(), 1);
  }
}

}  // namespace

int run(int argc, char** argv, const Definition& definition) {
  CLI::App app("Ambula " + std::string(definition.name));
  app.set_version_flag("--version",
                       std::string("ambula-") + std::string(definition.name) + " " + version);
  bool help_config = false;
  app.add_flag("--help-config", help_config, "List the settings (environment variables) and end");
  app.require_subcommand(0, 1);
  app.add_subcommand("serve", "Run the process (default)");
  auto* migrate_command = app.add_subcommand("migrate", "Bring the schema up to date and end");
  auto* health_command =
      app.add_subcommand("healthcheck", "[URL]: exit 0 when the running process is ready");
  std::string health_url;
  health_command->add_option("url", health_url, "Another one's /readyz, http://host:port/path");
  auto* events_command =
      app.add_subcommand("events", "Parked events: list | replay [EVENT] | drop EVENT");
  auto* rebuild_command = app.add_subcommand(
      "rebuild",
      "[TOPIC]: fill its projections again from its beginning; without, list the topics");
  std::string topic;
  std::vector<std::string> skipped;
  rebuild_command->add_option("topic", topic);
  rebuild_command->add_option("--skip", skipped, "Event to leave out (what was dropped)");
  std::string verb;
  std::string event_id;
  events_command->add_option("verb", verb)
      ->required()
      ->check(CLI::IsMember({"list", "replay", "drop"}));
  events_command->add_option("event", event_id);
  std::vector<std::pair<CLI::App*, const Definition::Command*>> own;
  std::vector<std::string> rest;
  for (const auto& command : definition.commands) {
    auto* sub = app.add_subcommand(std::string(command.name), std::string(command.about));
    sub->allow_extras();
    own.emplace_back(sub, &command);
  }
  CLI11_PARSE(app, argc, argv);

  if (help_config) {
    config::Reader reader;
    (void)read_settings(reader);
    if (definition.configure) definition.configure(reader);
    std::fputs(reader.help().c_str(), stdout);
    return 0;
  }
  if (migrate_command->parsed()) return migrate(definition);
  if (health_command->parsed()) return healthcheck(health_url);
  if (rebuild_command->parsed()) return rebuild(definition, topic, skipped);
  if (events_command->parsed()) return parked_events(definition, verb, event_id);
  for (const auto& [sub, command] : own) {
    if (!sub->parsed()) continue;
    config::Reader reader;
    return command->run(sub->remaining(), reader);
  }
  return serve(definition);
}

}  // namespace ambula::service
