#include "apps/cli/index_bounds.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "models/call_trace.h"

namespace cornu::cli {
namespace {

// Operations whose results are values of their first inputs; the number of those, or 0 for all.
std::size_t handed_on(std::string_view operation) {
  static const std::map<std::string_view, std::size_t> table{
      {"cast", 1},         {"reshape", 1},        {"reshape_copying", 1}, {"reshape_like", 1},
      {"broadcast_to", 1}, {"broadcast_like", 1}, {"transpose", 1},       {"concatenate", 0},
      {"split", 1},        {"split_like", 1},     {"strided_slice", 1},   {"stop_gradient", 1},
      {"take", 1},         {"take_along_axis", 1}};
  const auto found = table.find(operation);
  return found == table.end() ? std::string_view::npos : found->second;
}

bool takes_indices(std::string_view operation) { return operation == "take" || operation == "take_along_axis"; }

}  // namespace

std::vector<std::optional<std::int64_t>> index_bounds(const ModelLayer& model) {
  const CallTrace trace(model);
  std::vector<std::optional<std::int64_t>> bounds(trace.inputs().size());
  // Which inputs of the model the values of a tensor come from.
  std::map<Tensor::Key, std::set<std::size_t>> sources;
  for (std::size_t i = 0; i < trace.inputs().size(); ++i) sources[trace.inputs()[i].key()] = {i};
  const auto sources_of = [&](const Tensor& tensor) {
    const auto found = sources.find(tensor.key());
    return found == sources.end() ? std::set<std::size_t>() : found->second;
  };

  for (const auto& node : trace.nodes()) {
    const std::string_view operation = node->operation().name;
    if (takes_indices(operation)) {
      const std::int64_t size = node->input(0).shape()[node->attributes().integer("axis")];
      for (const std::size_t i : sources_of(node->input(1))) {
        if (size != kUnknown) bounds[i] = std::min(bounds[i].value_or(size), size);
      }
    }
    const std::size_t count = handed_on(operation);
    if (count == std::string_view::npos) continue;
    std::set<std::size_t> from;
    for (std::size_t i = 0; i < node->inputs().size() && (count == 0 || i < count); ++i) {
      from.merge(sources_of(node->input(i)));
    }
    if (from.empty()) continue;
    for (std::size_t i = 0; i < node->num_outputs(); ++i) sources[node->output(i).key()] = from;
  }
  return bounds;
}

}  // namespace cornu::cli
