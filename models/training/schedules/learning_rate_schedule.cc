#include "models/training/schedules/learning_rate_schedule.h"

#include <map>

#include "framework/error.h"

namespace cornu {
namespace {

std::map<std::string, ScheduleFactory>& schedules() {
  static std::map<std::string, ScheduleFactory> table;
  return table;
}

}  // namespace

bool register_schedule(const std::string& class_name, ScheduleFactory factory) {
  schedules()[class_name] = factory;
  return true;
}

LearningRateSchedule LearningRateSchedule::from_config(const Config& config) {
  const std::string& class_name = config.at("class_name").as_string();
  const auto it = schedules().find(class_name);
  if (it != schedules().end()) return it->second(config.get("config"));
  std::string known;
  for (const auto& [name, factory] : schedules()) known += (known.empty() ? "" : ", ") + name;
  throw FormatError("unknown learning rate schedule \"" + class_name + "\"; cornu has " + known);
}

Config LearningRateSchedule::serialized() const {
  return Config::dict({{"module", "keras.optimizers.schedules"},
                       {"class_name", body_->class_name()},
                       {"config", body_->config()},
                       {"registered_name", nullptr}});
}

LearningRate LearningRate::from_config(const Config& config) {
  if (config.is_number()) return LearningRate(config.as_double());
  return LearningRate(LearningRateSchedule::from_config(config));
}

Config LearningRate::serialized() const { return is_schedule() ? schedule_->serialized() : Config(value_); }

}  // namespace cornu
