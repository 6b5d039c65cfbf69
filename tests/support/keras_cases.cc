#include "tests/support/keras_cases.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <fstream>
#include <iterator>

#include "framework/ops/cast.h"
#include "io/json.h"
#include "layers/registry.h"

namespace cornu::test {
namespace {

Tensor tensor_of(const Config& data) {
  std::vector<double> values;
  for (const Config& value : data.at("values").as_list()) {
    values.push_back(value.is_bool() ? static_cast<double>(value.as_bool()) : value.as_double());
  }
  return ops::cast(Tensor::copy(values, Shape(data.at("shape").as_ints())), dtype_of(data.at("dtype").as_string()));
}

Tensors tensors_of(const Config& list) {
  Tensors tensors;
  for (const Config& data : list.as_list()) tensors.push_back(tensor_of(data));
  return tensors;
}

void check_close(const Tensor& got, const Tensor& wanted, const std::string& what) {
  BOOST_TEST_REQUIRE(got.shape().to_string() == wanted.shape().to_string(),
                     what << " has shape " << got.shape().to_string());
  const std::vector<double> got_values = got.to_vector<double>();
  const std::vector<double> wanted_values = wanted.to_vector<double>();
  for (std::size_t i = 0; i < got_values.size(); ++i) {
    const bool close = std::abs(got_values[i] - wanted_values[i]) <= 1e-5 + 1e-5 * std::abs(wanted_values[i]);
    BOOST_TEST(close, what << "[" << i << "] is " << got_values[i] << ", wanted " << wanted_values[i]);
  }
}

// Equal, where 2 equals 2.0.
bool same(const Config& a, const Config& b) {
  if (a.is_number() && b.is_number()) return a.as_double() == b.as_double();
  if (!a.is_dict() || !b.is_dict() || a.size() != b.size()) return a == b;
  const auto& entries = a.as_dict();
  return std::all_of(entries.begin(), entries.end(), [&](const auto& entry) {
    return b.contains(entry.first) && same(entry.second, b.at(entry.first));
  });
}

// Entries may stand in another order; both sides name the same entries with the same values.
void check_config(const Config& got, const Config& wanted) {
  for (const auto& [key, value] : wanted.as_dict()) {
    BOOST_TEST(got.contains(key), "the configuration has no \"" << key << "\"");
    // Keras writes the module under which the policy was found, and numbers the objects it saw.
    if (key == "dtype") continue;
    BOOST_TEST(same(got.get(key), value), "\"" << key << "\" is " << io::to_json(got.get(key)));
  }
  for (const auto& [key, value] : got.as_dict())
    BOOST_TEST(wanted.contains(key), "Keras' configuration has no \"" << key << "\"");
}

CallOptions options_of(const Config& data) {
  CallOptions options{.training = data.at("training").as_bool(), .mask = tensors_of(data.at("mask"))};
  for (const auto& [key, value] : data.at("arguments").as_dict()) {
    if (value.is_bool()) {
      options.arguments[key] = value.as_bool();
    } else {
      options.arguments[key] = tensor_of(value);
    }
  }
  return options;
}

void check_case(const Config& data) {
  const AnyLayer layer =
      layer_from_config(Config::dict({{"class_name", data.at("class_name")}, {"config", data.at("config")}}));
  const Tensors inputs = tensors_of(data.at("inputs"));
  const Inputs given = inputs.size() == 1 ? Inputs(inputs[0]) : Inputs(inputs);
  CallOptions options = options_of(data);
  options.training = false;
  layer(given, options);
  check_config(layer->config(), data.at("config"));
  const Tensors weights = tensors_of(data.at("weights"));
  const Variables own = layer->weights();
  BOOST_TEST_REQUIRE(own.size() == weights.size());
  layer->set_weights(weights);
  options.training = data.at("training").as_bool();
  const Outputs outputs = layer(given, options);
  const Tensors wanted = tensors_of(data.at("outputs"));
  BOOST_TEST_REQUIRE(outputs.size() == wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) check_close(outputs[i], wanted[i], "output " + std::to_string(i));
  const Tensors after = tensors_of(data.at("weights_after"));
  for (std::size_t i = 0; i < after.size(); ++i) check_close(own[i].snapshot(), after[i], own[i].name());
}

}  // namespace

void check_keras_cases(const std::string& path) {
  std::ifstream file(path);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const Config cases = io::parse_json(text, path);
  BOOST_TEST(cases.size() > 0u);
  for (const Config& data : cases.as_list()) {
    BOOST_TEST_CONTEXT(data.at("class_name").as_string() << " '" << data.at("config").at("name").as_string() << "'") {
      check_case(data);
    }
  }
}

}  // namespace cornu::test
