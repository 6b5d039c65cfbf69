#include "layers/core/einsum_dense_equation.h"

#include <algorithm>
#include <map>
#include <regex>

#include "framework/error.h"
#include "layers/layer_title.h"

namespace cornu::layers {
namespace {

// The letters of an equation, and where the axes stand that "..." leaves out.
struct Equation {
  std::string input;
  std::string weight;
  std::string output;
  bool elided_left = false;
};

Equation parsed(const std::string& equation, const std::string& who) {
  static const std::regex plain("([a-zA-Z]+),([a-zA-Z]+)->([a-zA-Z]+)");
  static const std::regex left(R"(\.\.\.([a-zA-Z]+),([a-zA-Z]+)->\.\.\.([a-zA-Z]+))");
  static const std::regex right(R"(([a-zA-Z]{2,})\.\.\.,([a-zA-Z]+)->([a-zA-Z]+)\.\.\.)");
  std::smatch match;
  for (const std::regex* form : {&plain, &left, &right}) {
    if (std::regex_match(equation, match, *form)) return {match[1], match[2], match[3], form == &left};
  }
  throw InvalidArgument(
      who + ": equation must have the form \"ab,bc->ac\", \"...b,bc->...c\" or \"ab...,bc->ac...\"; got \"" + equation +
          "\"",
      path_in_title(who));
}

}  // namespace

EinsumDensePlan plan_einsum_dense(const std::string& equation, const std::string& bias_axes, const Shape& input,
                                  const Shape& output_shape, const std::string& who) {
  const Equation letters = parsed(equation, who);
  const std::int64_t elided = input.rank() - static_cast<std::int64_t>(letters.input.size());
  EinsumDensePlan plan;

  // The output: the batch, what the user gave, and the axes behind "..." in their place.
  plan.output_shape.push_back(input[0]);
  if (letters.elided_left) {
    for (std::int64_t axis = 1; axis < elided; ++axis) plan.output_shape.push_back(input[axis]);
  }
  for (const std::int64_t dim : output_shape) plan.output_shape.push_back(dim);
  if (!letters.elided_left) {
    for (std::int64_t axis = input.rank() - elided; axis < input.rank(); ++axis)
      plan.output_shape.push_back(input[axis]);
  }

  const std::int64_t skipped = letters.elided_left ? elided : 0;
  if (elided < 0 ||
      plan.output_shape.rank() != static_cast<std::int64_t>(letters.output.size()) + (elided > 0 ? elided : 0)) {
    throw ShapeError(who + ": the equation \"" + equation + "\" does not fit an input of shape " + input.to_string() +
                         " and output_shape " + output_shape.to_string() +
                         ": it needs one letter for each axis that \"...\" does not stand for",
                     path_in_title(who));
  }
  std::map<char, std::int64_t> input_sizes;
  for (std::size_t i = 0; i < letters.input.size(); ++i) {
    input_sizes[letters.input[i]] = input[skipped + static_cast<std::int64_t>(i)];
  }
  std::map<char, std::int64_t> output_sizes;
  for (std::size_t i = 0; i < letters.output.size(); ++i) {
    const char letter = letters.output[i];
    std::int64_t& size = output_sizes[letter];
    size = plan.output_shape[skipped + static_cast<std::int64_t>(i)];
    const auto in_input = input_sizes.find(letter);
    if (in_input == input_sizes.end()) {
      if (letters.weight.find(letter) != std::string::npos) continue;
      throw InvalidArgument(who + ": axis '" + letter +
                                "' of the output occurs neither in the input nor in the weight of \"" + equation + "\"",
                            path_in_title(who));
    }
    if (size != kUnknown && in_input->second != kUnknown && size != in_input->second) {
      throw ShapeError(who + ": axis '" + letter + "' of \"" + equation + "\" has size " +
                           std::to_string(in_input->second) + " in the input and " + std::to_string(size) +
                           " in the output",
                       path_in_title(who));
    }
    if (size == kUnknown) size = in_input->second;
  }

  for (std::size_t i = 0; i < letters.weight.size(); ++i) {
    const char letter = letters.weight[i];
    const bool in_output = output_sizes.contains(letter);
    if (!in_output && !input_sizes.contains(letter)) {
      throw InvalidArgument(who + ": axis '" + letter +
                                "' of the weight occurs neither in the input nor in the output of \"" + equation + "\"",
                            path_in_title(who));
    }
    const std::int64_t size = in_output ? output_sizes[letter] : input_sizes[letter];
    if (size == kUnknown) {
      throw ShapeError(who + ": axis '" + letter + "' of the weight must have a known size; got an input of shape " +
                           input.to_string(),
                       path_in_title(who));
    }
    plan.kernel_shape.push_back(size);
    (in_output ? plan.output_axes : plan.input_axes).push_back(static_cast<std::int64_t>(i));
  }

  if (bias_axes.empty()) return plan;
  std::size_t first = letters.output.size();
  for (const char letter : bias_axes) {
    const std::size_t place = letters.output.find(letter);
    if (place == std::string::npos) {
      throw InvalidArgument(
          who + ": axis '" + letter + "' of bias_axes is no axis of the output of \"" + equation + "\"",
          path_in_title(who));
    }
    first = std::min(first, place);
  }
  for (std::size_t i = first; i < letters.output.size(); ++i) {
    const bool chosen = bias_axes.find(letters.output[i]) != std::string::npos;
    const std::int64_t size = chosen ? output_sizes[letters.output[i]] : 1;
    if (size == kUnknown) {
      throw ShapeError(who + ": axis '" + letters.output[i] +
                           "' of the bias must have a known size; got an input of shape " + input.to_string(),
                       path_in_title(who));
    }
    plan.bias_shape.push_back(size);
  }
  for (std::int64_t i = 0; !letters.elided_left && i < elided; ++i) plan.bias_shape.push_back(1);
  return plan;
}

}  // namespace cornu::layers
