// Slices, borders, broadcasts and copies on a card: the emulated one, or this machine's.

#include "framework/backends/cuda/strided_move.h"

#include <boost/test/unit_test.hpp>
#include <vector>

#include "framework/backends/cuda/launch.h"
#include "framework/slice_geometry.h"
#include "tests/framework/backends/cuda/emulation/card_check.h"
#include "tests/framework/backends/cuda/emulation/nvrtc_check.h"
#include "tests/framework/backends/cuda/emulation/placement_check.h"
#include "tests/support/kernel_test.h"

namespace cornu::test {
namespace {

using cuda::StridedMove;
using Integers = std::vector<std::int64_t>;

Tensor typed(const Shape& shape, DType dtype) {
  const Tensor x = uniform_float32(shape, 1, -100, 100);
  return run_kernel(Backend::kReference, "cast", {{"dtype", dtype}}, {x})[0];
}

constexpr DType kSizes[] = {DType::kInt8, DType::kFloat16, DType::kFloat32, DType::kFloat64};

struct Slice {
  Shape shape;
  Integers begin, end, strides;
};

Attributes attributes_of(const Slice& slice) {
  return {{"begin", slice.begin},
          {"end", slice.end},
          {"strides", slice.strides},
          {"sizes", Integers(slice.begin.size(), kUnknown)}};
}

std::vector<Slice> slices() {
  return {{{64}, {16}, {48}, {1}},
          {{65}, {1}, {kOpen}, {2}},
          {{6, 32}, {1, 0}, {5, kOpen}, {1, 1}},
          {{6, 5, 16}, {0, 1, 0}, {kOpen, 4, kOpen}, {2, 1, 1}},
          {{6, 5, 16}, {kOpen, kOpen, kOpen}, {kOpen, kOpen, kOpen}, {-1, -2, -3}},
          {{3, 700, 7}, {0, 100, 2}, {3, 600, 5}, {1, 1, 1}},
          {{1, 8}, {0, 3}, {1, 4}, {1, 1}},
          {{4, 8}, {2, 0}, {2, 8}, {1, 1}},
          {{0, 8}, {0, 0}, {0, 8}, {1, 1}}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(framework_backends_cuda_strided_move)

BOOST_AUTO_TEST_CASE(merges_axes_that_follow_one_another) {
  // Everything, rows cut out, a border around whole rows, a row again and again.
  BOOST_TEST(
      StridedMove({{.size = 4, .stride = 6}, {.size = 2, .stride = 3}, {.size = 3, .stride = 1}}, 0).axes().size() ==
      1u);
  BOOST_TEST(StridedMove({{.size = 4, .stride = 12}, {.size = 6, .stride = 1}}, 0).axes().size() == 2u);
  const StridedMove padded({{6, 8, 1, 1, 4}, {.size = 8, .stride = 1}}, 0);
  BOOST_TEST_REQUIRE(padded.axes().size() == 1u);
  BOOST_TEST(padded.axes()[0].first == 8);
  BOOST_TEST(padded.axes()[0].count == 32);
  BOOST_TEST(
      StridedMove({{.size = 4, .stride = 0}, {.size = 1, .stride = 7}, {.size = 6, .stride = 0}}, 0).axes().size() ==
      1u);
}

BOOST_AUTO_TEST_CASE(packs_have_16_bytes_where_all_runs_are_whole_packs) {
  const auto width = [](std::int64_t row, std::int64_t outer_stride, std::int64_t offset, DType dtype) {
    return StridedMove({{.size = 3, .stride = outer_stride}, {.size = row, .stride = 1}}, offset).width(dtype);
  };
  BOOST_TEST(width(16, 32, 0, DType::kFloat32) == 4);
  BOOST_TEST(width(16, 32, 0, DType::kFloat64) == 2);
  BOOST_TEST(width(16, 32, 0, DType::kInt8) == 16);
  BOOST_TEST(width(6, 32, 0, DType::kFloat32) == 2);
  BOOST_TEST(width(16, 30, 0, DType::kFloat32) == 2);
  BOOST_TEST(width(16, 32, 1, DType::kFloat32) == 1);
  BOOST_TEST(StridedMove({{.size = 8, .stride = 2}}, 0).width(DType::kFloat32) == 1);
  BOOST_TEST(StridedMove({{.size = 3, .stride = 1}, {.size = 8, .stride = 0}}, 0).width(DType::kFloat32) == 4);
}

BOOST_AUTO_TEST_CASE(slices_equal_the_reference) {
  TestCard card;
  for (const Slice& slice : slices()) {
    Attributes attributes = attributes_of(slice);
    const Tensor x = typed(slice.shape, DType::kFloat32);
    check_on_card(card, "strided_slice", attributes, {x});
    const Tensor part = run_kernel(Backend::kReference, "strided_slice", attributes, {x})[0];
    attributes.set("shape", slice.shape.dims());
    check_on_card(card, "unslice", attributes, {part});
  }
}

BOOST_AUTO_TEST_CASE(moves_elements_of_all_sizes) {
  TestCard card;
  for (const DType dtype : kSizes) {
    const Tensor x = typed({5, 48}, dtype);
    check_on_card(card, "strided_slice", attributes_of({x.shape(), {1, 16}, {4, 48}, {2, 1}}), {x});
    check_on_card(card, "pad", {{"before", Integers{1, 16}}, {"after", Integers{0, 32}}, {"value", 3.0}}, {x});
    check_on_card(card, "broadcast_to", {{"shape", Integers{3, 5, 48}}}, {x});
  }
}

BOOST_AUTO_TEST_CASE(pads_with_a_value) {
  TestCard card;
  const auto check = [&](const Shape& shape, const Integers& before, const Integers& after, double value) {
    check_on_card(card, "pad", {{"before", before}, {"after", after}, {"value", value}},
                  {typed(shape, DType::kFloat32)});
  };
  check({2, 7, 7, 8}, {0, 3, 3, 0}, {0, 2, 3, 0}, 0.0);
  check({2, 7, 5}, {1, 0, 3}, {0, 2, 2}, -1.5);
  check({3, 1, 400}, {0, 1, 5}, {0, 1, 0}, 0.1);
  check({2, 0, 3}, {0, 2, 0}, {0, 1, 1}, 2.0);
  check({}, {}, {}, 2.0);
}

BOOST_AUTO_TEST_CASE(broadcasts_rows_columns_and_scalars) {
  TestCard card;
  const auto check = [&](const Shape& from, const Integers& to) {
    check_on_card(card, "broadcast_to", {{"shape", to}}, {typed(from, DType::kFloat32)});
  };
  check({}, {3, 40});
  check({7}, {5, 7});
  check({5, 1}, {5, 8});
  check({5, 1}, {5, 7});
  check({4, 1, 16}, {2, 4, 300, 16});
  check({1, 3, 1, 5}, {2, 3, 4, 5});
  check({1, 3}, {0, 3});
  check_on_card(card, "broadcast_like", {}, {typed({5, 1}, DType::kFloat32), typed({5, 8}, DType::kFloat32)});
}

BOOST_AUTO_TEST_CASE(reshapes_copy) {
  TestCard card;
  check_on_card(card, "reshape", {{"shape", Integers{70}}}, {typed({7, 10}, DType::kFloat32)});
  check_on_card(card, "stop_gradient", {}, {typed({3, 1000}, DType::kFloat16)});
  check_on_card(card, "stop_gradient", {}, {typed({0, 5}, DType::kFloat32)});
}

BOOST_AUTO_TEST_CASE(operands_need_no_more_than_the_alignment_of_an_element) {
  TestCard card;
  check_unaligned(card, "stop_gradient", {}, {typed({64}, DType::kFloat32)});
  check_unaligned(card, "broadcast_to", {{"shape", Integers{5, 16}}}, {typed({5, 1}, DType::kFloat16)});
}

BOOST_AUTO_TEST_CASE(many_elements_are_several_loads_of_a_thread) {
  BOOST_TEST(cuda::blocks_for_moves(1) == 1u);
  BOOST_TEST(cuda::blocks_for_moves(256 * 132 * 8) == 132u * 8);
  BOOST_TEST(cuda::blocks_for_moves(std::int64_t{256} * 132 * 64) == 132u * 16);
}

BOOST_AUTO_TEST_CASE(nvrtc_compiles_all) {
  const Attributes border{{"before", Integers{1, 0}}, {"after", Integers{2, 0}}, {"value", -1.0}};
  for (const DType dtype : kSizes) {
    check_nvrtc_compiles("pad", border, {{{64, 1024}, dtype}}, kEveryCard);
    check_nvrtc_compiles("broadcast_to", {{"shape", Integers{64, 1024}}}, {{{64, 1}, dtype}});
  }
  const Slice backwards{{64, 1024}, {kOpen, 0}, {kOpen, 9}, {-2, 1}};
  check_nvrtc_compiles("strided_slice", attributes_of(backwards), {{backwards.shape, DType::kFloat32}});
  check_nvrtc_compiles("stop_gradient", {}, {{{1 << 16, 1 << 16}, DType::kInt8}});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace cornu::test
