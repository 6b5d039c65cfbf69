// concatenate and split on a card: the emulated one, or this machine's.

#include <boost/test/unit_test.hpp>
#include <vector>

#include "framework/kernel.h"
#include "tests/framework/backends/cuda/emulation/card_check.h"
#include "tests/framework/backends/cuda/emulation/nvrtc_check.h"
#include "tests/framework/backends/cuda/emulation/placement_check.h"
#include "tests/support/kernel_test.h"

namespace cornu::test {
namespace {

using Integers = std::vector<std::int64_t>;

Tensor typed(const Shape& shape, DType dtype, std::uint64_t seed) {
  return run_kernel(Backend::kReference, "cast", {{"dtype", dtype}}, {uniform_float32(shape, seed, -100, 100)})[0];
}

// Parts of these sizes along an axis, put together and taken apart again.
void check_parts(TestCard& card, Shape shape, int axis, const Integers& sizes, DType dtype = DType::kFloat32) {
  Tensors parts;
  Integers positions;
  std::int64_t position = 0;
  for (const std::int64_t size : sizes) {
    shape[axis] = size;
    parts.push_back(typed(shape, dtype, parts.size() + 1));
    position += size;
    positions.push_back(position);
  }
  positions.pop_back();
  check_on_card(card, "concatenate", {{"axis", axis}}, parts);
  const Tensor whole = run_kernel(Backend::kReference, "concatenate", {{"axis", axis}}, parts)[0];
  check_on_card(card, "split", {{"axis", axis}, {"positions", positions}}, {whole});
  parts.insert(parts.begin(), whole);
  check_on_card(card, "split_like", {{"axis", axis}}, parts);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(framework_backends_cuda_concatenate)

BOOST_AUTO_TEST_CASE(equals_the_reference) {
  TestCard card;
  check_parts(card, {3, 0}, 1, {4, 8, 12});
  check_parts(card, {3, 0}, 1, {1, 2, 3, 4, 5, 6, 7});
  check_parts(card, {0, 5, 6}, 0, {2, 3});
  check_parts(card, {20, 0, 16}, 1, {30, 10, 30});
  check_parts(card, {3, 0, 2}, 1, {0, 4, 0, 2, 0});
  check_parts(card, {0, 4}, 1, {2, 2});
  check_parts(card, {0}, 0, {7});
  check_parts(card, {5, 0}, 1, {0, 0});
}

BOOST_AUTO_TEST_CASE(serves_all_dtypes) {
  TestCard card;
  for (const DType dtype : {DType::kFloat64, DType::kFloat16, DType::kBFloat16, DType::kInt8, DType::kInt32,
                            DType::kInt64, DType::kUInt8, DType::kBool}) {
    check_parts(card, {3, 0}, 1, {16, 48}, dtype);
  }
}

BOOST_AUTO_TEST_CASE(all_parts_are_one_launch) {
  TestCard card;
  check_parts(card, {2, 0}, 1, Integers(100, 3));
  const TensorSpecs parts(100, {{64, 32}, DType::kFloat32});
  const TensorSpecs whole{{{64, 3200}, DType::kFloat32}};
  const auto kernel = compile_kernel_of(Backend::kCuda, {"concatenate", {{"axis", 1}}, parts, whole});
  BOOST_TEST(kernel->implementation() == "concatenate<<<200, 256>>>");
}

BOOST_AUTO_TEST_CASE(operands_need_no_more_than_the_alignment_of_an_element) {
  TestCard card;
  const Tensor x = uniform_float32({3, 16}, 1);
  check_unaligned(card, "concatenate", {{"axis", 1}}, {x, x});
  check_unaligned(card, "split", {{"axis", 1}, {"positions", Integers{4}}}, {x});
}

BOOST_AUTO_TEST_CASE(nvrtc_compiles_all) {
  const TensorSpecs parts{{{64, 32}, DType::kFloat32}, {{64, 64}, DType::kFloat32}, {{64, 8}, DType::kFloat32}};
  check_nvrtc_compiles("concatenate", {{"axis", 1}}, parts, kEveryCard);
  check_nvrtc_compiles("concatenate", {{"axis", 1}}, TensorSpecs(300, {{64, 3}, DType::kFloat16}));
  check_nvrtc_compiles("concatenate", {{"axis", 1}}, TensorSpecs(2, {{1 << 16, 1 << 15}, DType::kInt8}));
  check_nvrtc_compiles("split", {{"axis", 1}, {"positions", Integers{8, 24}}}, {{{64, 64}, DType::kFloat64}});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace cornu::test
