#include "framework/executor/program.h"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <thread>

#include "framework/error.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/exponential.h"
#include "framework/ops/matmul.h"
#include "framework/ops/reduce.h"
#include "framework/ops/reshape.h"
#include "tests/support/message_of.h"
#include "tests/support/stderr_of.h"
#include "tests/support/traced.h"

using namespace cornu;
using namespace cornu::test;

namespace {

Tensor vector_of(std::initializer_list<float> values) {
  return Tensor::copy<float>(values, {static_cast<std::int64_t>(values.size())});
}

const TensorSpecs kPair{{{2}, DType::kFloat32}};

[[maybe_unused]] std::int64_t resident_bytes() {
  std::int64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages >> pages;
  return pages * 4096;
}

std::string dump_of(const Traced& traced) {
  setenv("CORNU_DUMP", "passes", 1);
  std::string text = stderr_of([&] { traced.compile(); });
  unsetenv("CORNU_DUMP");
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(framework_executor_program)

BOOST_AUTO_TEST_CASE(runs_again_and_again_with_the_same_result) {
  const auto program = Traced(kPair, [](const Tensors& x) { return Tensors{ops::exp(x[0]) * 2.0}; }).compile();
  for (int run = 0; run < 3; ++run) BOOST_TEST(program->run({vector_of({0, 0})})[0].data<float>()[1] == 2.0F);
}

BOOST_AUTO_TEST_CASE(updates_a_variable_in_place) {
  const Variable weight(vector_of({1, 2}));
  const Traced traced(kPair, [&](const Tensors& x) {
    weight.assign(weight.value() - x[0] * 0.5);
    return Tensors{};
  });
  const auto program = traced.compile();
  const void* memory = weight.data(true);
  program->run(Tensors{vector_of({2, 2})});
  program->run(Tensors{vector_of({2, 2})});
  BOOST_TEST(weight.data(true) == memory);
  BOOST_TEST(weight.snapshot().data<float>()[0] == -1.0F);
  BOOST_TEST(weight.snapshot().data<float>()[1] == 0.0F);
  BOOST_TEST(dump_of(traced).find("+ 0 copies at the end") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(tensors_read_before_keep_their_values) {
  const Variable weight(vector_of({1, 2}));
  const auto program = Traced(kPair, [&](const Tensors& x) {
                         weight.assign(weight.value() + x[0]);
                         return Tensors{};
                       }).compile();
  const Tensor before = weight.value();
  program->run(Tensors{vector_of({1, 1})});
  BOOST_TEST(before.data<float>()[0] == 1.0F);
  BOOST_TEST(weight.value().data<float>()[0] == 2.0F);
}

BOOST_AUTO_TEST_CASE(fetches_the_old_value_of_a_variable_it_updates) {
  const Variable weight(vector_of({1, 2}));
  const auto program = Traced(kPair, [&](const Tensors& x) {
                         const Tensor old = weight.value();
                         weight.assign(old + x[0]);
                         return Tensors{old};
                       }).compile();
  BOOST_TEST(program->run({vector_of({10, 10})})[0].data<float>()[1] == 2.0F);
  BOOST_TEST(program->run({vector_of({10, 10})})[0].data<float>()[1] == 12.0F);
  BOOST_TEST(weight.snapshot().data<float>()[1] == 22.0F);
}

BOOST_AUTO_TEST_CASE(swaps_two_variables) {
  const Variable a(vector_of({1, 2}));
  const Variable b(vector_of({3, 4}));
  const auto program = Traced({}, [&](const Tensors&) {
                         const Tensor old = a.value();
                         a.assign(b.value());
                         b.assign(old);
                         return Tensors{};
                       }).compile();
  program->run(Tensors{});
  BOOST_TEST(a.snapshot().data<float>()[0] == 3.0F);
  BOOST_TEST(b.snapshot().data<float>()[0] == 1.0F);
  program->run(Tensors{});
  BOOST_TEST(a.snapshot().data<float>()[1] == 2.0F);
  BOOST_TEST(b.snapshot().data<float>()[1] == 4.0F);
}

BOOST_AUTO_TEST_CASE(fetches_one_value_twice_and_a_feed) {
  const auto program = Traced(kPair, [](const Tensors& x) {
                         const Tensor y = ops::exp(x[0]);
                         return Tensors{y, y, x[0]};
                       }).compile();
  const Tensors result = program->run({vector_of({0, 0})});
  BOOST_TEST(result[0].data<float>()[0] == 1.0F);
  BOOST_TEST(result[1].data<float>()[0] == 1.0F);
  BOOST_TEST(result[2].data<float>()[0] == 0.0F);
}

BOOST_AUTO_TEST_CASE(packed_weights_follow_the_variable) {
  // Large enough for a product whose weights oneDNN wants in a layout of its own.
  const std::int64_t n = 256;
  const Shape square{n, n};
  const auto full = [&](float value) {
    return Tensor::copy(std::vector<float>(static_cast<std::size_t>(n * n), value), square);
  };
  const Variable kernel(full(1));
  const auto program = Traced({{square, DType::kFloat32}}, [&](const Tensors& x) {
                         return Tensors{ops::matmul(x[0], kernel.value())};
                       }).compile();
  BOOST_TEST(program->run({full(1)})[0].data<float>()[0] == 256.0F);
  kernel.assign(full(2));
  BOOST_TEST(program->run({full(1)})[0].data<float>()[0] == 512.0F);
  static_cast<float*>(kernel.data(true))[0] = 4.0F;
  kernel.mark_written();
  BOOST_TEST(program->run({full(1)})[0].data<float>()[0] == 514.0F);
}

// Batch normalization's scale goes into the weights before they are packed: both the scale and the weights may change.
BOOST_AUTO_TEST_CASE(packed_copies_of_computed_weights_follow_the_variables) {
  const std::int64_t n = 256;
  const Shape square{n, n};
  const auto full = [&](const Shape& shape, float value) {
    return Tensor::copy(std::vector<float>(static_cast<std::size_t>(shape.num_elements()), value), shape);
  };
  const Variable kernel(full(square, 1));
  const Variable scale(full({n}, 2));
  const auto program = Traced({{square, DType::kFloat32}}, [&](const Tensors& x) {
                         return Tensors{ops::matmul(x[0], kernel.value() * scale.value())};
                       }).compile();
  BOOST_TEST(joined(program->step_operations()) == "matmul");
  BOOST_TEST(program->run({full(square, 1)})[0].data<float>()[0] == 512.0F);
  scale.assign(full({n}, 3));
  BOOST_TEST(program->run({full(square, 1)})[0].data<float>()[0] == 768.0F);
  kernel.assign(full(square, 2));
  BOOST_TEST(program->run({full(square, 1)})[0].data<float>()[0] == 1536.0F);
}

// The same weights are wanted packed by one product and as they are by an addition.
BOOST_AUTO_TEST_CASE(computed_weights_are_there_packed_and_unpacked) {
  const std::int64_t n = 256;
  const Shape square{n, n};
  const Tensor ones = Tensor::copy(std::vector<float>(static_cast<std::size_t>(n * n), 1), square);
  const Variable kernel(ones);
  const auto program = Traced({{square, DType::kFloat32}}, [&](const Tensors& x) {
                         const Tensor doubled = ops::exp(kernel.value() * 0.0) * 2.0;
                         return Tensors{ops::matmul(x[0], doubled), x[0] + doubled};
                       }).compile();
  for (int run = 0; run < 2; ++run) {
    const Tensors results = program->run(Tensors{ones});
    BOOST_TEST(results[0].data<float>()[5] == 512.0F);
    BOOST_TEST(results[1].data<float>()[5] == 3.0F);
    kernel.mark_written();
  }
}

BOOST_AUTO_TEST_CASE(several_threads_run_one_program) {
  const Variable gain(vector_of({2, 2}));
  const auto program =
      Traced(kPair, [&](const Tensors& x) { return Tensors{ops::exp(x[0]) * ops::square(gain.value())}; }).compile();
  std::vector<int> wrong(4, 0);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < wrong.size(); ++t) {
    threads.emplace_back([&, t] {
      for (int run = 0; run < 200; ++run) {
        const Tensors result = program->run({vector_of({0, static_cast<float>(t)})});
        const float expected = std::exp(static_cast<float>(t)) * 4.0F;
        if (std::abs(result[0].data<float>()[1] - expected) > 1e-5F * expected) ++wrong[t];
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (int count : wrong) BOOST_TEST(count == 0);
}

// The sanitizers bring allocators of their own.
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
BOOST_AUTO_TEST_CASE(compiling_returns_free_memory_to_the_system) {
  constexpr std::size_t kBlock = 64 * 1024;
  constexpr std::size_t kCount = 1024;
  std::vector<std::unique_ptr<char[]>> blocks;
  for (std::size_t i = 0; i < kCount; ++i) {
    blocks.push_back(std::make_unique<char[]>(kBlock));
    std::memset(blocks.back().get(), 1, kBlock);
  }
  // Every other one goes: what is free lies between what stays.
  for (std::size_t i = 0; i < kCount; i += 2) blocks[i].reset();
  const std::int64_t before = resident_bytes();
  const auto program = Traced(kPair, [](const Tensors& x) { return Tensors{ops::exp(x[0])}; }).compile();
  BOOST_TEST(before - resident_bytes() > static_cast<std::int64_t>(kBlock * kCount / 4));
}
#endif

BOOST_AUTO_TEST_CASE(refuses_feeds_of_another_number_or_shape) {
  const auto program = Traced(kPair, [](const Tensors& x) { return Tensors{ops::exp(x[0])}; }).compile();
  BOOST_TEST(message_of<InvalidArgument>([&] { program->run(Tensors{}); }) == "Program: expected 1 feeds; got 0");
  BOOST_TEST(message_of<ShapeError>([&] {
               program->run(Tensors{vector_of({1, 2, 3})});
             }) == "Program: expected (2,) float32 for feed 0; got (3,) float32");
}

BOOST_AUTO_TEST_CASE(dumps_what_each_pass_made) {
  const std::string text = dump_of(Traced(kPair, [](const Tensors& x) { return Tensors{ops::exp(x[0]) + 1.0}; }));
  for (const char* expected : {"== import: 2 nodes", "== fold_constants", "== simplify", "== fuse_elementwise: 1 nodes",
                               "== order_updates", "== plan: 1 steps"}) {
    BOOST_TEST(text.find(expected) != std::string::npos, "no line '" << expected << "'");
  }
}

BOOST_AUTO_TEST_SUITE_END()
