#include "models/training/metrics/metric.h"

#include <boost/test/unit_test.hpp>

#include "framework/error.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/reduce.h"
#include "io/json.h"
#include "models/compiled_step.h"
#include "models/training/metrics/accuracy.h"
#include "models/training/metrics/auc.h"
#include "models/training/metrics/confusion.h"
#include "models/training/metrics/correlation.h"
#include "models/training/metrics/f_score.h"
#include "models/training/metrics/iou.h"
#include "tests/support/message_of.h"
#include "tests/support/training_cases.h"

namespace {

using namespace cornu;

constexpr const char* kGolden = "tests/golden/training/metrics.json";

Metric metric_of(const Config& golden) {
  return Metric::from_config(Config::dict({{"class_name", golden.at("class_name")}, {"config", golden.at("config")}}));
}

void update(const Metric& metric, const Config& batch) {
  Tensor y_pred = test::tensor_of(batch, "y_pred");
  const Tensor mask = test::tensor_of(batch, "mask");
  if (mask.defined()) y_pred = y_pred.with_mask(mask);
  metric.update_state(test::tensor_of(batch, "y_true"), y_pred, test::tensor_of(batch, "sample_weight"));
}

}  // namespace

using cornu::test::message_of;

BOOST_AUTO_TEST_SUITE(models_training_metrics_metric)

// Sums of at most 120 float32 numbers and quotients of them.
BOOST_AUTO_TEST_CASE(results_are_those_of_keras_after_each_batch_and_again_after_a_reset) {
  test::for_each_case(kGolden, [](const Config& golden) {
    const Metric metric = metric_of(golden);
    const std::string what = metric.body().class_name() + " " + io::to_json(golden.at("config"));
    for (int round = 0; round < 2; ++round) {
      for (const Config& batch : golden.at("batches").as_list()) {
        update(metric, batch);
        test::check_values(metric.result(), test::tensor_of(batch, "result"), 2e-5, what);
      }
      metric.reset_state();
    }
  });
}

BOOST_AUTO_TEST_CASE(results_in_a_compiled_step_are_the_same) {
  test::for_each_case(kGolden, [](const Config& golden) {
    const Metric metric = metric_of(golden);
    for (const Config& item : golden.at("batches").as_list()) {
      // Masks come from layers; sums and means of values alone have no target.
      if (item.contains("mask") && !item.at("mask").is_null()) return;
      if (item.at("y_true").is_null()) return;
      Batch batch;
      batch.x = {test::tensor_of(item, "y_pred")};
      batch.y = {test::tensor_of(item, "y_true")};
      const Tensor weight = test::tensor_of(item, "sample_weight");
      if (weight.defined()) batch.sample_weight = {weight};
      const auto specs = [](const Tensors& tensors) {
        TensorSpecs result;
        for (const Tensor& tensor : tensors) result.push_back(tensor.spec());
        return result;
      };
      CompiledStep step("step", specs(batch.x), specs(batch.y), specs(batch.sample_weight), [&](const StepData& data) {
        metric.update_state(data.y[0], data.x[0], data.sample_weight.empty() ? Tensor() : data.sample_weight[0]);
        return StepLogs{{"result", metric.result()}};
      });
      Logs logs;
      step.run(batch, logs);
      const std::vector<double>* values = logs.find("result");
      BOOST_TEST_REQUIRE(values != nullptr);
      const Tensor wanted = test::tensor_of(item, "result");
      test::check_values(Tensor::copy(*values, wanted.shape()), wanted, 2e-5, metric.body().class_name());
    }
  });
}

BOOST_AUTO_TEST_CASE(configurations_are_those_of_keras) {
  test::for_each_case(kGolden, [](const Config& golden) {
    const Config serialized = metric_of(golden).serialized();
    BOOST_TEST(serialized.at("module").as_string() == "keras.metrics");
    BOOST_TEST(test::same_config(serialized.at("config"), golden.at("config")),
               golden.at("class_name").as_string() << " has " << io::to_json(serialized.at("config")) << ", wanted "
                                                   << io::to_json(golden.at("config")));
  });
}

