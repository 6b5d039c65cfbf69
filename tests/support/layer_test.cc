#include "tests/support/layer_test.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "framework/autodiff/gradient_tape.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/cast.h"
#include "framework/ops/reduce.h"
#include "layers/core/input.h"
#include "layers/registry.h"
#include "tests/support/gradient_check.h"

namespace cornu::test {
namespace {

Tensors inputs_for(const LayerExpectation& expected, DType dtype) {
  if (!expected.inputs.empty()) {
    Tensors inputs;
    for (const Tensor& input : expected.inputs) {
      inputs.push_back(is_floating(input.dtype()) ? ops::cast(input, dtype).with_mask(input.mask()) : input);
    }
    return inputs;
  }
  Tensors inputs;
  for (std::size_t i = 0; i < expected.input_shapes.size(); ++i) {
    inputs.push_back(ops::cast(uniform(expected.input_shapes[i], 1000 + i), dtype));
  }
  return inputs;
}

Inputs as_inputs(const Tensors& tensors) { return tensors.size() == 1 ? Inputs(tensors[0]) : Inputs(tensors); }

bool all_finite(const Tensor& tensor) {
  if (!is_floating(tensor.dtype())) return true;
  const std::vector<double> values = tensor.to_vector<double>();
  return std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); });
}

std::vector<std::string> texts_of(const Shapes& shapes) {
  std::vector<std::string> texts;
  for (const Shape& shape : shapes) texts.push_back(shape.to_string());
  return texts;
}

Shapes shapes_of(const Outputs& outputs) {
  Shapes shapes;
  for (const Tensor& output : outputs) shapes.push_back(output.shape());
  return shapes;
}

Shape with_unknown_batch(Shape shape) {
  if (!shape.empty()) shape[0] = kUnknown;
  return shape;
}

// Distance of the outputs from fixed targets, plus what layers added to the loss.
Tensor loss_of(const Outputs& outputs, const LossScope& scope) {
  Tensor total = Tensor(0.0);
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (!is_floating(outputs[i].dtype())) continue;
    const Tensor target = ops::cast(uniform(outputs[i].shape(), 500 + i), outputs[i].dtype());
    total = total + ops::mean(ops::square(outputs[i] - target));
  }
  for (const Tensor& loss : scope.losses()) total = total + loss;
  return total;
}

// Without what serialized layers inside say of being built: a layer made from a configuration is not built yet.
Config without_build_configs(const Config& config) {
  if (config.is_list()) {
    Config list = Config::list();
    for (const Config& item : config.as_list()) list.push_back(without_build_configs(item));
    return list;
  }
  if (!config.is_dict()) return config;
  Config dict = Config::dict();
  for (const auto& [key, value] : config.as_dict()) {
    if (key != "build_config") dict.set(key, without_build_configs(value));
  }
  return dict;
}

void check_config(const AnyLayer& layer) {
  const Config serialized = serialize_layer(*layer);
  const AnyLayer again = layer_from_config(serialized);
  BOOST_TEST(again->class_name() == layer->class_name());
  BOOST_TEST((without_build_configs(again->config()) == without_build_configs(layer->config())),
             "the configuration of a layer made from the configuration differs from that of the first");
  BOOST_TEST(again->supports_masking() == layer->supports_masking());
}

void check_weights(const AnyLayer& layer, const LayerExpectation& expected) {
  std::vector<std::string> names;
  for (const Variable& variable : layer->weights()) names.push_back(variable.name());
  BOOST_TEST(names == expected.weights, boost::test_tools::per_element());
  const auto num_trainable = static_cast<std::int64_t>(layer->trainable_variables().size());
  BOOST_TEST(num_trainable == (expected.num_trainable == kUnknown ? static_cast<std::int64_t>(expected.weights.size())
                                                                  : expected.num_trainable));
  BOOST_TEST(static_cast<std::int64_t>(layer->seed_states().size()) == expected.num_seed_states);
}

void check_symbolic(const AnyLayer& layer, const LayerExpectation& expected, const Tensors& inputs,
                    const Outputs& values) {
  Shapes input_shapes;
  for (const Tensor& input : inputs) input_shapes.push_back(input.shape());
  for (const bool known_batch : {true, false}) {
    Tensors symbols;
    Shapes wanted = expected.output_shapes;
    for (const Tensor& input : inputs) {
      symbols.push_back(layers::Input(
          input.shape().slice(1), {.batch_size = known_batch ? input.shape()[0] : kUnknown, .dtype = input.dtype()}));
    }
    if (!known_batch) std::transform(wanted.begin(), wanted.end(), wanted.begin(), with_unknown_batch);
    const Outputs outputs = layer(as_inputs(symbols), expected.call);
    BOOST_TEST_REQUIRE(outputs.size() == wanted.size());
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      if (expected.shape_is_static) {
        BOOST_TEST(outputs[i].shape().to_string() == wanted[i].to_string());
      } else {
        BOOST_TEST(outputs[i].shape().is_compatible_with(wanted[i]));
      }
      BOOST_TEST(name_of(outputs[i].dtype()) == name_of(values[i].dtype()));
    }
  }
  if (expected.shape_is_static) {
    BOOST_TEST(texts_of(layer->compute_output_shape(input_shapes)) == texts_of(expected.output_shapes),
               boost::test_tools::per_element());
  }
}

