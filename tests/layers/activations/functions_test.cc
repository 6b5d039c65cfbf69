#include "layers/activations/functions.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <utility>
#include <vector>

#include "framework/error.h"
#include "framework/ops/arithmetic.h"
#include "layers/activations/activation_function.h"
#include "tests/support/gradient_check.h"
#include "tests/support/layer_test.h"

namespace cornu {
namespace {

using test::check_gradients;
using test::floats;
using test::message_of;
using test::uniform;
using test::values_of;

BOOST_AUTO_TEST_SUITE(layers_activations_functions)

// Numbers of Keras 3.15.1 on TensorFlow for x below: both sides of every kink and saturation, and 0 itself.
BOOST_AUTO_TEST_CASE(values_are_those_of_keras) {
  const Tensor x = floats({-4, -1, -0.25, 0, 0.25, 0.75, 1, 7}, {2, 4});
  const std::vector<std::pair<std::string, std::vector<double>>> expected = {
      {"relu", {0.0, 0.0, 0.0, 0.0, 0.25, 0.75, 1.0, 7.0}},
      {"relu6", {0.0, 0.0, 0.0, 0.0, 0.25, 0.75, 1.0, 6.0}},
      {"leaky_relu", {-0.800000011920929, -0.20000000298023224, -0.05000000074505806, 0.0, 0.25, 0.75, 1.0, 7.0}},
      {"elu", {-0.9816843867301941, -0.6321205496788025, -0.22119921445846558, 0.0, 0.25, 0.75, 1.0, 7.0}},
      {"selu",
       {-1.7258986234664917, -1.1113307476043701, -0.38889017701148987, 0.0, 0.2626752555370331, 0.7880257368087769,
        1.0507010221481323, 7.354907035827637}},
      {"celu", {-0.9816843867301941, -0.6321205496788025, -0.22119921445846558, 0.0, 0.25, 0.75, 1.0, 7.0}},
      {"gelu",
       {-0.0001266850158572197, -0.15865525603294373, -0.10032341629266739, 0.0, 0.14967657625675201,
        0.5800294876098633, 0.8413447141647339, 7.0}},
      {"softmax",
       {0.00845989491790533, 0.16992156207561493, 0.35972389578819275, 0.4618946313858032, 0.0011643822072073817,
        0.00191974185872823, 0.002464997349306941, 0.9944508671760559}},
      {"log_softmax",
       {-4.77241849899292, -1.77241849899292, -1.02241849899292, -0.7724184989929199, -6.7555646896362305,
        -6.2555646896362305, -6.0055646896362305, -0.005564556922763586}},
      {"sigmoid",
       {0.01798621006309986, 0.26894140243530273, 0.43782344460487366, 0.5, 0.562176525592804, 0.679178774356842,
        0.7310585379600525, 0.9990889430046082}},
      {"log_sigmoid",
       {-4.0181498527526855, -1.31326162815094, -0.825939416885376, -0.6931471824645996, -0.5759394764900208,
        -0.38687098026275635, -0.3132616877555847, -0.0009114663698710501}},
      {"hard_sigmoid",
       {0.0, 0.3333333432674408, 0.4583333432674408, 0.5, 0.5416666865348816, 0.625, 0.6666666865348816, 1.0}},
      {"hard_silu",
       {-0.0, -0.3333333432674408, -0.1145833358168602, 0.0, 0.1354166716337204, 0.46875, 0.6666666865348816, 7.0}},
      {"hard_swish",
       {-0.0, -0.3333333432674408, -0.1145833358168602, 0.0, 0.1354166716337204, 0.46875, 0.6666666865348816, 7.0}},
      {"hard_tanh", {-1.0, -1.0, -0.25, 0.0, 0.25, 0.75, 1.0, 1.0}},
      {"hard_shrink", {-4.0, -1.0, 0.0, 0.0, 0.0, 0.75, 1.0, 7.0}},
      {"soft_shrink", {-3.5, -0.5, 0.0, 0.0, 0.0, 0.25, 0.5, 6.5}},
      {"tanh_shrink",
       {-3.0006706714630127, -0.23840582370758057, -0.005081340670585632, 0.0, 0.005081340670585632,
        0.11485105752944946, 0.23840582370758057, 6.000001907348633}},
      {"softplus",
       {0.018149929121136665, 0.3132616877555847, 0.5759394764900208, 0.6931471824645996, 0.825939416885376,
        1.136871099472046, 1.31326162815094, 7.000911712646484}},
      {"softsign",
       {-0.800000011920929, -0.5, -0.20000000298023224, 0.0, 0.20000000298023224, 0.4285714328289032, 0.5, 0.875}},
      {"squareplus",
       {0.2360680103302002, 0.6180340051651001, 0.8827822208404541, 1.0, 1.132782220840454, 1.4430004358291626,
        1.6180340051651, 7.140054702758789}},
      {"silu",
       {-0.07194484025239944, -0.26894140243530273, -0.10945586115121841, 0.0, 0.140544131398201, 0.5093840956687927,
        0.7310585379600525, 6.993622779846191}},
      {"swish",
       {-0.07194484025239944, -0.26894140243530273, -0.10945586115121841, 0.0, 0.140544131398201, 0.5093840956687927,
        0.7310585379600525, 6.993622779846191}},
      {"mish",
       {-0.07259173691272736, -0.30340149998664856, -0.12992697954177856, 0.0, 0.16957241296768188, 0.6100183725357056,
        0.8650984168052673, 6.999989032745361}},
      {"exponential",
       {0.018315639346837997, 0.3678794503211975, 0.7788007855415344, 1.0, 1.2840254306793213, 2.117000102996826,
        2.7182817459106445, 1096.6331787109375}},
      {"linear", {-4.0, -1.0, -0.25, 0.0, 0.25, 0.75, 1.0, 7.0}},
      {"glu", {-1.7512940168380737, -0.5, 0.18276464939117432, 0.7493166923522949}},
      {"sparse_plus", {0.0, 0.0, 0.140625, 0.25, 0.390625, 0.765625, 1.0, 7.0}},
      {"sparse_sigmoid", {0.0, 0.0, 0.375, 0.5, 0.625, 0.875, 1.0, 1.0}},
      {"sparsemax", {0.0, 0.0, 0.375, 0.625, 0.0, 0.0, 0.0, 1.0}},
      {"tanh",
       {-0.9993292689323425, -0.7615941762924194, -0.24491865932941437, 0.0, 0.24491865932941437, 0.6351489424705505,
        0.7615941762924194, 0.9999983310699463}},
  };
  for (const auto& [name, values] : expected) {
    BOOST_TEST_CONTEXT("activation " << name) {
      const std::vector<double> computed = values_of(ActivationFunction(name)(x));
      BOOST_TEST_REQUIRE(computed.size() == values.size());
      for (std::size_t i = 0; i < values.size(); ++i) {
        BOOST_TEST(std::abs(computed[i] - values[i]) <= 2e-6 + 2e-6 * std::abs(values[i]),
                   "element " << i << ": expected " << values[i] << "; got " << computed[i]);
      }
    }
  }
}

// Random values in [-3, 3) stay clear of the kinks at -3, -1, -0.5, 0, 0.5, 1, 3 by more than the step of the
// differences.
BOOST_AUTO_TEST_CASE(gradients_match_finite_differences) {
  const Tensor x = uniform({3, 4}, 11, -2.9, 2.9);
  for (const char* name : {"relu",      "relu6",       "leaky_relu",     "elu",         "selu",        "celu",
                           "gelu",      "softmax",     "log_softmax",    "sigmoid",     "log_sigmoid", "hard_sigmoid",
                           "hard_silu", "hard_tanh",   "hard_shrink",    "soft_shrink", "tanh_shrink", "softplus",
                           "softsign",  "squareplus",  "silu",           "mish",        "exponential", "linear",
                           "glu",       "sparse_plus", "sparse_sigmoid", "sparsemax",   "tanh"}) {
    BOOST_TEST_CONTEXT("activation " << name) {
      check_gradients([&](const Tensors& inputs) { return Tensors{ActivationFunction(name)(inputs[0])}; }, {x});
    }
  }
  check_gradients([](const Tensors& inputs) { return Tensors{activations::gelu(inputs[0], true)}; }, {x});
}

BOOST_AUTO_TEST_CASE(large_inputs_overflow_nowhere) {
  const Tensor x = floats({-1e4f, 1e4f}, {1, 2});
  for (const char* name : {"elu", "selu", "celu", "gelu", "softmax", "log_softmax", "sigmoid", "log_sigmoid",
                           "softplus", "silu", "mish"}) {
    for (const double value : values_of(ActivationFunction(name)(x)))
      BOOST_TEST(std::isfinite(value), name << " gives " << value);
  }
}

BOOST_AUTO_TEST_CASE(options_of_functions_work) {
  const Tensor x = floats({-2, 0.1f, 5}, {3});
  BOOST_TEST(values_of(activations::threshold(x, 1.0, 20.0)) == (std::vector<double>{20, 20, 5}),
             boost::test_tools::per_element());
  BOOST_TEST(values_of(activations::hard_shrink(x, 3.0)) == (std::vector<double>{0, 0, 5}),
             boost::test_tools::per_element());
  BOOST_TEST(values_of(activations::soft_shrink(x, 1.0)) == (std::vector<double>{-1, 0, 4}),
             boost::test_tools::per_element());
  BOOST_TEST(std::abs(values_of(activations::celu(x, 2.0))[0] - 2.0 * std::expm1(-1.0)) < 1e-6);
  BOOST_TEST(
      values_of(activations::softmax(floats({1, 1, 1, 1}, {2, 2}), 0)) == (std::vector<double>{0.5, 0.5, 0.5, 0.5}),
      boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(glu_rejects_an_odd_axis) {
  BOOST_TEST(message_of<ShapeError>([] {
               activations::glu(floats({1, 2, 3}, {1, 3}));
             }) == "glu: axis -1 must have an even size; got (1, 3)");
}

BOOST_AUTO_TEST_CASE(registered_functions_are_known_by_name) {
  register_activation("functions_test_triple", [](const Tensor& x) { return x * 3.0; });
  const ActivationFunction triple = ActivationFunction::from_config(Config::dict({{"module", "builtins"},
                                                                                  {"class_name", "function"},
                                                                                  {"config", "functions_test_triple"},
                                                                                  {"registered_name", "function"}}));
  BOOST_TEST(values_of(triple(floats({2}, {1})))[0] == 6.0);
  BOOST_TEST(triple.config().as_string() == "functions_test_triple");
  BOOST_TEST(ActivationFunction::from_config(Config()).is_linear());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
