#pragma once

#include <string>

#include "tests/v1_trace/value.h"

namespace trace {

/// A literal as an array of that dtype; nested lists are rows, and "nan", "inf", "-inf" numbers.
cornu::Tensor array(const Json& literal, cornu::DType dtype);
/// The dtype TensorFlow infers for a literal: float32, int32 or bool.
cornu::DType inferred(const Json& literal);

/// Whether two answers agree: numbers to 1e-5 + 1e-4 of the greater, everything else exactly.
bool same(const Json& a, const Json& b);

/// A result as traces write it: dtype, shape and data; lists and maps of such; null for an operation.
Json encoded(const Value& value);
Json shape_json(const cornu::Shape& shape);

struct NodeListing {
  std::string name;
  std::string op;
  std::vector<std::string> inputs;
};
std::vector<NodeListing> described_nodes(const cornu::io::GraphDescription& graph);
/// Those that a statement asks for, by name.
Json nodes_json(const std::vector<NodeListing>& nodes, const Json& statement);
/// What a folder of event files holds.
Json event_file_json(const std::string& folder, const Json& statement);

std::string weight_name(const cornu::Layer& layer, const cornu::Variable& variable);
Json weights_json(const cornu::Layer& layer, const std::string& kind);

bool keeps_bounds(const cornu::Tensor& value, const Json& bounds);
/// Python's name of the class of an error.
std::string error_class(const std::exception& error);
bool contains_ignoring_case(const std::string& text, const std::string& word);

}  // namespace trace
