#include "framework/backends/cuda/lines.h"

#include <boost/test/unit_test.hpp>
#include <string>

namespace cornu::cuda {
namespace {

bool has(const Lines& lines, const std::string& text) { return lines.plan().find(text) != std::string::npos; }

}  // namespace

BOOST_AUTO_TEST_SUITE(framework_backends_cuda_lines)

BOOST_AUTO_TEST_CASE(axes_beside_one_another_are_one) {
  const Lines middle = Lines::whole({2, 3, 1, 5, 7}, {1, 2, 3}, 4);
  BOOST_TEST(middle.num_lines() == 14);
  BOOST_TEST(middle.length() == 15);
  BOOST_TEST(!middle.is_along());
  BOOST_TEST(has(middle, "line_offset(Index i) { return (i / 7u) * 105u + i % 7u; }"));
  BOOST_TEST(has(middle, "element_offset(Index i) { return (i) * 7u; }"));

  const Lines outer_and_inner = Lines::whole({2, 3, 5, 7}, {0, 2, 3}, 4);
  BOOST_TEST(outer_and_inner.num_lines() == 3);
  BOOST_TEST(outer_and_inner.is_along());
  BOOST_TEST(has(outer_and_inner, "line_offset(Index i) { return (i) * 35u; }"));
  BOOST_TEST(has(outer_and_inner, "element_offset(Index i) { return (i / 35u) * 105u + i % 35u; }"));
}

BOOST_AUTO_TEST_CASE(wide_loads_fit_the_innermost_axis) {
  BOOST_TEST(Lines::whole({5, 8}, {1}, 4).width() == 4);
  BOOST_TEST(Lines::whole({5, 8}, {1}, 8).width() == 2);
  BOOST_TEST(Lines::whole({5, 6}, {1}, 4).width() == 1);
  // Neighbouring lines are loaded together where there are enough of them.
  BOOST_TEST(Lines::whole({5, 1 << 20}, {0}, 4).width() == 4);
  BOOST_TEST(Lines::whole({5, 64}, {0}, 4).width() == 1);
}

BOOST_AUTO_TEST_CASE(short_lines_share_a_block) {
  const Lines classes = Lines::whole({100000, 10}, {1}, 4);
  BOOST_TEST(classes.num_threads() == 256u);
  BOOST_TEST(classes.num_blocks() == 1563u);  // of 64 lines with 4 threads each
  const Lines wide = Lines::whole({100000, 1024}, {1}, 4);
  BOOST_TEST(wide.num_blocks() == 25000u);  // 64 threads, each with 4 loads of 4
}

BOOST_AUTO_TEST_CASE(few_lines_get_more_threads) {
  const Lines rows = Lines::divided({32, 128}, {1}, 4);
  BOOST_TEST(rows.num_blocks() == 4u);  // a load for each thread
  BOOST_TEST(rows.num_parts() == 1);
  const Lines columns = Lines::divided({64, 3136}, {0}, 4);
  BOOST_TEST(columns.num_blocks() == 98u);  // of 8 times 4 columns, 32 threads for each
  BOOST_TEST(columns.num_parts() == 1);
  BOOST_TEST(Lines::divided({64}, {0}, 4).num_blocks() == 1u);
}

BOOST_AUTO_TEST_CASE(few_long_lines_are_divided) {
  const Lines channels = Lines::divided({128, 32, 32, 16}, {0, 1, 2}, 4);
  BOOST_TEST(channels.width() == 4);
  BOOST_TEST(channels.num_parts() == 256);
  BOOST_TEST(channels.num_blocks() == 256u);
  BOOST_TEST(channels.of_parts().num_lines() == 16);
  BOOST_TEST(channels.of_parts().length() == 256);
  BOOST_TEST(channels.of_parts().num_blocks() == 2u);
  BOOST_TEST(Lines::whole({128, 32, 32, 16}, {0, 1, 2}, 4).num_parts() == 1);
  // A part is as many loads for every thread: of 256 threads and 4 elements.
  BOOST_TEST(has(Lines::divided({1 << 24}, {0}, 4), "kPart = 32768u"));
}

BOOST_AUTO_TEST_CASE(a_thread_folds_some_thousand_elements_at_most) {
  const Lines lines = Lines::divided({1 << 23, 1 << 16}, {0}, 4);
  BOOST_TEST(lines.num_parts() > 1);
  BOOST_TEST(lines.length() / lines.num_parts() <= 1024 * 8);
  BOOST_TEST(has(lines, "using Index = unsigned long long;"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace cornu::cuda
