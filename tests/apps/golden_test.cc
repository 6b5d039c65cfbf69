#include <boost/test/unit_test.hpp>

#include "apps/cli/verify.h"

// Every case of Keras' results that needs only the core layers: outputs, gradients, training.
BOOST_AUTO_TEST_SUITE(apps_golden)

BOOST_AUTO_TEST_CASE(every_core_case_agrees_with_keras) {
  const auto cases = cornu::cli::verify_all("tests/golden/cases", {});
  BOOST_TEST(cases.size() == 313u);
  for (const auto& verified : cases) {
    BOOST_TEST_CONTEXT(verified.name) {
      for (const std::string& line : verified.report.mismatches) BOOST_ERROR(line);
      BOOST_TEST(verified.report.num_compared > 0u);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
