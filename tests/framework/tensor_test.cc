#include "framework/tensor.h"

#include <boost/test/unit_test.hpp>
#include <limits>

namespace cornu {
namespace {

using boost::test_tools::per_element;

BOOST_AUTO_TEST_SUITE(framework_tensor)

BOOST_AUTO_TEST_CASE(elements_convert_to_every_type_of_number) {
  const Tensor x = Tensor::copy<float>({0.0F, 1.5F, 200.0F}, {3});
  BOOST_TEST(x.to_vector<std::size_t>() == (std::vector<std::size_t>{0, 1, 200}), per_element());
  BOOST_TEST(x.to_vector<std::uint32_t>() == (std::vector<std::uint32_t>{0, 1, 200}), per_element());
  BOOST_TEST(x.to_vector<std::int16_t>() == (std::vector<std::int16_t>{0, 1, 200}), per_element());
  BOOST_TEST(x.to_vector<long long>() == (std::vector<long long>{0, 1, 200}), per_element());
  BOOST_TEST((x.to_vector<bool>() == std::vector<bool>{false, true, true}));
  constexpr std::int64_t kLarge = std::numeric_limits<std::int64_t>::max();
  const Tensor wide = Tensor::copy<std::int64_t>({kLarge}, {1});
  BOOST_TEST(wide.to_vector<std::size_t>()[0] == static_cast<std::size_t>(kLarge));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
