#include "framework/ops/trigonometric.h"

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "tests/support/gradient_check.h"

namespace cornu {
namespace {

using test::check_close;
using test::uniform;

struct Function {
  Tensor (*op)(const Tensor& x);
  double (*scalar)(double x);
  double low;
  double high;
};

// Each function within its domain, away from the ends where derivatives are infinite.
const Function kFunctions[] = {
    {ops::sin, std::sin, -4, 4},       {ops::cos, std::cos, -4, 4},         {ops::tan, std::tan, -1.2, 1.2},
    {ops::asin, std::asin, -0.9, 0.9}, {ops::acos, std::acos, -0.9, 0.9},   {ops::atan, std::atan, -3, 3},
    {ops::sinh, std::sinh, -2, 2},     {ops::cosh, std::cosh, -2, 2},       {ops::asinh, std::asinh, -3, 3},
    {ops::acosh, std::acosh, 1.2, 3},  {ops::atanh, std::atanh, -0.9, 0.9},
};

BOOST_AUTO_TEST_SUITE(framework_ops_trigonometric)

BOOST_AUTO_TEST_CASE(values_and_gradients) {
  for (const Function& function : kFunctions) {
    const auto of_one = [&](const Tensors& x) -> Tensors { return {function.op(x[0])}; };
    const Tensor x = uniform({3, 5}, 1, function.low, function.high);
    std::vector<double> expected;
    for (double value : x.data<double>()) expected.push_back(function.scalar(value));
    check_close(function.op(x), Tensor::copy(expected, {3, 5}), 1e-12, 1e-12);
    test::check_gradients(of_one, {x});
    test::check_second_gradients(of_one, {x});
  }
}

BOOST_AUTO_TEST_CASE(atan2_of_broadcast_points) {
  check_close(ops::atan2(Tensor::copy({1.0, -1.0, 0.0}, {3}), Tensor::copy({-1.0}, {1})),
              Tensor::copy({std::atan2(1.0, -1.0), std::atan2(-1.0, -1.0), std::atan2(0.0, -1.0)}, {3}));
  const auto angle = [](const Tensors& t) -> Tensors { return {ops::atan2(t[0], t[1])}; };
  test::check_gradients(angle, {uniform({2, 3}, 1), uniform({3}, 2, 0.5, 1)});
  test::check_second_gradients(angle, {uniform({2, 3}, 1), uniform({3}, 2, 0.5, 1)});
}

BOOST_AUTO_TEST_CASE(integers_become_float32) {
  check_close(ops::cos(Tensor::copy<std::int32_t>({0}, {1})), Tensor::copy({1.0F}, {1}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
