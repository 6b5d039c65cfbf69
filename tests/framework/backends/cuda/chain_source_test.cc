// The kernels of chains, compiled for the host from the text that a device gets, against the reference kernels.

#include "framework/backends/cuda/chain_source.h"
#include "framework/backends/cuda/chain_element.h"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <map>

#include "framework/backends/cuda/device_text.h"
#include "framework/backends/onednn/vector/block_table.h"
#include "framework/kernel.h"
#include "tests/framework/backends/cuda/emulation/chain_cases.h"
#include "tests/framework/backends/cuda/emulation/host_kernels.h"
#include "tests/support/guarded_memory.h"

namespace cornu::test {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// Corners of float32's functions, each with both signs, and one NaN.
const std::vector<float>& special_values() {
  static const std::vector<float> values = [] {
    std::vector<float> some{
        0.0f,  1e-45f,        1e-40f,   1.17549435e-38f, 1e-30f,   6e-8f,      1e-4f,       0.25f, 0.5f,
        0.75f, 0.99999994f,   1.0f,     1.000001f,       1.5f,     2.0f,       2.5f,        3.0f,  7.0f,
        88.7f, 127.0f,        300.0f,   1000.0f,         65520.0f, 8388609.0f, 16777216.0f, 1e9f,  2147483648.0f,
        1e19f, 3.4028235e38f, kInfinity};
    const std::size_t count = some.size();
    for (std::size_t i = 0; i < count; ++i) some.push_back(-some[i]);
    some.push_back(std::numeric_limits<float>::quiet_NaN());
    return some;
  }();
  return values;
}

Tensor reference(const std::string& operation, const Attributes& attributes, const Tensors& inputs,
                 const TensorSpec& output) {
  TensorSpecs specs;
  std::vector<const void*> sources;
  for (const Tensor& input : inputs) {
    specs.push_back(input.spec());
    sources.push_back(input.raw());
  }
  const auto kernel = compile_kernel_of(Backend::kReference, {operation, attributes, specs, {&output, 1}});
  BOOST_REQUIRE_MESSAGE(kernel, operation << " has no reference kernel");
  Tensor result = Tensor::empty(output.shape, output.dtype);
  void* target = result.raw();
  kernel->run({sources.data(), &target, nullptr});
  return result;
}

Tensors reference(const ChainCase& chain, const Tensors& inputs) {
  const Attributes attributes{{"program", std::make_shared<const ElementwiseProgram>(chain.program)}};
  const auto kernel =
      compile_kernel_of(Backend::kReference, {"fused_elementwise", attributes, chain.inputs, chain.outputs});
  BOOST_REQUIRE_MESSAGE(kernel, chain.name << " has no reference kernel");
  std::vector<const void*> sources;
  for (const Tensor& input : inputs) sources.push_back(input.raw());
  Tensors results;
  std::vector<void*> targets;
  for (const TensorSpec& output : chain.outputs) {
    results.push_back(Tensor::empty(output.shape, output.dtype));
    targets.push_back(results.back().raw());
  }
  const Storage scratch = allocate_storage(kernel->scratch_bytes());
  kernel->run({sources.data(), targets.data(), scratch.get()});
  return results;
}

// The kernels of all cases, compiled as one text.
const HostKernels& host_kernels() {
  static const HostKernels kernels = [] {
    const std::string functions = cuda::device_text({"device_types", "chain_functions"});
    std::string text = functions;
    for (const auto& cases : {operation_cases(), chain_cases()}) {
      for (const ChainCase& chain : cases) {
        const auto source = cuda::chain_source(chain.program, chain.inputs, chain.outputs, chain.name);
        BOOST_REQUIRE_MESSAGE(source, chain.name << " has no kernel");
        text += source->text.substr(functions.size());
      }
    }
    return HostKernels(text);
  }();
  return kernels;
}

// A grid of several blocks, none of which ends where the elements do.
void launch(const ChainCase& chain, const std::vector<void*>& arguments) {
  host_kernels().run(chain.name, 3, 7, arguments.data());
}

// At the first end of a page operands are aligned to it; at the last only where their sizes are.
Tensors results_of(const ChainCase& chain, const Tensors& inputs, GuardedEnd end) {
  Tensors operands;
  std::vector<void*> arguments;
  for (const Tensor& input : inputs) {
    operands.push_back(guarded(input, end));
    arguments.push_back(operands.back().raw());
  }
  Tensors results;
  for (const TensorSpec& output : chain.outputs) {
    const std::size_t bytes = static_cast<std::size_t>(output.shape.num_elements()) * size_of(output.dtype);
    results.push_back(Tensor::from_storage(guarded_memory(bytes, end), output));
    arguments.push_back(results.back().raw());
  }
  launch(chain, arguments);
  return results;
}

// Floating types: digits, and the exponent of the least number's last place.
struct Precision {
  int digits;
  int least;
};
Precision precision_of(DType dtype) {
  switch (dtype) {
    case DType::kFloat64: return {53, -1074};
    case DType::kFloat16: return {11, -24};
    case DType::kBFloat16: return {8, -133};
    default: return {24, -149};
  }
}

// Distance in units of the last place of `expected`; infinite where one is NaN or infinite and the other is not, and
// where zeros differ in sign.
double distance_in_ulp(double value, double expected, DType dtype) {
  if (std::isnan(value) || std::isnan(expected)) return std::isnan(value) && std::isnan(expected) ? 0 : HUGE_VAL;
  if (value == expected) return std::signbit(value) == std::signbit(expected) ? 0 : HUGE_VAL;
  if (std::isinf(value) || std::isinf(expected)) return HUGE_VAL;
  const auto [digits, least] = precision_of(dtype);
  int exponent = 0;
  std::frexp(expected, &exponent);
  return std::abs(value - expected) / std::ldexp(1.0, std::max(exponent - digits, least));
}

void check_equal(const ChainCase& chain, const Tensor& result, const Tensor& expected, double bound) {
  BOOST_REQUIRE(result.spec() == expected.spec());
  const auto check = [&](const auto& values, const auto& wanted, const auto& distance) {
    double worst = 0;
    std::size_t at = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (const double apart = distance(values[i], wanted[i]); apart > worst) worst = apart, at = i;
    }
    BOOST_TEST(worst <= bound,
               chain.name << ": " << worst << " ulp at " << at << ": " << values[at] << " instead of " << wanted[at]);
  };
  const DType dtype = result.dtype();
  if (is_floating(dtype)) {
    check(result.to_vector<double>(), expected.to_vector<double>(),
          [&](double a, double b) { return distance_in_ulp(a, b, dtype); });
  } else {
    check(result.to_vector<std::int64_t>(), expected.to_vector<std::int64_t>(),
          [](std::int64_t a, std::int64_t b) { return a == b ? 0.0 : HUGE_VAL; });
  }
}

