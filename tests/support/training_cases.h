#pragma once

#include <functional>
#include <string>

#include "framework/config.h"
#include "framework/tensor.h"

namespace cornu::test {

/// The cases of a JSON file of `tests/golden/training`, each given to `check`.
void for_each_case(const std::string& path, const std::function<void(const Config& golden)>& check);

/// The tensor that a case holds under a name; undefined for null.
Tensor tensor_of(const Config& golden, const char* key);

/// Whether two configurations name the same entries with the same values, in any order, where 2 equals 2.0.
bool same_config(const Config& a, const Config& b);

/// Fails the running case with `what` unless both have one shape and agree: |a - b| <= tolerance * (1 + |b|).
void check_values(const Tensor& got, const Tensor& wanted, double tolerance, const std::string& what);

}  // namespace cornu::test
