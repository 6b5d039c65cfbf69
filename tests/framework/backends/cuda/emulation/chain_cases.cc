#include "tests/framework/backends/cuda/emulation/chain_cases.h"

#include <algorithm>
#include <iterator>
#include <random>

#include "framework/backends/cuda/chain_element.h"
#include "framework/backends/cuda/chain_source.h"

namespace cornu::test {
namespace {

constexpr DType kAllDTypes[] = {DType::kFloat32, DType::kFloat64, DType::kFloat16, DType::kBFloat16, DType::kInt8,
                                DType::kInt32,   DType::kInt64,   DType::kUInt8,   DType::kUInt32,   DType::kBool};

Shape broadcast_of(const std::vector<Shape>& shapes) {
  Shape result;
  for (const Shape& shape : shapes) result = broadcast_shapes(result, shape);
  return result;
}

// Pairs of shapes that merge into different dimensions: whole and broken packs, rows that packs divide or do not.
const std::vector<std::pair<Shape, Shape>>& shape_pairs() {
  static const std::vector<std::pair<Shape, Shape>> pairs{{{64}, {64}},
                                                          {{67}, {67}},
                                                          {{3}, {3}},
                                                          {{}, {}},
                                                          {{67}, {}},
                                                          {{20, 64}, {64}},
                                                          {{20, 63}, {63}},
                                                          {{20, 64}, {20, 1}},
                                                          {{20, 63}, {20, 1}},
                                                          {{30, 1}, {1, 16}},
                                                          {{8, 5, 6, 16}, {16}},
                                                          {{8, 16, 5, 6}, {16, 1, 1}},
                                                          {{8, 16, 4, 4}, {16, 1, 1}},
                                                          {{4, 1, 5, 1}, {1, 3, 1, 6}},
                                                          {{3, 4, 5}, {4, 1}},
                                                          {{2, 3, 4, 5, 16}, {3, 1, 5, 1}},
                                                          {{2, 3, 4, 5, 16}, {3, 1, 5, 16}},
                                                          {{9, 70, 3}, {1, 70, 1}},
                                                          {{1, 2, 1, 2, 1, 2, 1, 2}, {2, 1, 2, 1, 2, 1, 2, 1}}};
  return pairs;
}

// Steps that round once, so that every backend gives the same bits.
ChainCase random_chain(std::mt19937& random, const Shape& shape, const std::string& name) {
  const auto below = [&](std::size_t count) { return random() % count; };
  std::vector<Shape> shapes{shape, shape, {}};
  for (std::int64_t axis = 0; axis < shape.rank(); ++axis) {
    Shape broadcast = shape;
    broadcast[axis] = 1;
    shapes.push_back(broadcast);
    shapes.push_back(shape.slice(axis));
  }
  ChainCase chain{name, {}, {}, {}};
  std::vector<DType> dtypes;
  const std::size_t num_inputs = 1 + below(5);
  for (std::size_t i = 0; i < num_inputs; ++i) {
    const DType dtype = i == 0 ? DType::kFloat32 : kAllDTypes[below(std::size(kAllDTypes))];
    chain.inputs.push_back({i == 0 ? shape : shapes[below(shapes.size())], dtype});
    dtypes.push_back(dtype);
  }
  const auto add_step = [&](const std::string& operation, std::vector<int> operands, DType dtype) {
    chain.program.steps.push_back({operation, std::move(operands), dtype});
    dtypes.push_back(dtype);
    return static_cast<int>(dtypes.size()) - 1;
  };
  const auto pick = [&](DType dtype) {
    const auto number = static_cast<int>(below(dtypes.size()));
    return dtypes[static_cast<std::size_t>(number)] == dtype ? number : add_step("cast", {number}, dtype);
  };
  const std::size_t num_steps = 1 + below(10);
  constexpr DType kFloat = DType::kFloat32;
  for (std::size_t i = 0; i < num_steps; ++i) {
    switch (below(5)) {
      case 0: add_step("square", {pick(kFloat)}, kFloat); break;
      case 1: add_step(below(2) == 0 ? "less" : "equal", {pick(kFloat), pick(kFloat)}, DType::kBool); break;
      case 2: add_step("where", {pick(DType::kBool), pick(kFloat), pick(kFloat)}, kFloat); break;
      case 3: add_step("cast", {static_cast<int>(below(dtypes.size()))}, kAllDTypes[below(10)]); break;
      default:
        static constexpr const char* kNames[] = {"add", "subtract", "multiply", "maximum"};
        add_step(kNames[below(4)], {pick(kFloat), pick(kFloat)}, kFloat);
    }
  }
  const std::size_t num_outputs = 1 + below(3);
  for (std::size_t i = 0; i < num_outputs; ++i) {
    const std::size_t number = i == 0 ? dtypes.size() - 1 : below(dtypes.size());
    chain.program.outputs.push_back(static_cast<int>(number));
    chain.outputs.push_back({shape, dtypes[number]});
  }
  return chain;
}

// One step of Adam: variable, m and v with the gradient, and four numbers.
ChainCase adam() {
  constexpr DType kFloat = DType::kFloat32;
  const Shape shape{50, 31};
  ElementwiseProgram program{{{"subtract", {3, 1}, kFloat},
                              {"multiply", {8, 4}, kFloat},
                              {"add", {1, 9}, kFloat},  // 10: m
                              {"square", {3}, kFloat},
                              {"subtract", {11, 2}, kFloat},
                              {"multiply", {12, 5}, kFloat},
                              {"add", {2, 13}, kFloat},  // 14: v
                              {"multiply", {10, 6}, kFloat},
                              {"sqrt", {14}, kFloat},
                              {"add", {16, 7}, kFloat},
                              {"divide", {15, 17}, kFloat},
                              {"subtract", {0, 18}, kFloat}},
                             {19, 10, 14}};
  TensorSpecs inputs(4, {shape, kFloat});
  inputs.insert(inputs.end(), 4, {Shape{}, kFloat});
  return {"adam", std::move(program), std::move(inputs), TensorSpecs(3, {shape, kFloat})};
}

}  // namespace

bool gives_truth(const std::string& operation) {
  return operation.starts_with("is") || operation.starts_with("logical") || operation.ends_with("equal") ||
         operation == "less" || operation == "greater";
}

int num_operands(const std::string& operation) {
  static const std::vector<std::string> binary{
      "add",        "subtract",      "multiply",    "divide",     "floor_divide", "mod",     "power",
      "maximum",    "minimum",       "equal",       "not_equal",  "less",         "greater", "atan2",
      "less_equal", "greater_equal", "logical_and", "logical_or", "logical_xor"};
  if (operation == "where") return 3;
  return std::find(binary.begin(), binary.end(), operation) != binary.end() ? 2 : 1;
}

ChainCase operation_case(const std::string& operation, DType dtype, const std::vector<Shape>& shapes,
                         const std::string& form) {
  ChainCase chain{operation + "_" + name_of(dtype) + "_" + form, {}, {}, {}};
  std::vector<int> operands;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    const bool is_condition = operation == "where" && i == 0;
    chain.inputs.push_back({shapes[i], is_condition ? DType::kBool : dtype});
    operands.push_back(static_cast<int>(i));
  }
  const DType result = gives_truth(operation) ? DType::kBool : dtype;
  chain.program = {{{operation, std::move(operands), result}}, {static_cast<int>(shapes.size())}};
  chain.outputs = {{broadcast_of(shapes), result}};
  return chain;
}

