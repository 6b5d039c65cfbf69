#include "tests/v1_trace/answers.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <filesystem>
#include <limits>

#include "tests/support/event_file_reader.h"

namespace trace {
namespace {

constexpr double kRelative = 1e-4;
constexpr double kAbsolute = 1e-5;

double number_of(const Json& x) {
  if (x.is_boolean()) return x.get<bool>() ? 1.0 : 0.0;
  if (!x.is_string()) return x.get<double>();
  if (x == "nan") return std::numeric_limits<double>::quiet_NaN();
  return x == "-inf" ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
}

void collect(const Json& x, std::size_t depth, std::vector<std::int64_t>& shape, std::vector<double>& values) {
  if (!x.is_array()) {
    values.push_back(number_of(x));
    return;
  }
  if (shape.size() == depth) shape.push_back(static_cast<std::int64_t>(x.size()));
  for (const Json& item : x) collect(item, depth + 1, shape, values);
}

bool any_number(const Json& x, bool (Json::*is)() const noexcept) {
  if (!x.is_array()) return (x.*is)() || (x.is_string() && is == &Json::is_number_float);
  return std::any_of(x.begin(), x.end(), [&](const Json& item) { return any_number(item, is); });
}

Json element_json(const cornu::Tensor& value, std::size_t i, const std::vector<double>& numbers) {
  if (value.dtype() == cornu::boolean) return numbers[i] != 0.0;
  if (cornu::is_integer(value.dtype())) return static_cast<std::int64_t>(numbers[i]);
  if (std::isnan(numbers[i])) return "nan";
  if (std::isinf(numbers[i])) return numbers[i] > 0 ? "inf" : "-inf";
  return numbers[i];
}

Json tensor_json(const cornu::Tensor& value) {
  const std::vector<double> numbers = cornu::ops::cast(value.strong(), cornu::float64).to_vector<double>();
  Json data = Json::array();
  for (std::size_t i = 0; i < numbers.size(); ++i) data.push_back(element_json(value, i, numbers));
  return {{"dtype", cornu::name_of(value.dtype())}, {"shape", shape_json(value.shape())}, {"data", data}};
}

Json fetched_json(const v1::Fetched& fetched) {
  if (fetched.is_strings()) {
    return {{"dtype", "string"}, {"shape", {fetched.strings().size()}}, {"data", fetched.strings()}};
  }
  if (fetched.is_none()) return nullptr;
  if (!fetched.is_list()) return tensor_json(fetched.tensor());
  if (fetched.keys().empty()) {
    Json list = Json::array();
    for (std::size_t i = 0; i < fetched.size(); ++i) list.push_back(fetched_json(fetched[i]));
    return {{"list", list}};
  }
  Json map = Json::object();
  for (const std::string& key : fetched.keys()) map[key] = fetched_json(fetched[key]);
  return {{"dict", map}};
}

std::vector<std::string> strings_of(const Json& statement, const char* key) {
  return statement.value(key, std::vector<std::string>());
}

}  // namespace

cornu::Tensor array(const Json& literal, cornu::DType dtype) {
  std::vector<std::int64_t> shape;
  std::vector<double> values;
  collect(literal, 0, shape, values);
  return cornu::ops::cast(cornu::Tensor::copy(values, cornu::Shape(shape)), dtype);
}

cornu::DType inferred(const Json& literal) {
  if (any_number(literal, &Json::is_number_float)) return cornu::float32;
  if (any_number(literal, &Json::is_number_integer)) return cornu::int32;
  return any_number(literal, &Json::is_boolean) ? cornu::boolean : cornu::float32;
}

bool same(const Json& a, const Json& b) {
  if (a.is_object() && b.is_object()) {
    if (a.size() != b.size()) return false;
    return std::all_of(a.items().begin(), a.items().end(), [&](const auto& item) {
      return b.contains(item.key()) && same(item.value(), b.at(item.key()));
    });
  }
  if (a.is_array() && b.is_array())
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(), [](const Json& x, const Json& y) { return same(x, y); });
  if (a.is_boolean() || b.is_boolean() || !a.is_number() || !b.is_number()) return a == b;
  const double x = a.get<double>();
  const double y = b.get<double>();
  return std::abs(x - y) <= kAbsolute + kRelative * std::max(std::abs(x), std::abs(y));
}

Json encoded(const Value& value) {
  if (value.is_none()) return nullptr;
  if (const auto* fetched = value.as<v1::Fetched>()) return fetched_json(*fetched);
  if (const auto* tensor = value.as<v1::Tensor>()) return tensor_json(*tensor);
  if (const auto* variable = value.as<v1::Variable>()) return tensor_json(variable->value());
  if (const auto* list = value.as<List>()) {
    Json items = Json::array();
    for (const Value& item : *list) items.push_back(encoded(item));
    return {{"list", items}};
  }
  if (const auto* map = value.as<std::map<std::string, Value>>()) {
    Json items = Json::object();
    for (const auto& [key, item] : *map) items[key] = encoded(item);
    return {{"dict", items}};
  }
  return "a value of another kind";
}

Json shape_json(const cornu::Shape& shape) {
  if (!shape.has_rank()) return nullptr;
  Json dims = Json::array();
  for (const std::int64_t dim : shape) dims.push_back(dim == cornu::kUnknown ? Json() : Json(dim));
  return dims;
}

std::vector<NodeListing> described_nodes(const cornu::io::GraphDescription& graph) {
  std::vector<NodeListing> nodes;
  for (const auto& node : graph.nodes) nodes.push_back({node.name, node.op, node.inputs});
  return nodes;
}

