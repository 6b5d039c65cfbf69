#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cornu::layers {

/// The einsum equations of attention in heads, on tensors `(batch, ..., heads, features)` of a rank.
///
/// With rank 4 and attention along axis 1: scores "aecd,abcd->acbe" of key and query, combine "acbe,aecd->abcd" of
/// weights and value.
struct AttentionEquations {
  std::string scores;
  std::string combine;
};
AttentionEquations attention_equations(std::int64_t rank, const std::vector<std::int64_t>& attention_axes);

/// A projection that keeps `free_dims` axes, sums over the next `bound_dims` and makes `output_dims` new ones:
/// (2, 1, 2) gives "abc,cde->abde" with biases along "de".
struct ProjectionEquation {
  std::string equation;
  std::string bias_axes;
};
ProjectionEquation projection_equation(std::int64_t free_dims, std::int64_t bound_dims, std::int64_t output_dims);

}  // namespace cornu::layers
