#include "layers/preprocessing/normalization.h"

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "framework/error.h"
#include "tests/support/layer_test.h"

namespace cornu {
namespace {

using layers::Normalization;
using test::check_layer;
using test::floats;
using test::message_of;
using test::values_of;

BOOST_AUTO_TEST_SUITE(layers_preprocessing_normalization)

BOOST_AUTO_TEST_CASE(keeps_what_every_layer_promises) {
  check_layer(Normalization(), {.input_shapes = {{2, 3}},
                                .output_shapes = {{2, 3}},
                                .weights = {"mean", "variance", "count"},
                                .num_trainable = 0,
                                .supports_masking = true});
  check_layer(Normalization({.axis = {}, .mean = floats({1.5}, {}), .variance = floats({2}, {}), .invert = true}),
              {.input_shapes = {{2, 3}}, .output_shapes = {{2, 3}}, .supports_masking = true});
  check_layer(Normalization({.axis = {1, 2}, .mean = floats({1, 2}, {2}), .variance = floats({4, 9}, {2})}),
              {.input_shapes = {{3, 5, 2}}, .output_shapes = {{3, 5, 2}}, .supports_masking = true});
}

BOOST_AUTO_TEST_CASE(adapts_to_data) {
  Normalization normalization;
  normalization->adapt(floats({1, 10, 3, 10, 5, 40}, {3, 2}));
  const Tensors weights = normalization->get_weights();
  BOOST_TEST(values_of(weights[0]) == (std::vector<double>{3, 20}), boost::test_tools::per_element());
  BOOST_TEST(std::abs(values_of(weights[1])[0] - 8.0 / 3) < 1e-6);
  BOOST_TEST(values_of(weights[1])[1] == 200.0);
  BOOST_TEST(std::abs(values_of(normalization(floats({3, 20}, {1, 2})))[0]) < 1e-6);
  BOOST_TEST(std::abs(values_of(normalization(floats({3, 40}, {1, 2})))[1] - std::sqrt(2.0)) < 1e-6);
}

BOOST_AUTO_TEST_CASE(adapts_to_batches_as_to_the_whole) {
  Normalization whole, batched;
  whole->adapt(floats({1, 10, 3, 10, 5, 40}, {3, 2}));
  std::vector<Tensor> batches = {floats({5, 40}, {1, 2}), floats({1, 10, 3, 10}, {2, 2})};
  batched->adapt([&]() -> Tensor {
    if (batches.empty()) return {};
    const Tensor batch = batches.back();
    batches.pop_back();
    return batch;
  });
  for (std::size_t i = 0; i < 2; ++i) {
    BOOST_TEST(values_of(whole->get_weights()[i]) == values_of(batched->get_weights()[i]),
               boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(inverts_what_it_did) {
  const Tensor mean = floats({1, 2}, {2}), variance = floats({4, 9}, {2});
  const Normalization there({.mean = mean, .variance = variance}),
      back({.mean = mean, .variance = variance, .invert = true});
  BOOST_TEST(values_of(there(floats({5, -1}, {1, 2}))) == (std::vector<double>{2, -1}),
             boost::test_tools::per_element());
  BOOST_TEST(values_of(back(there(floats({5, -1}, {1, 2})))) == (std::vector<double>{5, -1}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(says_what_is_wrong) {
  BOOST_TEST(message_of<InvalidArgument>([] { Normalization({.mean = floats({1}, {}), .name = "n"}); }) ==
             "Normalization 'n': mean and variance must be given both or not at all; got only the mean");
  BOOST_TEST(message_of<ShapeError>([] {
               Normalization({.mean = floats({1}, {}), .variance = floats({1}, {1}), .name = "n"});
             }) == "Normalization 'n': mean and variance must have one shape; got () and (1,)");
  Normalization given({.mean = floats({1}, {}), .variance = floats({1}, {}), .name = "n"});
  BOOST_TEST(message_of<StateError>([&] {
               given->adapt(floats({1}, {1, 1}));
             }) ==
             "Normalization 'n': its mean and variance were given, so there is nothing to adapt. Leave them out of the "
             "options.");
  Normalization adapted({.name = "n"});
  adapted->adapt(floats({1, 2}, {1, 2}));
  BOOST_TEST(message_of<ShapeError>([&] {
               adapted->adapt(floats({1}, {1, 1}));
             }) ==
             "Normalization 'n': expected data of size (2,) along its axes, with which it was built; got shape (1, 1)");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