Json nodes_json(const std::vector<NodeListing>& nodes, const Json& statement) {
  const std::vector<std::string> ops = strings_of(statement, "ops");
  const std::vector<std::string> excluded = strings_of(statement, "exclude_contains");
  const std::vector<std::string> masks = strings_of(statement, "mask_inputs");
  const auto has_any = [](const std::string& text, const std::vector<std::string>& parts) {
    return std::any_of(parts.begin(), parts.end(),
                       [&](const std::string& part) { return text.find(part) != std::string::npos; });
  };
  std::vector<NodeListing> chosen;
  for (const NodeListing& node : nodes) {
    if (statement.contains("prefix") && !node.name.starts_with(statement.at("prefix").get<std::string>())) continue;
    if (statement.contains("ops") && std::find(ops.begin(), ops.end(), node.op) == ops.end()) continue;
    if (!has_any(node.name, excluded)) chosen.push_back(node);
  }
  std::sort(chosen.begin(), chosen.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  Json result = Json::array();
  for (const NodeListing& node : chosen) {
    Json inputs = Json::array();
    for (const std::string& input : node.inputs) inputs.push_back(has_any(input, masks) ? "*" : input);
    result.push_back({{"name", node.name}, {"op", node.op}, {"inputs", inputs}});
  }
  return result;
}

Json event_file_json(const std::string& folder, const Json& statement) {
  std::vector<std::string> files;
  if (std::filesystem::exists(folder)) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  bool names_are_right = true;
  Json events = Json::array();
  std::vector<NodeListing> nodes;
  for (const std::string& file : files) {
    names_are_right =
        names_are_right && std::filesystem::path(file).filename().string().starts_with("events.out.tfevents.");
    for (const cornu::test::EventRecord& record : cornu::test::read_event_file(file)) {
      if (record.kind == "meta_graph_def") continue;
      events.push_back(record.kind == "file_version" ? "file_version=" + record.file_version : record.kind);
      if (record.kind != "graph_def") continue;
      nodes.clear();
      for (const cornu::test::EventNode& node : record.nodes) nodes.push_back({node.name, node.op, node.inputs});
    }
  }
  return {{"files", files.size()},
          {"names_ok", names_are_right},
          {"events", events},
          {"nodes", nodes_json(nodes, statement)}};
}

std::string weight_name(const cornu::Layer& layer, const cornu::Variable& variable) {
  if (const auto known = v1::variable_of(variable); known.defined()) return known.name();
  const std::vector<cornu::Weight> own = layer.own_weights();
  const bool is_own =
      std::any_of(own.begin(), own.end(), [&](const cornu::Weight& w) { return w.variable == variable; });
  const bool by_scope = is_own && layer.class_name() == "ScopedLayer";
  return (by_scope ? variable.name() : variable.path()) + ":0";
}

Json weights_json(const cornu::Layer& layer, const std::string& kind) {
  const cornu::Variables variables = kind == "trainable"       ? layer.trainable_variables()
                                     : kind == "non_trainable" ? layer.non_trainable_variables()
                                                               : layer.weights();
  Json list = Json::array();
  for (const cornu::Variable& variable : variables)
    list.push_back({{"name", weight_name(layer, variable)}, {"shape", shape_json(variable.shape())}});
  std::sort(list.begin(), list.end(), [](const Json& a, const Json& b) { return a.at("name") < b.at("name"); });
  return list;
}

bool keeps_bounds(const cornu::Tensor& value, const Json& bounds) {
  const std::vector<double> numbers = cornu::ops::cast(value, cornu::float64).to_vector<double>();
  double sum = 0.0;
  for (const double x : numbers) sum += x;
  const double mean = sum / static_cast<double>(numbers.size());
  double squares = 0.0;
  for (const double x : numbers) squares += (x - mean) * (x - mean);
  const double deviation = std::sqrt(squares / static_cast<double>(numbers.size()));
  const auto within = [&](const char* key, double x) {
    return !bounds.contains(key) ||
           (bounds.at(key).at(0).get<double>() <= x && x <= bounds.at(key).at(1).get<double>());
  };
  const auto [least, greatest] = std::minmax_element(numbers.begin(), numbers.end());
  return (!bounds.contains("min") || *least >= bounds.at("min").get<double>()) &&
         (!bounds.contains("max") || *greatest <= bounds.at("max").get<double>()) && within("mean_within", mean) &&
         within("std_within", deviation);
}

std::string error_class(const std::exception& error) {
  namespace errors = v1::errors;
  if (dynamic_cast<const errors::ValueError*>(&error)) return "ValueError";
  if (dynamic_cast<const errors::TypeError*>(&error)) return "TypeError";
  if (dynamic_cast<const errors::KeyError*>(&error)) return "KeyError";
  if (dynamic_cast<const errors::RuntimeError*>(&error)) return "RuntimeError";
  if (dynamic_cast<const errors::FailedPreconditionError*>(&error)) return "FailedPreconditionError";
  if (dynamic_cast<const errors::InvalidArgumentError*>(&error)) return "InvalidArgumentError";
  // Keras layers called on tensors of a graph throw what they throw anywhere.
  if (dynamic_cast<const cornu::DTypeError*>(&error)) return "TypeError";
  if (dynamic_cast<const cornu::InvalidArgument*>(&error)) return "ValueError";
  return typeid(error).name();
}

bool contains_ignoring_case(const std::string& text, const std::string& word) {
  const auto equal = [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); };
  return std::search(text.begin(), text.end(), word.begin(), word.end(), equal) != text.end();
}

}  // namespace trace
