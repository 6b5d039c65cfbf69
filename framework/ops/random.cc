#include "framework/ops/random.h"

#include <cmath>
#include <numbers>

#include "framework/error.h"
#include "framework/graph/node.h"
#include "framework/operation.h"
#include "framework/ops/argmax.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/cast.h"
#include "framework/ops/comparison.h"
#include "framework/ops/exponential.h"
#include "framework/ops/reshape.h"
#include "framework/ops/special.h"

namespace cornu {

SeedGenerator::SeedGenerator(std::int64_t seed)
    : state_(Tensor::copy({seed, std::int64_t{0}}, {2}), {.name = "seed_generator_state", .trainable = false}) {}

Tensor SeedGenerator::next() const {
  const Tensor current = state_.value();
  state_.assign(current + Tensor::copy({std::int64_t{0}, std::int64_t{1}}, {2}));
  return current;
}

namespace ops {
namespace {

void check_state(const TensorSpec& state, const std::string& name) {
  if (!state.shape.is_compatible_with({2})) {
    throw ShapeError(
        name + ": expected a random state of shape (2,), from SeedGenerator::next(); got " + state.shape.to_string(),
        {}, name);
  }
  if (state.dtype != DType::kInt64) {
    throw DTypeError(
        name + ": expected a random state of int64, from SeedGenerator::next(); got " + name_of(state.dtype), {}, name);
  }
}

// Inputs: state, and a tensor that gives the shape where the attribute "shape" does not.
const Operation& register_random(std::string name) {
  const auto infer = [name](std::span<const TensorSpec> inputs, const Attributes& attributes) -> TensorSpecs {
    check_state(inputs[0], name);
    const DType dtype = attributes.dtype("dtype");
    if (inputs.size() > 1) return {{inputs[1].shape, dtype}};
    return {{Shape(attributes.integers("shape")), dtype}};
  };
  // Random numbers depend on no input that could be differentiated for; of `like` only the shape is used.
  const auto no_gradient = [](const Node& node, const Tensors&) { return Tensors(node.inputs().size()); };
  return register_operation({.name = std::move(name), .infer = infer, .gradient = no_gradient});
}

// Uniform in [low, high).
const Operation& kUniform = register_random("random_uniform");
// Mean 0, standard deviation 1.
const Operation& kNormal = register_random("random_normal");
// Integers in [low, high).
const Operation& kIntegers = register_random("random_integers");
// 0 to n - 1 in random order.
const Operation& kPermutation = register_random("random_permutation");

// Inputs: x, state. "shared": axes along which elements share their fate.
TensorSpecs infer_dropout(std::span<const TensorSpec> inputs, const Attributes&) {
  check_state(inputs[1], "dropout");
  return {inputs[0]};
}

// Linear in x, with the factors that the state determines.
Tensors dropout_gradient(const Node& node, const Tensors& g) {
  return {apply_single(node.operation(), {g[0], node.input(1)}, node.attributes()), {}};
}

const Operation& kDropout =
    register_operation({.name = "dropout", .infer = infer_dropout, .gradient = dropout_gradient});

Tensor scaled(const Tensor& values, double factor, double offset) {
  const Tensor spread = factor == 1.0 ? values : values * factor;
  return offset == 0.0 ? spread : spread + offset;
}

DType random_dtype(const Tensor& like) { return is_floating(like.dtype()) ? like.dtype() : DType::kFloat32; }

}  // namespace

Tensor random_uniform(const Shape& shape, const Tensor& state, double low, double high, DType dtype) {
  return apply_single(kUniform, {state}, {{"shape", shape.dims()}, {"dtype", dtype}, {"low", low}, {"high", high}});
}

Tensor random_uniform_like(const Tensor& like, const Tensor& state, double low, double high) {
  return apply_single(kUniform, {state, like}, {{"dtype", random_dtype(like)}, {"low", low}, {"high", high}});
}

Tensor random_normal(const Shape& shape, const Tensor& state, double mean, double stddev, DType dtype) {
  return scaled(apply_single(kNormal, {state}, {{"shape", shape.dims()}, {"dtype", dtype}}), stddev, mean);
}

Tensor random_normal_like(const Tensor& like, const Tensor& state, double mean, double stddev) {
  return scaled(apply_single(kNormal, {state, like}, {{"dtype", random_dtype(like)}}), stddev, mean);
}

Tensor truncated_normal(const Shape& shape, const Tensor& state, double mean, double stddev, DType dtype) {
  // By inversion: erf(z / sqrt(2)) of a normal z is uniform, and within erf(sqrt(2)) where |z| < 2.
  const double bound = std::erf(std::numbers::sqrt2);
  return scaled(erfinv(random_uniform(shape, state, -bound, bound, dtype)), stddev * std::numbers::sqrt2, mean);
}

Tensor random_integers(const Shape& shape, const Tensor& state, std::int64_t low, std::int64_t high) {
  if (low >= high || low < INT32_MIN || high > std::int64_t{INT32_MAX} + 1) {
    throw InvalidArgument("random_integers: expected low < high within int32; got low " + std::to_string(low) +
                              " and high " + std::to_string(high),
                          {}, "random_integers");
  }
  return apply_single(kIntegers, {state},
                      {{"shape", shape.dims()}, {"dtype", DType::kInt32}, {"low", low}, {"high", high}});
}

Tensor random_bernoulli(const Shape& shape, const Tensor& state, double probability) {
  if (!(probability >= 0.0 && probability <= 1.0)) {
    throw InvalidArgument("random_bernoulli: expected a probability in [0, 1]; got " + std::to_string(probability), {},
                          "random_bernoulli");
  }
  return less(random_uniform(shape, state), probability);
}

Tensor random_permutation(std::int64_t count, const Tensor& state) {
  return apply_single(kPermutation, {state}, {{"shape", std::vector<std::int64_t>{count}}, {"dtype", DType::kInt32}});
}

Tensor random_categorical(const Tensor& logits, std::int64_t num_samples, const Tensor& state) {
  if (logits.rank() != 2) {
    throw ShapeError("random_categorical: expected logits of shape (batch, classes); got " + logits.shape().to_string(),
                     {}, "random_categorical");
  }
  // The greatest of logits plus Gumbel noise, -log(-log(u)), is a class with its probability.
  const Tensor each = expand_dims(cast(logits, DType::kFloat32), 1);
  const Shape shape{logits.shape()[0], num_samples, logits.shape()[1]};
  const Tensor like = shape.is_known() ? Tensor() : each * broadcast_to(Tensor(1.0), {num_samples, 1});
  const double least = 0x1p-25;  // below the smallest number but 0 that is drawn
  const Tensor u = maximum(like.defined() ? random_uniform_like(like, state) : random_uniform(shape, state), least);
  return argmax(each - log(negative(log(u))), {.axis = -1});
}

Tensor dropout(const Tensor& x, double rate, const Tensor& state, const std::vector<std::int64_t>& noise_shape) {
  if (!(rate >= 0.0 && rate <= 1.0)) {
    throw InvalidArgument("dropout: rate must be in [0, 1]; got " + std::to_string(rate), {}, "dropout");
  }
  std::vector<std::int64_t> shared;
  if (!noise_shape.empty()) {
    const Shape noise(noise_shape);
    bool fits = noise.rank() == x.rank();
    for (std::int64_t i = 0; fits && i < x.rank(); ++i) {
      if (noise[i] == 1 && x.shape()[i] != 1) {
        shared.push_back(i);
      } else {
        fits = noise[i] == kUnknown || x.shape()[i] == kUnknown || noise[i] == x.shape()[i];
      }
    }
    if (!fits) {
      throw ShapeError("dropout: expected a noise_shape with 1 or the size of x for each axis of x " +
                           x.shape().to_string() + "; got " + noise.to_string(),
                       {}, "dropout");
    }
  }
  const Tensor input = is_floating(x.dtype()) ? x.strong() : cast(x, DType::kFloat32);
  return apply_single(kDropout, {input, state}, {{"rate", rate}, {"shared", shared}});
}

}  // namespace ops
}  // namespace cornu
