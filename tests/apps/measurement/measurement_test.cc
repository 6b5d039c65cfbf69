#include "apps/measurement/measurement.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "apps/measurement/numbers.h"
#include "apps/measurement/process.h"
#include "framework/config.h"

using namespace cornu;
using namespace cornu::measurement;

BOOST_AUTO_TEST_SUITE(apps_measurement_measurement)

BOOST_AUTO_TEST_CASE(percentiles_are_of_the_steps_after_the_first_six) {
  Measurement measurement({.workload = "made up", .batch_size = 4, .threads = 2, .seconds = 0.0});
  std::vector<double> milliseconds(6, 1000.0);
  for (int i = 1; i <= 11; ++i) milliseconds.push_back(i);
  bool over = false;
  for (std::size_t i = 0; i < milliseconds.size(); ++i) {
    // The time is over at once, but five steps are counted at least.
    over = measurement.add_step(milliseconds[i], static_cast<double>(i));
    BOOST_TEST(over == (i >= 6 + 4));
  }
  const Config result = measurement.result();
  BOOST_TEST(result.at("median_ms").as_double() == 6.0);
  BOOST_TEST(result.at("p10_ms").as_double() == 2.0);
  BOOST_TEST(result.at("p90_ms").as_double() == 10.0);
  BOOST_TEST(result.at("steps").as_int() == 11);
  BOOST_TEST(result.at("loss_first").as_double() == 0.0);
  BOOST_TEST(result.at("loss_step5").as_double() == 5.0);
  BOOST_TEST(result.at("loss_last").as_double() == 16.0);
  BOOST_TEST(result.at("workload").as_string() == "made up");
  BOOST_TEST(result.at("batch_size").as_int() == 4);
  BOOST_TEST(result.at("threads").as_int() == 2);
}

BOOST_AUTO_TEST_CASE(percentiles_lie_between_steps) {
  Measurement measurement({.workload = "two", .batch_size = 1, .threads = 1, .seconds = 0.0});
  for (int i = 0; i < 6; ++i) measurement.add_step(0.0, 0.0);
  measurement.add_step(10.0, 0.0);
  measurement.add_step(20.0, 0.0);
  BOOST_TEST(measurement.result().at("median_ms").as_double() == 15.0);
  BOOST_TEST(measurement.result().at("p10_ms").as_double() == 11.0);
}

BOOST_AUTO_TEST_CASE(a_loop_stops_when_its_time_is_over) {
  Measurement measurement({.workload = "loop", .batch_size = 1, .threads = 1, .seconds = 0.0});
  int steps = 0;
  measurement.loop([&] { return ++steps; });
  BOOST_TEST(steps == 6 + 5);
  const double cold_start = measurement.result().at("cold_start_s").as_double();
  BOOST_TEST(cold_start > 0.0);
  BOOST_TEST(cold_start < seconds_since_start() + 0.001);  // it is rounded to milliseconds
  BOOST_TEST(measurement.result().at("peak_rss_mb").as_double() > 0.0);
}

BOOST_AUTO_TEST_CASE(figures_of_a_workload_are_in_the_result) {
  Measurement measurement({.workload = "epoch", .batch_size = 1, .threads = 1, .seconds = 0.0});
  measurement.add_figure("wall_s", 1.5);
  measurement.set_params(7);
  BOOST_TEST(measurement.result().at("wall_s").as_double() == 1.5);
  BOOST_TEST(measurement.result().at("params").as_int() == 7);
}

// Worked out by hand from the constants, in Python's integers.
BOOST_AUTO_TEST_CASE(numbers_follow_from_integer_arithmetic) {
  BOOST_TEST(hash(0, 0) == 0xE220A8397B1DCDAFU);
  BOOST_TEST(uniform(0, 0) == 14819496.0F / 16777216.0F);
  const Tensor x = floats(kInputStream, {2, 2}, -1.0F, 1.0F);
  BOOST_TEST(x.data<float>()[3] == uniform(kInputStream, 3) * 2.0F - 1.0F);
  const Tensor y = integers(kTargetStream, {3}, 10);
  BOOST_TEST(y.data<std::int32_t>()[2] == static_cast<std::int32_t>(hash(kTargetStream, 2) % 10));
}

BOOST_AUTO_TEST_SUITE_END()
