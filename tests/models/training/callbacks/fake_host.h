#pragma once

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "io/graph_description.h"
#include "models/training/callbacks/callback.h"

namespace cornu::test {

/// A model that only notes what callbacks do to it.
class FakeHost final : public TrainingHost {
 public:
  void stop_training() override { stops = true; }
  bool stops_training() const override { return stops; }
  double learning_rate() const override { return rate; }
  // Kept as float32, as an optimizer does.
  void set_learning_rate(double value) override { rate = static_cast<double>(static_cast<float>(value)); }
  std::int64_t iterations() const override { return 0; }
  Tensors get_weights() const override { return {weight.clone()}; }
  void set_weights(const Tensors& values) override { weight = values.at(0).clone(); }
  Variables weights() const override { return {}; }
  io::GraphDescription graph() const override { return {}; }
  void save_weights(const std::string& path) const override { saved.push_back(path); }
  std::vector<Metric> metrics() const override { return known_metrics; }

  bool stops = false;
  double rate = 1.0;
  Tensor weight = Tensor::copy<float>({0.0F}, {1});
  mutable std::vector<std::string> saved;
  std::vector<Metric> known_metrics;
};

inline Logs logs_of(std::initializer_list<std::pair<const char*, double>> figures) {
  Logs logs;
  for (const auto& [name, value] : figures) logs.set(name, value);
  return logs;
}

/// Runs epochs whose figure has these values, until the callback stops the fit; the host's weight is the epoch's
/// number. Returns how many epochs ran.
inline std::int64_t run_epochs(const CallbackPtr& callback, FakeHost& host, const std::string& figure,
                               const std::vector<double>& values) {
  callback->attach(host, {.epochs = static_cast<std::int64_t>(values.size()), .steps = 1});
  host.stops = false;
  callback->on_train_begin();
  std::int64_t epoch = 0;
  for (; epoch < static_cast<std::int64_t>(values.size()) && !host.stops; ++epoch) {
    callback->on_epoch_begin(epoch);
    host.weight.mutable_data<float>()[0] = static_cast<float>(epoch);
    Logs logs;
    logs.set(figure, values[static_cast<std::size_t>(epoch)]);
    callback->on_epoch_end(epoch, logs);
  }
  callback->on_train_end({});
  return epoch;
}

}  // namespace cornu::test
