#include "framework/executor/profile.h"

#include <boost/test/unit_test.hpp>

#include "framework/ops/arithmetic.h"
#include "framework/ops/exponential.h"
#include "framework/ops/matmul.h"
#include "framework/ops/reduce.h"
#include "tests/support/traced.h"

using namespace cornu;
using namespace cornu::test;

namespace {

Tensor filled(const Shape& shape, float value) {
  return Tensor::copy(std::vector<float>(static_cast<std::size_t>(shape.num_elements()), value), shape);
}

ProgramProfile profile_of(const Program& program, const Tensor& feed) {
  const void* const source = feed.raw();
  Tensors results;
  std::vector<void*> targets;
  for (const TensorSpec& spec : program.fetch_specs()) {
    results.push_back(Tensor::empty(spec.shape, spec.dtype));
    targets.push_back(results.back().raw());
  }
  return program.profile({&source, 1}, targets, {.runs = 3, .seconds_per_step = 1e-4});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(framework_executor_profile)

// A product (too many rows for a kernel of our own), a sum over it, and the product fetched twice.
BOOST_AUTO_TEST_CASE(describes_each_step_and_its_memory) {
  const Variable kernel(filled({64, 64}, 1));
  const auto program = Traced({{{128, 64}, DType::kFloat32}}, [&](const Tensors& x) {
                         const Tensor y = ops::matmul(x[0], kernel.value());
                         return Tensors{ops::sum(y, {.axis = 0}), y, y};
                       }).compile();
  const ProgramProfile profile = profile_of(*program, filled({128, 64}, 1));
  BOOST_TEST_REQUIRE(profile.steps.size() == 3);
  BOOST_TEST(profile.steps[0].operation == "matmul");
  BOOST_TEST((profile.steps[0].kind == StepProfile::Kind::kPrimitive));
  BOOST_TEST(profile.steps[0].implementation.starts_with("oneDNN "));
  BOOST_TEST(profile.steps[0].inputs[1].shape.to_string() == "(64, 64)");
  BOOST_TEST(profile.steps[0].bytes_read >= (128 * 64 + 64 * 64) * sizeof(float));
  BOOST_TEST(profile.steps[0].bytes_written == 128 * 64 * sizeof(float));
  BOOST_TEST(profile.steps[1].operation == "sum");
  BOOST_TEST((profile.steps[1].kind == StepProfile::Kind::kOwnKernel));
  BOOST_TEST(profile.steps[1].bytes_written == 64 * sizeof(float));
  BOOST_TEST(profile.steps[2].operation == "copy");
  BOOST_TEST((profile.steps[2].kind == StepProfile::Kind::kCopy));
  BOOST_TEST(profile.steps[2].bytes_written == 128 * 64 * sizeof(float));
}

BOOST_AUTO_TEST_CASE(sums_are_those_of_the_steps) {
  const auto program = Traced({{{256, 256}, DType::kFloat32}}, [](const Tensors& x) {
                         return Tensors{ops::sum(ops::matmul(ops::exp(x[0]), x[0]))};
                       }).compile();
  const ProgramProfile profile = profile_of(*program, filled({256, 256}, 0.5F));
  double in_run = 0;
  double alone = 0;
  for (const StepProfile& step : profile.steps) {
    BOOST_TEST(step.alone_ms > 0);
    BOOST_TEST(step.in_run_ms >= step.alone_ms);
    in_run += step.in_run_ms;
    alone += step.alone_ms;
  }
  BOOST_TEST(profile.sum_in_run_ms() == in_run);
  BOOST_TEST(profile.sum_alone_ms() == alone);
  BOOST_TEST(profile.run_ms > 0);
  BOOST_TEST(profile.overhead_ms() == profile.run_ms - in_run);
  BOOST_TEST(profile.alive_bytes > 0U);
  BOOST_TEST(profile.arena_bytes >= profile.alive_bytes);
}

// A limit of what is computed, of what is moved, and of a run of both.
BOOST_AUTO_TEST_CASE(the_limit_is_the_longer_of_computing_and_moving) {
  StepProfile computes;
  computes.alone_ms = 3;
  computes.bytes_from_memory = 500'000;
  computes.bytes_to_memory = 1'500'000;
  StepProfile moves = computes;
  moves.alone_ms = 1;
  BOOST_TEST(computes.memory_ms(1e9) == 2.0);
  BOOST_TEST(computes.limit_ms(1e9) == 3.0);
  BOOST_TEST(moves.limit_ms(1e9) == 2.0);
  ProgramProfile profile;
  profile.steps = {computes, moves};
  BOOST_TEST(profile.sum_limit_ms(1e9) == 5.0);
}

BOOST_AUTO_TEST_CASE(without_a_cache_all_comes_from_memory) {
  const auto program =
      Traced({{{256, 256}, DType::kFloat32}}, [](const Tensors& x) { return Tensors{ops::sum(x[0])}; }).compile();
  const ProgramProfile profile = profile_of(*program, filled({256, 256}, 0.5F));
  BOOST_TEST_REQUIRE(profile.steps.size() == 1U);
  BOOST_TEST(profile.steps[0].bytes_from_memory >= 256 * 256 * sizeof(float));
}

// Each run doubles the variable: what is measured again and again must see the same numbers, and leave them.
BOOST_AUTO_TEST_CASE(variables_have_their_old_values_afterwards) {
  const Variable weight(filled({100}, 3));
  const auto program = Traced({{{100}, DType::kFloat32}}, [&](const Tensors& x) {
                         weight.assign(weight.value() * 2.0 + x[0]);
                         return Tensors{ops::sum(weight.value())};
                       }).compile();
  const std::uint64_t version = weight.version();
  profile_of(*program, filled({100}, 1));
  BOOST_TEST(weight.snapshot().data<float>()[99] == 3.0F);
  BOOST_TEST(weight.version() > version);
}

BOOST_AUTO_TEST_SUITE_END()
