#include "models/training/progress_bar.h"

#include <chrono>
#include <cmath>
#include <limits>

namespace cornu {
namespace {

constexpr int kWidth = 20;
constexpr double kRedrawSeconds = 0.1;

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

void append(std::string& text, const char* format, auto... values) {
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, format, values...);
  text += buffer;
}

void append_duration(std::string& text, double seconds) {
  const auto whole = static_cast<long>(seconds);
  if (whole >= 3600) {
    append(text, "%ld:%02ld:%02ld", whole / 3600, whole % 3600 / 60, whole % 60);
  } else if (whole >= 60) {
    append(text, "%ld:%02ld", whole / 60, whole % 60);
  } else {
    append(text, "%lds", whole);
  }
}

void append_time_per_step(std::string& text, double seconds) {
  if (seconds >= 1.0 || seconds == 0.0) {
    append(text, " %.0fs/step", seconds);
  } else if (seconds >= 1e-3) {
    append(text, " %.0fms/step", seconds * 1e3);
  } else {
    append(text, " %.0fus/step", seconds * 1e6);
  }
}

}  // namespace

void append_figure(std::string& text, double value) {
  append(text, std::abs(value) > 1e-3 || value == 0.0 ? "%.4f" : "%.4e", value);
}

ProgressBar::ProgressBar(std::FILE* stream, std::function<double()> clock)
    : stream_(stream), clock_(clock ? std::move(clock) : seconds_now) {}

void ProgressBar::start(std::int64_t steps, bool draws) {
  steps_ = steps;
  step_ = 0;
  draws_ = draws;
  first_step_ = 0;
  started_ = clock_();
  drawn_ = -std::numeric_limits<double>::infinity();
}

void ProgressBar::update(std::int64_t step, const Logs& logs) {
  const double now = clock_();
  if (step_ == 0) {
    first_step_ = step;
    first_ended_ = now;
  }
  step_ = step;
  if (!draws_) return;
  if (now - drawn_ < kRedrawSeconds) return;
  drawn_ = now;
  write_line(logs, false);
}

void ProgressBar::finish(const Logs& logs) { write_line(logs, true); }

void ProgressBar::write_line(const Logs& logs, bool finished) {
  const double now = clock_();
  const double elapsed = now - started_;
  // The first step compiles; as in Keras it does not count where there are others.
  double per_step = 0.0;
  if (step_ > first_step_) {
    per_step = (now - first_ended_) / static_cast<double>(step_ - first_step_);
  } else if (step_ > 0) {
    per_step = elapsed / static_cast<double>(step_);
  }
  const bool known = steps_ > 0;
  line_.clear();
  if (draws_) line_ += '\r';
  if (known) {
    append(line_, "%*lld/%lld", static_cast<int>(std::to_string(steps_).size()), static_cast<long long>(step_),
           static_cast<long long>(steps_));
  } else {
    append(line_, finished ? "%lld/%lld" : "%lld/Unknown", static_cast<long long>(step_),
           static_cast<long long>(step_));
  }
  if (draws_) {
    const std::int64_t filled = finished ? kWidth : known ? step_ * kWidth / steps_ : 0;
    line_ += " \x1b[32m";
    for (std::int64_t i = 0; i < filled; ++i) line_ += "━";
    line_ += "\x1b[0m\x1b[37m";
    for (std::int64_t i = filled; i < kWidth; ++i) line_ += "━";
    line_ += "\x1b[0m";
  }
  line_ += draws_ ? " " : " - ";
  append_duration(line_, finished || !known ? std::nearbyint(elapsed) : per_step * static_cast<double>(steps_ - step_));
  append_time_per_step(line_, per_step);
  for (const auto& [name, values] : logs) {
    line_ += " - " + name + ":";
    for (double value : values) {
      line_ += ' ';
      append_figure(line_, value);
    }
  }
  if (draws_) line_ += "\x1b[K";
  if (finished) line_ += '\n';
  std::fwrite(line_.data(), 1, line_.size(), stream_);
  std::fflush(stream_);
}

}  // namespace cornu
