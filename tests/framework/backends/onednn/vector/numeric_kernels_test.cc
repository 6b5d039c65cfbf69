// The tables of vectorised loops for instruction sets that this machine has but would not choose.

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <numeric>

#include "framework/backends/onednn/vector/norm_kernels.h"
#include "framework/backends/onednn/vector/random_kernels.h"
#include "framework/backends/onednn/vector/reduce_kernels.h"
#include "framework/backends/onednn/vector/softmax_kernels.h"
#include "tests/support/gradient_check.h"

namespace cornu::onednn {
namespace {

struct Tables {
  const char* isa;
  const ReduceKernels& reduce;
  const SoftmaxKernels& softmax;
  const NormKernels& norm;
  const RandomKernels& random;
};

std::vector<Tables> usable_tables() {
  std::vector<Tables> tables;
  tables.push_back({"baseline", baseline::reduce_kernels, baseline::softmax_kernels, baseline::norm_kernels,
                    baseline::random_kernels});
#ifdef CORNU_ISA_VARIANTS
  if (machine_isa() != Isa::kBaseline) {
    tables.push_back({"avx2", avx2::reduce_kernels, avx2::softmax_kernels, avx2::norm_kernels, avx2::random_kernels});
  }
  if (machine_isa() == Isa::kAvx512) {
    tables.push_back(
        {"avx512", avx512::reduce_kernels, avx512::softmax_kernels, avx512::norm_kernels, avx512::random_kernels});
  }
#endif
  return tables;
}

std::vector<float> values(std::int64_t count, std::uint64_t seed) {
  return test::uniform({count}, seed, -3.0, 3.0).to_vector<float>();
}

// Lengths around the widths of all vectors, and of several of them.
constexpr std::int64_t kLengths[] = {1, 3, 4, 5, 8, 15, 16, 17, 63, 64, 65, 130, 1030};

BOOST_AUTO_TEST_SUITE(framework_backends_onednn_vector_numeric_kernels)

BOOST_AUTO_TEST_CASE(rows_of_any_length) {
  for (const Tables& tables : usable_tables()) {
    for (std::int64_t length : kLengths) {
      BOOST_TEST_CONTEXT(tables.isa << ", length " << length) {
        const std::vector<float> x = values(length, 1);
        const std::vector<double> wide(x.begin(), x.end());
        const double sum = std::accumulate(wide.begin(), wide.end(), 0.0);
        BOOST_TEST(std::abs(static_cast<double>(tables.reduce.sum.row(x.data(), length)) - sum) <
                   1e-6 * static_cast<double>(length));
        BOOST_TEST(tables.reduce.max.row(x.data(), length) == *std::max_element(x.begin(), x.end()));
        BOOST_TEST(tables.reduce.min.row(x.data(), length) == *std::min_element(x.begin(), x.end()));

        double total = 0;
        for (double value : wide) total += std::exp(value);
        std::vector<float> y(x.size());
        tables.softmax.softmax.row(x.data(), nullptr, y.data(), length);
        for (std::size_t i = 0; i < y.size(); ++i) {
          BOOST_TEST(std::abs(static_cast<double>(y[i]) * total / std::exp(wide[i]) - 1) < 3e-6);
        }

        const std::vector<float> ones(x.size(), 1.0F);
        const std::vector<float> zeros(x.size(), 0.0F);
        float mean = 0;
        float rstd = 0;
        tables.norm.layer_norm(x.data(), ones.data(), zeros.data(), length, 1e-3F, true, y.data(), &mean, &rstd);
        BOOST_TEST(std::abs(static_cast<double>(mean) - sum / static_cast<double>(length)) < 1e-6);
        for (std::size_t i = 0; i < y.size(); ++i) BOOST_TEST(std::abs(y[i] - (x[i] - mean) * rstd) < 1e-5F);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(columns_of_any_width) {
  constexpr std::int64_t kRows = 7;
  for (const Tables& tables : usable_tables()) {
    for (std::int64_t width : kLengths) {
      BOOST_TEST_CONTEXT(tables.isa << ", width " << width) {
        const std::vector<float> x = values(kRows * width, 2);
        const auto size = static_cast<std::size_t>(width);
        std::vector<float> sum(size), center(size), rest(size), squares(size);
        tables.reduce.sum.columns(x.data(), kRows, width, width, sum.data());
        tables.norm.moments(x.data(), kRows, width, width, center.data(), rest.data(), squares.data());
        for (std::size_t c = 0; c < size; ++c) {
          double expected = 0;
          double expected_squares = 0;
          for (std::size_t row = 0; row < kRows; ++row) expected += static_cast<double>(x[row * size + c]);
          for (std::size_t row = 0; row < kRows; ++row) {
            expected_squares += std::pow(static_cast<double>(x[row * size + c]) - expected / kRows, 2);
          }
          BOOST_TEST(std::abs(static_cast<double>(sum[c]) - expected) < 1e-5);
          BOOST_TEST(std::abs(static_cast<double>(center[c]) * kRows + static_cast<double>(rest[c]) - expected) < 1e-5);
          BOOST_TEST(std::abs(static_cast<double>(squares[c]) - expected_squares) < 1e-4);
        }
      }
    }
  }
}

// Whatever the machine, a seed gives the same numbers: uniform ones to the last rounding, normal ones to some of them.
BOOST_AUTO_TEST_CASE(random_numbers_do_not_depend_on_the_instruction_set) {
  constexpr std::int64_t kGroups = 5;
  const RandomKey key{0x123456789ABCDEF0, 77};
  const RandomKernels& first = baseline::random_kernels;
  std::vector<float> expected(kGroups * 64), expected_normal(kGroups * 64);
  first.uniform(key, 3, kGroups, 0.0F, 1.0F, 1.0F, expected.data());
  first.normal(key, 3, kGroups, expected_normal.data());
  for (const Tables& tables : usable_tables()) {
    std::vector<float> y(kGroups * 64);
    tables.random.uniform(key, 3, kGroups, 0.0F, 1.0F, 1.0F, y.data());
    BOOST_TEST(y == expected, tables.isa);
    tables.random.normal(key, 3, kGroups, y.data());
    for (std::size_t i = 0; i < y.size(); ++i) BOOST_TEST(std::abs(y[i] - expected_normal[i]) < 2e-6F, tables.isa);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu::onednn
