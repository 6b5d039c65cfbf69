// Elementwise kernels: the reference against values worked out by hand, the fast ones against the reference.

#include <omp.h>

#include <bit>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "framework/backends/onednn/vector/block_table.h"
#include "framework/elementwise_program.h"
#include "framework/kernel.h"
#include "framework/tensor.h"
#include "tests/support/num_threads.h"

namespace cornu {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

using TensorSpecs = std::vector<TensorSpec>;

TensorSpecs specs_of(const Tensors& tensors) {
  TensorSpecs specs;
  for (const Tensor& tensor : tensors) specs.push_back(tensor.spec());
  return specs;
}

// Runs a kernel; `outputs` may be memory of `inputs`.
void run_kernel(const Kernel& kernel, const Tensors& inputs, const Tensors& outputs) {
  std::vector<const void*> sources;
  std::vector<void*> targets;
  for (const Tensor& input : inputs) sources.push_back(input.raw());
  for (const Tensor& output : outputs) targets.push_back(output.raw());
  const Storage scratch = allocate_storage(kernel.scratch_bytes());
  kernel.run({sources.data(), targets.data(), scratch.get()});
}

// The results of one backend; empty where it does not serve the request.
Tensors results_of(Backend backend, const std::string& operation, const Attributes& attributes, const Tensors& inputs,
                   const TensorSpecs& outputs) {
  const TensorSpecs specs = specs_of(inputs);
  const auto kernel = compile_kernel_of(backend, {operation, attributes, specs, outputs});
  if (!kernel) return {};
  Tensors results;
  for (const TensorSpec& output : outputs) results.push_back(Tensor::empty(output.shape, output.dtype));
  run_kernel(*kernel, inputs, results);
  return results;
}

Shape broadcast_of(const Tensors& inputs) {
  Shape shape;
  for (const Tensor& input : inputs) shape = broadcast_shapes(shape, input.shape());
  return shape;
}

Tensor result_of(Backend backend, const std::string& operation, const Tensors& inputs, DType dtype) {
  const Tensors results = results_of(backend, operation, {}, inputs, {{broadcast_of(inputs), dtype}});
  BOOST_REQUIRE_MESSAGE(!results.empty(), operation + " is not served");
  return results[0];
}

template <typename T>
std::vector<T> reference(const std::string& operation, const std::vector<std::vector<T>>& operands) {
  Tensors inputs;
  for (const auto& operand : operands) {
    inputs.push_back(Tensor::copy<T>(operand, Shape{static_cast<std::int64_t>(operand.size())}));
  }
  const Tensor result = result_of(Backend::kReference, operation, inputs, dtype_for<T>());
  return {result.data<T>().begin(), result.data<T>().end()};
}

// Equal bit by bit, but for the kinds of NaN.
bool same_elements(const Tensor& a, const Tensor& b) {
  if (a.spec() != b.spec()) return false;
  if (a.dtype() != DType::kFloat32) return std::memcmp(a.raw(), b.raw(), a.num_bytes()) == 0;
  for (std::int64_t i = 0; i < a.num_elements(); ++i) {
    const float x = a.data<float>()[static_cast<std::size_t>(i)];
    const float y = b.data<float>()[static_cast<std::size_t>(i)];
    if (std::bit_cast<std::uint32_t>(x) != std::bit_cast<std::uint32_t>(y) && !(std::isnan(x) && std::isnan(y))) {
      return false;
    }
  }
  return true;
}

// Distance in units of the last place of `expected`, that of the least normal number for smaller ones and 0; infinite
// where one is NaN or infinite and the other is not, and where zeros differ in sign.
double distance_in_ulp(float value, float expected) {
  if (std::isnan(value) || std::isnan(expected)) return std::isnan(value) && std::isnan(expected) ? 0 : HUGE_VAL;
  if (value == expected) return std::signbit(value) == std::signbit(expected) ? 0 : HUGE_VAL;
  if (std::isinf(value) || std::isinf(expected)) {
    // Rounding may differ at the edge of overflow.
    return std::abs(value) > 3.4028e38f && std::abs(expected) > 3.4028e38f && (value > 0) == (expected > 0) ? 1
                                                                                                            : HUGE_VAL;
  }
  int exponent = 0;
  std::frexp(expected, &exponent);
  return std::abs(static_cast<double>(value) - expected) / std::ldexp(1.0, std::max(exponent - 24, -149));
}

const std::vector<float>& special_values() {
  static const std::vector<float> values = [] {
    std::vector<float> some{0.0f,       1e-45f,      1e-40f,        1.17549435e-38f, 1e-30f, 1e-10f,  0.25f,
                            0.5f,       0.99999994f, 1.0f,          1.000001f,       1.5f,   2.0f,    2.5f,
                            3.0f,       7.0f,        88.7f,         88.73f,          104.0f, 1000.0f, 8388607.5f,
                            8388609.0f, 16777216.0f, 2147483648.0f, 1e10f,           1e19f,  1e30f,   3.4028235e38f,
                            kInfinity,  kNan};
    const std::size_t count = some.size();
    for (std::size_t i = 0; i < count; ++i) some.push_back(-some[i]);
    return some;
  }();
  return values;
}

// Floats of every exponent and sign, NaN and infinity among them: every 65521st bit pattern, and the special ones.
std::vector<float> sweep() {
  std::vector<float> values = special_values();
  constexpr std::uint64_t kStep = 65521;
  for (std::uint64_t bits = 0; bits <= 0xffffffffu; bits += kStep) {
    values.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
  }
  // Where most arguments are, more densely.
  for (int i = -20000; i <= 20000; ++i) values.push_back(static_cast<float>(i) * 1.0009e-3f);
  return values;
}

Tensor vector_of(const std::vector<float>& values) {
  return Tensor::copy<float>(values, Shape{static_cast<std::int64_t>(values.size())});
}

bool gives_bool(const std::string& operation) {
  return operation.starts_with("is") || operation.starts_with("logical") ||
         operation.find("equal") != std::string::npos || operation == "less" || operation == "greater";
}

// The greatest distance in ulp from the reference, which is rounded once from double. Measured over 2^32 / 257 floats
// and rounded up; everything else must be equal.
const std::map<std::string, double>& bounds() {
  static const std::map<std::string, double> table{
      {"power", 1.5}, {"rsqrt", 2},  {"exp", 1.5},  {"expm1", 2},   {"log", 1.5},      {"log1p", 1.5},
      {"erf", 3},     {"erfinv", 4}, {"lgamma", 8}, {"sigmoid", 3}, {"softplus", 2.5}, {"sin", 2},
      {"cos", 2},     {"tan", 3.5},  {"asin", 2.5}, {"acos", 2},    {"atan", 2},       {"atan2", 3},
      {"sinh", 3},    {"cosh", 2},   {"tanh", 3},   {"asinh", 2.5}, {"acosh", 2.5},    {"atanh", 2.5}};
  return table;
}

double bound_of(const std::string& operation) {
  const auto found = bounds().find(operation);
  return found == bounds().end() ? 0 : found->second;
}

int num_operands(const std::string& operation) {
  static const std::vector<std::string> binary{
      "add",        "subtract",      "multiply",    "divide",     "floor_divide", "mod",     "power",
      "maximum",    "minimum",       "equal",       "not_equal",  "less",         "greater", "atan2",
      "less_equal", "greater_equal", "logical_and", "logical_or", "logical_xor"};
  if (operation == "where") return 3;
  return std::find(binary.begin(), binary.end(), operation) != binary.end() ? 2 : 1;
}

// The first value of each block in place of all of it.
std::vector<float> held(std::vector<float> values, std::size_t block) {
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = values[i / block * block];
  return values;
}

// Compares one function of one instruction set with the reference kernel. `mask` marks the operands of which the
// function takes one number for all of a block.
void check_block_function(const vector::BlockTable& table, const std::string& name, vector::BlockFunction function,
                          std::size_t mask, Tensors operands) {
  constexpr std::size_t kBlock = 83;
  for (std::size_t k = 0; k < operands.size(); ++k) {
    if ((mask >> k & 1) != 0) operands[k] = vector_of(held(operands[k].to_vector<float>(), kBlock));
  }
  const DType dtype = gives_bool(name) ? DType::kBool : DType::kFloat32;
  const Tensor expected = result_of(Backend::kReference, name, operands, dtype);
  const std::vector<float> wanted = expected.to_vector<float>();
  std::vector<const float*> pointers;
  for (const Tensor& operand : operands) pointers.push_back(operand.data<float>().data());
  std::vector<float> results(wanted.size());
  // In blocks of an odd length, so that the ends of loops are tested with all kinds of values too.
  for (std::size_t begin = 0; begin < results.size(); begin += kBlock) {
    std::vector<const float*> block = pointers;
    for (const float*& pointer : block) pointer += begin;
    function(block.data(), results.data() + begin, static_cast<int>(std::min(kBlock, results.size() - begin)));
  }
  double worst = -1;
  std::size_t at = 0;
  for (std::size_t i = 0; i < results.size(); ++i) {
    const double distance = distance_in_ulp(results[i], wanted[i]);
    if (distance > worst) worst = distance, at = i;
  }
  std::string arguments;
  for (const float* pointer : pointers) arguments += " " + std::to_string(pointer[at]);
  BOOST_TEST(worst <= bound_of(name), table.isa << " " << name << " " << mask << ": " << worst << " ulp at" << arguments
                                                << ": " << results[at] << " instead of " << wanted[at]);
}

// All functions of an operation.
void check_block_kernel(const vector::BlockTable& table, const vector::BlockKernel& kernel, const Tensors& operands) {
  check_block_function(table, kernel.name, kernel.function, 0, operands);
  for (std::size_t mask = 1; mask < vector::BlockKernel::kNumMasks; ++mask) {
    if (kernel.with_numbers[mask]) check_block_function(table, kernel.name, kernel.with_numbers[mask], mask, operands);
  }
}

BOOST_AUTO_TEST_SUITE(framework_backends_elementwise)

// --- the reference
// -----------------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(integer_division_rounds_down_and_by_zero_gives_zero) {
  using Ints = std::vector<std::int32_t>;
  constexpr std::int32_t kLeast = std::numeric_limits<std::int32_t>::min();
  const Ints x{7, -7, 7, -7, 6, 5, kLeast};
  const Ints y{3, 3, -3, -3, -3, 0, -1};
  BOOST_TEST(reference<std::int32_t>("floor_divide", {x, y}) == (Ints{2, -3, -3, 2, -2, 0, kLeast}),
             boost::test_tools::per_element());
  BOOST_TEST(reference<std::int32_t>("mod", {x, y}) == (Ints{1, 2, -2, -1, 0, 0, 0}), boost::test_tools::per_element());
  using Longs = std::vector<std::int64_t>;
  constexpr std::int64_t kLeastLong = std::numeric_limits<std::int64_t>::min();
  BOOST_TEST(reference<std::int64_t>("floor_divide", {Longs{kLeastLong}, Longs{-1}}) == Longs{kLeastLong},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(integers_wrap_around) {
  using Bytes = std::vector<std::uint8_t>;
  BOOST_TEST(reference<std::uint8_t>("add", {Bytes{250, 1}, Bytes{10, 2}}) == (Bytes{4, 3}),
             boost::test_tools::per_element());
  BOOST_TEST(reference<std::uint8_t>("negative", {Bytes{1}}) == Bytes{255}, boost::test_tools::per_element());
  BOOST_TEST(reference<std::uint8_t>("bitwise_not", {Bytes{0x0f}}) == Bytes{0xf0}, boost::test_tools::per_element());
  using Ints = std::vector<std::int32_t>;
  BOOST_TEST(reference<std::int32_t>("power", {Ints{3, -2, 2, 2, 1, -1, 0}, Ints{4, 3, 31, -1, -5, -3, 0}}) ==
                 (Ints{81, -8, std::numeric_limits<std::int32_t>::min(), 0, 1, -1, 1}),
             boost::test_tools::per_element());
  BOOST_TEST(reference<std::int32_t>("left_shift", {Ints{1, 1, 3}, Ints{4, 32, 64}}) == (Ints{16, 0, 0}),
             boost::test_tools::per_element());
  BOOST_TEST(reference<std::int32_t>("right_shift", {Ints{-8, 8, -1}, Ints{1, 2, 99}}) == (Ints{-4, 2, -1}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(large_int64_keep_all_digits) {
  using Longs = std::vector<std::int64_t>;
  constexpr std::int64_t kOdd = (std::int64_t{1} << 60) + 1;
  BOOST_TEST(reference<std::int64_t>("add", {Longs{kOdd}, Longs{1}}) == Longs{kOdd + 1},
             boost::test_tools::per_element());
  const Tensor wide = Tensor::copy<std::int64_t>({kOdd}, {1});
  const Tensor cast = result_of(Backend::kReference, "cast", {wide}, DType::kUInt32);
  BOOST_TEST(cast.data<std::uint32_t>()[0] == 1u);
}

BOOST_AUTO_TEST_CASE(floats_follow_numpy) {
  using Floats = std::vector<float>;
  BOOST_TEST(
      reference<float>("mod", {Floats{7, -7, 7, -7, 5.5f}, Floats{3, 3, -3, -3, 2}}) == (Floats{1, 2, -2, -1, 1.5f}),
      boost::test_tools::per_element());
  // 0.1f is a little more than 1/10, so 6 / 0.1f is a little less than 60.
  BOOST_TEST(reference<float>("floor_divide", {Floats{7, -7, 6}, Floats{2, 2, 0.1f}}) == (Floats{3, -4, 59}),
             boost::test_tools::per_element());
  BOOST_TEST(reference<float>("round", {Floats{0.5f, 1.5f, 2.5f, -0.5f, -2.6f}}) == (Floats{0, 2, 2, 0, -3}),
             boost::test_tools::per_element());
  BOOST_TEST(reference<float>("sign", {Floats{-3, 0, 5}}) == (Floats{-1, 0, 1}), boost::test_tools::per_element());
  BOOST_TEST(std::isnan(reference<float>("sign", {Floats{kNan}})[0]));
  BOOST_TEST(std::isnan(reference<float>("relu", {Floats{kNan}})[0]));
  for (const char* name : {"maximum", "minimum"}) {
    BOOST_TEST(std::isnan(reference<float>(name, {Floats{kNan}, Floats{1}})[0]));
    BOOST_TEST(std::isnan(reference<float>(name, {Floats{1}, Floats{kNan}})[0]));
  }
  BOOST_TEST(reference<double>("erfinv", {std::vector<double>{0.5}})[0] == 0.4769362762044699,
             boost::test_tools::tolerance(1e-15));
  BOOST_TEST(std::erf(reference<double>("erfinv", {std::vector<double>{-0.999}})[0]) == -0.999,
             boost::test_tools::tolerance(1e-15));
}

BOOST_AUTO_TEST_CASE(bools_stay_bools) {
  const Tensor both = Tensor::copy<bool>({false, true}, {2});
  for (const Backend backend : {Backend::kReference, Backend::kCpu}) {
    BOOST_TEST(result_of(backend, "logical_not", {both}, DType::kBool).data<bool>()[0]);
    BOOST_TEST(!result_of(backend, "logical_not", {both}, DType::kBool).data<bool>()[1]);
    BOOST_TEST(!result_of(backend, "logical_xor", {both, both}, DType::kBool).data<bool>()[1]);
  }
  BOOST_TEST(!result_of(Backend::kReference, "bitwise_not", {both}, DType::kBool).data<bool>()[1]);
  const Tensor sum = result_of(Backend::kReference, "add", {both, both}, DType::kBool);
  std::uint8_t byte = 0;
  std::memcpy(&byte, static_cast<const std::uint8_t*>(sum.raw()) + 1, 1);
  BOOST_TEST(static_cast<int>(byte) == 1);
}

BOOST_AUTO_TEST_CASE(casts_cut_towards_zero_and_stop_at_the_ends) {
  const Tensor x = vector_of({2.9f, -2.9f, 300.0f, -300.0f, 3e9f, -3e9f, 1e20f, kInfinity, -kInfinity, kNan});
  const auto cast = [&](Backend backend, DType dtype) {
    return result_of(backend, "cast", {x}, dtype).to_vector<std::int64_t>();
  };
  using Longs = std::vector<std::int64_t>;
  for (const Backend backend : {Backend::kReference, Backend::kCpu}) {
    BOOST_TEST(cast(backend, DType::kInt8) == (Longs{2, -2, 127, -128, 127, -128, 127, 127, -128, 0}),
               boost::test_tools::per_element());
    BOOST_TEST(cast(backend, DType::kUInt8) == (Longs{2, 0, 255, 0, 255, 0, 255, 255, 0, 0}),
               boost::test_tools::per_element());
    constexpr std::int64_t kMax = std::numeric_limits<std::int32_t>::max();
    BOOST_TEST(cast(backend, DType::kInt32) == (Longs{2, -2, 300, -300, kMax, -kMax - 1, kMax, kMax, -kMax - 1, 0}),
               boost::test_tools::per_element());
    constexpr std::int64_t kMaxLong = std::numeric_limits<std::int64_t>::max();
    BOOST_TEST(cast(backend, DType::kInt64) ==
                   (Longs{2, -2, 300, -300, 3000000000, -3000000000, kMaxLong, kMaxLong, -kMaxLong - 1, 0}),
               boost::test_tools::per_element());
    BOOST_TEST(cast(backend, DType::kBool) == (Longs{1, 1, 1, 1, 1, 1, 1, 1, 1, 1}), boost::test_tools::per_element());
  }
}

// --- each operation
// ----------------------------------------------------------------------------------------------------

// Every function of every instruction set that this machine has: over the whole range of floats, and pairs of all
// special values. A wrong sign of zero, NaN for a number or the reverse, and a lost infinity count as infinitely far.
BOOST_AUTO_TEST_CASE(functions_are_near_the_reference_everywhere) {
  const Tensor x = vector_of(sweep());
  std::vector<float> first, second, third;
  for (const float a : special_values()) {
    for (const float b : special_values()) {
      first.push_back(a);
      second.push_back(b);
      third.push_back(static_cast<float>(first.size()));
    }
  }
  std::mt19937 random(1);
  std::uniform_real_distribution<float> exponent(-20, 20);
  for (int i = 0; i < 50000; ++i) {
    first.push_back(std::exp2(exponent(random)) * (i % 3 == 0 ? -1.0f : 1.0f));
    second.push_back(i % 4 == 0 ? std::nearbyint(exponent(random)) : exponent(random));
    third.push_back(exponent(random));
  }
  const Tensors pairs{vector_of(first), vector_of(second), vector_of(third)};
  for (const vector::BlockTable* table : vector::usable_tables()) {
    for (int i = 0; i < table->num_kernels; ++i) {
      const vector::BlockKernel& kernel = table->kernels[i];
      const int count = num_operands(kernel.name);
      check_block_kernel(*table, kernel, count == 1 ? Tensors{x} : Tensors(pairs.begin(), pairs.begin() + count));
    }
  }
}

// Bases near 1 with great exponents, where a float logarithm would have lost everything.
BOOST_AUTO_TEST_CASE(power_is_exact_for_long_exponents) {
  std::vector<float> base, exponent;
  for (int i = 1; i < 5000; ++i) {
    base.push_back(1.0f + static_cast<float>(i) * 1e-4f);
    exponent.push_back((i % 2 == 0 ? 80.0f : -80.0f) / std::log(base.back()));
  }
  for (const vector::BlockTable* table : vector::usable_tables()) {
    check_block_kernel(*table, *vector::find_kernel(*table, "power"), {vector_of(base), vector_of(exponent)});
  }
}

// Arguments close to multiples of pi/2, where the rest of the division is tiny.
BOOST_AUTO_TEST_CASE(angles_near_multiples_of_half_pi_keep_their_digits) {
  std::vector<float> angles;
  for (int i = 1; i < 600000; i += 37) {
    const auto nearest = static_cast<float>(i * 1.57079632679489662);
    for (const float x : {nearest, std::nextafter(nearest, 0.0f), -nearest}) angles.push_back(x);
  }
  for (const vector::BlockTable* table : vector::usable_tables()) {
    for (const char* name : {"sin", "cos", "tan"}) {
      check_block_kernel(*table, *vector::find_kernel(*table, name), {vector_of(angles)});
    }
  }
}

BOOST_AUTO_TEST_CASE(every_fast_operation_has_a_reference) {
  const vector::BlockTable& table = vector::block_table();
  BOOST_TEST(table.num_kernels > 50);
  for (int i = 0; i < table.num_kernels; ++i) {
    const std::string name = table.kernels[i].name;
    const Tensors inputs(static_cast<std::size_t>(num_operands(name)), vector_of({0.25f, 0.75f}));
    const DType dtype = gives_bool(name) ? DType::kBool : DType::kFloat32;
    for (const Backend backend : {Backend::kReference, Backend::kCpu}) result_of(backend, name, inputs, dtype);
  }
}

BOOST_AUTO_TEST_CASE(casts_between_all_types_equal_the_reference) {
  const std::vector<DType> dtypes{DType::kFloat32, DType::kFloat64, DType::kFloat16, DType::kBFloat16, DType::kInt8,
                                  DType::kInt32,   DType::kInt64,   DType::kUInt8,   DType::kUInt32,   DType::kBool};
  std::vector<float> values = special_values();
  for (std::uint64_t bits = 0; bits <= 0xffffffffu; bits += 262139) {
    values.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
  }
  // Ties between two halves, and numbers around the least half.
  for (int i = 0; i < 200; ++i) {
    values.push_back(std::ldexp(static_cast<float>(2 * i + 1), -26));
    values.push_back(1.0f + std::ldexp(static_cast<float>(2 * i + 1), -12));
  }
  const Tensor floats = vector_of(values);
  int num_served = 0;
  for (const DType from : dtypes) {
    const Tensor x = result_of(Backend::kReference, "cast", {floats}, from);
    for (const DType to : dtypes) {
      const Tensor expected = result_of(Backend::kReference, "cast", {x}, to);
      const Tensors fast = results_of(Backend::kCpu, "cast", {}, {x}, {{x.shape(), to}});
      if (fast.empty()) continue;
      ++num_served;
      // Through float32, so that NaNs of different kinds are equal.
      const bool low = to == DType::kFloat16 || to == DType::kBFloat16;
      const auto widened = [&](const Tensor& t) {
        return low ? result_of(Backend::kReference, "cast", {t}, DType::kFloat32) : t;
      };
      BOOST_TEST(same_elements(widened(fast[0]), widened(expected)), name_of(from) << " to " << name_of(to));
    }
  }
  BOOST_TEST(num_served >= 40);
}

BOOST_AUTO_TEST_CASE(what_floats_cannot_hold_is_left_to_the_reference) {
  const auto fast = [](const std::string& operation, DType from, DType to) {
    const Tensor x = Tensor::empty({4}, from);
    const Tensors inputs(static_cast<std::size_t>(num_operands(operation)), x);
    const TensorSpecs specs = specs_of(inputs);
    const TensorSpec output{{4}, to};
    return compile_kernel_of(Backend::kCpu, {operation, {}, specs, {&output, 1}}) != nullptr;
  };
  BOOST_TEST(fast("add", DType::kFloat32, DType::kFloat32));
  BOOST_TEST(fast("add", DType::kBFloat16, DType::kBFloat16));
  BOOST_TEST(!fast("add", DType::kFloat64, DType::kFloat64));
  BOOST_TEST(!fast("add", DType::kInt32, DType::kInt32));
  BOOST_TEST(!fast("add", DType::kBool, DType::kBool));
  BOOST_TEST(!fast("equal", DType::kInt64, DType::kBool));
  BOOST_TEST(!fast("cast", DType::kInt64, DType::kInt32));
  BOOST_TEST(!fast("cast", DType::kFloat64, DType::kBool));
  BOOST_TEST(!fast("cast", DType::kFloat64, DType::kFloat16));
}

// --- shapes
// ------------------------------------------------------------------------------------------------------------

Tensor numbered(const Shape& shape) {
  std::vector<float> values(static_cast<std::size_t>(shape.num_elements()));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i % 8191) + 0.5f;
  return Tensor::copy<float>(values, shape);
}

void check_same(const std::string& operation, const Tensors& inputs, DType dtype) {
  const Tensor expected = result_of(Backend::kReference, operation, inputs, dtype);
  const Tensor fast = result_of(Backend::kCpu, operation, inputs, dtype);
  std::string shapes;
  for (const Tensor& input : inputs) shapes += " " + input.shape().to_string();
  BOOST_TEST(same_elements(fast, expected), operation << shapes);
}

BOOST_AUTO_TEST_CASE(any_number_of_elements) {
  for (const std::int64_t size : {0, 1, 2, 15, 16, 17, 63, 1000, 1023, 1024, 1025, 2047, 2048, 2049, 6145, 100003}) {
    const Tensor x = numbered({size});
    check_same("subtract", {x, x}, DType::kFloat32);
    check_same("square", {x}, DType::kFloat32);
    check_same("greater", {x, numbered({})}, DType::kBool);
    check_same("cast", {result_of(Backend::kReference, "greater", {x, numbered({})}, DType::kBool)}, DType::kFloat32);
  }
}

// Rows shorter and longer than a block, of lengths that divide it or do not; columns; both at once; inner and outer
// axes broadcast together; axes of size 1 and 0.
BOOST_AUTO_TEST_CASE(operands_broadcast) {
  const std::vector<std::pair<Shape, Shape>> cases{{{7, 10}, {10}},
                                                   {{1000, 10}, {10}},
                                                   {{1000, 3}, {3}},
                                                   {{300, 64}, {64}},
                                                   {{50, 1000}, {1000}},
                                                   {{20, 1023}, {1023}},
                                                   {{20, 1025}, {1025}},
                                                   {{5, 5000}, {5000}},
                                                   {{300, 1}, {1, 200}},
                                                   {{3000, 1}, {1, 7}},
                                                   {{3000, 7}, {3000, 1}},
                                                   {{5, 4000}, {5, 1}},
                                                   {{8, 5, 6, 16}, {16}},
                                                   {{8, 16, 5, 6}, {16, 1, 1}},
                                                   {{4, 1, 5, 1}, {1, 3, 1, 6}},
                                                   {{3, 4, 5}, {4, 1}},
                                                   {{2, 3, 4, 5, 6}, {3, 1, 5, 1}},
                                                   {{9, 700, 3}, {1, 700, 1}},
                                                   {{}, {5}},
                                                   {{1}, {}},
                                                   {{}, {}},
                                                   {{0}, {1}},
                                                   {{0, 3}, {3}},
                                                   {{3, 0}, {3, 1}},
                                                   {{1, 1, 1}, {4, 4}},
                                                   {{100, 1, 100}, {100, 100, 1}},
                                                   {{1, 2, 1, 2, 1, 2, 1, 2, 1, 2}, {2, 1, 2, 1, 2, 1, 2, 1, 2, 1}}};
  for (const auto& [a, b] : cases) {
    check_same("subtract", {numbered(a), numbered(b)}, DType::kFloat32);
    check_same("subtract", {numbered(b), numbered(a)}, DType::kFloat32);
    const Tensor condition = result_of(Backend::kReference, "greater", {numbered(b), Tensor(3.0)}, DType::kBool);
    check_same("where", {condition, numbered(a), numbered({})}, DType::kFloat32);
  }
  check_same("where", {Tensor::copy<bool>({true, false, true}, {3, 1}), numbered({1, 700}), numbered({5, 1, 1})},
             DType::kFloat32);
}

// --- chains
// ------------------------------------------------------------------------------------------------------------

struct Chain {
  ElementwiseProgram program;
  Tensors inputs;
  TensorSpecs outputs;

  Attributes attributes() const { return {{"program", std::make_shared<const ElementwiseProgram>(program)}}; }
};

// Steps that round once, so that both backends must agree to the last bit.
Chain random_chain(std::mt19937& random, const Shape& shape) {
  const auto below = [&](std::size_t count) { return static_cast<int>(random() % count); };
  std::vector<Shape> shapes{shape, shape, shape, {}};
  for (std::int64_t axis = 0; axis < shape.rank(); ++axis) {
    Shape broadcast = shape;
    broadcast[axis] = 1;
    shapes.push_back(broadcast);
    shapes.push_back(shape.slice(axis));
  }
  Chain chain;
  std::vector<DType> dtypes;
  const int num_inputs = 1 + below(5);
  for (int i = 0; i < num_inputs; ++i) {
    const Shape& own = i == 0 ? shape : shapes[static_cast<std::size_t>(below(shapes.size()))];
    std::vector<float> values(static_cast<std::size_t>(own.num_elements()));
    for (float& value : values) value = std::uniform_real_distribution<float>(-4, 4)(random);
    const Tensor floats = Tensor::copy<float>(values, own);
    const DType dtype =
        std::vector{DType::kFloat32, DType::kFloat32, DType::kFloat32, DType::kBool,
                    DType::kInt32,   DType::kUInt8,   DType::kFloat64}[static_cast<std::size_t>(below(7))];
    chain.inputs.push_back(result_of(Backend::kReference, "cast", {floats}, dtype));
    dtypes.push_back(dtype);
  }
  const auto add_step = [&](const std::string& operation, std::vector<int> operands, DType dtype) {
    chain.program.steps.push_back({operation, std::move(operands), dtype});
    dtypes.push_back(dtype);
    return static_cast<int>(dtypes.size()) - 1;
  };
  // Any number of that type; one is made by a cast where there is none.
  const auto pick = [&](DType dtype) {
    for (int attempt = 0; attempt < 20; ++attempt) {
      const int number = below(dtypes.size());
      if (dtypes[static_cast<std::size_t>(number)] == dtype) return number;
    }
    const bool is_double = dtypes[0] == DType::kFloat64;
    const int floats = dtype == DType::kBool && is_double ? add_step("cast", {0}, DType::kFloat32) : 0;
    return dtypes[static_cast<std::size_t>(floats)] == dtype ? floats : add_step("cast", {floats}, dtype);
  };
  const int num_steps = 1 + below(12);
  const auto first_step = static_cast<int>(dtypes.size());
  for (int i = 0; i < num_steps; ++i) {
    constexpr DType kFloat = DType::kFloat32;
    switch (below(6)) {
      case 0: add_step("square", {pick(kFloat)}, kFloat); break;
      case 1:
        add_step(std::vector{"less", "equal"}[static_cast<std::size_t>(below(2))], {pick(kFloat), pick(kFloat)},
                 DType::kBool);
        break;
      case 2: add_step("where", {pick(DType::kBool), pick(kFloat), pick(kFloat)}, kFloat); break;
      case 3: add_step("cast", {pick(DType::kBool)}, kFloat); break;
      default:
        add_step(std::vector{"add", "subtract", "multiply", "maximum"}[static_cast<std::size_t>(below(4))],
                 {pick(kFloat), pick(kFloat)}, kFloat);
    }
  }
  const int num_outputs = 1 + below(4);
  for (int i = 0; i < num_outputs; ++i) {
    int number = first_step + below(dtypes.size() - static_cast<std::size_t>(first_step));
    if (below(5) == 0 && dtypes[static_cast<std::size_t>(number)] == DType::kFloat32)
      number = add_step("cast", {number}, DType::kInt32);
    if (below(8) == 0 && dtypes[0] == DType::kFloat32) number = 0;
    chain.program.outputs.push_back(number);
    chain.outputs.push_back({shape, dtypes[static_cast<std::size_t>(number)]});
  }
  return chain;
}

BOOST_AUTO_TEST_CASE(random_chains_equal_the_reference) {
  std::mt19937 random(7);
  const std::vector<Shape> shapes{{5}, {3, 4}, {1}, {17, 10}, {40, 64}, {2, 3, 50, 7}, {2500}, {3, 1100}, {0, 4}};
  int num_served = 0;
  for (int i = 0; i < 400; ++i) {
    const Chain chain = random_chain(random, shapes[static_cast<std::size_t>(i) % shapes.size()]);
    const Tensors expected =
        results_of(Backend::kReference, "fused_elementwise", chain.attributes(), chain.inputs, chain.outputs);
    BOOST_REQUIRE(!expected.empty());
    const Tensors fast =
        results_of(Backend::kCpu, "fused_elementwise", chain.attributes(), chain.inputs, chain.outputs);
    if (fast.empty()) continue;
    ++num_served;
    for (std::size_t k = 0; k < fast.size(); ++k)
      BOOST_TEST(same_elements(fast[k], expected[k]), "chain " << i << " output " << k);
  }
  // An int32 result that a later step of the chain was given as an operand is the only reason to refuse.
  BOOST_TEST(num_served > 350);
}

// Every output takes the memory of some input that can be shared, all at once.
BOOST_AUTO_TEST_CASE(chains_may_overwrite_their_inputs) {
  std::mt19937 random(11);
  int num_shared = 0;
  for (int i = 0; i < 300; ++i) {
    const Chain chain = random_chain(random, i % 2 == 0 ? Shape{37, 100} : Shape{30});
    const TensorSpecs specs = specs_of(chain.inputs);
    const Attributes attributes = chain.attributes();
    const auto kernel = compile_kernel_of(Backend::kCpu, {"fused_elementwise", attributes, specs, chain.outputs});
    if (!kernel) continue;
    const Tensors expected =
        results_of(Backend::kReference, "fused_elementwise", attributes, chain.inputs, chain.outputs);
    Tensors inputs;
    for (const Tensor& input : chain.inputs) inputs.push_back(input.clone());
    Tensors outputs;
    std::vector<bool> taken(inputs.size(), false);
    for (std::size_t k = 0; k < chain.outputs.size(); ++k) {
      outputs.push_back(Tensor::empty(chain.outputs[k].shape, chain.outputs[k].dtype));
      const std::size_t start = random() % inputs.size();
      for (std::size_t step = 0; step < inputs.size(); ++step) {
        const std::size_t input = (start + step) % inputs.size();
        if (taken[input] || !kernel->can_share(input, k)) continue;
        taken[input] = true;
        ++num_shared;
        outputs.back() = Tensor::from_storage(inputs[input].storage(), chain.outputs[k]);
        break;
      }
    }
    run_kernel(*kernel, inputs, outputs);
    for (std::size_t k = 0; k < outputs.size(); ++k)
      BOOST_TEST(same_elements(outputs[k], expected[k]), "chain " << i << " output " << k);
  }
  BOOST_TEST(num_shared > 200);
}

BOOST_AUTO_TEST_CASE(two_inputs_can_change_places) {
  // Outputs (b, a + b) over the memory of (a, b): each is still needed when the first output is ready.
  const ElementwiseProgram program{{{"add", {0, 1}, DType::kFloat32}, {"subtract", {2, 0}, DType::kFloat32}}, {1, 2}};
  const Attributes attributes{{"program", std::make_shared<const ElementwiseProgram>(program)}};
  const Tensor a = numbered({3000});
  const Tensor b = result_of(Backend::kReference, "square", {a}, DType::kFloat32);
  const std::vector<float> wanted = b.to_vector<float>();
  const TensorSpecs specs{a.spec(), b.spec()};
  const auto kernel = compile_kernel_of(Backend::kCpu, {"fused_elementwise", attributes, specs, specs});
  BOOST_REQUIRE(kernel);
  BOOST_TEST(kernel->can_share(0, 0));
  BOOST_TEST(kernel->can_share(1, 1));
  run_kernel(*kernel, {a, b}, {a, b});
  BOOST_TEST(a.to_vector<float>() == wanted, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(only_full_inputs_of_equal_size_can_be_shared) {
  const TensorSpecs inputs{{{4, 5}, DType::kFloat32}, {{5}, DType::kFloat32}};
  const TensorSpec output{{4, 5}, DType::kFloat32};
  const auto sum = compile_kernel_of(Backend::kCpu, {"add", {}, inputs, {&output, 1}});
  BOOST_TEST(sum->can_share(0, 0));
  BOOST_TEST(!sum->can_share(1, 0));
  const TensorSpec truth{{4, 5}, DType::kBool};
  BOOST_TEST(!compile_kernel_of(Backend::kCpu, {"less", {}, inputs, {&truth, 1}})->can_share(0, 0));
}

// One step of Adam: the variable and both moments, from and into the same memory.
BOOST_AUTO_TEST_CASE(a_step_of_adam) {
  constexpr DType kFloat = DType::kFloat32;
  enum { kVariable, kM, kV, kGradient, kBeta1, kBeta2, kRate, kEpsilon, kFirstStep };
  const ElementwiseProgram program{{{"subtract", {kGradient, kM}, kFloat},   // 8
                                    {"multiply", {8, kBeta1}, kFloat},       // 9
                                    {"add", {kM, 9}, kFloat},                // 10: m
                                    {"square", {kGradient}, kFloat},         // 11
                                    {"subtract", {11, kV}, kFloat},          // 12
                                    {"multiply", {12, kBeta2}, kFloat},      // 13
                                    {"add", {kV, 13}, kFloat},               // 14: v
                                    {"multiply", {10, kRate}, kFloat},       // 15
                                    {"sqrt", {14}, kFloat},                  // 16
                                    {"add", {16, kEpsilon}, kFloat},         // 17
                                    {"divide", {15, 17}, kFloat},            // 18
                                    {"subtract", {kVariable, 18}, kFloat}},  // 19
                                   {19, 10, 14}};
  static_assert(kFirstStep == 8);
  const Attributes attributes{{"program", std::make_shared<const ElementwiseProgram>(program)}};
  const Shape shape{50, 301};
  const Tensors scalars{vector_of({0.1f}), vector_of({0.001f}), vector_of({0.01f}), vector_of({1e-7f})};
  Tensors inputs{numbered(shape), numbered(shape), numbered(shape), numbered(shape)};
  for (Tensor& input : inputs) input = input.clone();
  inputs.insert(inputs.end(), scalars.begin(), scalars.end());
  const TensorSpecs outputs(3, {shape, kFloat});
  const Tensors expected = results_of(Backend::kReference, "fused_elementwise", attributes, inputs, outputs);
  const TensorSpecs specs = specs_of(inputs);
  const auto kernel = compile_kernel_of(Backend::kCpu, {"fused_elementwise", attributes, specs, outputs});
  BOOST_REQUIRE(kernel);
  run_kernel(*kernel, inputs, {inputs[0], inputs[1], inputs[2]});
  for (std::size_t i = 0; i < 3; ++i) BOOST_TEST(same_elements(inputs[i], expected[i]), "output " << i);
}

BOOST_AUTO_TEST_CASE(the_number_of_threads_changes_nothing) {
  const Tensor x = numbered({301, 1001});
  const int before = omp_get_max_threads();
  Tensors results;
  for (const int threads : {1, 2, 3, 7}) {
    test::set_num_threads(threads);
    results.push_back(result_of(Backend::kCpu, "sin", {x}, DType::kFloat32));
  }
  test::set_num_threads(before);
  for (const Tensor& result : results) BOOST_TEST(same_elements(result, results[0]));
}

// Between the steps of a chain float16 keeps float32's digits; casts round.
BOOST_AUTO_TEST_CASE(low_precision_is_converted_on_the_way) {
  const Tensor x = result_of(Backend::kReference, "cast", {numbered({3, 700})}, DType::kBFloat16);
  const Tensor expected = result_of(Backend::kReference, "square", {x}, DType::kBFloat16);
  BOOST_TEST(same_elements(result_of(Backend::kCpu, "square", {x}, DType::kBFloat16), expected));

  const ElementwiseProgram program{
      {{"cast", {0}, DType::kFloat16}, {"cast", {1}, DType::kFloat32}, {"subtract", {0, 2}, DType::kFloat32}}, {3}};
  const Attributes attributes{{"program", std::make_shared<const ElementwiseProgram>(program)}};
  const Tensor third = vector_of({1.0f / 3.0f});
  const Tensors results = results_of(Backend::kCpu, "fused_elementwise", attributes, {third}, {third.spec()});
  BOOST_TEST(results[0].data<float>()[0] == 1.0f / 3.0f - 0.333251953125f);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
