#include "models/training/callbacks/monitor.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string_view>

#include "framework/error.h"

namespace cornu::callbacks {
namespace {

// The classes of metrics that Keras says should rise, and those that should fall.
constexpr std::array<std::string_view, 24> kRising{"Accuracy",
                                                   "AUC",
                                                   "BinaryAccuracy",
                                                   "BinaryIoU",
                                                   "CategoricalAccuracy",
                                                   "ConcordanceCorrelation",
                                                   "CosineSimilarity",
                                                   "F1Score",
                                                   "FBetaScore",
                                                   "IoU",
                                                   "MeanIoU",
                                                   "OneHotIoU",
                                                   "OneHotMeanIoU",
                                                   "PearsonCorrelation",
                                                   "Precision",
                                                   "PrecisionAtRecall",
                                                   "R2Score",
                                                   "Recall",
                                                   "RecallAtPrecision",
                                                   "SensitivityAtSpecificity",
                                                   "SparseCategoricalAccuracy",
                                                   "SparseTopKCategoricalAccuracy",
                                                   "SpecificityAtSensitivity",
                                                   "TopKCategoricalAccuracy"};
constexpr std::array<std::string_view, 14> kFalling{"BinaryCrossentropy",
                                                    "CategoricalCrossentropy",
                                                    "CategoricalHinge",
                                                    "Hinge",
                                                    "KLDivergence",
                                                    "LogCoshError",
                                                    "MeanAbsoluteError",
                                                    "MeanAbsolutePercentageError",
                                                    "MeanSquaredError",
                                                    "MeanSquaredLogarithmicError",
                                                    "Poisson",
                                                    "RootMeanSquaredError",
                                                    "SparseCategoricalCrossentropy",
                                                    "SquaredHinge"};

bool contains(const auto& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

Monitor::Monitor(std::string owner, std::string figure, std::string mode, double min_delta)
    : owner_(std::move(owner)), figure_(std::move(figure)), mode_(std::move(mode)), min_delta_(std::abs(min_delta)) {
  if (mode_ != "auto" && mode_ != "min" && mode_ != "max") {
    throw InvalidArgument(owner_ + R"(: mode must be "auto", "min" or "max"; got ")" + mode_ + '"');
  }
}

std::optional<double> Monitor::value(const Logs& logs) {
  if (logs.contains(figure_)) return logs.at(figure_);
  if (!has_warned_) {
    std::string known;
    for (const auto& [name, values] : logs) known += (known.empty() ? "" : ", ") + name;
    std::fprintf(stderr, "%s: there is no figure \"%s\" to watch; there are: %s\n", owner_.c_str(), figure_.c_str(),
                 known.c_str());
    has_warned_ = true;
  }
  return std::nullopt;
}

bool Monitor::should_rise(const TrainingHost& host) const {
  if (mode_ != "auto") return mode_ == "max";
  const std::string name = figure_.starts_with("val_") ? figure_.substr(4) : figure_;
  if (name == "loss" || name.ends_with("_loss")) return false;
  for (const Metric& metric : host.metrics()) {
    if (metric.name() != name) continue;
    // A name such as "accuracy" stands for one of several classes, all of which rise.
    if (contains(kRising, metric.body().class_name())) return true;
    if (contains(kFalling, metric.body().class_name())) return false;
  }
  throw InvalidArgument(owner_ + ": cannot tell whether \"" + figure_ +
                        R"(" should rise or fall; give .mode = "max" or .mode = "min")");
}

bool Monitor::improves(const TrainingHost& host, double value, const std::optional<double>& best) {
  if (!rises_) rises_ = should_rise(host);
  if (!best || std::isnan(*best)) return true;
  return *rises_ ? value - min_delta_ > *best : value + min_delta_ < *best;
}

}  // namespace cornu::callbacks
