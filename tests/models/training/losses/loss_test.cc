#include "models/training/losses/loss.h"

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "framework/autodiff/gradient_tape.h"
#include "framework/error.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/reduce.h"
#include "framework/ops/softmax.h"
#include "io/json.h"
#include "models/training/losses/contrastive.h"
#include "models/training/losses/crossentropy.h"
#include "models/training/losses/focal_crossentropy.h"
#include "models/training/losses/mean_squared_error.h"
#include "models/training/losses/regression.h"
#include "models/training/losses/triplet.h"
#include "tests/support/gradient_check.h"
#include "tests/support/message_of.h"
#include "tests/support/training_cases.h"

namespace cornu {
namespace {

constexpr const char* kGolden = "tests/golden/training/losses.json";

Loss loss_of(const Config& golden) {
  return Loss::from_config(Config::dict({{"class_name", golden.at("class_name")}, {"config", golden.at("config")}}));
}

Tensor gradient_of(const Loss& loss, const Tensor& y_true, const Tensor& y_pred) {
  const GradientTape tape;
  return tape.gradient(loss(y_true, y_pred), y_pred);
}

void require_finite(const Tensor& x) {
  for (const double value : x.to_vector<double>()) BOOST_TEST(std::isfinite(value));
}

}  // namespace
}  // namespace cornu

using namespace cornu;
using cornu::test::message_of;

BOOST_AUTO_TEST_SUITE(models_training_losses_loss)

// Sums of at most 24 float32 numbers, logarithms and quotients of them: 1e-5; percentages of numbers near 0 reach 1e3,
// where the tolerance grows with them.
BOOST_AUTO_TEST_CASE(values_and_gradients_are_those_of_keras) {
  test::for_each_case(kGolden, [](const Config& golden) {
    const Loss loss = loss_of(golden);
    Tensor y_pred = test::tensor_of(golden, "y_pred");
    const Tensor mask = test::tensor_of(golden, "mask");
    const GradientTape tape;
    const Tensor masked = mask.defined() ? (y_pred + 0.0).with_mask(mask) : y_pred;
    const Tensor value = loss(test::tensor_of(golden, "y_true"), masked, test::tensor_of(golden, "sample_weight"));
    const std::string what = loss.body().class_name() + " " + io::to_json(golden.at("config"));
    test::check_values(value, test::tensor_of(golden, "value"), 1e-5, what);
    const Tensor total = value.rank() == 0 ? value : ops::sum(value);
    test::check_values(tape.gradient(total, y_pred), test::tensor_of(golden, "gradient"), 2e-5,
                       "the gradient of " + what);
  });
}

BOOST_AUTO_TEST_CASE(configurations_survive_and_hold_what_keras_needs) {
  test::for_each_case(kGolden, [](const Config& golden) {
    const Loss loss = loss_of(golden);
    const Config serialized = loss.serialized();
    BOOST_TEST(serialized.at("module").as_string() == "keras.losses");
    // Keras leaves out some arguments (such as the delta of Huber); cornu leaves out only their usual values.
    for (const auto& [key, value] : serialized.at("config").as_dict()) {
      BOOST_TEST(test::same_config(value, golden.at("config").get(key)), key << " of " << loss.body().class_name());
    }
    BOOST_TEST(test::same_config(Loss::from_config(serialized).serialized(), serialized));
  });
}

BOOST_AUTO_TEST_CASE(names_and_their_short_forms_make_losses) {
  for (const char* name : {"mse", "MSE", "mean_squared_error", "MeanSquaredError"}) {
    const Loss loss(name);
    BOOST_TEST(loss.body().class_name() == "MeanSquaredError");
    BOOST_TEST(loss.serialized().as_string() == name);
  }
  BOOST_TEST(Loss("kld").body().class_name() == "KLDivergence");
  BOOST_TEST(Loss("bce").body().class_name() == "BinaryCrossentropy");
  BOOST_TEST(!Loss::from_config({}).defined());
  const Config function = Config::dict({{"module", "keras.losses"},
                                        {"class_name", "function"},
                                        {"config", "log_cosh"},
                                        {"registered_name", "log_cosh"}});
  BOOST_TEST(Loss::from_config(function).body().class_name() == "LogCosh");
}

BOOST_AUTO_TEST_CASE(gradients_match_finite_differences) {
  const Tensor target = test::uniform({4, 3}, 1, 0.1, 0.9);
  const Tensor labels = Tensor::copy<std::int32_t>({0, 2, 1, 1}, {4});
  for (const char* name : {"mse", "msle", "cosine_similarity", "huber", "log_cosh", "kl_divergence", "poisson",
                           "binary_crossentropy", "categorical_crossentropy", "binary_focal_crossentropy",
                           "categorical_focal_crossentropy", "dice", "tversky", "squared_hinge", "contrastive"}) {
    const Loss loss(name);
    test::check_gradients([&](const Tensors& x) -> Tensors { return {loss(target, x[0])}; },
                          {test::uniform({4, 3}, 2, 0.1, 0.9)});
  }
  for (const char* name : {"sparse_categorical_crossentropy", "categorical_generalized_cross_entropy"}) {
    const Loss loss(name);
    test::check_gradients([&](const Tensors& x) -> Tensors { return {loss(labels, x[0])}; },
                          {test::uniform({4, 3}, 3, 0.1, 0.9)});
  }
}

