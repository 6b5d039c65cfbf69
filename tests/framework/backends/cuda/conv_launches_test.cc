// What a convolution needs besides cuDNN, as plain data. What it computes is conv_kernel_test.cc's to compare.

#include "framework/backends/cuda/conv_launches.h"

#include <boost/test/unit_test.hpp>

namespace cornu::test {

BOOST_AUTO_TEST_SUITE(framework_backends_cuda_conv_launches)

BOOST_AUTO_TEST_CASE(kernels_of_one_filter_or_one_channel_are_the_same_for_cudnn) {
  BOOST_TEST(cuda::ConvKernelLayout({{3, 3, 5, 1}, DType::kFloat32}).is_shared());
  BOOST_TEST(cuda::ConvKernelLayout({{1, 1, 1, 7}, DType::kFloat32}).is_shared());
  const cuda::ConvKernelLayout layout({{3, 3, 40, 36}, DType::kFloat16});
  BOOST_TEST(!layout.is_shared());
  BOOST_TEST(layout.num_bytes() == 2u * 360u * 36u);
  BOOST_TEST(layout.to_cudnn(cuda::Launch::input(1), cuda::Launch::scratch(0)).launches.size() == 1u);
}

// The operands of an operation's launches become those of the kernel of which they are a part.
BOOST_AUTO_TEST_CASE(many_rows_of_a_bias_gradient_are_summed_in_parts) {
  const TensorSpec y{{128, 32, 32, 16}, DType::kFloat32};
  const cuda::ScratchLaunches sums = cuda::column_sums(y, cuda::Launch::input(1), cuda::Launch::output(1), 512);
  BOOST_TEST_REQUIRE(sums.launches.size() == 2u);
  const std::vector<cuda::Launch::Operand>& first = sums.launches[0].operands;
  BOOST_TEST((first[0].kind == cuda::Launch::Operand::Kind::kInput));
  BOOST_TEST(first[0].index == 1u);
  BOOST_TEST((first[1].kind == cuda::Launch::Operand::Kind::kScratch));
  BOOST_TEST(first[1].index == 512u);
  const std::vector<cuda::Launch::Operand>& second = sums.launches[1].operands;
  BOOST_TEST(second[0].index == 512u);
  BOOST_TEST((second[1].kind == cuda::Launch::Operand::Kind::kOutput));
  BOOST_TEST(second[1].index == 1u);
  BOOST_TEST(sums.scratch_bytes > 0u);
}

BOOST_AUTO_TEST_CASE(images_are_moved_and_zeros_made_by_one_launch) {
  const cuda::Launch::Operand x = cuda::Launch::input(0);
  const cuda::Launch::Operand y = cuda::Launch::output(0);
  BOOST_TEST(cuda::move_images(DType::kFloat32, {8, 3, 15, 16}, {8, 3, 16, 16}, {1, 0}, x, y).launches.size() == 1u);
  BOOST_TEST(cuda::move_images(DType::kFloat32, {8, 3, 16, 16}, {8, 3, 15, 16}, {-1, 0}, x, y).launches.size() == 1u);
  BOOST_TEST(cuda::zeros({{3, 5}, DType::kBFloat16}, y).launches.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace cornu::test
