#include "framework/ops/resize.h"

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "framework/error.h"
#include "framework/ops/cast.h"
#include "tests/support/gradient_check.h"
#include "tests/support/kernel_check.h"
#include "tests/support/patterns.h"

namespace cornu {
namespace {

using test::counted;
using test::message_of;
using test::wave;

BOOST_AUTO_TEST_SUITE(framework_ops_resize)

BOOST_AUTO_TEST_CASE(resizes_as_tensorflow_does) {
  test::check_close(ops::resize(ops::cast(wave({1, 2, 3, 2}), float32), {5, 2}, "nearest"),
                    Tensor::copy<float>({0.47942555F,  0.973847628F,  -0.550685525F, 0.656986594F,  0.47942555F,
                                         0.973847628F, -0.550685525F, 0.656986594F,  0.90217185F,   -0.174326777F,
                                         0.80378443F,  0.788252056F,  0.90217185F,   -0.174326777F, 0.80378443F,
                                         0.788252056F, 0.90217185F,   -0.174326777F, 0.80378443F,   0.788252056F},
                                        {1, 5, 2, 2}));
  test::check_close(
      ops::resize(ops::cast(wave({1, 5, 4, 1}), float32), {3, 7}, "nearest"),
      Tensor::copy<float>(
          {0.47942555F,   0.47942555F,   0.973847628F, 0.0415806621F, 0.0415806621F, -0.951602101F, -0.951602101F,
           -0.995436251F, -0.995436251F, -0.35822928F, 0.80378443F,   0.80378443F,   0.788252056F,  0.788252056F,
           0.637422621F,  0.637422621F,  -0.57192564F, -0.943401456F, -0.943401456F, 0.067208074F,  0.067208074F},
          {1, 3, 7, 1}));
  test::check_close(ops::resize(ops::cast(wave({1, 2, 3, 2}), float32), {5, 2}, "bilinear"),
                    Tensor::copy<float>({0.369964331F,   0.492485195F,  -0.402619004F, 0.25483942F,   0.375744879F,
                                         0.421206415F,   -0.326959163F, 0.279518664F,  0.398867071F,  0.136091381F,
                                         -0.0243198574F, 0.378235549F,  0.421989292F,  -0.149023682F, 0.278319418F,
                                         0.476952434F,   0.42776984F,   -0.220302403F, 0.35397929F,   0.501631677F},
                                        {1, 5, 2, 2}));
  test::check_close(
      ops::resize(ops::cast(wave({1, 5, 4, 1}), float32), {3, 7}, "bilinear"),
      Tensor::copy<float>(
          {0.136055201F,  0.397545308F,   0.815929294F,  0.598335862F,  0.255518854F,  -0.32788384F,   -0.692510366F,
           -0.995436251F, -0.76786232F,   -0.403744042F, 0.222777605F,  0.802674949F,  0.793799341F,   0.788252056F,
           0.29759112F,   -0.0630379915F, -0.640044391F, -0.695385396F, -0.605191648F, -0.0179225206F, 0.349120617F},
          {1, 3, 7, 1}));
  test::check_close(ops::resize(ops::cast(wave({1, 2, 3, 2}), float32), {5, 2}, "bicubic"),
                    Tensor::copy<float>({0.400057614F,   0.653170407F,  -0.533883989F, 0.284086227F,  0.415390015F,
                                         0.520524681F,   -0.391201526F, 0.326317221F,  0.455971539F,  0.169437915F,
                                         -0.0135497302F, 0.438094199F,  0.496553093F,  -0.181648836F, 0.364102066F,
                                         0.549871206F,   0.511885464F,  -0.314294606F, 0.506784439F,  0.59210217F},
                                        {1, 5, 2, 2}));
  test::check_close(
      ops::resize(ops::cast(wave({1, 5, 4, 1}), float32), {3, 7}, "bicubic"),
      Tensor::copy<float>(
          {0.154646054F, 0.450228006F,  0.909029663F,  0.711989641F,  0.21491906F,   -0.476752788F,  -0.853988409F,
           -1.04591346F, -0.847184896F, -0.422645122F, 0.263573796F,  0.838723242F,  0.837365508F,   0.787021637F,
           0.463798702F, 0.0507092476F, -0.659121215F, -0.867839873F, -0.710852981F, -0.0183783621F, 0.388625473F},
          {1, 3, 7, 1}));
}

BOOST_AUTO_TEST_CASE(keeps_integers_where_it_only_copies) {
  const Tensor x = counted<std::uint8_t>({2, 2, 1});
  test::check_close(ops::resize(x, {4, 1}, "nearest"), Tensor::copy<std::uint8_t>({1, 1, 3, 3}, {4, 1, 1}));
  BOOST_TEST(ops::resize(x, {4, 1}).spec().to_string() == "(4, 1, 1) float32");
  BOOST_TEST(message_of<InvalidArgument>([&] {
               ops::resize(x, {2, 2}, "area");
             }) == "resize: interpolation must be \"nearest\", \"bilinear\" or \"bicubic\"; got \"area\"");
  BOOST_CHECK_THROW(ops::resize(x, {0, 2}), ShapeError);
}

BOOST_AUTO_TEST_CASE(gradients_match_finite_differences) {
  for (const char* method : {"nearest", "bilinear", "bicubic"}) {
    test::check_second_gradients(
        [&](const Tensors& x) -> Tensors {
          return {ops::resize(x[0], {4, 3}, method)};
        },
        {test::uniform({1, 2, 5, 2}, 1)});
    test::check_gradients(
        [&](const Tensors& x) -> Tensors {
          return {ops::resize(x[0], {2, 2}, method)};
        },
        {test::uniform({0, 2, 5, 2}, 2)});
  }
}

BOOST_AUTO_TEST_CASE(cpu_kernels_equal_the_reference) {
  for (const char* method : {"nearest", "bilinear", "bicubic"}) {
    for (const Shape& shape : Shapes{{2, 5, 7, 3}, {1, 1, 1, 1}, {3, 16, 24, 33}, {0, 2, 2, 1}}) {
      const Tensor x = test::as_float32(test::uniform(shape, 1));
      // Sums of up to 16 products of numbers below 1, several times over in the gradient.
      test::check_cpu_kernel("resize", {{"size", std::vector<std::int64_t>{9, 10}}, {"interpolation", method}}, {x},
                             1e-6, 1e-6);
      test::check_cpu_kernel("resize_gradient", {{"size", std::vector<std::int64_t>{4, 30}}, {"interpolation", method}},
                             {x}, 1e-6, 1e-5);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
