#include "tests/support/training_cases.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <fstream>
#include <iterator>

#include "framework/ops/cast.h"
#include "io/json.h"

namespace cornu::test {

void for_each_case(const std::string& path, const std::function<void(const Config& golden)>& check) {
  std::ifstream file(path);
  BOOST_TEST_REQUIRE(file.good(), "cannot read " << path);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const Config cases = io::parse_json(text, path);
  BOOST_TEST_REQUIRE(cases.size() > 0u);
  for (const Config& golden : cases.as_list()) check(golden);
}

Tensor tensor_of(const Config& golden, const char* key) {
  const Config& data = golden.get(key);
  if (data.is_null()) return {};
  const Tensor values = Tensor::copy(data.at("values").as_doubles(), Shape(data.at("shape").as_ints()));
  return ops::cast(values, dtype_of(data.at("dtype").as_string()));
}

bool same_config(const Config& a, const Config& b) {
  if (a.is_number() && b.is_number()) return std::abs(a.as_double() - b.as_double()) < 1e-6;
  if (a.is_list() && b.is_list()) {
    return a.size() == b.size() && std::equal(a.as_list().begin(), a.as_list().end(), b.as_list().begin(), same_config);
  }
  if (!a.is_dict() || !b.is_dict()) return a == b;
  return a.size() == b.size() && std::all_of(a.as_dict().begin(), a.as_dict().end(), [&](const auto& entry) {
           return b.contains(entry.first) && same_config(entry.second, b.at(entry.first));
         });
}

void check_values(const Tensor& got, const Tensor& wanted, double tolerance, const std::string& what) {
  BOOST_TEST_REQUIRE(got.shape().to_string() == wanted.shape().to_string(),
                     what << " has shape " << got.shape().to_string() << ", wanted " << wanted.shape().to_string());
  const std::vector<double> got_values = got.to_vector<double>();
  const std::vector<double> wanted_values = wanted.to_vector<double>();
  for (std::size_t i = 0; i < got_values.size(); ++i) {
    const bool close = std::abs(got_values[i] - wanted_values[i]) <= tolerance * (1.0 + std::abs(wanted_values[i]));
    BOOST_TEST(close, what << "[" << i << "] is " << got_values[i] << ", wanted " << wanted_values[i]);
  }
}

}  // namespace cornu::test
