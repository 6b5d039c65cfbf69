#include "models/v1/random_ops.h"

#include "framework/initializers/initializer.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/broadcast_constant.h"
#include "framework/ops/cast.h"
#include "framework/ops/random.h"
#include "models/v1/make_operation.h"

namespace cornu::v1 {
namespace {

using Draw = std::function<cornu::Tensor(const cornu::Tensor& state)>;

cornu::Tensor fresh_state(std::optional<std::int64_t> seed) {
  return SeedGenerator(seed.value_or(static_cast<std::int64_t>(next_random_seed() >> 1))).next();
}

// An operation that draws: what it draws from `state` with these inputs.
Tensor drawing(const std::shared_ptr<GraphBody>& body, const char* type, const std::string& complete_name,
               const Tensors& inputs, const TensorSpec& spec, std::optional<std::int64_t> seed,
               const std::function<cornu::Tensor(const cornu::Tensors&, const cornu::Tensor&)>& draw) {
  OperationRecord& record =
      body->add_operation(complete_name, {.type = type,
                                          .inputs = plain(inputs),
                                          .outputs = {spec},
                                          .execute = [draw](Run& run, const OperationRecord& operation) {
                                            cornu::Tensors in;
                                            for (const cornu::Tensor& input : operation.node->inputs())
                                              in.push_back(run.value(input));
                                            return cornu::Tensors{draw(in, run.random_state(operation))};
                                          }});
  record.random_seed = body->random_stream(seed);
  return record.node->output(0);
}

// TensorFlow's shape of such an operation: draws of a standard distribution, scaled, and moved.
struct Layout {
  const char* name;
  const char* type;
  const char* moved_by;
  const char* end;  // of the interval, whose length is the scale; null where the scale is given itself
  const char* scale;
};

Tensor scaled(const Layout& layout, const Shape& shape, double offset, double scale, DType dtype,
              std::optional<std::int64_t> seed, const std::string& name,
              const std::function<cornu::Tensor(const cornu::Tensor& state)>& draw) {
  return with_v1_errors([&]() -> Tensor {
    const std::shared_ptr<GraphBody> body = body_for({});
    if (!body) return Tensor(ops::cast(draw(fresh_state(seed)) * scale + offset, dtype));
    const std::string scope = body->unique_scope(name.empty() ? layout.name : name);
    const NameScopeGuard inside(body, scope);
    const auto constant = [&](const char* what, const cornu::Tensor& value) {
      return Tensor(body->add_constant(body->unique_scope(what), value));
    };
    const auto number = [&](double value) { return ops::cast(ops::full({}, value), dtype); };
    const auto binary = [&](const std::string& complete_name, const char* type, const Tensor& x, const Tensor& y,
                            cornu::Tensor (*function)(const cornu::Tensor&, const cornu::Tensor&)) {
      return Tensor(
          body->add_operation(
                  complete_name,
                  {.type = type,
                   .inputs = {x, y},
                   .outputs = {{broadcast_shapes(x.shape(), y.shape()), dtype}},
                   .compute = [function](const cornu::Tensors& in) { return cornu::Tensors{function(in[0], in[1])}; }})
              .node->output(0));
    };
    const std::vector<std::int32_t> dims(shape.begin(), shape.end());
    const Tensor shape_value = constant("shape", cornu::Tensor::copy(dims, {static_cast<std::int64_t>(dims.size())}));
    const Tensor moved_by = constant(layout.moved_by, number(offset));
    const Tensor given = constant(layout.scale, number(layout.end ? offset + scale : scale));
    const Tensor drawn =
        drawing(body, layout.type, body->unique_scope(layout.type), {shape_value}, {shape, dtype}, seed,
                [draw](const cornu::Tensors&, const cornu::Tensor& state) { return draw(state); });
    const Tensor length = layout.end ? binary(body->unique_scope("sub"), "Sub", given, moved_by, ops::subtract) : given;
    const Tensor stretched = binary(body->unique_scope("mul"), "Mul", drawn, length, ops::multiply);
    return binary(scope, "AddV2", stretched, moved_by, ops::add);
  });
}

}  // namespace

Tensor random_normal(const Shape& shape, double mean, double stddev, DType dtype, std::optional<std::int64_t> seed,
                     const std::string& name) {
  return scaled(
      {"random_normal", "RandomStandardNormal", "mean", nullptr, "stddev"}, shape, mean, stddev, dtype, seed, name,
      [shape, dtype](const cornu::Tensor& state) { return ops::random_normal(shape, state, 0.0, 1.0, dtype); });
}

Tensor truncated_normal(const Shape& shape, double mean, double stddev, DType dtype, std::optional<std::int64_t> seed,
                        const std::string& name) {
  return scaled(
      {"truncated_normal", "TruncatedNormal", "mean", nullptr, "stddev"}, shape, mean, stddev, dtype, seed, name,
      [shape, dtype](const cornu::Tensor& state) { return ops::truncated_normal(shape, state, 0.0, 1.0, dtype); });
}

Tensor random_uniform(const Shape& shape, double minval, double maxval, DType dtype, std::optional<std::int64_t> seed,
                      const std::string& name) {
  return scaled(
      {"random_uniform", "RandomUniform", "min", "max", "max"}, shape, minval, maxval - minval, dtype, seed, name,
      [shape, dtype](const cornu::Tensor& state) { return ops::random_uniform(shape, state, 0.0, 1.0, dtype); });
}

Tensor random_dropout(const Tensor& x, double rate, std::optional<std::int64_t> seed, const std::string& name) {
  return with_v1_errors([&]() -> Tensor {
    const std::shared_ptr<GraphBody> body = body_for({x});
    if (!body) return Tensor(ops::dropout(x, rate, fresh_state(seed)));
    return drawing(
        body, "Dropout", body->unique_scope(name.empty() ? "dropout" : name), {x}, x.spec(), seed,
        [rate](const cornu::Tensors& in, const cornu::Tensor& state) { return ops::dropout(in[0], rate, state); });
  });
}

}  // namespace cornu::v1
