// take, its relatives and their gradients on a card: the emulated one, or this machine's.

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

Tensor typed(const Tensor& x, DType dtype) {
  return run_kernel(Backend::kReference, "cast", {{"dtype", dtype}}, {x})[0];
}

// For an axis of that size: from both ends, some outside, many twice.
Tensor indices_for(const Shape& shape, std::int64_t size, std::uint64_t seed, DType dtype = DType::kInt32) {
  const auto bound = static_cast<double>(size + 1);
  return typed(uniform_float32(shape, seed, -bound, bound), dtype);
}

void check_take(TestCard& card, const Shape& x, std::int64_t axis, const Shape& indices, DType dtype = DType::kFloat32,
                DType index_dtype = DType::kInt32) {
  check_on_card(card, "take", {{"axis", axis}},
                {typed(uniform_float32(x, 1, -100, 100), dtype), indices_for(indices, x[axis], 2, index_dtype)});
}

void check_index_add(TestCard& card, const Shape& y, std::int64_t axis, const Shape& indices,
                     DType dtype = DType::kFloat32, DType index_dtype = DType::kInt32) {
  const Shape x = y.slice(0, axis).concatenated(indices).concatenated(y.slice(axis + 1));
  check_on_card(card, "index_add", {{"axis", axis}, {"size", y[axis]}},
                {typed(uniform_float32(x, 1, -100, 100), dtype), indices_for(indices, y[axis], 2, index_dtype)});
}

std::string plan_of_index_add(const Shape& y, std::int64_t count) {
  const Attributes attributes{{"axis", 0}, {"size", y[0]}};
  const TensorSpecs inputs{{Shape{count}.concatenated(y.slice(1)), DType::kFloat32}, {{count}, DType::kInt32}};
  const TensorSpecs outputs{{y, DType::kFloat32}};
  return compile_kernel_of(Backend::kCuda, {"index_add", attributes, inputs, outputs})->implementation();
}

constexpr DType kDTypes[] = {DType::kFloat64, DType::kInt8, DType::kInt32, DType::kInt64, DType::kUInt8, DType::kBool};

}  // namespace

BOOST_AUTO_TEST_SUITE(framework_backends_cuda_take)

BOOST_AUTO_TEST_CASE(take_equals_the_reference) {
  TestCard card;
  check_take(card, {10, 16}, 0, {5});
  check_take(card, {10, 7}, 0, {3, 4});
  check_take(card, {3, 10, 4}, 1, {6});
  check_take(card, {3, 10}, 1, {2, 3});
  check_take(card, {500, 24}, 0, {300}, DType::kFloat32, DType::kInt64);
  check_take(card, {4, 5}, 0, {});
  check_take(card, {4, 5}, 0, {0});
  check_take(card, {0, 5}, 0, {3});
  for (const DType dtype : kDTypes) check_take(card, {6, 16}, 0, {4}, dtype);
  check_unaligned(card, "take", {{"axis", 0}}, {uniform_float32({6, 16}, 1), indices_for({4}, 6, 2)});
}

BOOST_AUTO_TEST_CASE(index_add_equals_the_reference) {
  TestCard card;
  check_index_add(card, {10, 16}, 0, {5});
  check_index_add(card, {10, 7}, 0, {30, 4});
  check_index_add(card, {3, 10, 4}, 1, {60});
  check_index_add(card, {2, 3, 300}, 1, {7});
  check_index_add(card, {5}, 0, {100});
  check_index_add(card, {1100, 3}, 0, {2100}, DType::kFloat32, DType::kInt64);
  check_index_add(card, {4, 5}, 0, {});
  check_index_add(card, {4, 5}, 0, {0});
  check_index_add(card, {0, 5}, 0, {3});
  for (const DType dtype : kDTypes) check_index_add(card, {6, 5}, 0, {20}, dtype);
}

BOOST_AUTO_TEST_CASE(an_entry_that_is_named_again_and_again_gets_all) {
  TestCard card;
  const Tensor x = uniform_float32({3000, 6}, 1);
  Tensor indices = Tensor::empty({3000}, DType::kInt32);
  for (std::size_t i = 0; i < 3000; ++i) indices.mutable_data<std::int32_t>()[i] = i % 10 == 0 ? 1 : 3;
  check_on_card(card, "index_add", {{"axis", 0}, {"size", 4}}, {x, indices});
}

BOOST_AUTO_TEST_CASE(low_precision_is_added_up_in_float32) {
  TestCard card;
  for (const DType dtype : {DType::kFloat16, DType::kBFloat16}) {
    const Tensor x = typed(uniform_float32({400, 3}, 1, 1, 2), dtype);
    const Tensor indices = indices_for({400}, 4, 2);
    const Attributes attributes{{"axis", 0}, {"size", 4}};
    const Tensor wide = typed(x, DType::kFloat32);
    const Tensor sums = run_kernel(Backend::kReference, "index_add", attributes, {wide, indices})[0];
    const Tensor y = run_on_card(card, "index_add", attributes, {x, indices})[0];
    BOOST_TEST(y.to_vector<float>() == typed(sums, dtype).to_vector<float>());
  }
}

