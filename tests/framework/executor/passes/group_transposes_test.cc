#include <boost/test/unit_test.hpp>

#include "framework/executor/passes/passes.h"
#include "framework/ops/exponential.h"
#include "framework/ops/move_axes.h"
#include "framework/ops/reshape.h"
#include "tests/support/traced.h"

using namespace cornu;
using namespace cornu::test;

namespace {

using Integers = std::vector<std::int64_t>;

const TensorSpecs kTwo{{{3, 5, 2}, DType::kFloat32}, {{4, 6, 7}, DType::kFloat32}};

Tensor last_first(const Tensor& x) { return ops::transpose(x, {2, 0, 1}); }
Tensor first_last(const Tensor& x) { return ops::transpose(x, {1, 2, 0}); }

Ir grouped(const TensorSpecs& specs, const std::function<Tensors(const Tensors&)>& function) {
  Ir ir = Traced(specs, function).ir();
  group_transposes(ir);
  return ir;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(framework_executor_passes_group_transposes)

BOOST_AUTO_TEST_CASE(those_of_what_is_there_come_first) {
  const Ir ir = grouped(kTwo, [](const Tensors& x) {
    const Tensor first = ops::exp(last_first(x[0]));
    return Tensors{first, ops::exp(first_last(x[1]))};
  });
  BOOST_TEST_REQUIRE(joined(operations_of(ir)) == "grouped_transpose exp exp");
  BOOST_TEST((ir.nodes[0].attributes.integers("rows") == Integers{15, 4}));
  BOOST_TEST((ir.nodes[0].attributes.integers("columns") == Integers{2, 42}));
}

BOOST_AUTO_TEST_CASE(those_of_what_is_computed_wait_for_the_last) {
  const Ir ir = grouped(kTwo, [](const Tensors& x) {
    const Tensor first = first_last(ops::exp(x[0]));
    return Tensors{first, first_last(ops::exp(x[1]))};
  });
  BOOST_TEST(joined(operations_of(ir)) == "exp exp grouped_transpose");
}

BOOST_AUTO_TEST_CASE(one_that_is_read_before_the_last_stays) {
  const Ir ir = grouped(kTwo, [](const Tensors& x) {
    const Tensor first = ops::exp(first_last(ops::exp(x[0])));
    return Tensors{first, first_last(ops::exp(x[1]))};
  });
  BOOST_TEST(joined(operations_of(ir)) == "exp transpose exp exp transpose");
}

BOOST_AUTO_TEST_CASE(other_orders_of_axes_stay) {
  const Ir ir = grouped(kTwo, [](const Tensors& x) {
    return Tensors{ops::transpose(x[0], {1, 0, 2}), ops::transpose(x[1], {2, 1, 0})};
  });
  BOOST_TEST(joined(operations_of(ir)) == "transpose transpose");
}

BOOST_AUTO_TEST_SUITE_END()
