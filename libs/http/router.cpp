#include "router.hpp"

#include <algorithm>
#include <array>
#include <memory>

#include <ambula/base/check.hpp>

namespace ambula::http {
namespace {

constexpr std::size_t method_count = 7;

/// Cuts the first segment off a path that begins with '/'.
std::string_view next_segment(std::string_view& path) {
  path.remove_prefix(1);
  const auto end = std::min(path.find('/'), path.size());
  const std::string_view segment = path.substr(0, end);
  path.remove_prefix(end);
  return segment;
}

}  // namespace

/// One segment's place in the trie.
struct Router::Node {
  std::vector<std::pair<std::string, std::unique_ptr<Node>>> literals;  ///< sorted by name
  std::unique_ptr<Node> parameter;
  std::array<std::optional<std::size_t>, method_count> routes;
  /// Routes of one shape may name their parameters differently; each keeps its own names.
  std::array<std::vector<std::string>, method_count> names;

  auto place(std::string_view segment) const {
    return std::lower_bound(
        literals.begin(), literals.end(), segment,
        [](const auto& entry, std::string_view name) { return entry.first < name; });
  }
  const Node* literal(std::string_view segment) const {
    const auto at = place(segment);
    return at != literals.end() && at->first == segment ? at->second.get() : nullptr;
  }
  bool has_route() const {
    return std::any_of(routes.begin(), routes.end(),
                       [](const auto& route) { return route.has_value(); });
  }

  /// The node of a path. A literal is tried first; when its branch has no route the parameter is.
  const Node* find(std::string_view path, std::vector<std::string_view>& values) const {
    if (path.empty()) return has_route() ? this : nullptr;
    const std::string_view segment = next_segment(path);
    if (const Node* child = literal(segment)) {
      const std::size_t depth = values.size();
      if (const Node* found = child->find(path, values)) return found;
      values.resize(depth);
    }
    if (!parameter || segment.empty()) return nullptr;
    values.push_back(segment);
    return parameter->find(path, values);
  }
};

Router::Router() : root_(new Node) {}
Router::~Router() {
  delete root_;
}
Router::Router(Router&& other) noexcept : root_(std::exchange(other.root_, nullptr)) {}
Router& Router::operator=(Router&& other) noexcept {
  std::swap(root_, other.root_);
  return *this;
}

void Router::add(Method method, std::string_view path_template, std::size_t route) {
  AMBULA_CHECK(path_template.starts_with('/'));
  Node* node = root_;
  std::vector<std::string> names;
  while (!path_template.empty()) {
    const std::string_view segment = next_segment(path_template);
    if (segment.starts_with('{') && segment.ends_with('}')) {
      names.emplace_back(segment.substr(1, segment.size() - 2));
      if (!node->parameter) node->parameter = std::make_unique<Node>();
      node = node->parameter.get();
      continue;
    }
    const auto at = node->place(segment);
    if (at != node->literals.end() && at->first == segment) {
      node = at->second.get();
    } else {
      node = node->literals.emplace(at, segment, std::make_unique<Node>())->second.get();
    }
  }
  auto& slot = node->routes[static_cast<std::size_t>(method)];
  AMBULA_CHECK(!slot.has_value());
  slot = route;
  node->names[static_cast<std::size_t>(method)] = std::move(names);
}

Router::Match Router::match(Method method, std::string_view path) const {
  Match match;
  if (!path.starts_with('/')) return match;
  std::vector<std::string_view> values;
  const Node* node = root_->find(path, values);
  if (node == nullptr) return match;
  auto index = static_cast<std::size_t>(method);
  if (method == Method::head && !node->routes[index]) index = static_cast<std::size_t>(Method::get);
  if (const auto& route = node->routes[index]) {
    match.route = route;
    const auto& names = node->names[index];
    for (std::size_t i = 0; i < values.size(); ++i)
      match.params.emplace_back(names[i], values[i]);
    return match;
  }
  for (std::size_t i = 0; i < method_count; ++i) {
    const bool head_of_get = static_cast<Method>(i) == Method::head && node->routes[0].has_value();
    if (!node->routes[i] && !head_of_get) continue;
    if (!match.allow.empty()) match.allow += ", ";
    match.allow += to_string(static_cast<Method>(i));
  }
  return match;
}

}  // namespace ambula::http