void check_training_step(const AnyLayer& layer, const LayerExpectation& expected, const Tensors& inputs) {
  const Variables weights = layer->trainable_variables();
  const auto loss_now = [&] {
    const LossScope losses;
    return loss_of(layer(as_inputs(inputs), expected.call), losses);
  };
  Tensors sources(weights.begin(), weights.end());
  std::vector<std::string> names;
  for (const Variable& weight : weights) names.push_back("weight '" + weight.name() + "'");
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!is_floating(inputs[i].dtype())) continue;
    sources.push_back(inputs[i]);
    names.push_back("input " + std::to_string(i));
  }
  Tensors gradients;
  Tensor loss;
  {
    const GradientTape tape;
    loss = loss_now();
    gradients = tape.gradient(loss, sources);
  }
  for (std::size_t i = 0; i < sources.size(); ++i) {
    BOOST_TEST(gradients[i].defined(), "no gradient reaches " << names[i]);
    if (!gradients[i].defined()) continue;
    BOOST_TEST(gradients[i].shape().to_string() == sources[i].shape().to_string());
    BOOST_TEST(all_finite(gradients[i]),
               "the gradient of " << names[i] << " is not finite: " << gradients[i].to_string());
  }
  if (weights.empty()) return;
  const Tensors before = layer->get_weights();
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (gradients[i].defined()) weights[i].assign(weights[i].value() - gradients[i] * expected.learning_rate);
  }
  BOOST_TEST(loss_now().item() < loss.item(), "a step of gradient descent does not lower the loss");
  layer->set_weights(before);
}

void check_policy(const AnyLayer& layer, const LayerExpectation& expected, const std::string& policy) {
  Config config = serialize_layer(*layer);
  Config inner = config.at("config");
  inner.set("dtype", DTypePolicy(policy).serialized());
  config.set("config", inner);
  const AnyLayer other = layer_from_config(config);
  const DType dtype = DTypePolicy(policy).compute_dtype();
  TensorSpecs specs;
  for (const Tensor& input : inputs_for(expected, dtype)) specs.push_back(input.spec());
  for (const TensorSpec& spec : other->compute_output_spec(specs, expected.call)) {
    BOOST_TEST(name_of(spec.dtype) == name_of(dtype),
               "under the policy " << policy << " an output is " << name_of(spec.dtype));
  }
}

}  // namespace

Tensor floats(const std::vector<float>& values, const Shape& shape) { return Tensor::copy(values, shape); }

std::vector<double> values_of(const Tensor& tensor) { return tensor.to_vector<double>(); }

void check_layer(const AnyLayer& layer, const LayerExpectation& expected) {
  BOOST_TEST_CONTEXT("layer " << layer->class_name() << " '" << layer->name() << "'") {
    BOOST_TEST_REQUIRE(!layer->built());
    BOOST_TEST(layer->supports_masking() == expected.supports_masking);
    if (expected.has_config) check_config(layer);

    const Tensors inputs = inputs_for(expected, float32);
    const Outputs first = layer(as_inputs(inputs), expected.call);
    BOOST_TEST(texts_of(shapes_of(first)) == texts_of(expected.output_shapes), boost::test_tools::per_element());
    check_weights(layer, expected);

    const Outputs second = layer(as_inputs(inputs), expected.call);
    check_weights(layer, expected);
    for (std::size_t i = 0; i < first.size(); ++i) {
      BOOST_TEST(all_finite(first[i]));
      BOOST_TEST(values_of(first[i]) == values_of(second[i]), boost::test_tools::per_element());
    }

    check_symbolic(layer, expected, inputs, first);
    check_weights(layer, expected);
    if (expected.has_config) check_config(layer);

    if (expected.has_gradient) check_training_step(layer, expected, inputs);
    CallOptions training = expected.call;
    training.training = true;
    for (const Tensor& output : layer(as_inputs(inputs), training)) BOOST_TEST(all_finite(output));
    check_weights(layer, expected);

    if (expected.has_config && expected.follows_policy) {
      for (const char* policy : {"float64", "mixed_bfloat16"}) check_policy(layer, expected, policy);
    }
  }
}

}  // namespace cornu::test
