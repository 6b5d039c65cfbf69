#include "models/v1/operation_types.h"

#include <cctype>
#include <map>

namespace cornu::v1 {
namespace {

const std::map<std::string, OperationType>& known_types() {
  static const std::map<std::string, OperationType> types{
      {"add", {"AddV2", "add", {"x", "y"}}},
      {"subtract", {"Sub", "sub", {"x", "y"}}},
      {"multiply", {"Mul", "mul", {"x", "y"}}},
      {"divide", {"RealDiv", "truediv", {"x", "y"}}},
      {"matmul", {"MatMul", "MatMul", {"a", "b"}}},
      {"negative", {"Neg", "Neg", {"x"}}},
      {"absolute", {"Abs", "Abs", {"x"}}},
      {"square", {"Square", "Square", {"x"}}},
      {"sqrt", {"Sqrt", "Sqrt", {"x"}}},
      {"rsqrt", {"Rsqrt", "Rsqrt", {"x"}}},
      {"exp", {"Exp", "Exp", {"x"}}},
      {"log", {"Log", "Log", {"x"}}},
      {"maximum", {"Maximum", "Maximum", {"x", "y"}}},
      {"minimum", {"Minimum", "Minimum", {"x", "y"}}},
      {"power", {"Pow", "Pow", {"x", "y"}}},
      {"relu", {"Relu", "Relu", {"features"}}},
      {"sigmoid", {"Sigmoid", "Sigmoid", {"x"}}},
      {"tanh", {"Tanh", "Tanh", {"x"}}},
      {"softmax", {"Softmax", "Softmax", {"logits"}}},
      {"log_softmax", {"LogSoftmax", "LogSoftmax", {"logits"}}},
      {"conv", {"Conv2D", "Conv2D", {"input", "filter"}}},
      {"max_pool", {"MaxPool", "MaxPool", {"input"}}},
      {"average_pool", {"AvgPool", "AvgPool", {"value"}}},
      {"reshape", {"Reshape", "Reshape", {"tensor", "shape"}}},
      {"transpose", {"Transpose", "transpose", {"x", "perm"}}},
      {"cast", {"Cast", "Cast", {"x"}}},
      {"sum", {"Sum", "Sum", {"input"}}},
      {"max", {"Max", "Max", {"input"}}},
      {"min", {"Min", "Min", {"input"}}},
      {"less", {"Less", "Less", {"x", "y"}}},
      {"greater", {"Greater", "Greater", {"x", "y"}}},
      {"equal", {"Equal", "Equal", {"x", "y"}}},
      {"where", {"SelectV2", "SelectV2", {"condition", "t", "e"}}},
      {"concatenate", {"ConcatV2", "concat", {}}},
      {"stop_gradient", {"StopGradient", "StopGradient", {"input"}}},
  };
  return types;
}

std::string in_capitals(const std::string& snake_case) {
  std::string text;
  bool upper = true;
  for (const char c : snake_case) {
    if (c != '_') text += upper ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
    upper = c == '_';
  }
  return text;
}

}  // namespace

OperationType operation_type(const std::string& operation, const Attributes& attributes) {
  if (operation == "add" && attributes.contains("adds_bias")) return {"BiasAdd", "BiasAdd", {"value", "bias"}};
  const auto it = known_types().find(operation);
  if (it != known_types().end()) return it->second;
  const std::string name = in_capitals(operation);
  return {name, name, {}};
}

}  // namespace cornu::v1
