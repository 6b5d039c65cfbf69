#include "framework/ops/quantile.h"

#include <boost/test/unit_test.hpp>

#include <cmath>

#include "framework/error.h"
#include "framework/ops/cast.h"
#include "tests/support/gradient_check.h"
#include "tests/support/patterns.h"

namespace cornu {
namespace {

using test::counted;
using test::wave;

BOOST_AUTO_TEST_SUITE(framework_ops_quantile)

BOOST_AUTO_TEST_CASE(takes_quantiles) {
  const Tensor x = wave({3, 4, 5});
  test::check_close(ops::median(x, {.axis = {1, 2}}),
                    Tensor::copy<double>({-0.053709181690454154, 0.14768779509694296, 0.16095877872327075}, {3}));
  test::check_close(
      ops::median(x, {.axis = -1, .keepdims = true}),
      Tensor::copy<double>({0.04158066243329049, -0.17432678122297965, -0.1489990258141988, 0.06720807252547492,
                            0.28026816976902297, 0.2546823328440282, 0.04069325734985776, -0.17520126968715413,
                            -0.14812072443163635, 0.06809419468450523, 0.28112062025723483, 0.25382336276203626},
                           {3, 4, 1}));
  test::check_close(ops::median(counted<std::int32_t>({4})), Tensor::copy<float>({1.5F}, {}));
  test::check_close(
      ops::quantile(x, 0.3, {.axis = 1}, "linear"),
      Tensor::copy<double>(
          {0.6392304927073305, 0.7731691202528085, -0.4010568409765646, -0.9929370677542072, -0.3774749082729081,
           0.9664597448903611, 0.019103804646156547, -0.9562392541601197, -0.7300602254325244, 0.46021111937133535,
           0.4357424574755446, -0.748451879541621, -0.9480510521069926, 0.04647270277289105, 0.9674289943815562},
          {3, 5}));
  test::check_close(
      ops::quantile(x, 0.3, {.axis = 1}, "lower"),
      Tensor::copy<double>(
          {0.479425538604203, 0.6374225961502389, -0.5719256551095638, -0.9954362533063774, -0.5506855425976376,
           0.9017883476488092, -0.17520126968715413, -0.9955206164785154, -0.8499690458793262, 0.28026816976902297,
           0.25382336276203626, -0.8641047694644948, -0.9925515720731387, -0.14812072443163635, 0.9133073315121647},
          {3, 5}));
  test::check_close(
      ops::quantile(x, 0.3, {.axis = 1}, "higher"),
      Tensor::copy<double>(
          {0.6569865987187891, 0.7882520673753163, -0.3820714171840091, -0.9926593804706327, -0.35822928223682704,
           0.9736454556949781, 0.04069325734985776, -0.9518746583469646, -0.7167370231606575, 0.480204780438259,
           0.45595569022148996, -0.7356015584390794, -0.9431065498885319, 0.06809419468450523, 0.9734425124781552},
          {3, 5}));
  test::check_close(
      ops::quantile(x, 0.3, {.axis = 1}, "midpoint"),
      Tensor::copy<double>(
          {0.568206068661496, 0.7128373317627776, -0.47699853614678644, -0.9940478168885051, -0.4544574124172323,
           0.9377169016718936, -0.06725400616864818, -0.97369763741274, -0.7833530345199918, 0.380236475103641,
           0.3548895264917631, -0.7998531639517871, -0.9678290609808353, -0.04001326487356556, 0.9433749219951599},
          {3, 5}));
  test::check_close(
      ops::quantile(x, 0.3, {.axis = 1}, "nearest"),
      Tensor::copy<double>(
          {0.6569865987187891, 0.7882520673753163, -0.3820714171840091, -0.9926593804706327, -0.35822928223682704,
           0.9736454556949781, 0.04069325734985776, -0.9518746583469646, -0.7167370231606575, 0.480204780438259,
           0.45595569022148996, -0.7356015584390794, -0.9431065498885319, 0.06809419468450523, 0.9734425124781552},
          {3, 5}));
  test::check_close(
      ops::quantile(x, std::vector<double>{0.1, 0.5}, {.axis = {0, 2}}),
      Tensor::copy<double>({-0.9109488626854401, -0.9113268934103016, -0.9109251152702731, -0.9116827968385305,
                            0.04158066243329049, 0.06809419468450523, 0.04069325734985776, 0.06720807252547492},
                           {2, 4}));
  BOOST_TEST(std::isnan(ops::median(Tensor::copy({1.0F, NAN, 2.0F}, {3})).item()));
  BOOST_CHECK_THROW(ops::quantile(x, 1.5), InvalidArgument);
  BOOST_CHECK_THROW(ops::quantile(x, 0.5, {}, "cubic"), InvalidArgument);
}

BOOST_AUTO_TEST_CASE(gradients_match_finite_differences) {
  test::check_gradients(
      [](const Tensors& x) -> Tensors {
        return {ops::median(x[0], {.axis = 1}), ops::quantile(x[0], 0.7, {.axis = 0})};
      },
      {test::uniform({5, 4}, 1)});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
