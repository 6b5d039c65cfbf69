#include "framework/ops/linalg.h"

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "framework/error.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/broadcast_constant.h"
#include "framework/ops/cast.h"
#include "framework/ops/matmul.h"
#include "framework/ops/range.h"
#include "tests/support/gradient_check.h"
#include "tests/support/patterns.h"

namespace cornu {
namespace {

using test::counted;
using test::message_of;
using test::wave;

BOOST_AUTO_TEST_SUITE(framework_ops_linalg)

BOOST_AUTO_TEST_CASE(solves_as_numpy_does) {
  const Tensor one = ops::eye(3, {}, 0, float64);
  const Tensor x = wave({2, 3, 3}) + one;  // a wave alone is singular
  test::check_close(ops::inv(x), Tensor::copy<double>(
                                     {0.15670347824367364, -0.015717293045145842, 0.8348878067988751,
                                      0.8025414218902099, -0.04134796587726905, -1.3596601440157434,
                                      -0.3218849654613079, 1.5276135497319758, 2.139154635750012, -0.8748059808064065,
                                      -1.4120104723469422, 1.1193836860894906, -0.24542774890152277, 3.9667256623199183,
                                      1.8326190279436956, 2.2311338433558827, -2.895273519608236, -2.7800983934418717},
                                     {2, 3, 3}));
  test::check_close(ops::det(x), Tensor::copy<double>({0.7439587030057082, -0.11215935751150309}, {2}));
  test::check_close(
      ops::solve(x, wave({2, 3, 2})),
      Tensor::copy<double>({-0.38528653089354015, 0.7160720201962467, 1.1317847617861425, -0.0723786209610808,
                            -1.2688022208832042, -0.3617512047815473, 1.516084272552001, 1.5406821135945639,
                            -2.6970098990118516, 0.06635308013349793, 2.6603265425423364, -1.5431929327186873},
                           {2, 3, 2}));
  test::check_close(ops::solve(wave({3, 3}) + one, wave({3})),
                    Tensor::copy<double>({0.0945365889264659, 0.2879566653583682, 1.4222904301707615}, {3}));
  const Tensor positive = ops::matmul(x, x, {.transpose_y = true}) + one;
  test::check_close(ops::cholesky(positive),
                    Tensor::copy<double>(
                        {2.0344060764581395, 0.0, 0.0, -0.46349775679857586, 1.524542950854576, 0.0, 0.5727067497827039,
                         -0.43841960405450897, 1.1507040895002765, 1.636850750760935, 0.0, 0.0, -0.2179494752060523,
                         1.0586459221453879, 0.0, 0.8771003534918618, -0.2047429674862714, 1.2695666697073393},
                        {2, 3, 3}));
  test::check_close(ops::solve_triangular(x, wave({2, 3, 1}), true),
                    Tensor::copy<double>({0.3240619592497556, 2.8537378271376777, 54.05734297440275,
                                          -1.4827757757571662, -152.19584397988785, 231.32371952673736},
                                         {2, 3, 1}));
  BOOST_TEST(ops::det(ops::zeros({2, 2})).item() == 0.0);
  BOOST_TEST(std::isnan(ops::cholesky(-ops::eye(2)).data<float>()[0]));
  BOOST_TEST(ops::det(counted({0, 0})).item() == 1.0);
  BOOST_TEST(message_of<ShapeError>([] {
               ops::inv(wave({2, 3}));
             }) == "inv: expected square matrices of known size; got shape (2, 3)");
}

BOOST_AUTO_TEST_CASE(norms_are_numpys) {
  const Tensor x = wave({2, 3, 4});
  test::check_close(
      ops::norm(x, 1, {.axis = 1}),
      Tensor::copy<double>({2.025547334508218, 1.9890635118338111, 1.7475369227412048, 1.914180922487812,
                            1.998851656438165, 2.0213310077243896, 1.8274001256175307, 1.8301223691324289},
                           {2, 4}));
  test::check_close(
      ops::norm(x, 2, {.axis = 1}),
      Tensor::copy<double>({1.234502631948844, 1.2281444612565204, 1.2090129749008083, 1.2479093137739827,
                            1.229401288033312, 1.2333241600158442, 1.2051686620561115, 1.2491730603850424},
                           {2, 4}));
  test::check_close(ops::norm(x, 3, {.axis = 1}),
                    Tensor::copy<double>({1.0810998344329228, 1.078113937869776, 1.0782684640541238, 1.107059630208952,
                                          1.078395627682978, 1.0802253202498164, 1.0743387907656328, 1.112063654565848},
                                         {2, 4}));
  test::check_close(ops::norm(x, 0, {.axis = 1}),
                    Tensor::copy<double>({3.0, 3.0, 3.0, 3.0, 3.0, 3.0, 3.0, 3.0}, {2, 4}));
  test::check_close(
      ops::norm(x, INFINITY, {.axis = 1}),
      Tensor::copy<double>({0.9954362533063774, 0.9738476308781951, 0.9021718337562933, 0.951602073889516,
                            0.979357643103917, 0.9926593804706327, 0.9434014817545543, 0.9129452507276277},
                           {2, 4}));
  test::check_close(
      ops::norm(x, -INFINITY, {.axis = 1}),
      Tensor::copy<double>({0.479425538604203, 0.35822928223682704, 0.04158066243329049, 0.17432678122297965,
                            0.3820714171840091, 0.4567459721441928, 0.1489990258141988, 0.06720807252547492},
                           {2, 4}));
  test::check_close(ops::norm(x, 1, {.axis = {1, 2}, .keepdims = true}),
                    Tensor::copy<double>({2.025547334508218, 2.0213310077243896}, {2, 1, 1}));
  test::check_close(ops::norm(x, -1, {.axis = {1, 2}, .keepdims = true}),
                    Tensor::copy<double>({1.7475369227412048, 1.8274001256175307}, {2, 1, 1}));
  test::check_close(ops::norm(x, INFINITY, {.axis = {1, 2}, .keepdims = true}),
                    Tensor::copy<double>({2.9457020294701417, 3.021072279176214}, {2, 1, 1}));
  test::check_close(ops::norm(x, -INFINITY, {.axis = {1, 2}, .keepdims = true}),
                    Tensor::copy<double>({2.2841707562957, 2.2199578055398317}, {2, 1, 1}));
  test::check_close(ops::norm(x, "fro", {.axis = {1, 2}, .keepdims = true}),
                    Tensor::copy<double>({2.4599442259705904, 2.45873562008822}, {2, 1, 1}));
  BOOST_CHECK_THROW(ops::norm(x, 3, {.axis = {0, 1}}), InvalidArgument);
  BOOST_CHECK_THROW(ops::norm(x, "nuc", {.axis = {0, 1}}), InvalidArgument);
}

BOOST_AUTO_TEST_CASE(gradients_match_finite_differences) {
  // Far from singular: a strong diagonal.
  const auto strong = [](const Tensor& x) { return x + 3.0 * ops::eye(3, {}, 0, float64); };
  test::check_second_gradients(
      [&](const Tensors& x) -> Tensors {
        return {ops::inv(strong(x[0])), ops::det(strong(x[0])), ops::solve(strong(x[0]), x[1])};
      },
      {test::uniform({2, 3, 3}, 1), test::uniform({2, 3, 2}, 2)});
  test::check_second_gradients([&](const Tensors& x) -> Tensors { return {ops::cholesky(strong(x[0]))}; },
                               {test::uniform({2, 3, 3}, 3)});
  test::check_gradients(
      [](const Tensors& x) -> Tensors {
        return {ops::norm(x[0], 3, {.axis = 1}), ops::norm(x[0], 1, {.axis = {0, 1}}),
                ops::norm(x[0], "fro", {.axis = {0, 1}})};
      },
      {test::uniform({3, 4}, 4)});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
