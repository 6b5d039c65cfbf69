// Loops of machine code against functions over blocks, bit by bit: in AVX-512 and in AVX2, where this machine has them.

#include "framework/backends/onednn/vector/block_loop.h"

#include <omp.h>

#include <algorithm>
#include <bit>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "framework/backends/onednn/vector/block_program.h"
#include "framework/backends/onednn/vector/block_table.h"
#include "framework/elementwise_program.h"
#include "framework/tensor.h"
#include "tests/support/guarded_memory.h"
#include "tests/support/num_threads.h"

namespace cornu::vector {
namespace {

using Width = VectorAssembler::Width;

std::vector<Width> usable_widths() {
  const std::optional<Width> widest = BlockLoop::usable_width();
  if (!widest) return {};
  return *widest == Width::kAvx512 ? std::vector{Width::kAvx2, Width::kAvx512} : std::vector{Width::kAvx2};
}

struct Chain {
  ElementwiseProgram program;
  Tensors inputs;
  std::vector<TensorSpec> outputs;
};

std::vector<TensorSpec> specs_of(const Tensors& tensors) {
  std::vector<TensorSpec> specs;
  for (const Tensor& tensor : tensors) specs.push_back(tensor.spec());
  return specs;
}

// What a chain gives. With `overwrite` an output lies where an input of its size does, for as many as there are.
Tensors results_of(const Chain& chain, std::optional<Width> width, bool overwrite = false) {
  const auto kernel = BlockProgram::compile(chain.program, specs_of(chain.inputs), chain.outputs, width);
  BOOST_REQUIRE(kernel);
  Tensors inputs;
  for (const Tensor& input : chain.inputs) inputs.push_back(test::guarded(input, test::GuardedEnd::kLast));
  Tensors outputs;
  std::vector<bool> taken(inputs.size(), false);
  for (std::size_t i = 0; i < chain.outputs.size(); ++i) {
    const Tensor somewhere = Tensor::empty(chain.outputs[i].shape, chain.outputs[i].dtype);
    outputs.push_back(test::guarded(somewhere, test::GuardedEnd::kLast));
    for (std::size_t k = 0; overwrite && k < inputs.size(); ++k) {
      if (taken[k] || inputs[k].dtype() != chain.outputs[i].dtype || !kernel->can_share(k, i)) continue;
      outputs[i] = inputs[k];
      taken[k] = true;
      break;
    }
  }
  std::vector<const void*> sources;
  std::vector<void*> targets;
  for (const Tensor& input : inputs) sources.push_back(input.raw());
  for (Tensor& output : outputs) targets.push_back(output.raw());
  kernel->run({sources.data(), targets.data(), nullptr});
  return outputs;
}

// But for the kinds of NaN.
bool equal_bits(const Tensor& a, const Tensor& b) {
  if (a.dtype() != DType::kFloat32) return std::memcmp(a.raw(), b.raw(), a.num_bytes()) == 0;
  const auto x = a.data<float>();
  const auto y = b.data<float>();
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (std::bit_cast<std::uint32_t>(x[i]) != std::bit_cast<std::uint32_t>(y[i]) &&
        !(std::isnan(x[i]) && std::isnan(y[i])))
      return false;
  }
  return true;
}

void check_equal(const Chain& chain, const std::string& what) {
  const Tensors expected = results_of(chain, std::nullopt);
  for (const Width width : usable_widths()) {
    for (const bool overwrite : {false, true}) {
      const Tensors actual = results_of(chain, width, overwrite);
      for (std::size_t i = 0; i < expected.size(); ++i) {
        BOOST_TEST(equal_bits(actual[i], expected[i]), what << ", output " << i
                                                            << (width == Width::kAvx2 ? ", AVX2" : ", AVX-512")
                                                            << (overwrite ? ", in place" : ""));
      }
    }
  }
}

// Zeros, infinities, NaN, subnormals, halves and numbers next to where rounding has nothing left to do.
const std::vector<float>& special_values() {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  static const std::vector<float> values{0.0F,        -0.0F,   1.0F,      -1.0F,      0.5F,       -0.5F,        1.5F,
                                         2.5F,        -2.5F,   kInfinity, -kInfinity, 8388607.5F, 1e-40F,       -1e-40F,
                                         16777216.0F, 3.4e38F, -3.4e38F,  0.3F,       -7.7F,      std::nanf("")};
  return values;
}

const std::vector<std::string>& unary_operations() {
  static const std::vector<std::string> names{"negative",   "absolute", "sign",  "square", "sqrt",  "rsqrt",
                                              "reciprocal", "relu",     "floor", "ceil",   "round", "trunc"};
  return names;
}
const std::vector<std::string>& binary_operations() {
  static const std::vector<std::string> names{"add", "subtract", "multiply", "divide", "maximum", "minimum"};
  return names;
}
const std::vector<std::string>& comparisons() {
  static const std::vector<std::string> names{"equal",         "not_equal", "less",  "less_equal", "greater",
                                              "greater_equal", "isnan",     "isinf", "isfinite"};
  return names;
}
const std::vector<std::string>& logic() {
  static const std::vector<std::string> names{"logical_and", "logical_or", "logical_xor", "logical_not"};
  return names;
}

int num_operands(const std::string& name) {
  const auto one = [&](const std::vector<std::string>& names) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  return one(unary_operations()) || name.starts_with("is") || name == "logical_not" ? 1 : 2;
}

// Chains over every kind of operation, some of them functions, with operands of all forms.
Chain random_chain(std::mt19937& random, const Shape& shape, int num_steps) {
  const auto below = [&](std::size_t count) { return static_cast<std::size_t>(random() % count); };
  Chain chain;
  std::vector<int> floats;
  std::vector<int> bools;
  const auto add_input = [&](const Shape& own, DType dtype) {
    Tensor input = Tensor::empty(own, dtype);
    for (std::int64_t i = 0; i < own.num_elements(); ++i) {
      if (dtype == DType::kBool) {
        static_cast<std::uint8_t*>(input.raw())[i] = static_cast<std::uint8_t>(below(2));
      } else {
        static_cast<float*>(input.raw())[i] = below(8) == 0 ? special_values()[below(special_values().size())]
                                                            : std::uniform_real_distribution<float>(-4, 4)(random);
      }
    }
    (dtype == DType::kBool ? bools : floats).push_back(static_cast<int>(chain.inputs.size()));
    chain.inputs.push_back(input);
  };
  add_input(shape, DType::kFloat32);
  add_input(shape, DType::kBool);
  for (std::size_t i = below(14); i > 0; --i) {
    Shape columns = shape;
    columns[shape.rank() - 1] = 1;
    Shape rows = shape;
    rows[0] = 1;
    const std::vector<Shape> shapes{shape, shape, shape, {}, columns, rows, shape.slice(shape.rank() - 1)};
    add_input(shapes[below(shapes.size())], below(5) == 0 ? DType::kBool : DType::kFloat32);
  }
  const auto any_of = [&](const auto& values) { return values[below(values.size())]; };
  const auto add_step = [&](const std::string& name, std::vector<int> operands, DType dtype) {
    (dtype == DType::kBool ? bools : floats)
        .push_back(static_cast<int>(chain.inputs.size() + chain.program.steps.size()));
    chain.program.steps.push_back({name, std::move(operands), dtype});
  };
  for (int i = 0; i < num_steps; ++i) {
    const std::size_t kind = below(12);
    if (kind < 2) {
      add_step(any_of(unary_operations()), {any_of(floats)}, DType::kFloat32);
    } else if (kind < 6) {
      add_step(any_of(binary_operations()), {any_of(floats), any_of(floats)}, DType::kFloat32);
    } else if (kind < 8) {
      const std::string name = any_of(comparisons());
      std::vector<int> operands{any_of(floats)};
      if (num_operands(name) == 2) operands.push_back(any_of(floats));
      add_step(name, operands, DType::kBool);
    } else if (kind == 8) {
      const std::string name = any_of(logic());
      std::vector<int> operands{any_of(bools)};
      if (num_operands(name) == 2) operands.push_back(any_of(bools));
      add_step(name, operands, DType::kBool);
    } else if (kind == 9) {
      add_step("where", {any_of(bools), any_of(floats), any_of(floats)}, DType::kFloat32);
    } else if (kind == 10) {
      const bool to_bool = below(2) == 0;
      add_step("cast", {to_bool ? any_of(floats) : any_of(bools)}, to_bool ? DType::kBool : DType::kFloat32);
    } else {
      add_step(below(2) == 0 ? "tanh" : "erf", {any_of(floats)}, DType::kFloat32);
    }
  }
  const std::size_t num_steps_made = chain.program.steps.size();
  for (std::size_t i = 1 + below(5); i > 0; --i) {
    const std::size_t step = i == 1 ? num_steps_made - 1 : below(num_steps_made);
    chain.program.outputs.push_back(static_cast<int>(chain.inputs.size() + step));
    chain.outputs.push_back({shape, chain.program.steps[step].dtype});
  }
  return chain;
}

Chain chain_of(const std::string& operation, const Tensors& inputs, DType dtype) {
  std::vector<int> operands;
  for (std::size_t i = 0; i < inputs.size(); ++i) operands.push_back(static_cast<int>(i));
  // A second step makes it a chain, which a loop is made for whatever the types are.
  const int result = static_cast<int>(inputs.size());
  ElementwiseProgram program{{{operation, operands, dtype}, {"cast", {result}, DType::kFloat32}}, {result, result + 1}};
  if (dtype == DType::kFloat32) program.steps[1] = {"negative", {result}, dtype};
  return {program, inputs, {{inputs[0].shape(), dtype}, {inputs[0].shape(), DType::kFloat32}}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(framework_backends_onednn_vector_block_loop)

BOOST_AUTO_TEST_CASE(a_machine_with_such_vectors_has_loops) {
  BOOST_TEST(BlockLoop::usable_width().has_value() == (usable_tables().size() > 1));
}

// Every pair of special values, in a number of elements that leaves a rest behind whole vectors.
BOOST_AUTO_TEST_CASE(every_operation_treats_special_values_alike) {
  std::vector<float> left;
  std::vector<float> right;
  for (const float x : special_values()) {
    for (const float y : special_values()) {
      left.push_back(x);
      right.push_back(y);
    }
  }
  left.resize(left.size() - 3);
  right.resize(left.size());
  const Shape shape{static_cast<std::int64_t>(left.size())};
  const Tensor x = Tensor::copy<float>(left, shape);
  const Tensor y = Tensor::copy<float>(right, shape);
  for (const std::string& name : unary_operations()) check_equal(chain_of(name, {x}, DType::kFloat32), name);
  for (const std::string& name : binary_operations()) check_equal(chain_of(name, {x, y}, DType::kFloat32), name);
  for (const std::string& name : comparisons())
    check_equal(chain_of(name, num_operands(name) == 1 ? Tensors{x} : Tensors{x, y}, DType::kBool), name);
  for (const std::string& name : logic())
    check_equal(chain_of(name, num_operands(name) == 1 ? Tensors{x} : Tensors{x, y}, DType::kBool), name);
  check_equal(chain_of("where", {x, y, x}, DType::kFloat32), "where");
  check_equal(chain_of("cast", {x}, DType::kBool), "cast");
}

BOOST_AUTO_TEST_CASE(random_chains_give_the_same_bits) {
  std::mt19937 random(11);
  const std::vector<Shape> shapes{{1},           {5},    {16},      {3, 33},     {40, 64}, {17, 100},
                                  {2, 3, 50, 7}, {5003}, {3, 1100}, {4, 2, 192}, {2, 5000}};
  for (int i = 0; i < 600; ++i) {
    const Chain chain = random_chain(random, shapes[static_cast<std::size_t>(i) % shapes.size()], 1 + i % 40);
    check_equal(chain, "chain " + std::to_string(i));
  }
}

// More values alive at once than there are vector registers: the chain is cut into several loops.
BOOST_AUTO_TEST_CASE(chains_may_need_more_registers_than_there_are) {
  Chain chain;
  const Shape shape{100};
  std::vector<float> values(100);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = 0.25F * static_cast<float>(i) - 3.0F;
  chain.inputs.push_back(Tensor::copy<float>(values, shape));
  constexpr int kAlive = 40;
  for (int i = 0; i < kAlive; ++i) chain.program.steps.push_back({"add", {i, 0}, DType::kFloat32});
  int sum = kAlive;
  for (int i = 1; i < kAlive; ++i) {
    chain.program.steps.push_back({"multiply", {sum, i}, DType::kFloat32});
    chain.program.steps.push_back({"sqrt", {kAlive + 2 * i - 1}, DType::kFloat32});
    sum = kAlive + 2 * i;
  }
  chain.program.outputs = {sum};
  chain.outputs = {{shape, DType::kFloat32}};
  check_equal(chain, "long chain");
}

// Pointers beyond those that fit into general registers.
BOOST_AUTO_TEST_CASE(chains_may_have_many_operands) {
  Chain chain;
  const Shape shape{77};
  constexpr int kNumInputs = 20;
  for (int i = 0; i < kNumInputs; ++i)
    chain.inputs.push_back(Tensor::copy<float>(std::vector<float>(77, 0.5F + static_cast<float>(i)), shape));
  int sum = 0;
  for (int i = 1; i < kNumInputs; ++i) {
    chain.program.steps.push_back({"subtract", {sum, i}, DType::kFloat32});
    sum = kNumInputs + i - 1;
    if (i % 3 != 0) continue;
    chain.program.outputs.push_back(sum);
    chain.outputs.push_back({shape, DType::kFloat32});
  }
  check_equal(chain, "many operands");
}

BOOST_AUTO_TEST_CASE(the_number_of_threads_changes_nothing) {
  std::mt19937 random(3);
  const Chain chain = random_chain(random, {501, 333}, 12);
  const int usual = omp_get_max_threads();
  Tensors expected;
  for (const int num_threads : {1, 2, 3, 5}) {
    test::set_num_threads(num_threads);
    const Tensors results = results_of(chain, BlockLoop::usable_width());
    if (expected.empty()) expected = results;
    for (std::size_t i = 0; i < results.size(); ++i)
      BOOST_TEST(equal_bits(results[i], expected[i]), num_threads << " threads, output " << i);
  }
  omp_set_num_threads(usual);
}

// Any rest behind whole vectors, also none and nothing else.
BOOST_AUTO_TEST_CASE(nothing_is_written_behind_the_last_element) {
  using Form = BlockLoop::Form;
  for (const Width width : usable_widths()) {
    const bool has_bytes = VectorAssembler(width).has_bytes();
    const std::vector<BlockLoop::Place> inputs{{0, Form::kFloats}, {1, Form::kNumber}};
    const std::vector<BlockLoop::Step> steps{{find_loop_operation("greater"), {0, 1}},
                                             {find_loop_operation("multiply"), {0, 2}}};
    std::vector<BlockLoop::Output> outputs{{3, {2, Form::kFloats}}};
    if (has_bytes) outputs.push_back({2, {3, Form::kTruths}});
    const auto loop = BlockLoop::compile(inputs, steps, outputs, width);
    BOOST_REQUIRE(loop);
    constexpr std::size_t kSize = 64;
    for (std::size_t count = 0; count < kSize; ++count) {
      std::vector<float> x(count);
      for (std::size_t i = 0; i < count; ++i) x[i] = static_cast<float>(i) - 3.5F;
      float threshold = 2.0F;
      std::vector<float> products(kSize, -7.0F);
      std::vector<std::uint8_t> truths(kSize, 9);
      float* const slots[] = {x.data(), &threshold, products.data(), reinterpret_cast<float*>(truths.data())};
      loop->run(slots, static_cast<std::int64_t>(count));
      for (std::size_t i = 0; i < kSize; ++i) {
        const bool is_greater = i < count && x[i] > threshold;
        BOOST_TEST(products[i] == (i < count ? x[i] * (is_greater ? 1.0F : 0.0F) : -7.0F));
        BOOST_TEST(truths[i] == (has_bytes && i < count ? std::uint8_t{is_greater} : std::uint8_t{9}));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(equal_chains_share_their_code) {
  if (!BlockLoop::usable_width()) return;
  const std::vector<BlockLoop::Place> inputs{{0, BlockLoop::Form::kFloats}};
  const std::vector<BlockLoop::Step> steps{{find_loop_operation("square"), {0}}};
  const std::vector<BlockLoop::Output> outputs{{1, {1, BlockLoop::Form::kFloats}}};
  const std::vector<std::uint8_t> code{0xc3};
  const auto first = ExecutableMemory::holding(code);
  BOOST_REQUIRE(first);
  BOOST_TEST(ExecutableMemory::holding(code) == first);
  BOOST_TEST(ExecutableMemory::holding({0x90, 0xc3}) != first);
  const auto loop = BlockLoop::compile(inputs, steps, outputs, *BlockLoop::usable_width());
  BOOST_REQUIRE(loop);
  float x[3] = {1, 2, 3};
  float y[3] = {0, 0, -1};
  float* const slots[] = {x, y};
  loop->run(slots, 2);
  BOOST_TEST(y[1] == 4.0F);
  BOOST_TEST(y[2] == -1.0F);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace cornu::vector
