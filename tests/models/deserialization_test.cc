#include "models/deserialization.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "io/json.h"
#include "models/sequential.h"
#include "tests/support/kernel_test.h"

namespace cornu {
namespace {

// As Keras writes a Sequential of TimeDistributed(Sequential([Dense(3)])), shortened to what is read.
constexpr const char* kNested = R"({
  "class_name": "Sequential", "registered_name": "Sequential", "config": {"name": "outer", "layers": [
    {"class_name": "InputLayer", "config": {"batch_shape": [null, 5, 4], "dtype": "float32", "name": "input"}},
    {"class_name": "TimeDistributed", "config": {"name": "steps", "layer":
      {"class_name": "Sequential", "registered_name": "Sequential", "config": {"name": "inner", "layers": [
        {"class_name": "InputLayer", "config": {"batch_shape": [null, 4], "dtype": "float32", "name": "step"}},
        {"class_name": "Dense", "config": {"name": "dense", "units": 3, "activation": "relu"}}]}}}}]}})";

BOOST_AUTO_TEST_SUITE(models_deserialization)

BOOST_AUTO_TEST_CASE(a_wrapper_may_hold_a_model) {
  const AnyModel model = model_from_config(io::parse_json(kNested, "test"));
  BOOST_TEST(model->count_params() == 15);
  const Tensor x = test::uniform_float32({2, 5, 4}, 1);
  const Tensor y = model.predict(x)[0];
  BOOST_TEST((y.shape() == Shape{2, 5, 3}));
  // Every step goes through the same layer.
  const Tensors weights = model->get_weights();
  for (std::size_t row = 0; row < 10; ++row) {
    for (std::size_t unit = 0; unit < 3; ++unit) {
      float sum = weights[1].data<float>()[unit];
      for (std::size_t i = 0; i < 4; ++i) sum += x.data<float>()[row * 4 + i] * weights[0].data<float>()[i * 3 + unit];
      BOOST_TEST(std::abs(y.data<float>()[row * 3 + unit] - std::max(sum, 0.0F)) < 1e-5F);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
