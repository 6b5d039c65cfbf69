// Programs on a card: the emulated one, or this machine's.

#include "framework/executor/device_runner.h"

#include <boost/test/unit_test.hpp>

#include "framework/error.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/comparison.h"
#include "framework/ops/control_flow.h"
#include "framework/ops/exponential.h"
#include "framework/ops/matmul.h"
#include "framework/ops/reduce.h"
#include "framework/ops/sort.h"
#include "tests/framework/backends/cuda/emulation/card_check.h"
#include "tests/support/kernel_test.h"
#include "tests/support/message_of.h"
#include "tests/support/stderr_of.h"
#include "tests/support/traced.h"

namespace cornu::test {
namespace {

const TensorSpecs kFour{{{4}, DType::kFloat32}};

Tensor four(float first) { return Tensor::copy<float>({first, first + 1, first + 2, first + 3}, {4}); }

std::vector<float> values_of(const Tensor& tensor) { return tensor.to_vector<float>(); }

std::shared_ptr<Program> compiled_on(const std::string& device, const TensorSpecs& specs,
                                     const std::function<Tensors(const Tensors&)>& function) {
  const DeviceScope scope(device);
  return Traced(specs, function).compile();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(framework_executor_device_runner_on_cards)

BOOST_AUTO_TEST_CASE(a_program_gives_what_it_gives_on_the_cpu) {
  const TestCard card;
  const auto function = [](const Tensors& x) { return Tensors{ops::exp(x[0]) * 2.0 + x[1], x[0]}; };
  const TensorSpecs specs{{{4}, DType::kFloat32}, {{4}, DType::kFloat32}};
  const auto program = compiled_on("gpu", specs, function);
  BOOST_TEST(program->device() == "gpu:0");
  BOOST_TEST(program->host_operations().empty());
  const auto on_cpu = compiled_on("cpu", specs, function);
  for (float first = 0; first < 5; ++first) {
    const Tensors feeds{four(first), four(-first)};
    const Tensors results = program->run(feeds);
    const Tensors wanted = on_cpu->run(feeds);
    for (std::size_t i = 0; i < 4; ++i)
      BOOST_TEST(std::abs(results[0].data<float>()[i] - wanted[0].data<float>()[i]) <=
                 1e-6 * wanted[0].data<float>()[i]);
    BOOST_TEST(values_of(results[1]) == values_of(feeds[0]));
  }
}

BOOST_AUTO_TEST_CASE(from_the_second_run_on_a_graph_is_replayed) {
  if (TestCard::is_real()) return;
  const TestCard card;
  const auto program = compiled_on("gpu", kFour, [](const Tensors& x) { return Tensors{ops::exp(x[0]) * 2.0}; });
  const EmulatedCard::Counts& counts = EmulatedCard::counts();
  // Two slots for feeds take turns: each is run once, then recorded, then replayed.
  for (int run = 0; run < 2; ++run) program->run({four(1)});
  BOOST_TEST(counts.graph_launches == 0u);
  for (int run = 0; run < 6; ++run) program->run({four(1)});
  BOOST_TEST(counts.graph_launches == 6u);
  BOOST_TEST(counts.kernels == 8u);
  BOOST_TEST(counts.modules == 1u);
}

BOOST_AUTO_TEST_CASE(variables_stay_on_the_card_until_somebody_reads_them) {
  const TestCard card;
  const Variable total(four(0));
  const auto program = compiled_on("gpu", kFour, [&](const Tensors& x) {
    total.assign(total.value() + x[0]);
    return Tensors{};
  });
  const Tensor before = total.snapshot();
  for (int run = 0; run < 5; ++run) program->run({four(1)});
  BOOST_TEST(values_of(total.snapshot()) == (std::vector<float>{5, 11, 17, 23}));
  BOOST_TEST(values_of(before) == values_of(four(0)));
  total.assign(four(100));
  program->run({four(1)});
  BOOST_TEST(values_of(total.snapshot()) == (std::vector<float>{101, 103, 105, 107}));
}

BOOST_AUTO_TEST_CASE(variables_move_between_programs_of_both_devices) {
  const TestCard card;
  const Variable total(four(0));
  const auto step = [&](const Tensors& x) {
    total.assign(total.value() + x[0]);
    return Tensors{total.value() * 1.0};
  };
  const auto on_card = compiled_on("gpu", kFour, step);
  const auto on_cpu = compiled_on("cpu", kFour, step);
  for (int run = 0; run < 3; ++run) {
    on_card->run({four(1)});
    on_cpu->run({four(1)});
  }
  BOOST_TEST(values_of(total.snapshot()) == (std::vector<float>{6, 13, 20, 27}));
}

// Two variables change places: both old values are read before any is written.
BOOST_AUTO_TEST_CASE(updates_read_old_values) {
  const TestCard card;
  const Variable a(four(1));
  const Variable b(four(10));
  const auto program = compiled_on("gpu", kFour, [&](const Tensors& x) {
    const Tensor old_a = a.value();
    a.assign(b.value());
    b.assign(old_a);
    return Tensors{x[0]};
  });
  for (int run = 0; run < 3; ++run) program->run({four(0)});
  BOOST_TEST(values_of(a.snapshot()) == values_of(four(10)));
  BOOST_TEST(values_of(b.snapshot()) == values_of(four(1)));
}

BOOST_AUTO_TEST_CASE(feeds_may_be_brought_ahead) {
  const TestCard card;
  const auto program = compiled_on("gpu", kFour, [](const Tensors& x) { return Tensors{x[0] * 2.0}; });
  Tensor next = four(0);
  Tensor result = Tensor::empty({4});
  void* target = result.raw();
  bool is_brought = false;
  for (float first = 0; first < 6; ++first) {
    const Tensor now = next;
    const void* source = now.raw();
    program->start({&source, 1}, {&target, 1}, is_brought);
    next = four(first + 1);
    const void* source_of_next = next.raw();
    is_brought = static_cast<int>(first) % 3 != 2;
    if (is_brought) program->bring({&source_of_next, 1});
    program->wait();
    BOOST_TEST(result.data<float>()[1] == 2 * (first + 1));
  }
}

// The same memory may hold something else by then: a batch of another training.
BOOST_AUTO_TEST_CASE(what_was_brought_is_used_only_where_somebody_says_so) {
  const TestCard card;
  const auto program = compiled_on("gpu", kFour, [](const Tensors& x) { return Tensors{x[0] * 2.0}; });
  Tensor x = four(1);
  const void* source = x.raw();
  Tensor result = Tensor::empty({4});
  void* target = result.raw();
  program->bring({&source, 1});
  x.mutable_data<float>()[0] = 50;
  program->start({&source, 1}, {&target, 1});
  program->wait();
  BOOST_TEST(result.data<float>()[0] == 100);
}

BOOST_AUTO_TEST_CASE(feeds_brought_for_no_run_do_no_harm) {
  const TestCard card;
  const Tensor x = four(3);
  const void* source = x.raw();
  compiled_on("gpu", kFour, [](const Tensors& y) { return Tensors{y[0] * 2.0}; })->bring({&source, 1});
  const auto program = compiled_on("gpu", kFour, [](const Tensors& y) { return Tensors{y[0] * 3.0}; });
  BOOST_TEST(values_of(program->run({four(1)})[0]) == (std::vector<float>{3, 6, 9, 12}));
}

BOOST_AUTO_TEST_CASE(what_a_card_has_no_kernel_for_is_computed_on_the_host_and_said) {
  const TestCard card;
  std::shared_ptr<Program> program;
  const std::string text = stderr_of([&] {
    program = compiled_on("gpu", kFour, [](const Tensors& x) { return Tensors{ops::sort(x[0] * -1.0) * 2.0}; });
  });
  BOOST_TEST(text.find("computes on the host what gpu:0 has no kernel for: ") != std::string::npos, text);
  BOOST_TEST(!program->host_operations().empty());
  for (int run = 0; run < 4; ++run)
    BOOST_TEST(values_of(program->run({four(1)})[0]) == (std::vector<float>{-8, -6, -4, -2}));
}

// Branches are programs of the host, which run while the queue waits for them.
BOOST_AUTO_TEST_CASE(a_branch_may_read_and_write_variables) {
  const TestCard card;
  const Variable weight(four(1));
  const Variable total(four(0));
  const auto program = compiled_on("gpu", kFour, [&](const Tensors& x) {
    total.assign(total.value() + x[0]);
    const Tensor is_large = ops::greater(x[0], Tensor::copy<float>({5, 5, 5, 5}, {4}));
    return ops::cond(
        ops::any(is_large), [&] { return Tensors{x[0] * weight.value()}; },
        [&] { return Tensors{x[0] + total.value()}; });
  });
  for (int run = 0; run < 3; ++run) {
    BOOST_TEST(values_of(program->run({four(10)})[0]) == (std::vector<float>{10, 22, 36, 52}));
    const Tensor result = program->run({four(0)})[0];
    BOOST_TEST(result.data<float>()[0] == 10.0F * static_cast<float>(run + 1));
  }
}

BOOST_AUTO_TEST_CASE(what_a_function_of_the_host_throws_is_thrown_where_somebody_waits) {
  TestCard card;
  Queue& queue = card.queue();
  const auto lock = queue.lock();
  queue.call([] { throw StateError("something went wrong"); });
  BOOST_TEST(message_of<StateError>([&] { queue.finish(); }) == "something went wrong");
  queue.finish();
}

BOOST_AUTO_TEST_CASE(weights_that_stay_are_prepared_once) {
  const TestCard card;
  const Variable weight(four(1));
  const auto program =
      compiled_on("gpu", kFour, [&](const Tensors& x) { return Tensors{x[0] * ops::exp(weight.value() * 0.0)}; });
  for (int run = 0; run < 3; ++run) BOOST_TEST(values_of(program->run({four(1)})[0]) == values_of(four(1)));
  weight.assign(four(2));
  BOOST_TEST(values_of(program->run({four(1)})[0]) == values_of(four(1)));
}

BOOST_AUTO_TEST_CASE(running_out_of_memory_names_what_takes_most_and_is_survived) {
  TestCard card;
  const Variable weight(Tensor::copy(std::vector<float>(1 << 20, 1.0F), {1 << 20}), {.name = "large_weight"});
  const auto program = compiled_on("gpu", {{{1 << 20}, DType::kFloat32}},
                                   [&](const Tensors& x) { return Tensors{ops::exp(x[0]) * weight.value()}; });
  const Tensor x = Tensor::copy(std::vector<float>(1 << 20, 0.0F), {1 << 20});
  set_memory_limit("gpu:0", 20 << 20);
  const auto large =
      compiled_on("gpu", {{{1 << 22}, DType::kFloat32}}, [](const Tensors& y) { return Tensors{y[0] * 2.0}; });
  BOOST_TEST(program->run({x})[0].data<float>()[7] == 1.0F);
  const Tensor y = Tensor::copy(std::vector<float>(1 << 22, 1.0F), {1 << 22});
  const std::string message = message_of<OutOfMemory>([&] { large->run({y}); });
  BOOST_TEST(
      message.find("gpu:0: there is no memory for 16.0 MiB (inputs of test): set_memory_limit allows 20.0 MiB") == 0,
      message);
  BOOST_TEST(message.find("\n  4.0 MiB  variable large_weight") != std::string::npos, message);
  BOOST_TEST(program->run({x})[0].data<float>()[7] == 1.0F);
  set_memory_limit("gpu:0", 0);
  BOOST_TEST(large->run({y})[0].data<float>()[9] == 2.0F);
}

BOOST_AUTO_TEST_CASE(memory_is_given_back_with_the_last_holder) {
  if (TestCard::is_real()) return;
  const TestCard card;
  const std::size_t before = EmulatedCard::counts().bytes_allocated;
  std::size_t with_workspace = 0;
  for (int round = 0; round < 2; ++round) {
    const Variable weight(four(1));
    const auto program =
        compiled_on("gpu", kFour, [&](const Tensors& x) { return Tensors{ops::exp(x[0]) * weight.value()}; });
    program->run({four(0)});
    BOOST_TEST(EmulatedCard::counts().bytes_allocated > before);
    if (round == 0) with_workspace = EmulatedCard::counts().bytes_allocated;
    BOOST_TEST(EmulatedCard::counts().bytes_allocated == with_workspace);
  }
}

BOOST_AUTO_TEST_CASE(a_device_that_is_not_there_is_an_error_with_its_reason) {
  BOOST_TEST(message_of<InvalidArgument>([] {
               set_default_device("tpu:0");
             }).find("expected a device such as 'cpu:0' or 'gpu:0'; got 'tpu:0'") == 0);
  BOOST_TEST(message_of<Unsupported>([] { set_default_device("gpu:93"); }).find("device 'gpu:93' ") == 0);
  BOOST_TEST(default_device() == "cpu:0");
}

BOOST_AUTO_TEST_CASE(a_program_is_out_of_date_when_the_default_device_changes) {
  const TestCard card;
  const auto program = Traced(kFour, [](const Tensors& x) { return Tensors{x[0] * 2.0}; }).compile();
  BOOST_TEST(program->is_current());
  set_default_device("gpu");
  BOOST_TEST(default_device() == "gpu:0");
  BOOST_TEST(!program->is_current());
  set_default_device("cpu:0");
  BOOST_TEST(program->is_current());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace cornu::test
