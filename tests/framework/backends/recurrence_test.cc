// The CPU kernels of recurrences against the reference kernels.

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "tests/support/gradient_check.h"
#include "tests/support/kernel_check.h"
#include "tests/support/kernel_test.h"

namespace cornu {
namespace {

struct Cell {
  std::string name;
  std::int64_t num_gates;
  std::int64_t num_states;
  std::int64_t num_kept;  // gates kept of each step
  bool reset_after;
};

const std::vector<Cell> kCells = {
    {"simple_rnn", 1, 1, 1, false}, {"lstm", 4, 2, 4, false}, {"gru", 3, 1, 4, true}, {"gru", 3, 1, 4, false}};

struct Case {
  std::int64_t time = 4;
  std::int64_t batch = 3;
  std::int64_t units = 5;
  std::string activation = "tanh";
  std::string recurrent_activation = "sigmoid";
  bool return_sequences = true;
  bool zero_output_for_mask = false;
  bool has_mask = false;
  bool has_state = true;
};

Tensor values(const Shape& shape, std::uint64_t seed, double low = -1.0, double high = 1.0) {
  return test::as_float32(test::uniform(shape, seed, low, high));
}

// About a third of the steps masked, first and last ones too.
Tensor mask_of(const Case& c) {
  Tensor mask = Tensor::empty({c.batch, c.time}, boolean);
  const std::vector<double> random = test::uniform(mask.shape(), 9, 0.0, 1.0).to_vector<double>();
  for (std::size_t i = 0; i < random.size(); ++i) mask.mutable_data<bool>()[i] = random[i] > 0.35;
  return mask;
}

Attributes attributes_of(const Cell& cell, const Case& c) {
  Attributes attributes{{"activation", c.activation},
                        {"recurrent_activation", c.recurrent_activation},
                        {"return_sequences", c.return_sequences},
                        {"zero_output_for_mask", c.zero_output_for_mask},
                        {"has_recurrent_bias", cell.reset_after},
                        {"has_mask", c.has_mask},
                        {"has_state", c.has_state}};
  if (cell.name == "gru") attributes.set("reset_after", cell.reset_after);
  return attributes;
}

// The sums of about `units` products, whose rounding errors are passed on from step to step, differ by some units in
// the last place from those in another order; values are about 1.
constexpr double kTolerance = 5e-5;

void check(const Cell& cell, const Case& c) {
  const std::int64_t width = cell.num_gates * c.units;
  // Columns of the recurrent kernel with sums of about 1, so that errors do not grow from step to step.
  const double scale = 1.0 / std::sqrt(static_cast<double>(c.units));
  const Tensor kernel = values({c.units, width}, 2, -scale, scale);
  Tensors forward{values({c.time, c.batch, width}, 1, -2.0, 2.0), kernel};
  if (cell.reset_after) forward.push_back(values({width}, 3));
  if (c.has_mask) forward.push_back(mask_of(c));
  for (std::int64_t i = 0; i < cell.num_states && c.has_state; ++i) forward.push_back(values({c.batch, c.units}, 4));
  const Attributes attributes = attributes_of(cell, c);
  test::check_cpu_kernel(cell.name, attributes, forward, kTolerance, kTolerance);

  const Tensors kept = test::run_kernel(Backend::kReference, cell.name, attributes, forward);
  Tensors backward{values(kept[0].shape(), 5)};
  for (std::int64_t i = 0; i < cell.num_states; ++i) backward.push_back(values({c.batch, c.units}, 6));
  backward.push_back(kernel);
  if (cell.name == "lstm") backward.insert(backward.end(), {kept[2], kept[4]});
  if (cell.name == "gru") backward.push_back(kept[2]);
  backward.push_back(kept.back());
  if (c.has_mask) backward.push_back(mask_of(c));
  test::check_cpu_kernel(cell.name + "_gradient", attributes, backward, kTolerance, kTolerance);
}

BOOST_AUTO_TEST_SUITE(framework_backends_recurrence)

// Units that fill vectors and panels of every instruction set exactly, by more and by less; batches that are split into
// groups of rows of every size.
BOOST_AUTO_TEST_CASE(sizes_around_vectors_and_row_groups) {
  for (const Cell& cell : kCells) {
    for (std::int64_t units : {1, 3, 4, 7, 8, 16, 17, 32, 63, 64, 65, 130}) {
      BOOST_TEST_CONTEXT(cell.name << " of " << units << " units") { check(cell, {.units = units}); }
    }
    for (std::int64_t batch : {0, 1, 2, 5, 6, 7, 8, 9, 13, 16, 32, 33}) {
      BOOST_TEST_CONTEXT(cell.name << " of " << batch << " examples") {
        check(cell, {.time = 2, .batch = batch, .units = 20});
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(masks_states_and_outputs) {
  for (const Cell& cell : kCells) {
    for (int bits = 0; bits < 16; ++bits) {
      BOOST_TEST_CONTEXT(cell.name << " options " << bits) {
        check(cell, {.time = 7,
                     .batch = 6,
                     .units = 18,
                     .return_sequences = (bits & 1) != 0,
                     .zero_output_for_mask = (bits & 2) != 0,
                     .has_mask = (bits & 4) != 0,
                     .has_state = (bits & 8) != 0});
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(activations) {
  for (const Cell& cell : kCells) {
    for (const char* name : {"linear", "tanh", "sigmoid", "relu", "hard_sigmoid"}) {
      BOOST_TEST_CONTEXT(cell.name << " with " << name) {
        check(cell, {.activation = name, .recurrent_activation = "hard_sigmoid"});
        check(cell, {.activation = "tanh", .recurrent_activation = name});
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(one_step) {
  for (const Cell& cell : kCells) check(cell, {.time = 1});
}

// Large and tiny arguments of tanh and sigmoid, which must neither overflow nor lose small values.
BOOST_AUTO_TEST_CASE(extreme_arguments) {
  const std::vector<float> arguments = {0.0F,  1e-30F, -1e-10F, 1e-4F,  -0.3F,  0.7F,   5.0F,  9.0F,
                                        10.5F, -20.0F, 80.0F,   -95.0F, 200.0F, -1e30F, 1e30F, -0.01F};
  const auto count = static_cast<std::int64_t>(arguments.size());
  const Case c{.time = 1, .batch = 1, .units = count, .has_state = false};
  const Tensor kernel = values({count, count}, 2);
  const Tensor z = Tensor::copy(arguments, {1, 1, count});
  test::check_cpu_kernel("simple_rnn", attributes_of(kCells[0], c), {z, kernel}, 3e-7, 1e-37);
  const Case lstm{.time = 1, .batch = 1, .units = 4, .has_state = false};
  test::check_cpu_kernel("lstm", attributes_of(kCells[1], lstm),
                         {Tensor::copy(arguments, {1, 1, 16}), values({4, 16}, 2)}, 1e-6, 1e-37);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
