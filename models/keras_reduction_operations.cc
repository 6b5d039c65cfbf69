// Operations of functional graphs that reduce, accumulate, sort or search along axes.

#include "framework/error.h"
#include "framework/ops/argmax.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/average.h"
#include "framework/ops/broadcast_constant.h"
#include "framework/ops/cast.h"
#include "framework/ops/comparison.h"
#include "framework/ops/cumulative.h"
#include "framework/ops/diff.h"
#include "framework/ops/move_axes.h"
#include "framework/ops/quantile.h"
#include "framework/ops/reduce.h"
#include "framework/ops/reshape.h"
#include "framework/ops/scatter.h"
#include "framework/ops/search.h"
#include "framework/ops/slice.h"
#include "framework/ops/sort.h"
#include "framework/ops/where.h"
#include "models/keras_operation_settings.h"

namespace cornu {
namespace {

using Reduction = Tensor (*)(const Tensor& x, const ReduceOptions& options);

bool register_reduction(const std::string& class_name, Reduction function) {
  return register_keras_operation(class_name, [function](const OperationArguments& a) {
    return function(a.tensor(0, "x"), reduce_options_from(a.config()));
  });
}

// A reduction after every NaN was replaced by what does not change its result.
bool register_nan_reduction(const std::string& class_name, Reduction function, double neutral) {
  return register_keras_operation(class_name, [=](const OperationArguments& a) {
    const Tensor x = a.tensor(0, "x");
    const Tensor known = ops::where(ops::isnan(x), ops::full_like(x, neutral), x);
    return function(known, reduce_options_from(a.config()));
  });
}

Tensor without_nan(const Tensor& x) { return ops::where(ops::isnan(x), ops::zeros_like(x), x); }

Tensor count_of_numbers(const Tensor& x, const ReduceOptions& options) {
  return ops::sum(ops::cast(ops::logical_not(ops::isnan(x)), x.dtype()), options);
}

Tensor nan_mean(const Tensor& x, const ReduceOptions& options) {
  return ops::sum(without_nan(x), options) / count_of_numbers(x, options);
}

Tensor nan_var(const Tensor& x, const ReduceOptions& options) {
  const Tensor mean = nan_mean(x, {.axis = options.axis, .keepdims = true});
  return ops::sum(ops::square(without_nan(x - mean)), options) / count_of_numbers(x, options);
}

Tensor nan_std(const Tensor& x, const ReduceOptions& options) { return ops::sqrt(nan_var(x, options)); }

Tensor range_of_values(const Tensor& x, const ReduceOptions& options) {
  return ops::max(x, options) - ops::min(x, options);
}

// "initial" is one more element.
Outputs max(const OperationArguments& a) {
  const Tensor greatest = ops::max(a.tensor(0, "x"), reduce_options_from(a.config()));
  return a.has(1, "initial") ? ops::maximum(greatest, a.tensor(1, "initial")) : greatest;
}

Outputs min(const OperationArguments& a) {
  const Tensor least = ops::min(a.tensor(0, "x"), reduce_options_from(a.config()));
  return a.has(1, "initial") ? ops::minimum(least, a.tensor(1, "initial")) : least;
}

ops::ArgmaxOptions argmax_options(const Config& config) {
  return {.axis = integer_from(config.get("axis")), .keepdims = config.get_bool("keepdims", false)};
}

ops::CumulativeOptions cumulative_options(const Config& config) { return {.axis = integer_from(config.get("axis"))}; }

// `q` is data: a number or a list of numbers.
Outputs quantile(const OperationArguments& a, double scale) {
  const ReduceOptions options = reduce_options_from(a.config());
  const std::string method = a.config().get_string("method", "linear");
  const Tensor x = a.tensor(0, "x");
  const Tensor q = a.tensor(1, "q");
  if (q.is_symbolic()) {
    throw Unsupported("operation " + a.operation() + ": q must be known when the model is made; it is computed", {},
                      a.operation());
  }
  std::vector<double> parts = q.to_vector<double>();
  for (double& part : parts) part *= scale;
  return q.rank() == 0 ? ops::quantile(x, parts[0], options, method) : ops::quantile(x, parts, options, method);
}

Outputs top_k(const OperationArguments& a) {
  const ops::TopK top = ops::top_k(a.tensor(0, "x"), a.config().at("k").as_int());
  return Tensors{top.values, top.indices};
}

// Without an axis the flattened tensor.
Tensor sorted_input(const OperationArguments& a) {
  const Tensor x = a.tensor(0, "x");
  return a.config().contains("axis") && a.config().get("axis").is_null() ? ops::ravel(x) : x;
}

std::int64_t sort_axis(const OperationArguments& a) { return a.config().get_int("axis", -1); }

// The trapezoidal rule along an axis.
Outputs trapezoid(const OperationArguments& a) {
  const std::int64_t axis = a.config().get_int("axis", -1);
  const Tensor y = ops::moveaxis(a.tensor(0, "y"), axis, -1);
  const Tensor sums = ops::slice_axis(y, -1, 1, kOpen) + ops::slice_axis(y, -1, 0, -1);
  if (a.config().get("x").is_null()) {
    return ops::sum(sums * (0.5 * a.config().get_double("dx", 1.0)), {.axis = -1});
  }
  const Tensor x = a.tensor(1, "x");
  const Tensor steps = ops::diff(x.rank() == 1 ? x : ops::moveaxis(x, axis, -1));
  return ops::sum(sums * steps * 0.5, {.axis = -1});
}

std::int64_t num_segments(const OperationArguments& a) {
  const Config& count = a.config().get("num_segments");
  if (!count.is_null()) return count.as_int();
  throw Unsupported("operation " + a.operation() + ": without num_segments the shape of the result depends on values",
                    {}, a.operation());
}

const bool kRegistered = [] {
  register_reduction("Sum", ops::sum);
  register_reduction("Mean", ops::mean);
  register_reduction("Var", ops::var);
  register_reduction("Std", ops::std);
  register_reduction("All", ops::all);
  register_reduction("Any", ops::any);
  register_reduction("Amax", ops::max);
  register_reduction("Amin", ops::min);
  register_reduction("Logsumexp", ops::logsumexp);
  register_reduction("CountNonzero", ops::count_nonzero);
  register_reduction("Median", ops::median);
  register_reduction("Ptp", range_of_values);
  register_reduction("Nanmean", nan_mean);
  register_reduction("Nanvar", nan_var);
  register_reduction("Nanstd", nan_std);
  register_nan_reduction("Nansum", ops::sum, 0.0);
  register_nan_reduction("Nanprod", ops::prod, 1.0);
  register_nan_reduction("Nanmax", ops::max, -std::numeric_limits<double>::infinity());
  register_nan_reduction("Nanmin", ops::min, std::numeric_limits<double>::infinity());
  register_keras_operation("Max", max);
  register_keras_operation("Min", min);
  register_keras_operation("Prod", [](const OperationArguments& a) {
    return ops::prod(as_configured_dtype(a.tensor(0, "x"), a.config()), reduce_options_from(a.config()));
  });
  register_keras_operation("Average", [](const OperationArguments& a) {
    return ops::average(a.tensor(0, "x"), axes_from(a.config().get("axis")),
                        a.has(1, "weights") ? a.tensor(1, "weights") : Tensor());
  });
  register_keras_operation(
      "Argmax", [](const OperationArguments& a) { return ops::argmax(a.tensor(0, "x"), argmax_options(a.config())); });
  register_keras_operation(
      "Argmin", [](const OperationArguments& a) { return ops::argmin(a.tensor(0, "x"), argmax_options(a.config())); });
  register_keras_operation("Cumsum", [](const OperationArguments& a) {
    return ops::cumsum(as_configured_dtype(a.tensor(0, "x"), a.config()), cumulative_options(a.config()));
  });
  register_keras_operation("Cumprod", [](const OperationArguments& a) {
    return ops::cumprod(as_configured_dtype(a.tensor(0, "x"), a.config()), cumulative_options(a.config()));
  });
  register_keras_operation("Diff", [](const OperationArguments& a) {
    return ops::diff(a.tensor(0, "a"), a.config().get_int("n", 1), a.config().get_int("axis", -1));
  });
  register_keras_operation("Quantile", [](const OperationArguments& a) { return quantile(a, 1.0); });
  register_keras_operation("Percentile", [](const OperationArguments& a) { return quantile(a, 0.01); });
  register_keras_operation("TopK", top_k);
  register_keras_operation("InTopK", [](const OperationArguments& a) {
    return ops::in_top_k(a.tensor(0, "targets"), a.tensor(1, "predictions"), a.config().at("k").as_int());
  });
  register_keras_operation("Sort",
                           [](const OperationArguments& a) { return ops::sort(sorted_input(a), sort_axis(a)); });
  register_keras_operation("Argsort",
                           [](const OperationArguments& a) { return ops::argsort(sorted_input(a), sort_axis(a)); });
  register_keras_operation("SearchSorted", [](const OperationArguments& a) {
    return ops::searchsorted(a.tensor(0, "sorted_sequence"), a.tensor(1, "values"),
                             a.config().get_string("side", "left"));
  });
  register_keras_operation(
      "Digitize", [](const OperationArguments& a) { return ops::digitize(a.tensor(0, "x"), a.tensor(1, "bins")); });
  register_keras_operation("Bincount", [](const OperationArguments& a) {
    return ops::bincount(a.tensor(0, "x"), a.config().get("weights").is_null() ? Tensor() : a.tensor(1, "weights"),
                         a.config().get_int("minlength", 0));
  });
  register_keras_operation("Trapezoid", trapezoid);
  register_keras_operation("SegmentSum", [](const OperationArguments& a) {
    return ops::segment_sum(a.tensor(0, "data"), a.tensor(1, "segment_ids"), num_segments(a));
  });
  return register_keras_operation("SegmentMax", [](const OperationArguments& a) {
    return ops::segment_max(a.tensor(0, "data"), a.tensor(1, "segment_ids"), num_segments(a));
  });
}();

}  // namespace
}  // namespace cornu
