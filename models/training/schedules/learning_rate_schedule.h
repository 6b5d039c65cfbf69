#pragma once

#include <memory>
#include <string>

#include "framework/config.h"
#include "framework/tensor.h"

namespace cornu {

/// A learning rate that depends on the step. **See**: `keras.optimizers.schedules`.
class LearningRateSchedule {
 public:
  class Body {
   public:
    virtual ~Body() = default;
    virtual std::string class_name() const = 0;
    virtual Config config() const = 0;
    /// The learning rate at a step (int64 scalar, counted from 0), a float32 scalar; written in ops.
    virtual Tensor call(const Tensor& step) const = 0;
  };
  explicit LearningRateSchedule(std::shared_ptr<const Body> body) : body_(std::move(body)) {}
  static LearningRateSchedule from_config(const Config& config);
  Tensor operator()(const Tensor& step) const { return body_->call(step); }
  const Body& body() const { return *body_; }
  Config serialized() const;

 private:
  std::shared_ptr<const Body> body_;
};

using ScheduleFactory = LearningRateSchedule (*)(const Config& config);
bool register_schedule(const std::string& class_name, ScheduleFactory factory);

/// A learning rate: a number, or a schedule.
class LearningRate {
 public:
  LearningRate(double value) : value_(value) {}
  LearningRate(LearningRateSchedule schedule)
      : schedule_(std::make_shared<LearningRateSchedule>(std::move(schedule))) {}
  bool is_schedule() const { return schedule_ != nullptr; }
  double value() const { return value_; }
  const LearningRateSchedule& schedule() const { return *schedule_; }
  /// From a number or a serialized schedule.
  static LearningRate from_config(const Config& config);
  Config serialized() const;

 private:
  double value_ = 0.0;
  std::shared_ptr<LearningRateSchedule> schedule_;
};

}  // namespace cornu
