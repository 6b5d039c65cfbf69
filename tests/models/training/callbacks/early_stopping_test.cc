#include "models/training/callbacks/early_stopping.h"

#include <boost/test/unit_test.hpp>
#include <limits>

#include "framework/error.h"
#include "tests/models/training/callbacks/fake_host.h"
#include "tests/support/message_of.h"

namespace cornu {
namespace {

using callbacks::EarlyStopping;
using test::FakeHost;
using test::message_of;
using test::run_epochs;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// The numbers of epochs are what Keras 3.15.1 runs for these values.
BOOST_AUTO_TEST_SUITE(models_training_callbacks_early_stopping)

BOOST_AUTO_TEST_CASE(stops_after_patience_epochs_without_improvement) {
  FakeHost host;
  const EarlyStopping callback({.monitor = "loss", .patience = 2});
  BOOST_TEST(run_epochs(callback, host, "loss", {5, 4, 4.5, 4.2, 1, 1}) == 4);
  BOOST_TEST(callback->stopped_epoch() == 3);
  BOOST_TEST(callback->best_epoch() == 1);
  BOOST_TEST(*callback->best() == 4.0);
}

BOOST_AUTO_TEST_CASE(a_lesser_change_than_min_delta_is_none) {
  FakeHost host;
  BOOST_TEST(run_epochs(EarlyStopping({.monitor = "loss", .min_delta = 0.5, .patience = 1}), host, "loss",
                        {5, 4.4, 4.0, 1}) == 3);
  BOOST_TEST(run_epochs(EarlyStopping({.monitor = "loss", .min_delta = -0.5, .patience = 1, .mode = "max"}), host,
                        "loss", {1, 1.6, 2.0, 9}) == 3);
}

BOOST_AUTO_TEST_CASE(knows_by_the_metric_whether_a_figure_should_rise) {
  FakeHost host;
  host.known_metrics = {Metric("accuracy").resolved_for({8, 1}, {8, 1})};
  BOOST_TEST(run_epochs(EarlyStopping({.monitor = "val_accuracy", .patience = 1}), host, "val_accuracy",
                        {0.1, 0.2, 0.3, 0.25, 0.9}) == 4);
}

BOOST_AUTO_TEST_CASE(asks_for_the_mode_of_a_figure_nobody_knows) {
  FakeHost host;
  BOOST_TEST(
      message_of<InvalidArgument>([&] { run_epochs(EarlyStopping({.monitor = "speed"}), host, "speed", {1}); }) ==
      R"(EarlyStopping: cannot tell whether "speed" should rise or fall; give .mode = "max" or .mode = "min")");
  BOOST_TEST(message_of<InvalidArgument>([] { EarlyStopping({.mode = "up"}); }) ==
             R"(EarlyStopping: mode must be "auto", "min" or "max"; got "up")");
}

BOOST_AUTO_TEST_CASE(waits_for_the_baseline_too) {
  FakeHost host;
  BOOST_TEST(run_epochs(EarlyStopping({.monitor = "loss", .patience = 3, .baseline = 1.0}), host, "loss",
                        {5, 4, 3, 2, 1.5, 1.2}) == 6);
  BOOST_TEST(run_epochs(EarlyStopping({.monitor = "loss", .patience = 3, .baseline = 1.0}), host, "loss",
                        {5, 4, 4, 4, 4, 0.5}) == 3);
}

BOOST_AUTO_TEST_CASE(looks_at_no_epoch_before_the_first_it_is_told) {
  FakeHost host;
  BOOST_TEST(run_epochs(EarlyStopping({.monitor = "loss", .patience = 1, .start_from_epoch = 3}), host, "loss",
                        {1, 2, 3, 4, 5, 6, 7}) == 5);
}

BOOST_AUTO_TEST_CASE(restores_the_weights_of_the_best_epoch) {
  FakeHost host;
  run_epochs(EarlyStopping({.monitor = "loss", .patience = 2, .restore_best_weights = true}), host, "loss",
             {5, 3, 4, 4, 4});
  BOOST_TEST(host.weight.item() == 1.0);
  run_epochs(EarlyStopping({.monitor = "loss", .patience = 2}), host, "loss", {5, 3, 4, 4, 4});
  BOOST_TEST(host.weight.item() == 3.0);
}

BOOST_AUTO_TEST_CASE(restores_them_when_the_fit_ends_by_itself) {
  FakeHost host;
  run_epochs(EarlyStopping({.monitor = "loss", .patience = 9, .restore_best_weights = true}), host, "loss", {5, 3, 4});
  BOOST_TEST(host.weight.item() == 1.0);
}

BOOST_AUTO_TEST_CASE(any_number_is_better_than_nan) {
  FakeHost host;
  const EarlyStopping callback({.monitor = "loss", .patience = 2});
  BOOST_TEST(run_epochs(callback, host, "loss", {kNaN, 5, 4, 3, 2}) == 5);
  BOOST_TEST(run_epochs(callback, host, "loss", {5, kNaN, kNaN, 1}) == 3);
}

BOOST_AUTO_TEST_CASE(starts_afresh_in_the_next_fit) {
  FakeHost host;
  const EarlyStopping callback({.monitor = "loss", .patience = 1});
  BOOST_TEST(run_epochs(callback, host, "loss", {1, 2}) == 2);
  BOOST_TEST(run_epochs(callback, host, "loss", {9, 8, 7}) == 3);
}

BOOST_AUTO_TEST_CASE(goes_on_without_the_figure) {
  FakeHost host;
  BOOST_TEST(run_epochs(EarlyStopping(), host, "loss", {1, 2, 3}) == 3);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
