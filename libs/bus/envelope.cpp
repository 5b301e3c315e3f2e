#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include <ambula/base/text.hpp>
#include <ambula/bus/envelope.hpp>

namespace ambula::bus {
namespace {

constexpr std::string_view type_prefix = "ambula.";
constexpr std::string_view schema_prefix = "urn:ambula:schema:";
constexpr std::string_view schema_suffix = ":v1";
constexpr std::size_t type_max_chars = 100;

enum Name : std::size_t {
  id,
  type,
  source,
  subject,
  time,
  specversion,
  content_type,
  dataschema,
  facilityid,
  aggregateversion,
  traceparent,
  causationid,
  actorid,
  name_count
};

constexpr std::array<std::string_view, name_count> names{
    "ce_id",          "ce_type",        "ce_source",     "ce_subject",    "ce_time",
    "ce_specversion", "content-type",   "ce_dataschema", "ce_facilityid", "ce_aggregateversion",
    "ce_traceparent", "ce_causationid", "ce_actorid"};

using Known = std::array<std::optional<std::string_view>, name_count>;

std::string schema_of(std::string_view event_type) {
  return std::string(schema_prefix) + std::string(event_type) + std::string(schema_suffix);
}

bool is_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

/// W3C trace context, version 00.
bool is_traceparent(std::string_view text) {
  return text.size() == 55 && text.starts_with("00-") && text[35] == '-' && text[52] == '-' &&
         is_hex(text.substr(3, 32)) && is_hex(text.substr(36, 16)) && is_hex(text.substr(53));
}

bool is_type(std::string_view text) {
  return !text.empty() && text.size() <= type_max_chars &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
         });
}

bool is_source(std::string_view text) {
  return text.starts_with('/') &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

/// Collects the problems of one record; the first one is kept, since one is enough to park it.
class Reader {
 public:
  explicit Reader(const Known& known) : known_(known) {}

  std::string_view required(Name name) {
    if (!known_[name]) fail(name, " is missing");
    return known_[name].value_or(std::string_view{});
  }
  template <class Parse>
  void optional(Name name, Parse parse) {
    if (known_[name] && !parse(*known_[name])) fail(name, " is malformed");
  }
  template <class Parse>
  void read(Name name, Parse parse) {
    const auto text = required(name);
    if (known_[name] && !parse(text)) fail(name, " is malformed");
  }
  const std::string& problem() const { return problem_; }

 private:
  void fail(Name name, std::string_view what) {
    if (problem_.empty()) problem_ = std::string(names[name]) + std::string(what);
  }
  const Known& known_;
  std::string problem_;
};

template <class Target>
bool read_uuid(std::string_view text, Target& target) {
  const auto parsed = Uuid::parse(text);
  if (!parsed) return false;
  target = *parsed;
  return true;
}

bool read_type(std::string_view text, Event& event) {
  if (!text.starts_with(type_prefix) || !is_type(text.substr(type_prefix.size()))) return false;
  event.type = text.substr(type_prefix.size());
  return true;
}

bool read_time(std::string_view text, Event& event) {
  const auto parsed = parse_instant(text);
  if (parsed) event.time = *parsed;
  return parsed.has_value();
}

bool read_version(std::string_view text, Event& event) {
  const auto parsed = parse_int(text);
  if (!parsed || *parsed < 1) return false;
  event.aggregate_version = *parsed;
  return true;
}

std::string find_known(const Headers& headers, Known& known) {
  for (const auto& [name, value] : headers) {
    const auto* at = std::find(names.begin(), names.end(), name);
    if (at == names.end()) continue;
    auto& slot = known[static_cast<std::size_t>(at - names.begin())];
    if (slot) return name + " is there twice";
    slot = value;
  }
  return {};
}

}  // namespace

Headers encode_headers(const Event& event) {
  Headers headers;
  headers.reserve(name_count);
  const auto add = [&headers](Name name, std::string value) {
    headers.emplace_back(names[name], std::move(value));
  };
  add(id, event.id.str());
  if (!event.tombstone) add(type, std::string(type_prefix) + event.type);
  add(source, event.source);
  add(subject, event.key);
  add(time, format_instant(event.time));
  add(specversion, "1.0");
  if (!event.tombstone) {
    add(content_type, "application/json");
    add(dataschema, schema_of(event.type));
  }
  if (event.facility_id) add(facilityid, event.facility_id->str());
  add(aggregateversion, std::to_string(event.aggregate_version));
  // A trace context from outside may be odd; it is no reason to hold the event back at a consumer.
  if (is_traceparent(event.traceparent)) add(traceparent, event.traceparent);
  if (event.causation_id) add(causationid, event.causation_id->str());
  if (event.actor_id) add(actorid, event.actor_id->str());
  return headers;
}

std::string decode_headers(const Headers& headers, Event& event) {
  Known known;
  if (auto twice = find_known(headers, known); !twice.empty()) return twice;
  Reader reader(known);
  reader.read(id, [&](std::string_view text) { return read_uuid(text, event.id); });
  if (!event.tombstone) {
    reader.read(type, [&](std::string_view text) { return read_type(text, event); });
    reader.read(content_type, [](std::string_view text) { return text == "application/json"; });
    // A version of ours that this process does not know is not read as another; whose schema is
    // elsewhere says nothing of that.
    reader.optional(dataschema, [&](std::string_view text) {
      return !text.starts_with(schema_prefix) || text == schema_of(event.type);
    });
  }
  reader.read(source, [&](std::string_view text) {
    event.source = text;
    return is_source(text);
  });
  reader.read(subject, [&](std::string_view text) { return !text.empty() && text == event.key; });
  reader.read(time, [&](std::string_view text) { return read_time(text, event); });
  reader.read(specversion, [](std::string_view text) { return text == "1.0"; });
  reader.read(aggregateversion, [&](std::string_view text) { return read_version(text, event); });
  reader.optional(facilityid,
                  [&](std::string_view text) { return read_uuid(text, event.facility_id); });
  reader.optional(traceparent, [&](std::string_view text) {
    event.traceparent = text;
    return is_traceparent(text);
  });
  reader.optional(causationid,
                  [&](std::string_view text) { return read_uuid(text, event.causation_id); });
  reader.optional(actorid, [&](std::string_view text) { return read_uuid(text, event.actor_id); });
  return reader.problem();
}

}  // namespace ambula::bus
