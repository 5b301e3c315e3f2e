#include <type_traits>

#include <fmt/format.h>

#include "json.hpp"
#include "pointer.hpp"
#include "read.hpp"

namespace ambula::json {

struct Object::Node {
  const Value* value;  // nullptr when there is no object to read: its parent was told so already
  std::string pointer;
  std::vector<bool> asked;  // by position of the member
};

struct Object::State {
  Faults faults;
  std::vector<Node> nodes;
};

namespace {

/// The member at a position; the map's own operators take names only.
const Value::object_t::value_type& member_at(const Value& object, std::size_t position) {
  const auto& members = object.get_ref<const Value::object_t&>();
  return *(members.begin() + static_cast<std::ptrdiff_t>(position));
}

/// Position of the member; the object's size when there is none.
std::size_t position_of(const Value& object, std::string_view name) {
  const std::size_t size = object.size();
  std::size_t at = 0;
  while (at < size && member_at(object, at).first != name)
    ++at;
  return at;
}

void add_unknown(Faults& faults, const std::string& pointer, const std::string& name) {
  if (is_plain_name(name)) {
    faults.shape(pointer + pointer_step(name), "unknown-field", "There is no such field.");
  } else {
    faults.shape(pointer, "unknown-field", "This object has a member that is no field.");
  }
}

}  // namespace

Object::Object(const Value& value) : Object(std::make_shared<State>(), &value, "") {}

Object::Object(std::shared_ptr<State> state, const Value* value, std::string pointer)
    : state_(std::move(state)), node_(state_->nodes.size()) {
  const bool is_object = value != nullptr && value->is_object();
  if (value != nullptr && !is_object) state_->faults.shape(pointer, "type", "Must be an object.");
  state_->nodes.push_back({is_object ? value : nullptr, std::move(pointer),
                           std::vector<bool>(is_object ? value->size() : 0)});
}

// The member, null or not; remembers that it was asked for.
const Value* Object::find(std::string_view name) const {
  auto& node = state_->nodes[node_];
  if (node.value == nullptr) return nullptr;
  const auto at = position_of(*node.value, name);
  if (at == node.asked.size()) return nullptr;
  node.asked[at] = true;
  return &member_at(*node.value, at).second;
}

const Value* Object::find_required(std::string_view name) {
  const auto* const value = find(name);
  if (value != nullptr && !value->is_null()) return value;
  if (state_->nodes[node_].value != nullptr) {
    state_->faults.shape(pointer(name), "required", "Is required.");
  }
  return nullptr;
}

bool Object::has(std::string_view name) const {
  const auto* const value = find(name);
  return value != nullptr && !value->is_null();
}

bool Object::is_null(std::string_view name) const {
  const auto* const value = find(name);
  return value != nullptr && value->is_null();
}

bool Object::is_present(std::string_view name) const {
  return find(name) != nullptr;
}

std::string Object::pointer(std::string_view name) const {
  const auto& own = state_->nodes[node_].pointer;
  return name.empty() ? own : own + pointer_step(name);
}

// `read` makes an optional of a value and its pointer.
template <class Read>
auto Object::optional(std::string_view name, Read read) {
  const auto* const value = find(name);
  using Found = std::invoke_result_t<Read, const Value&, std::string>;
  return value == nullptr || value->is_null() ? Found{} : read(*value, pointer(name));
}

template <class Read>
auto Object::required(std::string_view name, Read read) {
  const auto* const value = find_required(name);
  using Found = typename std::invoke_result_t<Read, const Value&, std::string>::value_type;
  return value == nullptr ? Found{} : read(*value, pointer(name)).value_or(Found{});
}

template <class Read>
auto Object::list(std::string_view name, std::size_t min, std::size_t max, Read read) {
  std::vector<typename std::invoke_result_t<Read, const Value&, std::string>::value_type> found;
  const auto* const value = find_required(name);
  if (value == nullptr) return found;
  auto& faults = state_->faults;
  if (!value->is_array()) {
    faults.shape(pointer(name), "type", "Must be an array.");
    return found;
  }
  if (value->size() < min || value->size() > max) {
    faults.value(pointer(name), "length", fmt::format("Must have {} to {} elements.", min, max));
    if (value->size() > max) return found;
  }
  for (std::size_t i = 0; i < value->size(); ++i) {
    if (auto one = read((*value)[i], fmt::format("{}/{}", pointer(name), i))) {
      found.push_back(std::move(*one));
    }
  }
  return found;
}

std::string Object::text(std::string_view name, Text rule) {
  return required(name, [&](const Value& value, const std::string& at) {
    return read_text(value, at, rule, state_->faults);
  });
}

std::int64_t Object::integer(std::string_view name, std::int64_t min, std::int64_t max) {
  return required(name, [&](const Value& value, const std::string& at) {
    return read_integer(value, at, min, max, state_->faults);
  });
}

double Object::number(std::string_view name, double min, double max) {
  return required(name, [&](const Value& value, const std::string& at) {
    return read_number(value, at, min, max, state_->faults);
  });
}

bool Object::boolean(std::string_view name) {
  return required(name, [&](const Value& value, const std::string& at) {
    return read_boolean(value, at, state_->faults);
  });
}

Uuid Object::uuid(std::string_view name) {
  return required(name, [&](const Value& value, const std::string& at) {
    return read_uuid(value, at, state_->faults);
  });
}

Instant Object::instant(std::string_view name) {
  return required(name, [&](const Value& value, const std::string& at) {
    return read_instant(value, at, state_->faults);
  });
}

Date Object::date(std::string_view name) {
  return required(name, [&](const Value& value, const std::string& at) {
    return read_date(value, at, state_->faults);
  });
}

LocalMinutes Object::local_time(std::string_view name) {
  return required(name, [&](const Value& value, const std::string& at) {
    return read_local_time(value, at, state_->faults);
  });
}

std::size_t Object::choice(std::string_view name, const std::vector<std::string_view>& names) {
  return required(name, [&](const Value& value, const std::string& at) {
    return read_choice(value, at, names, state_->faults);
  });
}

Object Object::object(std::string_view name) {
  return {state_, find_required(name), pointer(name)};
}

std::vector<Object> Object::objects(std::string_view name, std::size_t min, std::size_t max) {
  return list(name, min, max, [&](const Value& value, std::string at) {
    return std::optional<Object>(Object(state_, &value, std::move(at)));
  });
}

std::vector<std::string> Object::texts(std::string_view name, std::size_t min, std::size_t max,
                                       Text rule) {
  return list(name, min, max, [&](const Value& value, const std::string& at) {
    return read_text(value, at, rule, state_->faults);
  });
}

std::vector<std::int64_t> Object::integers(std::string_view name, std::size_t min_count,
                                           std::size_t max_count, std::int64_t min,
                                           std::int64_t max) {
  return list(name, min_count, max_count, [&](const Value& value, const std::string& at) {
    return read_integer(value, at, min, max, state_->faults);
  });
}

std::vector<Uuid> Object::uuids(std::string_view name, std::size_t min, std::size_t max) {
  return list(name, min, max, [&](const Value& value, const std::string& at) {
    return read_uuid(value, at, state_->faults);
  });
}

std::optional<std::string> Object::optional_text(std::string_view name, Text rule) {
  return optional(name, [&](const Value& value, const std::string& at) {
    return read_text(value, at, rule, state_->faults);
  });
}

std::optional<std::int64_t> Object::optional_integer(std::string_view name, std::int64_t min,
                                                     std::int64_t max) {
  return optional(name, [&](const Value& value, const std::string& at) {
    return read_integer(value, at, min, max, state_->faults);
  });
}

std::optional<double> Object::optional_number(std::string_view name, double min, double max) {
  return optional(name, [&](const Value& value, const std::string& at) {
    return read_number(value, at, min, max, state_->faults);
  });
}

std::optional<bool> Object::optional_boolean(std::string_view name) {
  return optional(name, [&](const Value& value, const std::string& at) {
    return read_boolean(value, at, state_->faults);
  });
}

std::optional<Uuid> Object::optional_uuid(std::string_view name) {
  return optional(name, [&](const Value& value, const std::string& at) {
    return read_uuid(value, at, state_->faults);
  });
}

std::optional<Instant> Object::optional_instant(std::string_view name) {
  return optional(name, [&](const Value& value, const std::string& at) {
    return read_instant(value, at, state_->faults);
  });
}

std::optional<Date> Object::optional_date(std::string_view name) {
  return optional(name, [&](const Value& value, const std::string& at) {
    return read_date(value, at, state_->faults);
  });
}

std::optional<LocalMinutes> Object::optional_local_time(std::string_view name) {
  return optional(name, [&](const Value& value, const std::string& at) {
    return read_local_time(value, at, state_->faults);
  });
}

std::optional<std::size_t> Object::optional_choice(std::string_view name,
                                                   const std::vector<std::string_view>& names) {
  return optional(name, [&](const Value& value, const std::string& at) {
    return read_choice(value, at, names, state_->faults);
  });
}

std::optional<Object> Object::optional_object(std::string_view name) {
  return optional(name, [&](const Value& value, std::string at) {
    return std::optional<Object>(Object(state_, &value, std::move(at)));
  });
}

void Object::fault(std::string_view name, std::string_view rule, std::string_view detail,
                   bool shape) {
  state_->faults.add(pointer(name), rule, std::string(detail), shape);
}

void Object::fault(std::string_view name, std::size_t index, std::string_view rule,
                   std::string_view detail, bool shape) {
  state_->faults.add(pointer(name) + "/" + std::to_string(index), rule, std::string(detail), shape);
}

void Object::read_only(std::initializer_list<std::string_view> names) {
  for (const auto name : names) {
    if (is_present(name)) fault(name, "read-only", "Only the server sets this.", true);
  }
}

std::optional<Error> Object::finish() {
  Faults all = state_->faults;
  for (const auto& node : state_->nodes) {
    for (std::size_t i = 0; i < node.asked.size(); ++i) {
      if (node.asked[i]) continue;
      add_unknown(all, node.pointer, member_at(*node.value, i).first);
    }
  }
  return all.error();
}

std::optional<Error> Object::finish_known() {
  return state_->faults.error();
}

}  // namespace ambula::json
