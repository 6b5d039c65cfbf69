#include "framework/ops/products.h"

#include <boost/test/unit_test.hpp>

#include <cmath>

#include "framework/error.h"
#include "framework/ops/cast.h"
#include "framework/ops/slice.h"
#include "tests/support/gradient_check.h"
#include "tests/support/patterns.h"

namespace cornu {
namespace {

using test::message_of;
using test::wave;

BOOST_AUTO_TEST_SUITE(framework_ops_products)

BOOST_AUTO_TEST_CASE(products_are_numpys) {
  test::check_close(ops::dot(wave({2, 3}), wave({3, 2})),
                    Tensor::copy<double>(
                        {0.24744420701329026, -0.4325100622593549, -0.8409132280598364, 0.028949470096886094}, {2, 2}));
  test::check_close(ops::dot(wave({3}), wave({3})), Tensor::copy<double>({1.179957006721395}, {}));
  test::check_close(
      ops::dot(wave({2, 3}), wave({2, 3, 2})),
      Tensor::copy<double>({0.24744420701329026, -0.4325100622593549, -0.5034571307509512, -0.39966140567261804,
                            -0.8409132280598364, 0.028949470096886094, 0.21773936176946734, 0.8810324578871835},
                           {2, 2, 2}));
  test::check_close(ops::dot(wave({2}), 2.0), Tensor::copy<double>({0.958851077208406, 1.9476952617563903}, {2}));
  test::check_close(
      ops::inner(wave({2, 3}), wave({4, 3})),
      Tensor::copy<double>({1.179957006721395, -0.965188209844419, 0.22136559559694033, 0.6437953360797732,
                            -0.965188209844419, 1.6404324647529656, -1.416497628201252, 0.41613030951536983},
                           {2, 4}));
  test::check_close(ops::outer(wave({2}), wave({3})),
                    Tensor::copy<double>({0.22984884706593015, 0.4668874249522058, 0.019934831482599846,
                                          0.4668874249522058, 0.9483792081670734, 0.04049322960100592},
                                         {2, 3}));
  test::check_close(ops::vdot(wave({2, 3}), wave({3, 2})), Tensor::copy<double>({2.8203894714743605}, {}));
  test::check_close(
      ops::tensordot(wave({2, 3, 4}), wave({3, 4, 2})),
      Tensor::copy<double>({0.05773194618123053, -0.36380267154788476, 0.035718473913723514, 0.49148133109182174},
                           {2, 2}));
  test::check_close(
      ops::tensordot(wave({2, 3}), wave({3, 2}), 0),
      Tensor::copy<double>(
          {0.22984884706593015,  0.4668874249522058,    0.019934831482599846, -0.4562223368113578, -0.2640127128614202,
           0.31497615394649886,  0.4668874249522058,    0.9483792081670734,   0.04049322960100592, -0.9267154251960824,
           -0.5362838110175828,  0.6398048426810162,    0.019934831482599846, 0.04049322960100592, 0.001728951488391255,
           -0.03956824460521912, -0.022897869653645778, 0.02731793798452165,  -0.4562223368113578, -0.9267154251960824,
           -0.03956824460521912, 0.9055465070308278,    0.5240335043968853,   -0.6251898098584189, -0.2640127128614202,
           -0.5362838110175828,  -0.022897869653645778, 0.5240335043968853,   0.3032545668260545,  -0.36179302159483273,
           0.31497615394649886,  0.6398048426810162,    0.02731793798452165,  -0.6251898098584189, -0.36179302159483273,
           0.43163139089608316},
          {2, 3, 3, 2}));
  test::check_close(
      ops::tensordot(wave({2, 3, 4}), wave({4, 3, 2}), {1, 0}, {1, 2}),
      Tensor::copy<double>({0.41989616866622986, 0.7908229406840088, -0.334557799955837, -0.8269253542822705,
                            0.5690996858897353, 0.6746090948297216, -0.4963020510358855, -0.7281654666092139,
                            -0.11542916997398317, -0.42990865539112216, 0.06903736536368081, 0.43735853555658993,
                            -0.63085402140403, -0.9046092182951135, 0.5332368797681071, 0.9621512585099178},
                           {4, 4}));
  test::check_close(
      ops::cross(wave({2, 3}), wave({3})),
      Tensor::copy<double>({0.0, 0.0, 0.0, -0.662702712334662, 0.354544398551718, -0.6627027123346623}, {2, 3}));
  test::check_close(ops::cross(wave({3, 2}), wave({3, 2}), 0),
                    Tensor::copy<double>({0.0, 0.0, 0.0, 0.0, 0.0, 0.0}, {3, 2}));
  test::check_close(ops::cross(wave({2}), wave({3})),
                    Tensor::copy<double>({0.04049322960100592, -0.019934831482599846, 0.0}, {3}));
  test::check_close(ops::cross(wave({2}), ops::flip(wave({2}))), Tensor::copy<double>({-0.7185303611011433}, {}));
  test::check_close(
      ops::kron(wave({2, 3}), wave({2, 2})),
      Tensor::copy<double>(
          {0.22984884706593015,   0.4668874249522058,   0.4668874249522058,  0.9483792081670734,   0.019934831482599846,
           0.04049322960100592,   0.019934831482599846, -0.4562223368113578, 0.04049322960100592,  -0.9267154251960824,
           0.001728951488391255,  -0.03956824460521912, -0.4562223368113578, -0.9267154251960824,  -0.2640127128614202,
           -0.5362838110175828,   0.31497615394649886,  0.6398048426810162,  -0.03956824460521912, 0.9055465070308278,
           -0.022897869653645778, 0.5240335043968853,   0.02731793798452165, -0.6251898098584189},
          {4, 6}));
  test::check_close(
      ops::kron(wave({2}), wave({2, 2})),
      Tensor::copy<double>({0.22984884706593015, 0.4668874249522058, 0.4668874249522058, 0.9483792081670734,
                            0.019934831482599846, -0.4562223368113578, 0.04049322960100592, -0.9267154251960824},
                           {2, 4}));
}

BOOST_AUTO_TEST_CASE(says_what_does_not_fit) {
  BOOST_TEST(message_of<ShapeError>([] {
               ops::tensordot(wave({2, 3}), wave({2, 3}), {1}, {0});
             }) == "tensordot: expected equal sizes at axis 1 of shape (2, 3) and axis 0 of shape (2, 3)");
  BOOST_CHECK_THROW(ops::tensordot(wave({2}), wave({2}), 2), InvalidArgument);
  BOOST_CHECK_THROW(ops::cross(wave({4}), wave({4})), ShapeError);
}

BOOST_AUTO_TEST_CASE(gradients_match_finite_differences) {
  test::check_second_gradients(
      [](const Tensors& x) -> Tensors {
        return {ops::tensordot(x[0], x[1], {0}, {0}), ops::outer(x[0], x[1]), ops::cross(x[0], x[1]),
                ops::kron(x[0], x[1])};
      },
      {test::uniform({2, 3}, 1), test::uniform({2, 3}, 2)});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
