#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "framework/config.h"

namespace cornu::measurement {

/// What is measured, and for how long.
struct Request {
  std::string workload;  ///< its name in the line of JSON
  std::int64_t batch_size = 1;
  int threads = 1;
  double seconds = 10.0;
};

/// Times steps of training or inference, one by one, and writes what came of it as one line of JSON.
///
/// The first six steps are not counted: the first is the cold start, and `loss_step5` is the loss of the sixth. At
/// least five steps are timed.
class Measurement {
 public:
  explicit Measurement(Request request) : request_(std::move(request)) {}

  std::int64_t batch_size() const { return request_.batch_size; }

  /// Runs steps until the time is over. A step returns its loss (or output element 0).
  void loop(const std::function<double()>& step);
  /// Takes note of one step that somebody else runs; true when the time is over.
  bool add_step(double milliseconds, double loss);

  void set_params(std::int64_t count) { params_ = count; }
  /// A figure that only this workload has.
  void add_figure(const std::string& name, double value) { extra_.set(name, value); }

  /// Everything measured: `workload`, `batch_size`, `peer` ("cornu"), `median_ms`, `p10_ms`, `p90_ms`, `steps`,
  /// `cold_start_s`, `peak_rss_mb`, `loss_first`, `loss_step5`, `loss_last`, figures added, `params`, `threads`,
  /// `version`.
  Config result() const;
  /// Writes it on stdout, as the only line.
  void print() const;

 private:
  double percentile(double percent) const;

  Request request_;
  std::vector<double> milliseconds_;
  std::vector<double> first_losses_;
  double last_loss_ = 0.0;
  double cold_start_ = 0.0;
  std::int64_t num_steps_ = 0;
  double counting_since_ = 0.0;
  std::int64_t params_ = 0;
  Config extra_ = Config::dict();
};

}  // namespace cornu::measurement
