#include "commands.hpp"

#include <cstdio>
#include <fstream>
#include <sstream>

#include "queue/store/constraints.hpp"
#include "queue/store/triage.hpp"
#include "queue/triage/codec.hpp"
#include "queue/triage/replay.hpp"

namespace ambula::queue {
namespace {

using Arguments = std::vector<std::string>;

int fault(const std::string& line, int code = 2) {
  std::fprintf(stderr, "ambula-queue: %s\n", line.c_str());
  return code;
}

int refused(const Error& error) {
  for (const auto& field : error.fields)
    std::fprintf(stderr, "ambula-queue: %s: %s\n", field.pointer.c_str(), field.detail.c_str());
  return fault(error.detail, 1);
}

/// The nil facility's rules are everybody's who has none of their own.
std::optional<Uuid> facility(const std::string& text) {
  return text == "all" ? Uuid{} : Uuid::parse(text);
}

int with_database(config::Reader& reader, const std::function<int(db::Session&)>& work) {
  db::Options options;
  options.url = reader.required_secret("AMBULA_DB_URL", "PostgreSQL URL of the queue role");
  options.application_name = "ambula-queue-operator";
  options.schema = "queue";
  options.constraints = store::constraints();
  if (!reader.faults().empty()) return fault(reader.faults().front());
  try {
    db::Session session(options);
    return work(session);
  } catch (const std::exception& failure) {
    return fault(failure.what(), 1);
  }
}

int load_rules(const Arguments& arguments, config::Reader& reader) {
  const auto whose = arguments.size() == 2 ? facility(arguments[0]) : std::nullopt;
  if (!whose) return fault("load-rules wants FACILITY|all FILE");
  std::ifstream file(arguments[1], std::ios::binary);
  if (!file) return fault("the file cannot be read", 1);
  std::ostringstream text;
  text << file.rdbuf();
  const auto rules = triage::decode_rules(text.str());
  if (!rules) return refused(rules.error());
  return with_database(reader, [&](db::Session& session) {
    if (!store::activate(session, *whose, {rules->version, text.str()}, system_now()))
      return fault("version " + rules->version + " is there already; a version never changes", 1);
    std::printf("rules %s are in force\n", rules->version.c_str());
    return 0;
  });
}

int replay_triage(const Arguments& arguments, config::Reader& reader) {
  const auto whose = arguments.size() == 4 ? Uuid::parse(arguments[0]) : std::nullopt;
  const auto from = whose ? parse_instant(arguments[2]) : std::nullopt;
  const auto to = whose ? parse_instant(arguments[3]) : std::nullopt;
  if (!from || !to) return fault("replay-triage wants FACILITY VERSION FROM TO (instants)");
  return with_database(reader, [&](db::Session& session) {
    const auto stored = store::rules_of_version(session, *whose, arguments[1]);
    if (!stored) return fault("there is no such version", 1);
    const auto rules = triage::decode_rules(stored->text);
    if (!rules) return refused(rules.error());
    const auto summary =
        triage::replay(session, *whose, *rules, *from, *to, [](const triage::Changed& changed) {
          // Ids and levels: nothing of what was asked.
          std::printf("%s %s: %s (%s) would be %s\n", format_instant(changed.at).c_str(),
                      changed.case_id.str().c_str(), std::string(to_string(changed.before)).c_str(),
                      changed.rule_set.c_str(), std::string(to_string(changed.after)).c_str());
        });
    std::printf("%d cases, %d would change under %s\n", summary.cases, summary.changed,
                rules->version.c_str());
    return 0;
  });
}

}  // namespace

std::vector<service::Definition::Command> commands() {
  return {
      {"load-rules", "FACILITY|all FILE: puts a version of triage rules (JSON) in force",
       load_rules},
      {"replay-triage",
       "FACILITY VERSION FROM TO: what another version would have said of past cases",
       replay_triage},
  };
}

}  // namespace ambula::queue
