#include "framework/num_threads.h"

#include <boost/test/unit_test.hpp>
#include <thread>

#include "framework/error.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/broadcast_constant.h"
#include "framework/ops/reduce.h"

namespace cornu {

BOOST_AUTO_TEST_SUITE(framework_num_threads)

BOOST_AUTO_TEST_CASE(a_scope_gives_back_what_was_there) {
  const int before = num_threads();
  {
    const NumThreadsScope one(1);
    BOOST_TEST(num_threads() == 1);
  }
  BOOST_TEST(num_threads() == before);
}

BOOST_AUTO_TEST_CASE(is_a_threads_own_affair) {
  const int before = num_threads();
  std::thread([] { set_num_threads(1); }).join();
  BOOST_TEST(num_threads() == before);
}

BOOST_AUTO_TEST_CASE(computes_the_same_with_one) {
  const Tensor x = ops::full({1000, 100}, 0.5);
  const double with_all = ops::sum(ops::square(x)).item();
  const NumThreadsScope one(1);
  BOOST_TEST(ops::sum(ops::square(x)).item() == with_all);
}

BOOST_AUTO_TEST_CASE(refuses_none) { BOOST_CHECK_THROW(set_num_threads(0), InvalidArgument); }

BOOST_AUTO_TEST_SUITE_END()

}  // namespace cornu
