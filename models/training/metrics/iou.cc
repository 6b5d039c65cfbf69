#include "models/training/metrics/iou.h"

#include <algorithm>
#include <numeric>

#include "framework/error.h"
#include "framework/ops/argmax.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/broadcast_constant.h"
#include "framework/ops/cast.h"
#include "framework/ops/comparison.h"
#include "framework/ops/diagonal.h"
#include "framework/ops/reduce.h"
#include "framework/ops/reshape.h"
#include "framework/ops/scatter.h"
#include "framework/ops/take.h"
#include "framework/ops/where.h"
#include "framework/snake_case.h"
#include "models/training/losses/epsilon.h"

namespace cornu::metrics {
namespace {

// What a class of the family is: its name, the classes it looks at, and the options its configuration names.
struct Kind {
  std::string class_name;
  std::int64_t num_classes;
  std::vector<std::int64_t> target_class_ids;
  std::optional<double> threshold = {};
};

std::vector<std::int64_t> all_classes(std::int64_t count) {
  std::vector<std::int64_t> ids(static_cast<std::size_t>(std::max<std::int64_t>(count, 0)));
  std::iota(ids.begin(), ids.end(), 0);
  return ids;
}

Tensor class_numbers(const Tensor& x, bool sparse, std::int64_t axis) {
  const Tensor numbers = sparse ? x : ops::argmax(x, {.axis = axis});
  return ops::reshape(ops::cast(numbers, DType::kInt32), {-1});
}

class IoUBody final : public Metric::Body {
 public:
  IoUBody(const Kind& kind, const IoUOptions& options)
      : Body(options.name.empty() ? snake_case(kind.class_name) : options.name, options.dtype),
        kind_(kind),
        options_(options) {
    if (kind_.num_classes < 1) {
      throw InvalidArgument(kind_.class_name + ": expected a positive num_classes; got " +
                            std::to_string(kind_.num_classes));
    }
    for (const std::int64_t id : kind_.target_class_ids) {
      if (id < 0 || id >= kind_.num_classes) {
        throw InvalidArgument(kind_.class_name + ": expected target_class_ids in [0, " +
                              std::to_string(kind_.num_classes) + "); got " + std::to_string(id));
      }
    }
    total_ = add_variable("total_confusion_matrix", ops::zeros({kind_.num_classes, kind_.num_classes}, dtype()));
  }
  std::string class_name() const override { return kind_.class_name; }
  Config config() const override {
    Config config = Body::config();
    const std::string& name = kind_.class_name;
    if (name != "BinaryIoU") config.set("num_classes", kind_.num_classes);
    if (!name.ends_with("MeanIoU")) config.set("target_class_ids", kind_.target_class_ids);
    if (kind_.threshold) {
      config.set("threshold", *kind_.threshold);
      return config;
    }
    config.set("ignore_class", options_.ignore_class ? Config(*options_.ignore_class) : Config());
    if (!name.starts_with("OneHot")) config.set("sparse_y_true", options_.sparse_y_true);
    config.set("sparse_y_pred", options_.sparse_y_pred);
    config.set("axis", options_.axis);
    return config;
  }

  void update_state(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight) override {
    const Tensor target = class_numbers(y_true, options_.sparse_y_true, options_.axis);
    const Tensor predicted =
        kind_.threshold
            ? class_numbers(ops::greater_equal(ops::cast(y_pred, DType::kFloat32), *kind_.threshold), true, -1)
            : class_numbers(y_pred, options_.sparse_y_pred, options_.axis);
    Tensor weight = sample_weight.defined() ? ops::cast(sample_weight, dtype()) : ops::ones({}, dtype());
    if (weight.rank() > 1) weight = ops::reshape(weight, {-1});
    weight = ops::broadcast_like(weight, target);
    const auto in_range = [this](const Tensor& x) {
      return ops::logical_and(ops::greater_equal(x, 0), ops::less(x, kind_.num_classes));
    };
    Tensor counts = ops::logical_and(in_range(target), in_range(predicted));
    if (options_.ignore_class) counts = ops::logical_and(counts, ops::not_equal(target, *options_.ignore_class));
    // One number for each cell of the matrix; -1 is no cell.
    const Tensor cell = ops::where(counts, target * kind_.num_classes + predicted, -1);
    const Tensor sums = ops::segment_sum(weight, cell, kind_.num_classes * kind_.num_classes);
    total_.assign(total_ + ops::reshape(ops::cast(sums, dtype()), {kind_.num_classes, kind_.num_classes}));
  }