void check_chain(const ChainCase& chain, const Tensors& inputs, double bound = 0) {
  const Tensors expected = reference(chain, inputs);
  for (const GuardedEnd end : {GuardedEnd::kFirst, GuardedEnd::kLast}) {
    const Tensors results = results_of(chain, inputs, end);
    for (std::size_t i = 0; i < results.size(); ++i) check_equal(chain, results[i], expected[i], bound);
  }
}

// Operand `number` of several: all pairs of special values meet in operands 0 and 1, or 1 and 2.
Tensor special_operand(const TensorSpec& spec, std::size_t number) {
  const std::vector<float>& special = special_values();
  std::vector<float> values(static_cast<std::size_t>(spec.shape.num_elements()));
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = special[number % 2 == 0 ? i % special.size() : i / special.size() % special.size()];
  }
  return reference("cast", {}, {Tensor::copy<float>(values, spec.shape)}, spec);
}

Tensors special_operands(const ChainCase& chain) {
  Tensors inputs;
  for (std::size_t i = 0; i < chain.inputs.size(); ++i) inputs.push_back(special_operand(chain.inputs[i], i));
  return inputs;
}

// How far the host's functions, and sums of them, are from the reference, which computes in double and rounds once.
// What is not named must be equal; float16 and bfloat16 may round twice.
double bound_of(const std::string& operation, DType dtype) {
  static const std::map<std::string, double> bounds{
      {"power", 1},  {"rsqrt", 1.5}, {"exp", 1},    {"expm1", 1},     {"log", 1},      {"log1p", 1},
      {"erf", 1},    {"erfinv", 4},  {"lgamma", 8}, {"sigmoid", 2.5}, {"softplus", 2}, {"sin", 1},
      {"cos", 1},    {"tan", 1},     {"asin", 1},   {"acos", 1},      {"atan", 1},     {"atan2", 1},
      {"sinh", 2.5}, {"cosh", 2.5},  {"tanh", 2.5}, {"asinh", 2},     {"acosh", 2},    {"atanh", 2}};
  const auto found = bounds.find(operation);
  if (found == bounds.end() || dtype == DType::kFloat64) return 0;
  return dtype == DType::kFloat32 ? found->second : 1;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(framework_backends_cuda_chain_source)

BOOST_AUTO_TEST_CASE(every_operation_of_the_cpu_has_its_function) {
  const vector::BlockTable& table = vector::baseline::kTable;
  for (int i = 0; i < table.num_kernels; ++i) {
    const std::string name = table.kernels[i].name;
    const ChainCase chain = operation_case(name, DType::kFloat32,
                                           std::vector<Shape>(static_cast<std::size_t>(num_operands(name)), {8}), "");
    BOOST_TEST((cuda::chain_source(chain.program, chain.inputs, chain.outputs, "kernel") != std::nullopt), name);
  }
  BOOST_TEST(static_cast<int>(cuda::chain_operations().size()) == table.num_kernels);
}

BOOST_AUTO_TEST_CASE(operations_equal_the_reference_at_all_corners) {
  BOOST_REQUIRE(static_cast<std::int64_t>(special_values().size()) == kNumSpecialValues);
  for (const ChainCase& chain : operation_cases()) {
    check_chain(chain, special_operands(chain), bound_of(chain.program.steps[0].operation, chain.inputs.back().dtype));
  }
}

BOOST_AUTO_TEST_CASE(casts_shapes_and_chains_equal_the_reference) {
  for (const ChainCase& chain : chain_cases()) check_chain(chain, special_operands(chain));
}

// One step of Adam: the variable and both moments from and into the same memory.
BOOST_AUTO_TEST_CASE(outputs_may_be_the_memory_of_inputs) {
  const std::vector<ChainCase> cases = chain_cases();
  const ChainCase& chain = cases.back();
  BOOST_REQUIRE(chain.name == "adam");
  const Tensors inputs = special_operands(chain);
  const Tensors expected = reference(chain, inputs);
  Tensors operands;
  std::vector<void*> arguments;
  for (const Tensor& input : inputs) {
    operands.push_back(input.clone());
    arguments.push_back(operands.back().raw());
  }
  for (std::size_t i = 0; i < 3; ++i) arguments.push_back(operands[i].raw());
  launch(chain, arguments);
  for (std::size_t i = 0; i < 3; ++i) check_equal(chain, operands[i], expected[i], 0);
}

// --- the text
// --------------------------------------------------------------------------------------------------------

cuda::ChainSource source_of(const ChainCase& chain) {
  const auto source = cuda::chain_source(chain.program, chain.inputs, chain.outputs, "kernel");
  BOOST_REQUIRE(source);
  return *source;
}

BOOST_AUTO_TEST_CASE(loads_are_128_bits_wide_where_all_operands_allow_it) {
  const auto width = [](DType dtype, const Shape& a, const Shape& b) {
    return source_of(operation_case("add", dtype, {a, b}, "")).elements_per_thread;
  };
  BOOST_TEST(width(DType::kFloat32, {100}, {100}) == 4);
  BOOST_TEST(width(DType::kFloat16, {100}, {100}) == 8);
  BOOST_TEST(width(DType::kFloat64, {100}, {100}) == 2);
  BOOST_TEST(width(DType::kFloat32, {100}, {}) == 4);
  BOOST_TEST(width(DType::kFloat32, {20, 64}, {64}) == 4);
  BOOST_TEST(width(DType::kFloat32, {20, 63}, {63}) == 1);
  BOOST_TEST(width(DType::kFloat32, {20, 64}, {20, 1}) == 4);
  BOOST_TEST(width(DType::kFloat32, {20, 63}, {20, 1}) == 1);
  BOOST_TEST(width(DType::kFloat32, {3}, {3}) == 1);
}

BOOST_AUTO_TEST_CASE(indices_have_64_bits_only_where_needed) {
  const auto text = [](const Shape& shape) { return source_of(operation_case("square", float32, {shape}, "")).text; };
  BOOST_TEST(text({(std::int64_t{1} << 31) - 1}).find("using Index = unsigned int;") != std::string::npos);
  BOOST_TEST(text({std::int64_t{1} << 31}).find("using Index = unsigned long long;") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_has_no_function_for_its_dtype_is_not_served) {
  const auto is_served = [](const std::string& operation, DType dtype) {
    const ChainCase chain = operation_case(operation, dtype, {{8}, {8}}, "");
    return cuda::chain_source(chain.program, chain.inputs, chain.outputs, "kernel").has_value();
  };
  BOOST_TEST(is_served("add", DType::kFloat32));
  BOOST_TEST(is_served("add", DType::kInt32));
  BOOST_TEST(is_served("less", DType::kInt64));
  BOOST_TEST(!is_served("divide", DType::kInt32));
  BOOST_TEST(!is_served("add", DType::kBool));
  BOOST_TEST(!is_served("bitwise_and", DType::kInt32));
  const ChainCase empty = operation_case("add", DType::kFloat32, {{0}, {0}}, "");
  BOOST_TEST(!cuda::chain_source(empty.program, empty.inputs, empty.outputs, "kernel").has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace cornu::test