BOOST_AUTO_TEST_CASE(probabilities_from_a_softmax_lose_no_digits) {
  const Tensor logits = Tensor::copy<float>({200.0F, 0.0F, -200.0F, 0.0F}, {2, 2});
  const Tensor labels = Tensor::copy<std::int32_t>({1, 0}, {2});
  const GradientTape tape;
  const Tensor input = logits + 0.0;
  const Tensor loss = losses::SparseCategoricalCrossentropy()(labels, ops::softmax(input));
  BOOST_TEST(loss.item() == 200.0, boost::test_tools::tolerance(1e-6));
  test::check_values(tape.gradient(loss, input), Tensor::copy<float>({0.5F, -0.5F, -0.5F, 0.5F}, {2, 2}), 1e-6,
                     "the gradient");
}

BOOST_AUTO_TEST_CASE(contrastive_pulls_same_pairs_and_pushes_others) {
  const Tensor distance = Tensor::copy<float>({0.5F, 0.5F, 3.0F}, {3, 1});
  const Tensor same = Tensor::copy<float>({1.0F, 0.0F, 0.0F}, {3, 1});
  // 0.25, (2 - 0.5)^2 and nothing.
  BOOST_TEST(losses::Contrastive({.margin = 2.0})(same, distance).item() == (0.25 + 2.25) / 3.0,
             boost::test_tools::tolerance(1e-6));
}

BOOST_AUTO_TEST_CASE(triplet_wants_the_positive_nearer_by_the_margin) {
  const Tensor parts = Tensor::copy<float>({0, 0, 1, 0, 0, 2, 0, 0, 3, 0, 0, 1}, {2, 3, 2});
  const Tensor unread = Tensor::copy<float>({0, 0}, {2});
  // 1 - 4 + 1 < 0 costs nothing; 9 - 1 + 1.
  BOOST_TEST(losses::Triplet()(unread, parts).item() == 4.5, boost::test_tools::tolerance(1e-6));
  const std::string message = message_of<ShapeError>([&] {
    losses::Triplet()(unread, Tensor::copy<float>({0, 0, 1, 0}, {2, 2}));
  });
  BOOST_TEST(message.find("expected predictions of shape (batch, 3, dim)") != std::string::npos, message);
}

BOOST_AUTO_TEST_CASE(gradients_of_identical_inputs_are_finite) {
  const Tensor zeros = Tensor::copy<float>({0, 0, 0, 0, 0, 0}, {2, 3});
  for (const char* name :
       {"mse", "mae", "mape", "msle", "cosine_similarity", "huber", "log_cosh", "hinge", "kl_divergence", "poisson",
        "binary_crossentropy", "contrastive", "dice", "tversky", "binary_focal_crossentropy"}) {
    BOOST_TEST_CONTEXT(name) require_finite(gradient_of(name, zeros, zeros));
  }
  require_finite(gradient_of(losses::Triplet(), Tensor::copy<float>({0, 0}, {2}),
                             Tensor::copy<float>({1, 1, 1, 1, 1, 1}, {2, 3, 1})));
}

BOOST_AUTO_TEST_CASE(a_vector_of_weights_counts_all_steps_of_a_sample) {
  const Tensor ones = Tensor::copy<float>({1, 1, 1, 1, 1, 1}, {2, 3, 1});
  const Tensor zeros = Tensor::copy<float>({0, 0, 0, 0, 0, 0}, {2, 3, 1});
  BOOST_TEST(Loss("mse")(ones, zeros, Tensor::copy<float>({3, 0}, {2})).item() == 1.5);
}

BOOST_AUTO_TEST_CASE(float64_predictions_are_computed_in_float64) {
  const Tensor y = test::uniform({2, 3}, 5);
  BOOST_TEST((Loss("mse")(y, y * 2.0).dtype() == DType::kFloat64));
  BOOST_TEST((losses::MeanSquaredError({.dtype = DType::kFloat32})(y, y).dtype() == DType::kFloat32));
}

BOOST_AUTO_TEST_CASE(errors_say_what_to_do) {
  std::string message = message_of<InvalidArgument>([] { Loss("mean_square"); });
  BOOST_TEST(message.find("\"mean_squared_error\"") != std::string::npos, message);
  BOOST_TEST(message.find("got \"mean_square\"") != std::string::npos, message);
  message = message_of<InvalidArgument>([] { losses::MeanSquaredError({.reduction = "average"}); });
  BOOST_TEST(message ==
             "loss: expected a reduction of \"sum_over_batch_size\", \"sum\", \"mean\", \"mean_with_sample_weight\", "
             "\"none\"; got \"average\"");
  const Tensor classes = Tensor::copy<float>({0.5F, 0.5F, 0.5F, 0.5F}, {2, 2});
  message = message_of<ShapeError>([&] {
    Loss("categorical_crossentropy")(Tensor::copy<std::int32_t>({0, 1}, {2}), classes);
  });
  BOOST_TEST(message.find("use sparse_categorical_crossentropy") != std::string::npos, message);
  message = message_of<ShapeError>([&] { Loss("sparse_categorical_crossentropy")(classes, classes); });
  BOOST_TEST(message.find("use categorical_crossentropy") != std::string::npos, message);
  message = message_of<ShapeError>([&] { Loss("mse")(classes, classes, Tensor::copy<float>({1, 1, 1}, {3})); });
  BOOST_TEST(message.find("got shape (3,)") != std::string::npos, message);
  message = message_of<InvalidArgument>([] { losses::CategoricalGeneralizedCrossEntropy({.q = 1.0}); });
  BOOST_TEST(message.find("expected a q in (0, 1)") != std::string::npos, message);
}

BOOST_AUTO_TEST_SUITE_END()
