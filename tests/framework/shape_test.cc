#include "framework/shape.h"

#include <boost/test/unit_test.hpp>

#include <limits>
#include <string>
#include <vector>

#include "framework/error.h"

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

BOOST_AUTO_TEST_SUITE(framework_shape)

BOOST_AUTO_TEST_CASE(prints_as_keras_does) {
  BOOST_TEST(Shape().to_string() == "()");
  BOOST_TEST(Shape({3}).to_string() == "(3,)");
  BOOST_TEST((Shape{kUnknown, 28, 28, 1}).to_string() == "(None, 28, 28, 1)");
}

BOOST_AUTO_TEST_CASE(negative_axes_count_from_the_back) {
  const Shape shape{2, 3, 5};
  BOOST_TEST(shape.rank() == 3);
  BOOST_TEST(shape[0] == 2);
  BOOST_TEST(shape[-1] == 5);
  BOOST_TEST(shape[-3] == shape.front());
  BOOST_TEST(shape.back() == 5);
  BOOST_TEST(shape.checked_axis(-2) == 1);
}

BOOST_AUTO_TEST_CASE(axis_outside_of_the_rank_is_an_error) {
  const Shape shape{2, 3};
  BOOST_TEST(message_of<ShapeError>([&] { (void)shape[2]; }) == "axis 2 is out of bounds for shape (2, 3) of rank 2");
  BOOST_TEST(message_of<ShapeError>([&] { (void)shape[-3]; }) == "axis -3 is out of bounds for shape (2, 3) of rank 2");
  BOOST_CHECK_THROW((void)Shape().back(), ShapeError);
}

BOOST_AUTO_TEST_CASE(counts_elements) {
  BOOST_TEST(Shape().num_elements() == 1);
  BOOST_TEST((Shape{2, 3, 5}).num_elements() == 30);
  BOOST_TEST((Shape{2, 0, 5}).num_elements() == 0);
}

BOOST_AUTO_TEST_CASE(number_of_elements_needs_known_sizes_and_must_not_overflow) {
  const Shape unknown{kUnknown, 3};
  BOOST_TEST(!unknown.is_known());
  BOOST_TEST(message_of<ShapeError>([&] { (void)unknown.num_elements(); }) ==
             "Shape: the number of elements of (None, 3) is not known");
  const Shape huge{std::numeric_limits<std::int64_t>::max(), 2};
  BOOST_TEST(huge.is_known());
  BOOST_CHECK_THROW((void)huge.num_elements(), ShapeError);
}

BOOST_AUTO_TEST_CASE(slices_like_a_python_tuple) {
  const Shape shape{2, 3, 5, 7};
  BOOST_CHECK((shape.slice(1) == Shape{3, 5, 7}));
  BOOST_CHECK((shape.slice(1, -1) == Shape{3, 5}));
  BOOST_CHECK((shape.slice(-2) == Shape{5, 7}));
  BOOST_CHECK(shape.slice(3, 1) == Shape());
  BOOST_CHECK((shape.slice(0, 99) == shape));
}

BOOST_AUTO_TEST_CASE(concatenates) {
  BOOST_CHECK(((Shape{2, 3}).concatenated(Shape{5}) == Shape{2, 3, 5}));
  BOOST_CHECK((Shape().concatenated(Shape()) == Shape()));
}

BOOST_AUTO_TEST_CASE(unknown_sizes_are_compatible_with_any) {
  BOOST_TEST((Shape{kUnknown, 3}).is_compatible_with(Shape{32, 3}));
  BOOST_TEST(!(Shape{kUnknown, 3}).is_compatible_with(Shape{32, 4}));
  BOOST_TEST(!(Shape{3}).is_compatible_with(Shape{3, 3}));
}

BOOST_AUTO_TEST_CASE(broadcasts_by_numpys_rules) {
  BOOST_CHECK((broadcast_shapes(Shape{2, 1, 5}, Shape{3, 1}) == Shape{2, 3, 5}));
  BOOST_CHECK((broadcast_shapes(Shape(), Shape{3}) == Shape{3}));
  BOOST_CHECK((broadcast_shapes(Shape{0}, Shape{1}) == Shape{0}));
  BOOST_CHECK((broadcast_shapes(Shape{kUnknown, 3}, Shape{1}) == Shape{kUnknown, 3}));
  BOOST_CHECK((broadcast_shapes(Shape{kUnknown}, Shape{4}) == Shape{4}));
  BOOST_CHECK((broadcast_shapes(Shape{kUnknown}, Shape{1}) == Shape{kUnknown}));
  const std::string message = message_of<ShapeError>([] { broadcast_shapes(Shape{2, 3}, Shape{2, 4}); });
  BOOST_TEST(message == "shapes (2, 3) and (2, 4) do not broadcast: sizes 3 and 4 of axis -1 are neither equal nor 1");
}

BOOST_AUTO_TEST_CASE(row_major_strides_step_through_memory) {
  BOOST_TEST(row_major_strides(Shape{2, 3, 5}) == (std::vector<std::int64_t>{15, 5, 1}),
             boost::test_tools::per_element());
  BOOST_TEST(row_major_strides(Shape()).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
