#include "layers/attention/attention_equations.h"

#include <algorithm>

namespace cornu::layers {
namespace {

std::string letters(std::int64_t first, std::int64_t count) {
  std::string result;
  for (std::int64_t i = 0; i < count; ++i) result += static_cast<char>('a' + first + i);
  return result;
}

}  // namespace

AttentionEquations attention_equations(std::int64_t rank, const std::vector<std::int64_t>& attention_axes) {
  const std::string target = letters(0, rank);
  std::string source = target;
  std::string batch;
  std::string query_axes;
  std::string key_axes;
  char next = static_cast<char>('a' + rank);
  for (std::int64_t i = 0; i + 1 < rank; ++i) {
    const auto place = static_cast<std::size_t>(i);
    if (std::find(attention_axes.begin(), attention_axes.end(), i) == attention_axes.end()) {
      batch += target[place];
    } else {
      source[place] = next++;
    }
  }
  for (std::int64_t axis : attention_axes) {
    query_axes += target[static_cast<std::size_t>(axis)];
    key_axes += source[static_cast<std::size_t>(axis)];
  }
  const std::string product = batch + query_axes + key_axes;
  return {.scores = source + "," + target + "->" + product, .combine = product + "," + source + "->" + target};
}

ProjectionEquation projection_equation(std::int64_t free_dims, std::int64_t bound_dims, std::int64_t output_dims) {
  const std::string kept = letters(0, free_dims);
  const std::string bound = letters(free_dims, bound_dims);
  const std::string made = letters(free_dims + bound_dims, output_dims);
  return {.equation = kept + bound + "," + bound + made + "->" + kept + made, .bias_axes = made};
}

}  // namespace cornu::layers
