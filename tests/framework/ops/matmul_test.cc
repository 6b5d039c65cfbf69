#include "framework/ops/matmul.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <utility>
#include <vector>

#include "framework/error.h"
#include "tests/support/gradient_check.h"

namespace cornu {
namespace {

template <typename E, typename F> std::string message_of(F&& f) {
  try {
    f();
  } catch (const E& error) {
    return error.what();
  }
  return "nothing was thrown";
}

Shape maybe_swapped(Shape shape, bool swap) {
  if (swap) std::swap(shape[-1], shape[-2]);
  return shape;
}

BOOST_AUTO_TEST_SUITE(framework_ops_matmul)

// Rows (1, 2, 3) and (4, 5, 6) times columns (1, 2, 1) and (0, 0, -1).
BOOST_AUTO_TEST_CASE(multiplies_matrices_of_every_dtype) {
  const Tensor expected = Tensor::copy({8.F, -3.F, 20.F, -6.F}, {2, 2});
  const Tensor x = Tensor::copy({1.F, 2.F, 3.F, 4.F, 5.F, 6.F}, {2, 3});
  const Tensor y = Tensor::copy({1.F, 0.F, 2.F, 0.F, 1.F, -1.F}, {3, 2});
  const Tensor x_transposed = Tensor::copy({1.F, 4.F, 2.F, 5.F, 3.F, 6.F}, {3, 2});
  const Tensor y_transposed = Tensor::copy({1.F, 2.F, 1.F, 0.F, 0.F, -1.F}, {2, 3});
  test::check_close(ops::matmul(x, y), expected);
  test::check_close(ops::matmul(x_transposed, y, {.transpose_x = true}), expected);
  test::check_close(ops::matmul(x, y_transposed, {.transpose_y = true}), expected);
  test::check_close(ops::matmul(x_transposed, y_transposed, {.transpose_x = true, .transpose_y = true}), expected);

  const Tensor whole = ops::matmul(Tensor::copy<std::int32_t>({1, 2, 3, 4, 5, 6}, {2, 3}),
                                   Tensor::copy<std::int32_t>({1, 0, 2, 0, 1, -1}, {3, 2}));
  test::check_close(whole, Tensor::copy<std::int32_t>({8, -3, 20, -6}, {2, 2}));
  const Tensor mixed = ops::matmul(x, Tensor::copy<std::int64_t>({1, 0, 2, 0, 1, -1}, {3, 2}));
  test::check_close(mixed, expected);
}

BOOST_AUTO_TEST_CASE(vectors_are_rows_and_columns) {
  const Tensor v = Tensor::copy({1.F, 2.F}, {2});
  const Tensor m = Tensor::copy({1.F, 2.F, 3.F, 4.F}, {2, 2});
  test::check_close(ops::matmul(v, v), Tensor::copy({5.F}, {}));
  test::check_close(ops::matmul(v, m), Tensor::copy({7.F, 10.F}, {2}));
  test::check_close(ops::matmul(m, v), Tensor::copy({5.F, 11.F}, {2}));
}

BOOST_AUTO_TEST_CASE(batch_axes_broadcast) {
  const Tensor x = Tensor::copy({1.F, 2.F, 3.F, 4.F}, {2, 1, 1, 2});
  const Tensor y = Tensor::copy({1.F, 1.F, 1.F, -1.F, 2.F, 0.F}, {3, 2, 1});
  test::check_close(ops::matmul(x, y), Tensor::copy({3.F, -1.F, 2.F, 7.F, -1.F, 6.F}, {2, 3, 1, 1}));
}

// A sum over nothing is 0.
BOOST_AUTO_TEST_CASE(empty_axes) {
  test::check_close(ops::matmul(Tensor::empty({2, 0}), Tensor::empty({0, 2})),
                    Tensor::copy({0.F, 0.F, 0.F, 0.F}, {2, 2}));
  BOOST_TEST(ops::matmul(Tensor::empty({0, 3}), Tensor::empty({3, 2})).shape().to_string() == "(0, 2)");
  BOOST_TEST(ops::matmul(Tensor::empty({4, 0, 3}), Tensor::empty({3, 2})).shape().to_string() == "(4, 0, 2)");
  BOOST_TEST(ops::matmul(Tensor::empty({0, 2, 3}), Tensor::empty({0, 3, 2})).shape().to_string() == "(0, 2, 2)");
}

BOOST_AUTO_TEST_CASE(first_and_second_gradients_match_finite_differences) {
  const std::vector<std::pair<Shape, Shape>> shapes{{{3, 4}, {4, 2}},       {{1, 4}, {4, 1}},
                                                    {{2, 3, 4}, {2, 4, 2}}, {{2, 3, 4}, {4, 2}},
                                                    {{3, 4}, {2, 4, 2}},    {{2, 1, 2, 3}, {2, 3, 2}}};
  for (const auto& [x_shape, y_shape] : shapes) {
    for (int flags = 0; flags < 4; ++flags) {
      const ops::MatmulOptions options{.transpose_x = (flags & 1) != 0, .transpose_y = (flags & 2) != 0};
      const Tensor x = test::uniform(maybe_swapped(x_shape, options.transpose_x), 1);
      const Tensor y = test::uniform(maybe_swapped(y_shape, options.transpose_y), 2);
      const auto product = [&](const Tensors& in) { return Tensors{ops::matmul(in[0], in[1], options)}; };
      test::check_gradients(product, {x, y});
      test::check_second_gradients(product, {x, y});
    }
  }
}

BOOST_AUTO_TEST_CASE(errors_name_the_sizes) {
  BOOST_TEST(message_of<ShapeError>([] {
               ops::matmul(Tensor::empty({2, 3}), Tensor::empty({4, 5}));
             }) == "matmul: expected equal inner sizes; got 3 and 4 in shapes (2, 3) and (4, 5)");
  BOOST_TEST(message_of<ShapeError>([] {
               ops::matmul(Tensor::empty({2, 3}), Tensor::empty({4, 5}), {.transpose_x = true});
             }) ==
             "matmul: expected equal inner sizes; got 2 and 4 in shapes (2, 3) and (4, 5) (before transposition)");
  BOOST_TEST(message_of<ShapeError>([] {
               ops::matmul(2.0, Tensor::empty({4, 5}));
             }) == "matmul: expected operands with at least one axis; got shapes () and (4, 5)");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
