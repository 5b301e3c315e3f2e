#include "run.hpp"

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <future>

#include <ambula/http/client.hpp>
#include <ambula/observability/log.hpp>

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
  if (auto started = runtime.start(); !started) {
    return say("ambula-" + std::string(definition.name) + ": " + started.error().detail, 1);
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

/// Asks the own admin port, so that an image needs neither shell nor curl.
int healthcheck() {
  config::Reader reader;
  const auto settings = read_settings(reader);
  http::Loop loop;
  loop.start();
  std::promise<bool> ready;
  auto answer = ready.get_future();
  {
    http::Client client(loop, {.host = "127.0.0.1", .port = std::to_string(settings.admin_port)});
    http::ClientRequest request;
    request.target = "/readyz";
    request.deadline = std::chrono::steady_clock::now() + 2s;
    client.send(std::move(request), [&ready](Result<http::Response> response) {
      ready.set_value(response && response->status == 200);
    });
    answer.wait();
  }
  loop.stop();
  return answer.get() ? 0 : say("not ready", 1);
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
      app.add_subcommand("healthcheck", "Exit 0 when the running process is ready");
  auto* events_command = app.add_subcommand("events", "Parked events: replay [EVENT] | drop EVENT");
  std::string verb;
  std::string event_id;
  events_command->add_option("verb", verb)->required()->check(CLI::IsMember({"replay", "drop"}));
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
  if (health_command->parsed()) return healthcheck();
  if (events_command->parsed()) return parked_events(definition, verb, event_id);
  for (const auto& [sub, command] : own) {
    if (!sub->parsed()) continue;
    config::Reader reader;
    return command->run(sub->remaining(), reader);
  }
  return serve(definition);
}

}  // namespace ambula::service
