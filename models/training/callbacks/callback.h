#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "models/training/logs.h"
#include "models/training/training_host.h"

namespace cornu {

/// Facts about a run, for callbacks that show progress.
struct RunFacts {
  std::int64_t epochs = 1;
  std::int64_t steps = -1;  ///< batches an epoch; -1 while unknown
};

/// Code that is called at points of a training, evaluation or prediction; derive and override what matters.
///
/// Batches and epochs count from 0. **See**: `keras.callbacks.Callback`.
class Callback {
 public:
  Callback() = default;
  Callback(const Callback&) = delete;
  Callback& operator=(const Callback&) = delete;
  virtual ~Callback() = default;

  virtual void on_train_begin() {}
  virtual void on_train_end(const Logs& /*logs*/) {}
  virtual void on_epoch_begin(std::int64_t /*epoch*/) {}
  /// `logs` may be added to: what one callback adds, later ones and the history see.
  virtual void on_epoch_end(std::int64_t /*epoch*/, Logs& /*logs*/) {}
  virtual void on_train_batch_begin(std::int64_t /*batch*/) {}
  virtual void on_train_batch_end(std::int64_t /*batch*/, const Logs& /*logs*/) {}
  virtual void on_test_begin() {}
  virtual void on_test_end(const Logs& /*logs*/) {}
  virtual void on_test_batch_begin(std::int64_t /*batch*/) {}
  virtual void on_test_batch_end(std::int64_t /*batch*/, const Logs& /*logs*/) {}
  virtual void on_predict_begin() {}
  virtual void on_predict_end() {}

  /// Called before anything else with the model and the facts of the run.
  void attach(TrainingHost& host, const RunFacts& facts) {
    host_ = &host;
    facts_ = facts;
  }

 protected:
  TrainingHost& host() const { return *host_; }
  const RunFacts& facts() const { return facts_; }

 private:
  TrainingHost* host_ = nullptr;
  RunFacts facts_;
};

using CallbackPtr = std::shared_ptr<Callback>;

/// The figures of every epoch of a fit. **See**: `keras.callbacks.History`.
struct History {
  std::vector<std::int64_t> epoch;
  /// By name, one value per epoch; `names` has the order. Vector-valued figures are in `vectors`, a row per epoch.
  std::vector<std::string> names;
  std::map<std::string, std::vector<double>> history;
  std::map<std::string, std::vector<std::vector<double>>> vectors;
  /// The values of a figure, one per epoch. **Throws** InvalidArgument naming what there is.
  const std::vector<double>& operator[](const std::string& name) const;
  void add(std::int64_t at_epoch, const Logs& logs);
};

}  // namespace cornu
