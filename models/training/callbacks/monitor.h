#pragma once

#include <optional>
#include <string>

#include "models/training/logs.h"
#include "models/training/training_host.h"

namespace cornu::callbacks {

/// Watches one figure for callbacks that act on its getting better or no better.
class Monitor {
 public:
  /// `mode`: "min", "max", or "auto", which asks the model's metric of that name. **Throws** InvalidArgument for
  /// another.
  Monitor(std::string owner, std::string figure, std::string mode, double min_delta);

  const std::string& figure() const { return figure_; }
  /// The figure, or nothing where the epoch has none; the first time that is said on stderr.
  std::optional<double> value(const Logs& logs);
  /// Whether a value is better than the best one by more than `min_delta`; anything is better than nothing or NaN.
  /// **Throws** InvalidArgument when the mode is "auto" and nobody knows whether the figure is to rise.
  bool improves(const TrainingHost& host, double value, const std::optional<double>& best);

 private:
  bool should_rise(const TrainingHost& host) const;

  std::string owner_;
  std::string figure_;
  std::string mode_;
  double min_delta_;
  std::optional<bool> rises_;
  bool has_warned_ = false;
};

}  // namespace cornu::callbacks
