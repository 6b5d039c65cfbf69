#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "framework/backends/onednn/column_sums.h"
#include "framework/backends/onednn/vector/pool_kernels.h"
#include "framework/backends/onednn/vector/tile_kernels.h"
#include "tests/support/kernel_test.h"

namespace cornu::onednn {
namespace {

// The tables that this machine can run; kernels choose the last, so the others would go untested.
template <typename Table>
std::vector<const Table*> usable([[maybe_unused]] const Table& baseline, [[maybe_unused]] const Table& avx2,
                                 [[maybe_unused]] const Table& avx512) {
  std::vector<const Table*> tables{&baseline};
  if (machine_isa() >= Isa::kAvx2) tables.push_back(&avx2);
  if (machine_isa() >= Isa::kAvx512) tables.push_back(&avx512);
  return tables;
}

#ifdef CORNU_ISA_VARIANTS
#define CORNU_USABLE(name) usable(baseline::name, avx2::name, avx512::name)
#else
#define CORNU_USABLE(name) usable(baseline::name, baseline::name, baseline::name)
#endif

BOOST_AUTO_TEST_SUITE(framework_backends_onednn_tile)

// Every number of rows, and columns about the widths of one, two, four and eight registers; the floats around the
// result must stay as they are.
BOOST_AUTO_TEST_CASE(every_instruction_set_multiplies_tiles) {
  for (const TileKernels* kernels : CORNU_USABLE(tile_kernels)) {
    for (std::int64_t rows = 1; rows <= kernels->max_rows; ++rows) {
      for (std::int64_t columns : {16, 17, 31, 32, 50, 64, 127, 130, 300}) {
        for (const auto& [depth, add] :
             {std::pair<std::int64_t, bool>{0, false}, {0, true}, {1, false}, {37, true}, {500, true}}) {
          const Tensor a = test::uniform_float32({rows, depth + 1}, 1);
          const Tensor b = test::uniform_float32({depth + 1, columns}, 2);
          const Tensor start = test::uniform_float32({rows, columns + 3}, 3);
          Tensor c = start.clone();
          std::vector<std::int64_t> a_rows;
          for (std::int64_t i = 0; i < rows; ++i) a_rows.push_back(i * (depth + 1));
          kernels->multiply({.a = a.data<float>().data(),
                             .a_rows = a_rows.data(),
                             .a_depth = 1,
                             .b = b.data<float>().data(),
                             .b_depth = columns,
                             .c = c.mutable_data<float>().data(),
                             .c_row = columns + 3,
                             .depth = depth,
                             .rows = rows,
                             .columns = columns,
                             .add = add});
          bool close = true;
          for (std::int64_t i = 0; i < rows; ++i) {
            for (std::int64_t j = 0; j < columns + 3; ++j) {
              const auto at = static_cast<std::size_t>(i * (columns + 3) + j);
              double sum = add || j >= columns ? static_cast<double>(start.data<float>()[at]) : 0.0;
              double scale = std::abs(sum);
              for (std::int64_t p = 0; p < depth && j < columns; ++p) {
                const double product =
                    static_cast<double>(a.data<float>()[static_cast<std::size_t>(i * (depth + 1) + p)]) *
                    static_cast<double>(b.data<float>()[static_cast<std::size_t>(p * columns + j)]);
                sum += product;
                scale += std::abs(product);
              }
              const double tolerance =
                  (static_cast<double>(depth) / 2 + 1) * std::numeric_limits<float>::epsilon() * scale;
              close =
                  close && std::abs(static_cast<double>(c.data<float>()[at]) - sum) <= (j < columns ? tolerance : 0.0);
            }
          }
          BOOST_TEST(close,
                     kernels->lanes << " lanes, " << rows << " x " << depth << " x " << columns << ", add " << add);
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(every_instruction_set_pools_alike) {
  constexpr std::int64_t kChannels = 53;
  const Tensor x = test::uniform_float32({40, kChannels}, 1);
  const Tensor dy = test::uniform_float32({8, kChannels}, 2);
  for (std::size_t count : {1U, 2U, 3U, 4U, 5U, 9U}) {
    std::vector<std::int64_t> offsets;
    for (std::size_t t = 0; t < count; ++t) offsets.push_back(static_cast<std::int64_t>(t) * kChannels);
    const PoolRow row{.place = 0,
                      .step = 2 * kChannels,
                      .offsets = offsets.data(),
                      .num_offsets = static_cast<std::int64_t>(count),
                      .num_windows = 8,
                      .channels = kChannels,
                      .y_step = kChannels};
    std::vector<float> expected;
    for (const PoolTable* table : CORNU_USABLE(kPoolTable)) {
      std::vector<float> results(3 * 8 * kChannels + 2 * 40 * kChannels, 0.0F);
      float* y = results.data();
      table->maximum(row, x.data<float>().data(), y);
      table->gather(row, x.data<float>().data(), x.data<float>().data(), y + 8 * kChannels);
      table->average(row, x.data<float>().data(), y + 16 * kChannels);
      table->scatter(row, x.data<float>().data(), dy.data<float>().data(), y + 24 * kChannels, true);
      table->spread(row, dy.data<float>().data(), y + 64 * kChannels, true);
      if (expected.empty()) expected = results;
      BOOST_TEST(results == expected, count << " elements in a window");
    }
  }
}

// 1000 rows of small integers, whose sums are exact.
BOOST_AUTO_TEST_CASE(column_sums_add_rows_of_any_width) {
  for (std::int64_t columns : {16, 17, 32, 64, 100, 128, 200}) {
    for (std::int64_t rows : {1, 2, 7, 1000, 20001}) {
      Tensor x = test::uniform_float32({rows, columns}, 1, -8, 8);
      for (float& value : x.mutable_data<float>()) value = std::round(value);
      const ColumnSums sums(rows, columns);
      std::vector<float> scratch(sums.scratch_bytes() / sizeof(float));
      std::vector<float> result(static_cast<std::size_t>(columns));
      sums.run(x.data<float>().data(), result.data(), scratch.data());
      std::vector<float> expected(result.size(), 0.0F);
      for (std::size_t i = 0; i < x.data<float>().size(); ++i) expected[i % expected.size()] += x.data<float>()[i];
      BOOST_TEST(result == expected, rows << " x " << columns);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu::onednn
