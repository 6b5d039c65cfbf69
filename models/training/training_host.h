#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "framework/tensor.h"
#include "framework/variable.h"
#include "models/training/metrics/metric.h"

namespace cornu {

namespace io {
struct GraphDescription;
}

/// What callbacks may do to the model that is being trained.
class TrainingHost {
 public:
  virtual ~TrainingHost() = default;
  /// Ends the fit after the current batch.
  virtual void stop_training() = 0;
  virtual bool stops_training() const = 0;
  /// **Throws** StateError when a schedule rules the learning rate.
  virtual double learning_rate() const = 0;
  virtual void set_learning_rate(double value) = 0;
  /// Steps the optimizer has taken.
  virtual std::int64_t iterations() const = 0;
  virtual Tensors get_weights() const = 0;
  virtual void set_weights(const Tensors& values) = 0;
  /// The model's weights themselves, and its graph as TensorBoard draws it.
  virtual Variables weights() const = 0;
  virtual io::GraphDescription graph() const = 0;
  virtual void save_weights(const std::string& path) const = 0;
  /// Metrics of the last compile, as far as they are known.
  virtual std::vector<Metric> metrics() const = 0;
};

}  // namespace cornu