BOOST_AUTO_TEST_CASE(index_update_equals_the_reference) {
  TestCard card;
  const auto check = [&](const Shape& x, std::int64_t count, DType dtype = DType::kFloat32) {
    const Shape updates = Shape{count}.concatenated(x.slice(1));
    check_on_card(card, "index_update", {},
                  {typed(uniform_float32(x, 1, -100, 100), dtype), indices_for({count}, x[0], 2),
                   typed(uniform_float32(updates, 3, -100, 100), dtype)});
  };
  check({10, 16}, 4);
  check({10, 7}, 40);
  check({50}, 30);
  check({3, 300}, 5);
  check({10, 3}, 0);
  check({0, 3}, 2);
  for (const DType dtype : {DType::kFloat16, DType::kFloat64, DType::kInt8}) check({10, 3}, 6, dtype);
}

BOOST_AUTO_TEST_CASE(index_update_works_in_place) {
  TestCard card;
  check_in_place(card, "index_update", {},
                 {uniform_float32({40, 6}, 1), indices_for({9}, 40, 2), uniform_float32({9, 6}, 3)});
}

BOOST_AUTO_TEST_CASE(blocks_share_out_rows_and_columns) {
  // An embedding; few long rows; few short ones; so many indices that fewer blocks look through them.
  BOOST_TEST(plan_of_index_add({20000, 128}, 6400) == "index_add<<<1053, 256>>>");
  BOOST_TEST(plan_of_index_add({2, 100000}, 10) == "index_add<<<782, 256>>>");
  BOOST_TEST(plan_of_index_add({2, 100}, 10) == "index_add<<<2, 256>>>");
  BOOST_TEST(plan_of_index_add({20000, 1}, 1 << 20) == "index_add<<<254, 256>>>");
}

BOOST_AUTO_TEST_CASE(take_along_axis_equals_the_reference) {
  TestCard card;
  const auto check = [&](const Shape& x, const Shape& indices, std::int64_t axis, DType dtype = DType::kFloat32) {
    check_on_card(card, "take_along_axis", {{"axis", axis}},
                  {typed(uniform_float32(x, 1, -100, 100), dtype), indices_for(indices, x[axis], 2)});
  };
  check({5, 6}, {5, 3}, 1);
  check({5, 6}, {2, 6}, 0);
  check({5, 1, 6}, {1, 4, 9}, 2);
  check({1, 6, 7}, {3, 2, 1}, 1);
  check({40, 60}, {40, 50}, 1);
  check({5, 0}, {5, 3}, 1);
  check({5, 6}, {5, 0}, 1);
  for (const DType dtype : kDTypes) check({5, 6}, {5, 3}, 1, dtype);
}

BOOST_AUTO_TEST_CASE(index_add_along_axis_equals_the_reference) {
  TestCard card;
  const auto check = [&](const Shape& x, const Shape& indices, std::int64_t axis, std::int64_t size,
                         DType dtype = DType::kFloat32) {
    check_on_card(card, "index_add_along_axis", {{"axis", axis}, {"size", size}},
                  {typed(uniform_float32(x, 1, -100, 100), dtype), indices_for(indices, size, 2)});
  };
  check({5, 6}, {5, 6}, 1, 4);
  check({5, 6}, {5, 6}, 0, 4);
  check({5, 6, 7}, {1, 6, 1}, 1, 3);
  check({700, 3}, {700, 3}, 1, 5);
  check({5, 0}, {5, 0}, 1, 4);
  check({5, 3}, {5, 3}, 1, 0);
  for (const DType dtype : kDTypes) check({5, 6}, {5, 6}, 1, 4, dtype);
}

BOOST_AUTO_TEST_CASE(nvrtc_compiles_all) {
  const TensorSpec indices{{32, 200}, DType::kInt32};
  const TensorSpec wide{{32, 200}, DType::kInt64};
  for (const DType dtype : {DType::kFloat32, DType::kFloat16, DType::kInt64}) {
    check_nvrtc_compiles("take", {{"axis", 0}}, {{{20000, 128}, dtype}, indices});
    const Attributes embedding{{"axis", 0}, {"size", 20000}};
    check_nvrtc_compiles("index_add", embedding, {{{32, 200, 128}, dtype}, indices}, kEveryCard);
  }
  check_nvrtc_compiles("take", {{"axis", 0}}, {{{20000, 3}, DType::kInt8}, wide});
  check_nvrtc_compiles("take", {{"axis", 0}}, {{{1 << 20, 1 << 20}, DType::kInt8}, indices});
  const TensorSpec cache{{2048, 64}, DType::kBFloat16};
  check_nvrtc_compiles("index_update", {}, {cache, {{1}, DType::kInt32}, {{1, 64}, DType::kBFloat16}});
  check_nvrtc_compiles("take_along_axis", {{"axis", 1}}, {{{32, 1000}, DType::kFloat32}, wide});
  check_nvrtc_compiles("index_add_along_axis", {{"axis", 1}, {"size", 1000}}, {{{32, 200}, DType::kFloat32}, wide});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace cornu::test