  Tensor result() override {
    const Tensor matrix = total_;
    const std::vector<std::int64_t>& ids = kind_.target_class_ids;
    const Tensor chosen = Tensor::copy<std::int64_t>(ids, {static_cast<std::int64_t>(ids.size())});
    const Tensor found = ops::take(ops::diagonal(matrix), chosen, 0);
    const Tensor either = ops::take(ops::sum(matrix, {.axis = 0}) + ops::sum(matrix, {.axis = 1}), chosen, 0) - found;
    const Tensor size = ops::cast(either, DType::kFloat32);
    const Tensor occurs = ops::greater(size, 1e-9);
    const Tensor iou = ops::where(occurs, ops::cast(found, DType::kFloat32) / (size + losses::kEpsilon), 0.0);
    return ops::sum(iou) / (ops::sum(ops::cast(occurs, DType::kFloat32)) + losses::kEpsilon);
  }

 private:
  Kind kind_;
  IoUOptions options_;
  Variable total_;
};

Metric made(const Kind& kind, const IoUOptions& options) { return Metric(std::make_shared<IoUBody>(kind, options)); }

IoUOptions for_one_hot(const OneHotIoUOptions& options) {
  return {.name = options.name,
          .dtype = options.dtype,
          .ignore_class = options.ignore_class,
          .sparse_y_true = false,
          .sparse_y_pred = options.sparse_y_pred,
          .axis = options.axis};
}

}  // namespace

IoU::IoU(std::int64_t num_classes, const std::vector<std::int64_t>& target_class_ids, const IoUOptions& options)
    : Metric(made({.class_name = "IoU", .num_classes = num_classes, .target_class_ids = target_class_ids}, options)) {}
MeanIoU::MeanIoU(std::int64_t num_classes, const IoUOptions& options)
    : Metric(made({.class_name = "MeanIoU", .num_classes = num_classes, .target_class_ids = all_classes(num_classes)},
                  options)) {}
OneHotIoU::OneHotIoU(std::int64_t num_classes, const std::vector<std::int64_t>& target_class_ids,
                     const OneHotIoUOptions& options)
    : Metric(made({.class_name = "OneHotIoU", .num_classes = num_classes, .target_class_ids = target_class_ids},
                  for_one_hot(options))) {}
OneHotMeanIoU::OneHotMeanIoU(std::int64_t num_classes, const OneHotIoUOptions& options)
    : Metric(made(
          {.class_name = "OneHotMeanIoU", .num_classes = num_classes, .target_class_ids = all_classes(num_classes)},
          for_one_hot(options))) {}
BinaryIoU::BinaryIoU(const BinaryIoUOptions& options)
    : Metric(made({.class_name = "BinaryIoU",
                   .num_classes = 2,
                   .target_class_ids = options.target_class_ids,
                   .threshold = options.threshold},
                  {.name = options.name, .dtype = options.dtype})) {}

namespace {

IoUOptions iou_options(const Config& config) {
  const Config& ignore_class = config.get("ignore_class");
  const Config& dtype = config.get("dtype");
  // "int" is what Keras calls int32.
  const bool is_named = dtype.is_string() && dtype.as_string() != "int";
  return {.name = config.get_string("name", ""),
          .dtype = is_named ? dtype_of(dtype.as_string()) : DType::kInt32,
          .ignore_class = ignore_class.is_null() ? std::nullopt : std::optional(ignore_class.as_int()),
          .sparse_y_true = config.get_bool("sparse_y_true", true),
          .sparse_y_pred = config.get_bool("sparse_y_pred", true),
          .axis = config.get_int("axis", -1)};
}

OneHotIoUOptions one_hot_options(const Config& config) {
  const IoUOptions options = iou_options(config);
  return {.name = options.name,
          .dtype = options.dtype,
          .ignore_class = options.ignore_class,
          .sparse_y_pred = config.get_bool("sparse_y_pred", false),
          .axis = options.axis};
}

const bool kIoU = register_metric("IoU",
                                  [](const Config& config) -> Metric {
                                    return IoU(config.at("num_classes").as_int(),
                                               config.at("target_class_ids").as_ints(), iou_options(config));
                                  },
                                  {"iou"});
const bool kMeanIoU = register_metric(
    "MeanIoU",
    [](const Config& config) -> Metric { return MeanIoU(config.at("num_classes").as_int(), iou_options(config)); },
    {"mean_iou"});
const bool kOneHotIoU = register_metric("OneHotIoU", [](const Config& config) -> Metric {
  return OneHotIoU(config.at("num_classes").as_int(), config.at("target_class_ids").as_ints(), one_hot_options(config));
});
const bool kOneHotMeanIoU = register_metric("OneHotMeanIoU", [](const Config& config) -> Metric {
  return OneHotMeanIoU(config.at("num_classes").as_int(), one_hot_options(config));
});
const bool kBinaryIoU = register_metric("BinaryIoU", [](const Config& config) -> Metric {
  const IoUOptions options = iou_options(config);
  return BinaryIoU({.target_class_ids = config.contains("target_class_ids") ? config.at("target_class_ids").as_ints()
                                                                            : std::vector<std::int64_t>{0, 1},
                    .threshold = config.get_double("threshold", 0.5),
                    .name = options.name,
                    .dtype = options.dtype});
});

}  // namespace

}  // namespace cornu::metrics
