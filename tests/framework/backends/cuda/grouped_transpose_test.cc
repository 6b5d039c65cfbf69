// Many matrices transposed in one launch, on the emulated card or this machine's.

#include <boost/test/unit_test.hpp>

#include "framework/backends/cuda/launch.h"
#include "tests/framework/backends/cuda/emulation/card_check.h"
#include "tests/framework/backends/cuda/emulation/nvrtc_check.h"
#include "tests/support/kernel_test.h"

namespace cornu::test {
namespace {

struct Group {
  std::vector<std::int64_t> rows;
  std::vector<std::int64_t> columns;

  TensorSpecs specs(bool transposed) const {
    TensorSpecs list;
    for (std::size_t i = 0; i < rows.size(); ++i)
      list.push_back({transposed ? Shape{columns[i], rows[i]} : Shape{rows[i], columns[i]}, DType::kFloat32});
    return list;
  }
  std::unique_ptr<Kernel> kernel() const {
    const Attributes attributes{{"rows", rows}, {"columns", columns}};
    const TensorSpecs inputs = specs(false);
    const TensorSpecs outputs = specs(true);
    return compile_kernel_of(Backend::kCuda, {"grouped_transpose", attributes, inputs, outputs});
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(framework_backends_cuda_grouped_transpose)

BOOST_AUTO_TEST_CASE(each_matrix_is_transposed) {
  TestCard card;
  const Group group{{1, 5, 32, 33, 9, 288, 100}, {7, 1, 32, 65, 16, 64, 3}};
  const auto kernel = group.kernel();
  BOOST_TEST(kernel->implementation() == "grouped_transpose<<<32, 256>>>");
  Tensors inputs;
  for (const TensorSpec& spec : group.specs(false)) inputs.push_back(uniform_float32(spec.shape, inputs.size()));
  const Tensors results = run_on_card(card, *kernel, inputs, group.specs(true));
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const auto x = inputs[i].data<float>();
    const auto y = results[i].data<float>();
    const auto rows = static_cast<std::size_t>(group.rows[i]);
    const auto columns = static_cast<std::size_t>(group.columns[i]);
    for (std::size_t row = 0; row < rows; ++row) {
      for (std::size_t column = 0; column < columns; ++column)
        BOOST_TEST_REQUIRE(y[column * rows + row] == x[row * columns + column]);
    }
  }
}

BOOST_AUTO_TEST_CASE(more_addresses_than_a_kernel_takes_are_more_launches) {
  const Group group{std::vector<std::int64_t>(3000, 2), std::vector<std::int64_t>(3000, 3)};
  const auto kernel = group.kernel();
  const std::vector<const cuda::Launch*> launches = cuda::launches_of(*kernel);
  BOOST_TEST_REQUIRE(launches.size() == 2u);
  BOOST_TEST(launches[0]->operands.size() == 4094u);
  BOOST_TEST(launches[1]->operands[0].index == 2047u);
  BOOST_TEST(launches[1]->blocks == 953u);
}

BOOST_AUTO_TEST_CASE(nvrtc_compiles_it) {
  const Group group{{9, 288}, {16, 64}};
  check_nvrtc_compiles("grouped_transpose", {{"rows", group.rows}, {"columns", group.columns}}, group.specs(false),
                       group.specs(true), kEveryCard);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace cornu::test
