// docs/errors.md shows real messages: each of them is thrown here and looked up on the page.

#include <boost/test/unit_test.hpp>
#include <functional>

#include "framework/error.h"
#include "framework/ops/broadcast_constant.h"
#include "framework/ops/matmul.h"
#include "layers/convolutional/conv2d.h"
#include "layers/core/dense.h"
#include "layers/core/input.h"
#include "models/functional.h"
#include "models/saving.h"
#include "models/sequential.h"
#include "models/sharing.h"
#include "models/v1/array_ops.h"
#include "models/v1/errors.h"
#include "models/v1/math_ops.h"
#include "models/v1/scoped_layer.h"
#include "models/v1/session.h"
#include "models/v1/variable_scope.h"
#include "tests/io/scratch_folder.h"

using namespace cornu;
using namespace cornu::layers;
using namespace cornu::testing;

namespace {

// With line breaks and indentation as single spaces.
std::string in_one_line(const std::string& text) {
  std::string line;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\n';
    if (!blank || (!line.empty() && line.back() != ' ')) line += blank ? ' ' : c;
  }
  return line;
}

// The example is of type E alone (not of one derived from it), and its message, or `text`, is on the page.
template <typename E> void check_on_page(const std::function<void()>& example) {
  static const std::string page = in_one_line(contents_of("docs/errors.md"));
  try {
    example();
    BOOST_ERROR("nothing was thrown");
  } catch (const Error& error) {
    BOOST_TEST((typeid(error) == typeid(E)), "another type for: " << error.what());
    BOOST_TEST((page.find(in_one_line(error.what())) != std::string::npos), "not in docs/errors.md: " << error.what());
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(apps_errors_page)

BOOST_AUTO_TEST_CASE(invalid_arguments) {
  check_on_page<InvalidArgument>([] { Conv2D conv(8, {3, 3}, {.padding = "Same", .name = "conv1"}); });
  check_on_page<InvalidArgument>([] {
    const Tensor image = Input({3}, {.name = "image"});
    Model(image, Dense(1)(image)).predict({{"img", ops::ones({2, 3})}});
  });
}

BOOST_AUTO_TEST_CASE(shape_errors) {
  check_on_page<ShapeError>([] {
    Dense fc1(10, {.name = "fc1"});
    fc1(ops::ones({32, 784}));
    fc1(ops::ones({32, 785}));
  });
  check_on_page<ShapeError>([] { (void)ops::matmul(ops::ones({2, 3}), ops::ones({4, 5})); });
}

BOOST_AUTO_TEST_CASE(dtype_errors) {
  check_on_page<DTypeError>([] { (void)ops::ones({2}).data<double>(); });
}

BOOST_AUTO_TEST_CASE(graph_errors) {
  check_on_page<GraphError>([] {
    const Tensor left = Input({3}), right = Input({3});
    Model model(left, Dense(2)(right));
  });
}

BOOST_AUTO_TEST_CASE(state_errors) {
  const Sequential model({Dense(1)}, {.name = "net"});
  check_on_page<StateError>([&] { model.fit(ops::ones({4, 2}), ops::ones({4, 1})); });
  check_on_page<StateError>([] { Sequential({Dense(1)}, {.name = "net"}).save_weights("net.weights.h5"); });
  const Sequential left({Dense(3, {.name = "fc"})}, {.name = "left", .input_shape = Shape{4}});
  const Sequential right({Dense(3, {.name = "fc"})}, {.name = "right", .input_shape = Shape{4}});
  check_on_page<StateError>([&] { assert_shared(left, right); });
}

BOOST_AUTO_TEST_CASE(format_errors) {
  const Sequential model({Dense(4), Dense(1)}, {.name = "net", .input_shape = Shape{2}});
  const Sequential other({Dense(4), Dense(2)}, {.name = "other", .input_shape = Shape{2}});
  check_on_page<FormatError>([&] { model.load_weights("none.weights.h5"); });
  check_on_page<FormatError>([&] { load_state(*other, state_of(*model), "net.weights.h5", {}); });
}

BOOST_AUTO_TEST_CASE(what_is_unsupported) {
  check_on_page<Unsupported>([] {
    (void)Dataset::from_tensors({ops::ones({8, 2})}).map([](const Batch& batch) { return batch; }).shuffle(1);
  });
}

BOOST_AUTO_TEST_CASE(errors_of_the_old_style) {
  namespace errors = v1::errors;
  v1::reset_default_graph();
  const auto fc1 = [] {
    v1::VariableScope scope("fc1");
    return v1::get_variable("kernel", {.shape = Shape{784, 128}});
  };
  const v1::Variable kernel = fc1();
  const v1::Tensor x = v1::placeholder(float32, Shape{kUnknown, 784}, "x");
  const v1::Tensor n = v1::constant(3, {.name = "n"});
  const v1::Tensor y = v1::matmul(x, kernel);
  v1::Session session;
  check_on_page<errors::ValueError>([&] { fc1(); });
  check_on_page<errors::TypeError>([&] { (void)(x * n); });
  check_on_page<errors::KeyError>([] { (void)v1::scope_layer("fc2"); });
  check_on_page<errors::FailedPreconditionError>([&] { session.run(y, {{x, ops::ones({1, 784})}}); });
  session.run(v1::global_variables_initializer());
  check_on_page<errors::InvalidArgumentError>([&] { session.run(y); });
  check_on_page<errors::ValueError>([&] { session.run(y, {{x, ops::ones({1, 28, 28})}}); });
  session.close();
  check_on_page<errors::RuntimeError>([&] { session.run(y); });
}

BOOST_AUTO_TEST_SUITE_END()
