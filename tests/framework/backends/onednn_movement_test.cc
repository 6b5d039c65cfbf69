#include <boost/test/unit_test.hpp>

#include "framework/slice_geometry.h"
#include "tests/support/gradient_check.h"
#include "tests/support/kernel_check.h"
#include "tests/support/kernel_test.h"
#include "tests/support/patterns.h"

namespace cornu {
namespace {

using test::check_cpu_kernel;
using test::counted;

using Integers = std::vector<std::int64_t>;

// What is only moved has to be equal; counted elements say where they came from. Sizes lie around those of blocks and
// beyond the work at which threads share it.

BOOST_AUTO_TEST_SUITE(framework_backends_onednn_movement)

Attributes range(const Integers& begin, const Integers& end, const Integers& strides) {
  return {{"begin", begin}, {"end", end}, {"strides", strides}, {"sizes", Integers(begin.size(), kUnknown)}};
}

template <typename T> void check_slices() {
  const auto check = [](const Shape& shape, const Attributes& attributes) {
    const Tensor whole = counted<T>(shape);
    check_cpu_kernel("strided_slice", attributes, {whole}, 0.0, 0.0);
    const Tensor slice = test::run_kernel(Backend::kReference, "strided_slice", attributes, {whole})[0];
    Attributes with_shape = attributes;
    with_shape.set("shape", shape.dims());
    check_cpu_kernel("unslice", with_shape, {slice}, 0.0, 0.0);
  };
  check({5, 7, 3}, range({1, kOpen, kOpen}, {4, kOpen, kOpen}, {1, 1, 1}));
  check({5, 7, 3}, range({kOpen, -2, kOpen}, {kOpen, 0, kOpen}, {2, -2, -1}));
  check({5, 7, 3}, range({3, 0, 0}, {3, 7, 3}, {1, 1, 1}));
  check({600, 5, 33}, range({1, 1, 1}, {kOpen, -1, -1}, {1, 1, 1}));
  check({2, 300, 4, 50}, range({kOpen, kOpen, 1, kOpen}, {kOpen, kOpen, 3, kOpen}, {-1, 1, 1, 3}));
  check({0, 4}, range({kOpen, 1}, {kOpen, 3}, {1, 1}));
}

BOOST_AUTO_TEST_CASE(slices_equal_the_reference) {
  check_slices<float>();
  check_slices<double>();
  check_slices<std::int32_t>();
  check_slices<std::uint8_t>();
}

BOOST_AUTO_TEST_CASE(slices_of_half_precision_equal_the_reference) {
  const std::vector<BFloat16> values(24, BFloat16(1.5F));
  check_cpu_kernel("strided_slice", range({kOpen, 1}, {kOpen, kOpen}, {1, 2}), {Tensor::copy(values, {4, 6})}, 0.0,
                   0.0);
}

BOOST_AUTO_TEST_CASE(pads_equal_the_reference) {
  const auto border = [](double value) {
    return Attributes{{"before", Integers{1, 0, 2}}, {"after", Integers{0, 3, 1}}, {"value", value}};
  };
  for (const Shape& shape : Shapes{{2, 3, 4}, {40, 30, 50}, {0, 3, 2}, {1, 1, 1}}) {
    check_cpu_kernel("pad", border(-1.5), {counted(shape)}, 0.0, 0.0);
    check_cpu_kernel("pad", border(0.0), {counted<std::int32_t>(shape)}, 0.0, 0.0);
  }
}

BOOST_AUTO_TEST_CASE(joined_and_split_tensors_equal_the_reference) {
  for (std::int64_t axis = 0; axis < 3; ++axis) {
    for (const Shape& shape : Shapes{{3, 4, 5}, {33, 40, 50}, {1, 2, 1}}) {
      Shape longer = shape, empty = shape;
      longer[axis] += 2;
      empty[axis] = 0;
      const Tensors parts{counted(shape), counted(empty), counted(longer)};
      const Attributes along{{"axis", axis}};
      check_cpu_kernel("concatenate", along, parts, 0.0, 0.0);
      check_cpu_kernel("split", {{"axis", axis}, {"positions", Integers{1, 1, 3}}}, {counted(longer)}, 0.0, 0.0);
    }
  }
}

BOOST_AUTO_TEST_CASE(taken_entries_equal_the_reference) {
  const Tensor indices = Tensor::copy<std::int32_t>({2, 0, -1, 2, 9, -7}, {2, 3});
  const Tensor wide = Tensor::copy<std::int64_t>({1, 1, 2}, {3});
  for (std::int64_t axis = 0; axis < 3; ++axis) {
    for (const Shape& shape : Shapes{{3, 4, 5}, {300, 64, 33}, {7, 9, 1}}) {
      const Attributes along{{"axis", axis}};
      check_cpu_kernel("take", along, {counted(shape), indices}, 0.0, 0.0);
      check_cpu_kernel("take", along, {counted<std::int64_t>(shape), wide}, 0.0, 0.0);
    }
  }
}

// Both add in the order of the indices, so that even the sums are equal.
BOOST_AUTO_TEST_CASE(sums_by_index_equal_the_reference) {
  std::vector<std::int32_t> places(5000);
  for (std::size_t i = 0; i < places.size(); ++i) places[i] = static_cast<std::int32_t>(i * i % 61);
  const Tensor indices = Tensor::copy(places, {5000});
  check_cpu_kernel("index_add", {{"axis", 0}, {"size", 61}}, {test::as_float32(test::uniform({5000, 17}, 1)), indices},
                   0.0, 0.0);
  check_cpu_kernel("index_add", {{"axis", 1}, {"size", 70}}, {test::as_float32(test::uniform({20, 5000}, 2)), indices},
                   0.0, 0.0);
  check_cpu_kernel("index_add", {{"axis", 0}, {"size", 3}},
                   {test::as_float32(test::uniform({0, 4}, 3)), Tensor::empty({0}, int32)}, 0.0, 0.0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
