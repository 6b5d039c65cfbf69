#include <boost/test/unit_test.hpp>

#include "apps/cli/verify.h"
#include "framework/device.h"
#include "tests/framework/backends/cuda/emulation/card_check.h"

// Keras' results for the core layers on a card: the emulated one, or this machine's.
BOOST_AUTO_TEST_SUITE(apps_golden_on_cards)

BOOST_AUTO_TEST_CASE(every_core_case_agrees_with_keras) {
  const cornu::test::TestCard card;
  cornu::set_default_device("gpu:0");
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
