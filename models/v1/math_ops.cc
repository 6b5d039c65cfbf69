#include "models/v1/math_ops.h"

#include <numeric>

#include "framework/ops/activation.h"
#include "framework/ops/argmax.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/cast.h"
#include "framework/ops/comparison.h"
#include "framework/ops/exponential.h"
#include "framework/ops/matmul.h"
#include "framework/ops/move_axes.h"
#include "framework/ops/reduce.h"
#include "framework/ops/reshape.h"
#include "framework/ops/rounding.h"
#include "framework/ops/trigonometric.h"
#include "framework/ops/where.h"
#include "models/v1/array_ops.h"
#include "models/v1/errors.h"
#include "models/v1/graph.h"
#include "models/v1/graph_body.h"
#include "models/v1/make_operation.h"

namespace cornu::v1 {
namespace {

using UnaryFunction = cornu::Tensor (*)(const cornu::Tensor&);
using BinaryFunction = cornu::Tensor (*)(const cornu::Tensor&, const cornu::Tensor&);

Tensor unary(const char* type, const std::string& name, const Tensor& x, UnaryFunction function,
             Accepts accepts = Accepts::kNumbers, bool is_differentiable = true) {
  return make_single({.type = type,
                      .default_name = type,
                      .parameters = {"x"},
                      .is_differentiable = is_differentiable,
                      .accepts = accepts},
                     name, {x}, [function](const cornu::Tensors& in) { return function(in[0]); });
}

Tensor binary(const char* type, const char* default_name, const std::string& name, const Tensor& x, const Tensor& y,
              BinaryFunction function, bool is_differentiable = true, Accepts accepts = Accepts::kNumbers) {
  return make_single({.type = type,
                      .default_name = default_name,
                      .parameters = {"x", "y"},
                      .same_dtypes = true,
                      .is_differentiable = is_differentiable,
                      .accepts = accepts},
                     name, {x, y}, [function](const cornu::Tensors& in) { return function(in[0], in[1]); });
}

// True division: integers become float64 first, as in Python.
cornu::Tensor true_divide(const cornu::Tensor& x, const cornu::Tensor& y) {
  if (is_floating(x.dtype())) return ops::divide(x, y);
  return ops::divide(ops::cast(x, float64), ops::cast(y, float64));
}

// As TensorFlow lays out a division: integers become float64 by operations inside of its name; without a name of its
// own `divide` makes a constant of a literal dividend first.
Tensor divided(const Tensor& x, const Tensor& y, const std::string& name, bool is_operator) {
  const std::shared_ptr<GraphBody> body = body_for({x, y});
  const DType dtype = x.is_symbolic() ? x.dtype() : y.dtype();
  const auto fits = [dtype](const Tensor& operand) {
    return operand.dtype() == dtype || (operand.is_weak() && is_integer(operand.dtype()));
  };
  if (body && (x.is_symbolic() || y.is_symbolic()) && is_integer(dtype) && fits(x) && fits(y)) {
    const NameScope inside(name.empty() ? "truediv" : name, {}, {x, y});
    const auto as_fractions = [&](const Tensor& value, const char* parameter) {
      if (value.is_symbolic()) return cast(value, float64);
      return cast(Tensor(body->add_constant(body->unique_scope(parameter), ops::cast(value.strong(), dtype))), float64);
    };
    const Tensor dividend = as_fractions(x, "x");
    const Tensor divisor = as_fractions(y, "y");
    return binary("RealDiv", "truediv", inside.name(), dividend, divisor, ops::divide);
  }
  const bool beside = !is_operator && name.empty() && !x.is_symbolic();
  return make_single({.type = "RealDiv",
                      .default_name = "truediv",
                      .parameters = {beside ? "^Const" : "x", "y"},
                      .same_dtypes = true,
                      .accepts = Accepts::kNumbers},
                     name, {x, y}, [](const cornu::Tensors& in) { return true_divide(in[0], in[1]); });
}

// The axes of a scalar, or of a tensor whose rank is not known, which TensorFlow counts in the run.
cornu::Tensor counted_axes(GraphBody& body, const Tensor& x) {
  const bool is_known = x.shape().has_rank();
  const std::string rank_name = body.unique_scope("Rank");
  if (!x.is_symbolic()) body.add_constant(rank_name + "/Const", x);
  const cornu::Tensor rank =
      is_known ? body.add_constant(rank_name, cornu::Tensor::copy({static_cast<std::int32_t>(x.rank())}, Shape{}))
               : body.add_operation(rank_name,
                                    {.type = "Rank",
                                     .inputs = {x},
                                     .outputs = {{Shape{}, int32}},
                                     .compute = [](const cornu::Tensors& in) -> cornu::Tensors {
                                       return {cornu::Tensor::copy({static_cast<std::int32_t>(in[0].rank())}, Shape{})};
                                     }})
                     .node->output(0);
  const std::string name = body.unique_scope("range");
  const auto number = [&](const char* what, std::int32_t value) {
    return body.add_constant(name + "/" + what, cornu::Tensor::copy({value}, Shape{}));
  };
  const cornu::Tensor start = number("start", 0);
  const cornu::Tensor delta = number("delta", 1);
  const Shape shape{is_known ? x.rank() : kUnknown};
  return body
      .add_operation(name, {.type = "Range",
                            .inputs = {start, rank, delta},
                            .outputs = {{shape, int32}},
                            .compute = [](const cornu::Tensors& in) -> cornu::Tensors {
                              std::vector<std::int32_t> axes(static_cast<std::size_t>(in[1].item()));
                              std::iota(axes.begin(), axes.end(), 0);
                              return {cornu::Tensor::copy(axes, {static_cast<std::int64_t>(axes.size())})};
                            }})
      .node->output(0);
}

using ReduceFunction = cornu::Tensor (*)(const cornu::Tensor&, const cornu::ReduceOptions&);

// TensorFlow keeps the dtype, where NumPy's rules widen sums of small integers.
Tensor reduce(const char* type, const Tensor& x, const ReduceOptions& options, ReduceFunction function) {
  Tensors inputs{x};
  std::vector<std::string> parameters{"input"};
  if (options.axis) {
    const std::vector<std::int32_t> axes(options.axis->begin(), options.axis->end());
    const bool single = axes.size() == 1;
    inputs.emplace_back(cornu::Tensor::copy(axes, single ? Shape{} : Shape{static_cast<std::int64_t>(axes.size())}));
    parameters.emplace_back("reduction_indices");
  } else if (const std::shared_ptr<GraphBody> body = body_for({x});
             body && !(x.is_symbolic() && x.shape().has_rank() && x.rank() > 0)) {
    inputs.emplace_back(counted_axes(*body, x));
    parameters.emplace_back("reduction_indices");
  } else if (x.shape().has_rank()) {
    std::vector<std::int32_t> axes(static_cast<std::size_t>(x.shape().rank()));
    std::iota(axes.begin(), axes.end(), 0);
    inputs.emplace_back(cornu::Tensor::copy(axes, {static_cast<std::int64_t>(axes.size())}));
    parameters.emplace_back("^Const");
  }
  return make_single(
      {.type = type, .default_name = type, .parameters = parameters, .accepts = Accepts::kNumbers}, options.name,
      inputs, [axis = options.axis, keepdims = options.keepdims, function](const cornu::Tensors& in) {
        const cornu::Tensor result = function(in[0], {.axis = axis ? Axes(*axis) : Axes(), .keepdims = keepdims});
        return result.dtype() == in[0].dtype() ? result : ops::cast(result, in[0].dtype());
      });
}

cornu::Tensor squared_difference_of(const cornu::Tensor& x, const cornu::Tensor& y) {
  return ops::square(ops::subtract(x, y));
}

}  // namespace

Tensor add(const Tensor& x, const Tensor& y, const std::string& name) {
  return binary("AddV2", "Add", name, x, y, ops::add);
}
Tensor subtract(const Tensor& x, const Tensor& y, const std::string& name) {
  return binary("Sub", "Sub", name, x, y, ops::subtract);
}
Tensor multiply(const Tensor& x, const Tensor& y, const std::string& name) {
  return binary("Mul", "Mul", name, x, y, ops::multiply);
}
Tensor divide(const Tensor& x, const Tensor& y, const std::string& name) { return divided(x, y, name, false); }
Tensor maximum(const Tensor& x, const Tensor& y, const std::string& name) {
  return binary("Maximum", "Maximum", name, x, y, ops::maximum);
}
Tensor minimum(const Tensor& x, const Tensor& y, const std::string& name) {
  return binary("Minimum", "Minimum", name, x, y, ops::minimum);
}
Tensor pow(const Tensor& x, const Tensor& y, const std::string& name) {
  return binary("Pow", "Pow", name, x, y, ops::power);
}
Tensor squared_difference(const Tensor& x, const Tensor& y, const std::string& name) {
  return binary("SquaredDifference", "SquaredDifference", name, x, y, squared_difference_of);
}

Tensor add_n(const Tensors& inputs, const std::string& name) {
  if (inputs.empty()) throw errors::ValueError("add_n: expected one tensor at least; got none");
  if (inputs.size() == 1 && inputs[0].is_symbolic()) return name.empty() ? inputs[0] : identity(inputs[0], name);
  // Literals become constants beside it.
  const std::vector<std::string> parameters(inputs.size(), "^Const");
  return make_single({.type = "AddN", .default_name = "AddN", .parameters = parameters, .same_dtypes = true}, name,
                     inputs, [](const cornu::Tensors& in) {
                       cornu::Tensor sum = in[0];
                       for (std::size_t i = 1; i < in.size(); ++i) {
                         if (!in[i].shape().is_compatible_with(in[0].shape()))
                           throw ShapeError("AddN: expected inputs of one shape; got " + in[0].shape().to_string() +
                                            " and " + in[i].shape().to_string());
                         sum = ops::add(sum, in[i]);
                       }
                       return sum;
                     });
}

Tensor matmul(const Tensor& a, const Tensor& b, const MatmulOptions& options) {
  const bool transpose_a = options.transpose_a;
  const bool transpose_b = options.transpose_b;
  const auto is_matrix = [](const Tensor& x) { return x.shape().has_rank() && x.rank() <= 2; };
  return make_single(
      {.type = is_matrix(a) && is_matrix(b) ? "MatMul" : "BatchMatMulV2",
       .default_name = "MatMul",
       .parameters = {"a", "b"},
       .same_dtypes = true,
       .accepts = Accepts::kNumbers},
      options.name, {a, b}, [transpose_a, transpose_b](const cornu::Tensors& in) {
        if (in[0].rank() < 2 || in[1].rank() < 2) {
          throw ShapeError("MatMul: expected inputs of rank 2 at least; got rank " + std::to_string(in[0].rank()) +
                           " and rank " + std::to_string(in[1].rank()) + ", shapes " + in[0].shape().to_string() +
                           " and " + in[1].shape().to_string());
        }
        const auto turned = [](const cornu::Tensor& x, bool turn) { return turn ? ops::swapaxes(x, -1, -2) : x; };
        return ops::matmul(turned(in[0], transpose_a), turned(in[1], transpose_b));
      });
}

Tensor negative(const Tensor& x, const std::string& name) { return unary("Neg", name, x, ops::negative); }
Tensor abs(const Tensor& x, const std::string& name) { return unary("Abs", name, x, ops::absolute); }
Tensor sign(const Tensor& x, const std::string& name) { return unary("Sign", name, x, ops::sign); }
Tensor square(const Tensor& x, const std::string& name) { return unary("Square", name, x, ops::square); }
Tensor sqrt(const Tensor& x, const std::string& name) { return unary("Sqrt", name, x, ops::sqrt, Accepts::kFractions); }
Tensor rsqrt(const Tensor& x, const std::string& name) {
  return unary("Rsqrt", name, x, ops::rsqrt, Accepts::kFractions);
}
Tensor exp(const Tensor& x, const std::string& name) { return unary("Exp", name, x, ops::exp, Accepts::kFractions); }
Tensor log(const Tensor& x, const std::string& name) { return unary("Log", name, x, ops::log, Accepts::kFractions); }
Tensor sin(const Tensor& x, const std::string& name) { return unary("Sin", name, x, ops::sin, Accepts::kFractions); }
Tensor cos(const Tensor& x, const std::string& name) { return unary("Cos", name, x, ops::cos, Accepts::kFractions); }
Tensor floor(const Tensor& x, const std::string& name) {
  return unary("Floor", name, x, ops::floor, Accepts::kFractions);
}
Tensor sigmoid(const Tensor& x, const std::string& name) {
  return unary("Sigmoid", name, x, ops::sigmoid, Accepts::kFractions);
}
Tensor tanh(const Tensor& x, const std::string& name) { return unary("Tanh", name, x, ops::tanh, Accepts::kFractions); }

Tensor reduce_mean(const Tensor& x, const ReduceOptions& options) { return reduce("Mean", x, options, ops::mean); }
Tensor reduce_sum(const Tensor& x, const ReduceOptions& options) { return reduce("Sum", x, options, ops::sum); }
Tensor reduce_max(const Tensor& x, const ReduceOptions& options) { return reduce("Max", x, options, ops::max); }
Tensor reduce_min(const Tensor& x, const ReduceOptions& options) { return reduce("Min", x, options, ops::min); }
Tensor reduce_prod(const Tensor& x, const ReduceOptions& options) { return reduce("Prod", x, options, ops::prod); }

Tensor argmax(const Tensor& x, std::int64_t axis, const std::string& name) {
  return make_single(
      {.type = "ArgMax", .default_name = "ArgMax", .parameters = {"input", "dimension"}, .is_differentiable = false},
      name, {x, cornu::Tensor::copy({static_cast<std::int32_t>(axis)}, Shape{})},
      [axis](const cornu::Tensors& in) { return ops::cast(ops::argmax(in[0], {.axis = axis}), int64); });
}

Tensor less(const Tensor& x, const Tensor& y, const std::string& name) {
  return binary("Less", "Less", name, x, y, ops::less, false);
}
Tensor less_equal(const Tensor& x, const Tensor& y, const std::string& name) {
  return binary("LessEqual", "LessEqual", name, x, y, ops::less_equal, false);
}
Tensor greater(const Tensor& x, const Tensor& y, const std::string& name) {
  return binary("Greater", "Greater", name, x, y, ops::greater, false);
}
Tensor greater_equal(const Tensor& x, const Tensor& y, const std::string& name) {
  return binary("GreaterEqual", "GreaterEqual", name, x, y, ops::greater_equal, false);
}
Tensor equal(const Tensor& x, const Tensor& y, const std::string& name) {
  return binary("Equal", "Equal", name, x, y, ops::equal, false, Accepts::kAnything);
}
Tensor not_equal(const Tensor& x, const Tensor& y, const std::string& name) {
  return binary("NotEqual", "NotEqual", name, x, y, ops::not_equal, false, Accepts::kAnything);
}
Tensor logical_and(const Tensor& x, const Tensor& y, const std::string& name) {
  return binary("LogicalAnd", "LogicalAnd", name, x, y, ops::logical_and, false, Accepts::kBooleans);
}
Tensor logical_or(const Tensor& x, const Tensor& y, const std::string& name) {
  return binary("LogicalOr", "LogicalOr", name, x, y, ops::logical_or, false, Accepts::kBooleans);
}
Tensor logical_not(const Tensor& x, const std::string& name) {
  return unary("LogicalNot", name, x, ops::logical_not, Accepts::kBooleans, false);
}

Tensor where(const Tensor& condition, const Tensor& x, const Tensor& y, const std::string& name) {
  return make_single({.type = "Select",
                      .default_name = "Select",
                      .parameters = {"condition", "t", "e"},
                      .same_dtypes = true,
                      .accepts = Accepts::kBooleans,
                      .same_from = 1},
                     name, {condition, x, y}, [](const cornu::Tensors& in) {
                       if (!in[1].shape().is_compatible_with(in[2].shape())) {
                         throw ShapeError("Select: expected t and e of one shape; got " + in[1].shape().to_string() +
                                          " and " + in[2].shape().to_string());
                       }
                       // A vector chooses whole rows.
                       std::vector<std::int64_t> further_axes(
                           in[0].rank() == 1 && in[1].rank() > 1 ? static_cast<std::size_t>(in[1].rank() - 1) : 0);
                       std::iota(further_axes.begin(), further_axes.end(), 1);
                       const cornu::Tensor chooses =
                           further_axes.empty() ? in[0] : ops::expand_dims(in[0], Axes(further_axes));
                       return ops::where(chooses, in[1], in[2]);
                     });
}

Tensor cast(const Tensor& x, DType dtype, const std::string& name) {
  if (x.defined() && x.is_symbolic() && x.dtype() == dtype && name.empty()) return x;
  return make_single(
      {.type = "Cast", .default_name = "Cast", .parameters = {"x"}, .is_differentiable = is_floating(dtype)}, name, {x},
      [dtype](const cornu::Tensors& in) { return ops::cast(in[0], dtype); });
}

Tensor operator+(const Tensor& x, const Tensor& y) { return binary("AddV2", "add", {}, x, y, ops::add); }
Tensor operator-(const Tensor& x, const Tensor& y) { return binary("Sub", "sub", {}, x, y, ops::subtract); }
Tensor operator*(const Tensor& x, const Tensor& y) { return binary("Mul", "mul", {}, x, y, ops::multiply); }
Tensor operator/(const Tensor& x, const Tensor& y) { return divided(x, y, {}, true); }
Tensor operator-(const Tensor& x) { return negative(x); }
Tensor operator<(const Tensor& x, const Tensor& y) { return less(x, y); }
Tensor operator>(const Tensor& x, const Tensor& y) { return greater(x, y); }

}  // namespace cornu::v1
