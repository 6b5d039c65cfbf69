#include <boost/test/unit_test.hpp>

#include "framework/executor/program.h"
#include "framework/ops/cast.h"
#include "framework/ops/conv.h"
#include "framework/ops/matmul.h"
#include "tests/support/gradient_check.h"
#include "tests/support/kernel_test.h"

using namespace cornu;

// float16 and bfloat16 are computed in float32 and rounded once: kernels that want their weights packed get them so.
BOOST_AUTO_TEST_SUITE(framework_low_precision)

BOOST_AUTO_TEST_CASE(programs_give_what_float32_gives_rounded) {
  for (const DType dtype : {float16, bfloat16}) {
    const Tensor x = ops::cast(test::uniform_float32({2, 9, 9, 16}, 1), dtype);
    const Tensor kernel = ops::cast(test::uniform_float32({3, 3, 16, 32}, 2), dtype);
    const Tensor rows = ops::cast(test::uniform_float32({5, 64}, 3), dtype);
    const Variable weights(ops::cast(test::uniform_float32({64, 48}, 4), dtype));
    const Variable filters(kernel);
    const auto graph = std::make_shared<Graph>();
    Tensors feeds;
    Tensors results;
    {
      const GraphScope scope(graph);
      feeds = {graph->placeholder(x.spec()), graph->placeholder(rows.spec())};
      results = {ops::conv(feeds[0], filters), ops::matmul(feeds[1], weights)};
    }
    const Tensors got = Program::compile(graph, feeds, results)->run({x, rows});
    const Tensor convolved = ops::conv(ops::cast(x, float32), ops::cast(kernel, float32));
    const Tensor multiplied = ops::matmul(ops::cast(rows, float32), ops::cast(weights.value(), float32));
    // One rounding to 8 (bfloat16) or 11 bits; near 0 the order of summation of 144 products shows.
    test::check_close(ops::cast(got[0], float32), convolved, 0x1p-8, 1e-4);
    test::check_close(ops::cast(got[1], float32), multiplied, 0x1p-8, 1e-4);
  }
}

BOOST_AUTO_TEST_SUITE_END()
