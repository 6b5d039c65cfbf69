#pragma once

#include <cstdint>
#include <cstdio>
#include <functional>
#include <string>

#include "models/training/logs.h"

namespace cornu {

/// The line that Keras draws while a model trains: `12/100 ━━━━ 4s 31ms/step - loss: 0.2811`.
///
/// At most ten times a second, over itself; where it is not to be drawn, one line at the end.
class ProgressBar {
 public:
  /// Writes to `stream`; `clock` gives seconds and can be replaced by tests.
  explicit ProgressBar(std::FILE* stream = stdout, std::function<double()> clock = {});

  /// Starts a run of so many steps (-1: not known).
  void start(std::int64_t steps, bool draws);
  void update(std::int64_t step, const Logs& logs);
  void finish(const Logs& logs);

 private:
  void write_line(const Logs& logs, bool finished);

  std::FILE* stream_;
  std::function<double()> clock_;
  std::int64_t steps_ = -1;
  std::int64_t step_ = 0;
  bool draws_ = false;
  std::int64_t first_step_ = 0;  ///< the first that was reported
  double started_ = 0.0;
  double first_ended_ = 0.0;
  double drawn_ = 0.0;
  std::string line_;
};

/// A figure as Keras prints it: four decimals, scientific below 1e-3.
void append_figure(std::string& text, double value);

}  // namespace cornu
