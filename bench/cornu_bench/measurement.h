#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace bench {

/// What the command line asks for.
struct Request {
  std::string workload;
  int threads = 2;
  double seconds = 10.0;
};

/// Times the steps of one workload and writes the line of JSON. The first six steps are not counted.
class Measurement {
 public:
  explicit Measurement(Request request) : request_(std::move(request)) {}

  /// Runs steps until the time is over. A step returns its loss (or output element 0).
  void loop(const std::function<double()>& step);
  /// Takes note of one step that somebody else runs; true when the time is over.
  bool add_step(double milliseconds, double loss);

  void set_params(std::int64_t count) { params_ = count; }
  /// A figure that only this workload has.
  void add_figure(const std::string& name, double value) { extra_.emplace_back(name, value); }
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
  std::vector<std::pair<std::string, double>> extra_;
};

/// Seconds since the process was started.
double seconds_since_start();

}  // namespace bench
