// The generated kernels of convolutions, as plain data. What they compute is conv_kernel_test.cc's to compare.

#include "framework/backends/cuda/conv_launches.h"

#include <boost/test/unit_test.hpp>

#include "framework/backends/cuda/nvrtc.h"

namespace cornu::test {

BOOST_AUTO_TEST_SUITE(framework_backends_cuda_conv_launches)

BOOST_AUTO_TEST_CASE(kernels_of_one_filter_or_one_channel_are_the_same_for_cudnn) {
  BOOST_TEST(cuda::ConvKernelLayout({{3, 3, 5, 1}, DType::kFloat32}).is_shared());
  BOOST_TEST(cuda::ConvKernelLayout({{1, 1, 1, 7}, DType::kFloat32}).is_shared());
  const cuda::ConvKernelLayout layout({{3, 3, 40, 36}, DType::kFloat16});
  BOOST_TEST(!layout.is_shared());
  BOOST_TEST(layout.num_bytes() == 2u * 360u * 36u);
  // Squares of 32 in 360 rows of 36.
  BOOST_TEST(layout.to_cudnn(cuda::Launch::input(1), cuda::Launch::scratch(0)).blocks == 12u * 2u);
}

BOOST_AUTO_TEST_CASE(threads_take_as_many_channels_at_once_as_fit_into_128_bits) {
  const auto blocks = [](DType dtype, std::int64_t channels) {
    return cuda::move_images("conv_pad_images", dtype, {8, channels, 15, 16}, {8, channels, 16, 16}, {1, 0},
                             cuda::Launch::input(0), cuda::Launch::scratch(0))
        .blocks;
  };
  BOOST_TEST(blocks(DType::kFloat32, 8) == 16u);
  BOOST_TEST(blocks(DType::kFloat16, 8) == 8u);
  BOOST_TEST(blocks(DType::kFloat32, 6) == 24u);
  BOOST_TEST(blocks(DType::kFloat32, 3) == 24u);
}

BOOST_AUTO_TEST_CASE(many_rows_of_a_bias_gradient_are_summed_in_parts) {
  const TensorSpec y{{128, 32, 32, 16}, DType::kFloat32};
  const cuda::ScratchLaunches sums = cuda::column_sums(y, cuda::Launch::input(1), cuda::Launch::output(1), 512);
  BOOST_TEST_REQUIRE(sums.launches.size() == 2u);
  BOOST_TEST(sums.launches[0].blocks == 512u);  // 16 lines of threads, each with 16 rows
  BOOST_TEST(sums.launches[1].blocks == 1u);
  BOOST_TEST(sums.scratch_bytes == 512u * 16u * 4u);
  BOOST_TEST(sums.launches[0].operands[1].index == 512u);
}

BOOST_AUTO_TEST_CASE(nvrtc_compiles_all_kernels) {
  const cuda::OrReason<cuda::Nvrtc>& nvrtc = cuda::Nvrtc::instance();
  if (!nvrtc) {
    BOOST_TEST_MESSAGE("skipped: " << nvrtc.reason());
    return;
  }
  std::vector<cuda::Launch> launches;
  for (const DType dtype : {DType::kFloat32, DType::kFloat64, DType::kFloat16, DType::kBFloat16}) {
    const cuda::Launch::Operand operand = cuda::Launch::input(0);
    launches.push_back(cuda::ConvKernelLayout({{3, 3, 40, 36}, dtype}).to_cudnn(operand, operand));
    for (cuda::Launch& launch : cuda::column_sums({{128, 32, 32, 16}, dtype}, operand, operand, 0).launches) {
      launches.push_back(std::move(launch));
    }
    launches.push_back(cuda::fill({{100}, dtype}, 6, operand));
    launches.push_back(
        cuda::move_images("conv_pad_images", dtype, {2, 8, 5, 6}, {2, 8, 6, 7}, {1, 0}, operand, operand));
  }
  // Large enough for indices of 64 bits.
  const cuda::Launch::Operand operand = cuda::Launch::input(0);
  launches.push_back(cuda::move_images("conv_pad_images", DType::kFloat32, {512, 64, 256, 256}, {512, 64, 257, 257},
                                       {0, 0}, operand, operand));
  for (const cuda::Launch& launch : launches) {
    BOOST_TEST(!nvrtc->cubin_for(launch.text, launch.name, {9, 0}).empty());
  }
  for (const cuda::ComputeCapability capability : {cuda::ComputeCapability{8, 0}, {10, 0}}) {
    for (std::size_t i = 0; i < 5; ++i) {
      BOOST_TEST(!nvrtc->cubin_for(launches[i].text, launches[i].name, capability).empty());
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace cornu::test
