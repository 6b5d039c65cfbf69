// transpose on a card: the emulated one, or this machine's.

#include <boost/test/unit_test.hpp>
#include <vector>

#include "framework/kernel.h"
#include "tests/framework/backends/cuda/emulation/card_check.h"
#include "tests/framework/backends/cuda/emulation/nvrtc_check.h"
#include "tests/support/kernel_test.h"

namespace cornu::test {
namespace {

using Integers = std::vector<std::int64_t>;

void check_transpose(TestCard& card, const Shape& shape, const Integers& permutation, DType dtype = DType::kFloat32) {
  const Tensor x =
      run_kernel(Backend::kReference, "cast", {{"dtype", dtype}}, {uniform_float32(shape, 1, -100, 100)})[0];
  check_on_card(card, "transpose", {{"permutation", permutation}}, {x});
}

std::string plan(const Shape& shape, const Integers& permutation) {
  const Attributes attributes{{"permutation", permutation}};
  const TensorSpecs x{{shape, DType::kFloat32}};
  const TensorSpecs y = operation_named("transpose").infer(x, attributes);
  return compile_kernel_of(Backend::kCuda, {"transpose", attributes, x, y})->implementation();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(framework_backends_cuda_transpose)

BOOST_AUTO_TEST_CASE(equals_the_reference_where_the_last_axis_moves) {
  TestCard card;
  check_transpose(card, {32, 32}, {1, 0});
  check_transpose(card, {70, 45}, {1, 0});
  check_transpose(card, {3, 500}, {1, 0});
  check_transpose(card, {500, 3}, {1, 0});
  check_transpose(card, {2, 9, 11, 5}, {0, 3, 1, 2});
  check_transpose(card, {2, 5, 9, 11}, {0, 2, 3, 1});
  check_transpose(card, {3, 34, 2, 35}, {3, 0, 2, 1});
  check_transpose(card, {4, 3, 33, 16}, {1, 3, 0, 2});
  check_transpose(card, {20, 3, 4, 5, 20}, {4, 3, 2, 1, 0});
}

BOOST_AUTO_TEST_CASE(a_block_turns_several_tiles) {
  TestCard card;
  BOOST_TEST(plan({4300, 3, 100}, {0, 2, 1}) == "transpose<<<4224, 256>>>");
  check_transpose(card, {4300, 3, 100}, {0, 2, 1});
}

BOOST_AUTO_TEST_CASE(equals_the_reference_without_tiles) {
  TestCard card;
  check_transpose(card, {4, 5, 6, 8}, {0, 2, 1, 3});
  check_transpose(card, {4, 5, 7}, {1, 0, 2});
  check_transpose(card, {4, 1, 7}, {1, 0, 2});
  check_transpose(card, {1, 40}, {1, 0});
  check_transpose(card, {2, 3, 4, 5, 6}, {4, 3, 2, 1, 0});
  check_transpose(card, {30, 5, 6}, {0, 2, 1});
  check_transpose(card, {}, {});
  check_transpose(card, {0, 3}, {1, 0});
}

BOOST_AUTO_TEST_CASE(serves_elements_of_all_sizes) {
  TestCard card;
  for (const DType dtype : {DType::kBool, DType::kBFloat16, DType::kInt32, DType::kFloat64}) {
    check_transpose(card, {40, 50}, {1, 0}, dtype);
    check_transpose(card, {4, 5, 16}, {1, 0, 2}, dtype);
  }
}

BOOST_AUTO_TEST_CASE(tiles_are_as_long_as_short_axes_want) {
  BOOST_TEST(plan({64, 128}, {1, 0}) == "transpose<<<8, 256>>>");
  // 3 channels: tiles of 4 by 256.
  BOOST_TEST(plan({2, 16, 16, 3}, {0, 3, 1, 2}) == "transpose<<<2, 256>>>");
  BOOST_TEST(plan({2, 3, 16, 16}, {0, 2, 3, 1}) == "transpose<<<2, 256>>>");
  // Runs, and matrices that are not worth a tile.
  BOOST_TEST(plan({1000, 5, 6}, {0, 2, 1}) == "strided_move<<<118, 256>>>");
  BOOST_TEST(plan({4, 5, 6, 8}, {0, 2, 1, 3}) == "strided_move<<<1, 256>>>");
}

BOOST_AUTO_TEST_CASE(nvrtc_compiles_all) {
  for (const DType dtype : {DType::kInt8, DType::kFloat16, DType::kFloat32, DType::kFloat64}) {
    check_nvrtc_compiles("transpose", {{"permutation", Integers{0, 2, 1}}}, {{{8, 300, 500}, dtype}}, kEveryCard);
  }
  check_nvrtc_compiles("transpose", {{"permutation", Integers{0, 2, 1}}},
                       {{{1 << 12, 1 << 12, 1 << 12}, DType::kInt8}});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace cornu::test
