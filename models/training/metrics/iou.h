#pragma once

#include <optional>

#include "models/training/metrics/mean.h"

namespace cornu::metrics {

struct IoUOptions {
  std::string name = {};        ///< Keras' name of the metric if empty
  DType dtype = DType::kInt32;  ///< of the confusion matrix; weights are cast to it, so give a float for fractions
  std::optional<std::int64_t> ignore_class = {};  ///< targets of this number count nothing
  bool sparse_y_true = true;                      ///< targets are class numbers, not one-hot vectors
  bool sparse_y_pred = true;                      ///< predictions are class numbers, not one value for each class
  std::int64_t axis = -1;                         ///< of the classes of what is not sparse
};

/// Intersection over union, `true positives / (true positives + false positives + false negatives)`, averaged over the
/// target classes that occur.
///
/// **Inputs** class numbers of any shape, or vectors along `axis`. Class numbers outside of the classes count nothing.
/// **Throws** InvalidArgument for a target class that is none. **See**: `keras.metrics.IoU`.
class IoU : public Metric {
 public:
  IoU(std::int64_t num_classes, const std::vector<std::int64_t>& target_class_ids, const IoUOptions& options = {});
};

/// IoU over all classes. **See**: `keras.metrics.MeanIoU`.
class MeanIoU : public Metric {
 public:
  explicit MeanIoU(std::int64_t num_classes, const IoUOptions& options = {});
};

struct OneHotIoUOptions {
  std::string name = {};  ///< Keras' name of the metric if empty
  DType dtype = DType::kInt32;
  std::optional<std::int64_t> ignore_class = {};
  bool sparse_y_pred = false;
  std::int64_t axis = -1;
};

/// IoU for one-hot targets. **See**: `keras.metrics.OneHotIoU`.
class OneHotIoU : public Metric {
 public:
  OneHotIoU(std::int64_t num_classes, const std::vector<std::int64_t>& target_class_ids,
            const OneHotIoUOptions& options = {});
};

/// IoU over all classes for one-hot targets. **See**: `keras.metrics.OneHotMeanIoU`.
class OneHotMeanIoU : public Metric {
 public:
  explicit OneHotMeanIoU(std::int64_t num_classes, const OneHotIoUOptions& options = {});
};

struct BinaryIoUOptions {
  std::vector<std::int64_t> target_class_ids = {0, 1};  ///< 0 below the threshold, 1 from it on
  double threshold = 0.5;
  std::string name = {};  ///< Keras' name of the metric if empty
  DType dtype = DType::kInt32;
};

/// IoU of two classes, for one prediction in [0, 1] each. **See**: `keras.metrics.BinaryIoU`.
class BinaryIoU : public Metric {
 public:
  explicit BinaryIoU(const BinaryIoUOptions& options = {});
};

}  // namespace cornu::metrics
