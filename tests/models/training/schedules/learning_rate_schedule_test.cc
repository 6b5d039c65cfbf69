#include "models/training/schedules/learning_rate_schedule.h"

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "framework/error.h"
#include "framework/executor/program.h"
#include "framework/graph/graph.h"
#include "framework/ops/cast.h"
#include "models/training/optimizers/adam.h"
#include "models/training/schedules/cosine_decay.h"
#include "models/training/schedules/cosine_decay_restarts.h"
#include "models/training/schedules/exponential_decay.h"
#include "models/training/schedules/inverse_time_decay.h"
#include "models/training/schedules/piecewise_constant_decay.h"
#include "models/training/schedules/polynomial_decay.h"
#include "tests/models/training/golden.h"
#include "tests/support/message_of.h"

namespace cornu {
namespace {

using test::golden;
using test::message_of;

double at(const LearningRateSchedule& schedule, std::int64_t step) {
  return schedule(ops::cast(Tensor(step), DType::kInt64)).item();
}

BOOST_AUTO_TEST_SUITE(models_training_schedules_learning_rate_schedule)

// Eight units in the last place of the greatest rate: powers, logarithms and cosines of the two differ by some.
BOOST_AUTO_TEST_CASE(gives_the_rates_of_keras) {
  const Config cases = golden("schedules.json");
  BOOST_TEST_REQUIRE(cases.size() == 16U);
  for (const Config& item : cases.as_list()) {
    const LearningRateSchedule schedule = LearningRateSchedule::from_config(item.at("schedule"));
    const std::vector<std::int64_t> steps = item.at("steps").as_ints();
    const std::vector<double> values = item.at("values").as_doubles();
    const double greatest = *std::max_element(values.begin(), values.end());
    BOOST_TEST_CONTEXT(io::to_json(item.at("schedule"))) {
      for (std::size_t i = 0; i < steps.size(); ++i) {
        BOOST_TEST_CONTEXT("step " << steps[i]) {
          BOOST_TEST(std::abs(at(schedule, steps[i]) - values[i]) <= 1e-6 * greatest);
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(has_the_configuration_of_keras) {
  const Config cases = golden("schedules.json");
  for (const Config& item : cases.as_list()) {
    const Config& wanted = item.at("schedule");
    Config got = LearningRateSchedule::from_config(wanted).serialized();
    BOOST_TEST(io::to_json(got.at("class_name")) == io::to_json(wanted.at("class_name")));
    // Keras keeps 1 where it was given 1; cornu writes 1.0, which Keras reads alike.
    for (const auto& [key, value] : wanted.at("config").as_dict()) {
      BOOST_TEST_CONTEXT(key) {
        const Config& mine = got.at("config").at(key);
        if (value.is_number() && !value.is_bool()) {
          BOOST_TEST(mine.as_double() == value.as_double());
        } else {
          BOOST_TEST(io::to_json(mine) == io::to_json(value));
        }
      }
    }
    BOOST_TEST(got.at("config").size() == wanted.at("config").size());
  }
}

BOOST_AUTO_TEST_CASE(a_compiled_program_gives_the_same_rates) {
  const Config cases = golden("schedules.json");
  for (const Config& item : cases.as_list()) {
    const LearningRateSchedule schedule = LearningRateSchedule::from_config(item.at("schedule"));
    const auto graph = std::make_shared<Graph>("schedule");
    Tensor step;
    Tensor rate;
    {
      const GraphScope scope(graph);
      step = graph->placeholder({Shape{}, DType::kInt64});
      rate = schedule(step);
    }
    const auto program = Program::compile(graph, {step}, {rate});
    for (const std::int64_t n : {0, 3, 10, 11, 40, 300}) {
      const double wanted = at(schedule, n);
      const Tensor fed = Tensor::copy<std::int64_t>({n}, {});
      BOOST_TEST(std::abs(program->run(Tensors{fed})[0].item() - wanted) <= 1e-6 * std::max(std::abs(wanted), 1e-3));
    }
  }
}

BOOST_AUTO_TEST_CASE(is_a_learning_rate_of_an_optimizer) {
  const Optimizer adam = optimizers::Adam(
      {.learning_rate = schedules::CosineDecay({.initial_learning_rate = 0.5, .decay_steps = 100, .alpha = 0.1})});
  BOOST_TEST(adam->learning_rate().item() == 0.5);
  BOOST_TEST(adam.serialized().at("config").at("learning_rate").at("class_name").as_string() == "CosineDecay");
  BOOST_TEST(message_of<StateError>([&] { adam->set_learning_rate(0.1); }).find("schedule") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(rejects_options_that_make_no_sense) {
  BOOST_TEST(message_of<InvalidArgument>([] {
               schedules::ExponentialDecay({.initial_learning_rate = 0.1, .decay_steps = 0, .decay_rate = 0.5});
             }) == "ExponentialDecay: decay_steps must be positive; got 0");
  BOOST_TEST(message_of<InvalidArgument>([] {
               schedules::CosineDecayRestarts({.initial_learning_rate = 0.1, .first_decay_steps = -1});
             }) == "CosineDecayRestarts: first_decay_steps must be positive; got -1");
  BOOST_TEST(message_of<InvalidArgument>([] {
               schedules::PiecewiseConstantDecay({.boundaries = {1, 2}, .values = {0.1, 0.2}});
             }).find("one value more than boundaries; got 2 boundaries and 2 values") != std::string::npos);
  BOOST_TEST(message_of<FormatError>([] {
               LearningRateSchedule::from_config(Config::dict({{"class_name", "Other"}, {"config", Config::dict()}}));
             }).find("unknown learning rate schedule \"Other\"; cornu has CosineDecay, ") == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