BOOST_AUTO_TEST_CASE(accuracy_follows_from_the_shapes_and_keeps_its_name) {
  const Metric accuracy("acc");
  BOOST_TEST(accuracy.needs_shapes());
  const auto resolved = [&](const Shape& y_true, const Shape& y_pred) {
    const Metric metric = accuracy.resolved_for(y_true, y_pred);
    BOOST_TEST(metric.name() == "acc");
    BOOST_TEST(metric.serialized().as_string() == "acc");
    return metric.body().class_name();
  };
  BOOST_TEST(resolved({8, 1}, {8, 1}) == "BinaryAccuracy");
  BOOST_TEST(resolved({8}, {8, 10}) == "SparseCategoricalAccuracy");
  BOOST_TEST(resolved({8, 1}, {8, 10}) == "SparseCategoricalAccuracy");
  BOOST_TEST(resolved({8, 10}, {8, 10}) == "CategoricalAccuracy");
  const std::string message = message_of<StateError>([&] { accuracy.result(); });
  BOOST_TEST(message.find("metrics::SparseCategoricalAccuracy()") != std::string::npos, message);
}

BOOST_AUTO_TEST_CASE(a_name_is_kept_as_it_was_given) {
  const Metric metric("mae");
  BOOST_TEST(metric.name() == "mae");
  BOOST_TEST(metric.body().class_name() == "MeanAbsoluteError");
  BOOST_TEST(metric.serialized().as_string() == "mae");
}

BOOST_AUTO_TEST_CASE(a_function_is_averaged) {
  const Metric metric("difference", [](const Tensor& y_true, const Tensor& y_pred) { return y_pred - y_true; });
  metric.update_state(Tensor::copy<float>({1, 2}, {2}), Tensor::copy<float>({2, 5}, {2}));
  BOOST_TEST(metric.result().item() == 2.0);
  BOOST_TEST(metric.name() == "difference");
}

BOOST_AUTO_TEST_CASE(copies_share_their_state) {
  const metrics::Mean mean;
  const Metric copy = mean;  // NOLINT(performance-unnecessary-copy-initialization): copying is what is tested
  mean.update(Tensor::copy<float>({1, 3}, {2}));
  BOOST_TEST(copy.result().item() == 2.0);
}

BOOST_AUTO_TEST_CASE(errors_say_what_to_do) {
  std::string message = message_of<InvalidArgument>([] { Metric("acuracy"); });
  BOOST_TEST(message.find("\"binary_accuracy\"") != std::string::npos, message);
  BOOST_TEST(message.find("got \"acuracy\"") != std::string::npos, message);
  message = message_of<InvalidArgument>([] { metrics::Precision({.thresholds = {1.5}}); });
  BOOST_TEST(message.find("expected thresholds in [0, 1]") != std::string::npos, message);
  message = message_of<InvalidArgument>([] { metrics::AUC({.curve = "P"}); });
  BOOST_TEST(message == "AUC: expected a curve of \"ROC\", \"PR\" or \"PRGAIN\"; got \"P\"");
  message = message_of<InvalidArgument>([] { metrics::IoU(2, {2}); });
  BOOST_TEST(message == "IoU: expected target_class_ids in [0, 2); got 2");
  message = message_of<InvalidArgument>([] { metrics::F1Score({.average = "mean"}); });
  BOOST_TEST(message.find("F1Score: expected an average of") != std::string::npos, message);
  message = message_of<InvalidArgument>([] { metrics::SensitivityAtSpecificity(1.5); });
  BOOST_TEST(message.find("expected a specificity in [0, 1]") != std::string::npos, message);
}

BOOST_AUTO_TEST_SUITE_END()