std::vector<ChainCase> operation_cases() {
  const Shape shape{kNumSpecialValues * kNumSpecialValues};
  std::vector<ChainCase> cases;
  for (const std::string operation : cuda::chain_operations()) {
    const std::vector<Shape> shapes(static_cast<std::size_t>(num_operands(operation)), shape);
    for (const DType dtype : kComputedDTypes) cases.push_back(operation_case(operation, dtype, shapes, "special"));
    if (gives_truth(operation) && !operation.starts_with("is"))
      cases.push_back(operation_case(operation, DType::kBool, shapes, "special"));
  }
  for (const char* operation : {"where", "maximum", "minimum", "multiply"}) {
    const std::vector<Shape> shapes(static_cast<std::size_t>(num_operands(operation)), shape);
    cases.push_back(operation_case(operation, DType::kBool, shapes, "special"));
  }
  return cases;
}

std::vector<ChainCase> form_cases() {
  // Rows and runs of a length that packs do not divide: kernels with one loop compile in half the time. Those with
  // packs of rows and runs are among chain_cases.
  struct Form {
    std::string name;
    Shape last;
    Shape result;
  };
  const std::vector<Form> forms{
      {"full", {24, 32}, {24, 32}}, {"scalar", {}, {24, 32}}, {"row", {31}, {24, 31}}, {"run", {24, 1}, {24, 31}}};
  std::vector<ChainCase> cases;
  for (const std::string operation : cuda::chain_operations()) {
    for (const DType dtype : kComputedDTypes) {
      for (const auto& [name, last, result] : forms) {
        std::vector<Shape> shapes(static_cast<std::size_t>(num_operands(operation)), result);
        shapes.back() = last;
        ChainCase chain = operation_case(operation, dtype, shapes, name);
        chain.outputs[0].shape = result;
        cases.push_back(std::move(chain));
      }
    }
  }
  return cases;
}

std::vector<ChainCase> chain_cases() {
  std::vector<ChainCase> cases;
  for (const DType from : kAllDTypes) {
    for (const DType to : kAllDTypes) {
      const Shape shape{kNumSpecialValues * kNumSpecialValues};
      ElementwiseProgram program{{{"cast", {0}, to}}, {1}};
      const std::string name = std::string("cast_") + name_of(from) + "_" + name_of(to);
      cases.push_back({name, std::move(program), {{shape, from}}, {{shape, to}}});
    }
  }
  for (const DType dtype : kComputedDTypes) {
    int number = 0;
    for (const auto& [a, b] : shape_pairs()) {
      const std::string form = "shape" + std::to_string(number++);
      cases.push_back(operation_case("subtract", dtype, {a, b}, form));
      cases.push_back(operation_case("subtract", dtype, {b, a}, form + "_swapped"));
      cases.push_back(operation_case("where", dtype, {b, a, Shape{}}, form));
    }
  }
  for (const std::string operation :
       {"absolute",    "add",         "equal",      "greater",     "greater_equal", "less",    "less_equal",
        "logical_and", "logical_not", "logical_or", "logical_xor", "maximum",       "minimum", "multiply",
        "negative",    "not_equal",   "sign",       "square",      "subtract",      "where"}) {
    for (const DType dtype : {DType::kInt8, DType::kInt32, DType::kInt64, DType::kUInt8, DType::kUInt32}) {
      const std::vector<Shape> shapes(static_cast<std::size_t>(num_operands(operation)),
                                      {kNumSpecialValues * kNumSpecialValues});
      cases.push_back(operation_case(operation, dtype, shapes, "integer"));
    }
  }
  std::mt19937 random(7);
  const std::vector<Shape> shapes{{5}, {3, 4}, {1}, {17, 10}, {40, 64}, {2, 3, 5, 16}, {250}, {3, 112}};
  for (std::size_t i = 0; i < 120; ++i) {
    cases.push_back(random_chain(random, shapes[i % shapes.size()], "random_" + std::to_string(i)));
  }
  cases.push_back(adam());
  return cases;
}

}  // namespace cornu::test
