#include "models/training/metrics/metric.h"

#include <map>

#include "framework/error.h"
#include "framework/graph/graph.h"
#include "framework/snake_case.h"
#include "models/training/metrics/accuracy.h"
#include "models/training/metrics/mean.h"

namespace cornu {
namespace {

std::map<std::string, MetricFactory>& factories() {
  static std::map<std::string, MetricFactory> table;
  return table;
}

std::map<std::string, std::string>& aliases() {
  static std::map<std::string, std::string> table;
  return table;
}

bool is_accuracy(const std::string& name) { return snake_case(name) == "accuracy" || snake_case(name) == "acc"; }

// "accuracy" before the shapes are known: nothing but its name.
class UnresolvedAccuracy final : public Metric::Body {
 public:
  using Body::Body;
  std::string class_name() const override { return "UnresolvedAccuracy"; }
  void update_state(const Tensor&, const Tensor&, const Tensor&) override { fail(); }
  Tensor result() override { fail(); }

 private:
  [[noreturn]] void fail() const {
    throw StateError("Metric \"" + name() +
                     "\": which accuracy this is follows from the shapes. Call resolved_for first, or use an object "
                     "such as metrics::SparseCategoricalAccuracy()");
  }
};

Metric make(const std::string& name, const Config& config) {
  const auto alias = aliases().find(name);
  const auto factory = factories().find(alias == aliases().end() ? name : alias->second);
  if (factory != factories().end()) return factory->second(config);
  std::string known;
  for (const auto& [class_name, unused] : factories()) {
    known += (known.empty() ? "\"" : ", \"") + snake_case(class_name) + "\"";
  }
  throw InvalidArgument("metric: expected one of " + known + "; got \"" + name +
                        "\". A class of one's own is made known with register_metric");
}

}  // namespace

Metric::Body::Body(std::string name, DType dtype) : name_(std::move(name)), dtype_(dtype) {
  if (!is_floating(dtype_)) {
    throw DTypeError("metric \"" + name_ + "\": expected a floating dtype; got " + std::string(name_of(dtype_)));
  }
}

Config Metric::Body::config() const { return Config::dict({{"name", name_}, {"dtype", name_of(dtype_)}}); }

void Metric::Body::reset_state() {
  for (std::size_t i = 0; i < variables_.size(); ++i) variables_[i].assign(initial_values_[i]);
}

Variable Metric::Body::add_variable(const std::string& name, const Tensor& initial_value) {
  const Variable variable(initial_value, {.name = name, .trainable = false});
  variable.set_path(name_ + "/" + name);
  variables_.push_back(variable);
  initial_values_.push_back(initial_value);
  return variable;
}

Metric::Metric(const std::string& name)
    : body_(is_accuracy(name) ? std::make_shared<UnresolvedAccuracy>(name) : make(name, Config::dict()).body_),
      given_name_(name) {
  body_->set_name(name);
}

Metric::Metric(std::string name, std::function<Tensor(const Tensor& y_true, const Tensor& y_pred)> function)
    : Metric(metrics::MeanMetricWrapper(std::move(function), {.name = std::move(name)})) {}

Metric Metric::from_config(const Config& config) {
  if (config.is_string()) return Metric(config.as_string());
  const std::string& class_name = config.at("class_name").as_string();
  const Config& inner = config.get("config");
  // Functions are serialized as their name.
  if (class_name == "function") {
    const Config& name = inner.is_string() ? inner : config.at("registered_name");
    return make(name.as_string(), Config::dict());
  }
  if (class_name == "MeanMetricWrapper" && inner.contains("fn")) {
    Metric metric = from_config(inner.at("fn"));
    metric.body_->set_name(inner.get_string("name", metric.name()));
    return metric;
  }
  const Config& registered = config.get("registered_name");
  return make(
      registered.is_string() && factories().contains(registered.as_string()) ? registered.as_string() : class_name,
      inner);
}

bool Metric::needs_shapes() const { return dynamic_cast<const UnresolvedAccuracy*>(body_.get()) != nullptr; }

Metric Metric::resolved_for(const Shape& y_true, const Shape& y_pred) const {
  if (!needs_shapes()) return *this;
  const GraphScope eager(nullptr);
  const auto named = [this](Metric metric) {
    metric.given_name_ = given_name_;
    return metric;
  };
  if (y_pred.rank() > 0 && y_pred.back() == 1) return named(metrics::BinaryAccuracy({.name = name()}));
  if (y_true.rank() < y_pred.rank() || (y_true.rank() > 0 && y_true.back() == 1)) {
    return named(metrics::SparseCategoricalAccuracy({.name = name()}));
  }
  return named(metrics::CategoricalAccuracy({.name = name()}));
}

Config Metric::serialized() const {
  if (!given_name_.empty()) return given_name_;
  return Config::dict({{"module", "keras.metrics"},
                       {"class_name", body_->class_name()},
                       {"config", body_->config()},
                       {"registered_name", nullptr}});
}

bool register_metric(const std::string& class_name, MetricFactory factory, std::vector<std::string> names) {
  factories()[class_name] = factory;
  names.push_back(snake_case(class_name));
  for (const std::string& name : names) aliases()[name] = class_name;
  return true;
}

}  // namespace cornu
