#include "framework/initializers/initializer.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "framework/error.h"
#include "framework/initializers/constant.h"
#include "framework/initializers/identity.h"
#include "framework/initializers/orthogonal.h"
#include "framework/initializers/random_normal.h"
#include "framework/initializers/random_uniform.h"
#include "framework/initializers/truncated_normal.h"
#include "framework/initializers/variance_scaling.h"
#include "tests/support/message_of.h"

namespace cornu {
namespace {

using namespace initializers;
using test::message_of;

struct Moments {
  double mean = 0.0;
  double stddev = 0.0;
  double greatest = 0.0;  // in absolute value
};

Moments moments_of(const Tensor& tensor) {
  const std::vector<double> values = tensor.to_vector<double>();
  Moments moments;
  for (const double value : values) {
    moments.mean += value / static_cast<double>(values.size());
    moments.greatest = std::max(moments.greatest, std::abs(value));
  }
  for (const double value : values)
    moments.stddev += (value - moments.mean) * (value - moments.mean) / static_cast<double>(values.size());
  moments.stddev = std::sqrt(moments.stddev);
  return moments;
}

BOOST_AUTO_TEST_SUITE(framework_initializers_initializer)

BOOST_AUTO_TEST_CASE(is_known_by_keras_names) {
  const std::pair<const char*, const char*> names[] = {{"zeros", "Zeros"},
                                                       {"Zeros", "Zeros"},
                                                       {"zero", "Zeros"},
                                                       {"ones", "Ones"},
                                                       {"one", "Ones"},
                                                       {"constant", "Constant"},
                                                       {"normal", "RandomNormal"},
                                                       {"random_normal", "RandomNormal"},
                                                       {"uniform", "RandomUniform"},
                                                       {"RandomUniform", "RandomUniform"},
                                                       {"truncated_normal", "TruncatedNormal"},
                                                       {"variance_scaling", "VarianceScaling"},
                                                       {"glorot_uniform", "GlorotUniform"},
                                                       {"glorot_normal", "GlorotNormal"},
                                                       {"lecun_uniform", "LecunUniform"},
                                                       {"lecun_normal", "LecunNormal"},
                                                       {"he_uniform", "HeUniform"},
                                                       {"he_normal", "HeNormal"},
                                                       {"orthogonal", "Orthogonal"},
                                                       {"OrthogonalInitializer", "Orthogonal"},
                                                       {"identity", "Identity"},
                                                       {"IdentityInitializer", "Identity"}};
  for (const auto& [name, class_name] : names) BOOST_TEST(Initializer(name).body().class_name() == class_name);
  const std::string message = message_of<InvalidArgument>([] { Initializer("glorot"); });
  BOOST_TEST(message.find("initializer: expected one of \"constant\", \"glorot_normal\", ") == 0u, message);
  BOOST_TEST(message.find("got \"glorot\"") != std::string::npos, message);
}

BOOST_AUTO_TEST_CASE(round_trips_through_its_configuration) {
  const std::vector<Initializer> all = {
      Zeros(),
      Ones(),
      Constant(0.25),
      initializers::Identity(2.0),
      RandomNormal({.mean = 1, .stddev = 2, .seed = 3}),
      RandomUniform({.minval = -1, .maxval = 3}),
      TruncatedNormal({.seed = 1}),
      VarianceScaling({.scale = 3, .mode = "fan_out", .distribution = "uniform", .seed = 4}),
      GlorotUniform({.seed = 5, .input_axes = {{0}}, .output_axes = {{1, 2}}}),
      GlorotNormal(),
      LecunUniform(),
      LecunNormal(),
      HeUniform(),
      HeNormal(),
      Orthogonal({.gain = 1.5, .seed = 6})};
  for (const Initializer& initializer : all) {
    const Config serialized = initializer.serialized();
    BOOST_TEST((Initializer::from_config(serialized).serialized() == serialized), initializer.body().class_name());
    BOOST_TEST(serialized.at("module").as_string() == "keras.initializers");
    BOOST_TEST(serialized.at("registered_name").is_null());
  }
}

BOOST_AUTO_TEST_CASE(a_seed_gives_the_same_values_again) {
  for (const char* name :
       {"random_normal", "random_uniform", "truncated_normal", "he_normal", "glorot_uniform", "orthogonal"}) {
    const Initializer initializer(name);
    const std::vector<double> first = initializer({20, 30}, float32, 7).to_vector<double>();
    BOOST_TEST(first == initializer({20, 30}, float32, 7).to_vector<double>(), boost::test_tools::per_element());
    BOOST_TEST((first != initializer({20, 30}, float32, 8).to_vector<double>()), name);
  }
  const Initializer seeded = RandomNormal({.seed = 5});
  BOOST_TEST((seeded({9}, float32, 1).to_vector<double>() == seeded({9}, float32, 2).to_vector<double>()));
}

BOOST_AUTO_TEST_CASE(constants_fill_every_dtype) {
  for (const DType dtype : {float32, float64, float16, bfloat16, int32, int64, boolean}) {
    BOOST_TEST((Ones()({2, 2}, dtype, 0).to_vector<double>() == std::vector<double>(4, 1.0)), name_of(dtype));
    BOOST_TEST((Zeros()({3}, dtype, 0).to_vector<double>() == std::vector<double>(3, 0.0)), name_of(dtype));
  }
  BOOST_TEST(Constant(0.5)({}, float32, 0).item() == 0.5);
}

// 100 000 values: the standard error of a mean is 0.3 % of the deviation, that of a deviation 0.2 %.
BOOST_AUTO_TEST_CASE(random_values_have_the_right_moments) {
  const Shape many{1000, 100};
  const Moments normal = moments_of(RandomNormal({.mean = 3, .stddev = 2})(many, float64, 1));
  BOOST_TEST(std::abs(normal.mean - 3.0) < 0.03);
  BOOST_TEST(std::abs(normal.stddev - 2.0) < 0.03);
  const Moments uniform = moments_of(RandomUniform({.minval = -1, .maxval = 1})(many, float64, 2));
  BOOST_TEST(std::abs(uniform.mean) < 0.01);
  BOOST_TEST(std::abs(uniform.stddev - 1.0 / std::sqrt(3.0)) < 0.01);
  BOOST_TEST(uniform.greatest <= 1.0);
  const Moments truncated = moments_of(TruncatedNormal({.stddev = 1})(many, float64, 3));
  BOOST_TEST(std::abs(truncated.stddev - 0.8796256610342398) < 0.01);
  BOOST_TEST(truncated.greatest <= 2.0);
  BOOST_TEST(truncated.greatest > 1.99);
}

BOOST_AUTO_TEST_CASE(variance_follows_from_the_fans) {
  const Shape kernel{1000, 100};
  const auto stddev = [&](const Initializer& initializer) {
    return moments_of(initializer(kernel, float64, 4)).stddev;
  };
  BOOST_TEST(std::abs(stddev(HeNormal()) / std::sqrt(2.0 / 1000) - 1) < 0.02);
  BOOST_TEST(std::abs(stddev(HeUniform()) / std::sqrt(2.0 / 1000) - 1) < 0.02);
  BOOST_TEST(std::abs(stddev(LecunNormal()) / std::sqrt(1.0 / 1000) - 1) < 0.02);
  BOOST_TEST(std::abs(stddev(LecunUniform()) / std::sqrt(1.0 / 1000) - 1) < 0.02);
  BOOST_TEST(std::abs(stddev(GlorotNormal()) / std::sqrt(2.0 / 1100) - 1) < 0.02);
  BOOST_TEST(std::abs(stddev(GlorotUniform()) / std::sqrt(2.0 / 1100) - 1) < 0.02);
  BOOST_TEST(std::abs(stddev(VarianceScaling({.mode = "fan_out", .distribution = "untruncated_normal"})) /
                          std::sqrt(1.0 / 100) -
                      1) < 0.02);
  BOOST_TEST(std::abs(stddev(HeNormal({.input_axes = {{1}}, .output_axes = {{0}}})) / std::sqrt(2.0 / 100) - 1) < 0.02);
}

BOOST_AUTO_TEST_CASE(fans_count_the_window_of_a_convolution) {
  const Fans conv = fans_of({3, 5, 7, 11});
  BOOST_TEST(conv.in == 105);
  BOOST_TEST(conv.out == 165);
  BOOST_TEST(fans_of({6}).in == 6);
  BOOST_TEST(fans_of({}).out == 1);
  BOOST_TEST(fans_of({2, 3}).in == 2);
}

BOOST_AUTO_TEST_CASE(orthogonal_rows_or_columns_are_orthonormal) {
  for (const Shape& shape : {Shape{5, 3}, Shape{3, 5}, Shape{4, 4}, Shape{2, 3, 4}}) {
    const Tensor q = Orthogonal({.gain = 2.0})(shape, float64, 9);
    BOOST_TEST(q.shape().to_string() == shape.to_string());
    const std::int64_t columns = shape.back();
    const std::int64_t rows = q.num_elements() / columns;
    const auto values = q.data<double>();
    const bool by_rows = rows < columns;
    const auto at = [&](std::int64_t vector, std::int64_t i) {
      return values[static_cast<std::size_t>(by_rows ? vector * columns + i : i * columns + vector)];
    };
    for (std::int64_t a = 0; a < std::min(rows, columns); ++a) {
      for (std::int64_t b = 0; b <= a; ++b) {
        double product = 0;
        for (std::int64_t i = 0; i < std::max(rows, columns); ++i) product += at(a, i) * at(b, i);
        BOOST_TEST(std::abs(product - (a == b ? 4.0 : 0.0)) < 1e-12);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(identity_has_the_gain_on_its_diagonal) {
  BOOST_TEST(
      (initializers::Identity(3.0)({2, 3}, float32, 0).to_vector<double>() == std::vector<double>{3, 0, 0, 0, 3, 0}));
  BOOST_TEST(message_of<ShapeError>([] { initializers::Identity()({2}, float32, 0); }) ==
             "Identity initializer: expected the shape of a matrix; got (2,). Use another initializer for this weight");
}

BOOST_AUTO_TEST_CASE(says_which_options_are_wrong) {
  BOOST_TEST(message_of<InvalidArgument>([] { VarianceScaling({.scale = 0}); }) ==
             "VarianceScaling: scale must be positive; got 0.000000");
  BOOST_TEST(message_of<InvalidArgument>([] { VarianceScaling({.mode = "fan"}); }) ==
             "VarianceScaling: mode must be \"fan_in\", \"fan_out\" or \"fan_avg\"; got \"fan\"");
  BOOST_TEST(message_of<ShapeError>([] { Orthogonal()({2}, float32, 0); }) ==
             "Orthogonal initializer: expected a weight of at least two dimensions; got shape (2,). Use another "
             "initializer for this weight");
}

BOOST_AUTO_TEST_CASE(the_threads_seed_makes_a_sequence_of_different_seeds) {
  set_random_seed(42);
  std::vector<std::uint64_t> first;
  first.reserve(100);
  for (int i = 0; i < 100; ++i) first.push_back(next_random_seed());
  set_random_seed(42);
  for (int i = 0; i < 100; ++i) BOOST_TEST(next_random_seed() == first[static_cast<std::size_t>(i)]);
  BOOST_TEST(std::set<std::uint64_t>(first.begin(), first.end()).size() == 100u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
