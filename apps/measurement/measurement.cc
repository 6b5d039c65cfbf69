#include "apps/measurement/measurement.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

#include "apps/measurement/process.h"
#include "io/json.h"

namespace cornu::measurement {
namespace {

constexpr std::int64_t kWarmUp = 6;
constexpr std::size_t kLeastSteps = 5;
constexpr std::size_t kMostSteps = 50000;

double rounded(double value, int digits) {
  const double scale = std::pow(10.0, digits);
  return std::round(value * scale) / scale;
}

}  // namespace

void Measurement::loop(const std::function<double()>& step) {
  for (bool over = false; !over;) {
    const double begin = seconds_since_start();
    const double loss = step();
    over = add_step((seconds_since_start() - begin) * 1e3, loss);
  }
}

bool Measurement::add_step(double milliseconds, double loss) {
  const double now = seconds_since_start();
  if (++num_steps_ == 1) cold_start_ = now;
  last_loss_ = loss;
  if (num_steps_ <= kWarmUp) {
    first_losses_.push_back(loss);
    counting_since_ = now;
    return false;
  }
  milliseconds_.push_back(milliseconds);
  if (milliseconds_.size() >= kMostSteps) return true;
  return now - counting_since_ >= request_.seconds && milliseconds_.size() >= kLeastSteps;
}

double Measurement::percentile(double percent) const {
  if (milliseconds_.empty()) return 0.0;
  std::vector<double> sorted = milliseconds_;
  std::sort(sorted.begin(), sorted.end());
  const double place = percent / 100.0 * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  if (below + 1 >= sorted.size()) return sorted[below];
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[below + 1] - sorted[below]);
}

Config Measurement::result() const {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  Config result = Config::dict({{"workload", request_.workload},
                                {"batch_size", request_.batch_size},
                                {"peer", "cornu"},
                                {"median_ms", rounded(percentile(50), 5)},
                                {"p10_ms", rounded(percentile(10), 5)},
                                {"p90_ms", rounded(percentile(90), 5)},
                                {"steps", static_cast<std::int64_t>(milliseconds_.size())},
                                {"cold_start_s", rounded(cold_start_, 3)},
                                {"peak_rss_mb", rounded(peak_memory_mb(), 1)},
                                {"loss_first", first_losses_.empty() ? kNone : first_losses_.front()},
                                {"loss_step5", first_losses_.empty() ? kNone : first_losses_.back()},
                                {"loss_last", last_loss_}});
  for (const auto& [name, value] : extra_.as_dict()) result.set(name, value);
  result.set("params", params_);
  result.set("threads", request_.threads);
  result.set("version", CORNU_MEASUREMENT_VERSION);
  return result;
}

void Measurement::print() const {
  std::printf("%s\n", io::to_json(result()).c_str());
  std::fflush(stdout);
}

}  // namespace cornu::measurement
