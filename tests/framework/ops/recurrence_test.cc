#include "framework/ops/recurrence.h"

#include <boost/test/unit_test.hpp>

#include "framework/error.h"
#include "framework/ops/gru.h"
#include "framework/ops/lstm.h"
#include "framework/ops/simple_rnn.h"
#include "tests/support/gradient_check.h"
#include "tests/support/message_of.h"

namespace cornu {
namespace {

using ops::SequenceInputs;
using ops::SequenceOptions;
using ops::SequenceOutputs;

// What the three operations (the GRU in both forms) have in common, tried on each.
struct Cell {
  std::string name;
  SequenceOutputs (*function)(const SequenceInputs& inputs, const SequenceOptions& options);
  std::int64_t num_gates;
  std::int64_t num_states;
  bool reset_after;

  Shape bias_shape(std::int64_t units) const {
    return name == "gru" && reset_after ? Shape{2, 3 * units} : Shape{num_gates * units};
  }
};

const std::vector<Cell> kCells = {{"simple_rnn", ops::simple_rnn, 1, 1, false},
                                  {"lstm", ops::lstm, 4, 2, false},
                                  {"gru", ops::gru, 3, 1, true},
                                  {"gru", ops::gru, 3, 1, false}};

struct Case {
  std::int64_t batch = 2;
  std::int64_t time = 3;
  std::int64_t features = 2;
  std::int64_t units = 3;
  bool masked = false;
  bool has_state = true;
  SequenceOptions options = {};
};

// x, kernel, recurrent kernel, bias and initial states in float64.
Tensors values_for(const Cell& cell, const Case& c) {
  Tensors values{test::uniform({c.batch, c.time, c.features}, 1),
                 test::uniform({c.features, cell.num_gates * c.units}, 2),
                 test::uniform({c.units, cell.num_gates * c.units}, 3), test::uniform(cell.bias_shape(c.units), 4)};
  for (std::int64_t i = 0; i < cell.num_states && c.has_state; ++i) {
    values.push_back(test::uniform({c.batch, c.units}, 5 + static_cast<std::uint64_t>(i)));
  }
  return values;
}

// Of two examples the first is masked at its first step (before any output) and in the middle, the second at the end.
Tensor mask_for(const Case& c) {
  Tensor mask = Tensor::empty({c.batch, c.time}, boolean);
  const auto values = mask.mutable_data<bool>();
  for (std::int64_t b = 0; b < c.batch; ++b) {
    for (std::int64_t t = 0; t < c.time; ++t) {
      const bool masked = b % 2 == 0 ? t == 0 || t == 2 : t + 1 == c.time;
      values[static_cast<std::size_t>(b * c.time + t)] = !masked;
    }
  }
  return mask;
}

Tensors run(const Cell& cell, const Case& c, const Tensors& values) {
  SequenceInputs inputs{.x = values[0], .kernel = values[1], .recurrent_kernel = values[2], .bias = values[3]};
  if (c.masked) inputs.mask = mask_for(c);
  inputs.initial_states.assign(values.begin() + 4, values.end());
  SequenceOptions options = c.options;
  options.reset_after = cell.reset_after;
  const SequenceOutputs outputs = cell.function(inputs, options);
  Tensors all{outputs.output};
  all.insert(all.end(), outputs.states.begin(), outputs.states.end());
  return all;
}

BOOST_AUTO_TEST_SUITE(framework_ops_recurrence)

BOOST_AUTO_TEST_CASE(gradients_match_finite_differences_with_all_options) {
  for (const Cell& cell : kCells) {
    for (int bits = 0; bits < 32; ++bits) {
      const Case c{.time = 4,
                   .masked = (bits & 3) != 0,
                   .has_state = (bits & 4) != 0,
                   .options = {.go_backwards = (bits & 8) != 0,
                               .return_sequences = (bits & 16) != 0,
                               .zero_output_for_mask = (bits & 3) == 2}};
      if ((bits & 3) == 3) continue;
      BOOST_TEST_CONTEXT(cell.name << " reset_after " << cell.reset_after << " options " << bits) {
        test::check_gradients([&](const Tensors& at) { return run(cell, c, at); }, values_for(cell, c));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(gradients_match_finite_differences_for_every_activation) {
  for (const Cell& cell : kCells) {
    for (const char* name : {"linear", "sigmoid", "relu", "hard_sigmoid"}) {
      const Case c{.options = {.activation = name, .recurrent_activation = name, .return_sequences = true}};
      BOOST_TEST_CONTEXT(cell.name << " reset_after " << cell.reset_after << " activation " << name) {
        test::check_gradients([&](const Tensors& at) { return run(cell, c, at); }, values_for(cell, c));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(second_gradients_match_finite_differences) {
  for (const Cell& cell : kCells) {
    for (bool masked : {false, true}) {
      const Case c{.units = 2,
                   .masked = masked,
                   .options = {.recurrent_activation = masked ? "hard_sigmoid" : "sigmoid",
                               .go_backwards = masked,
                               .return_sequences = !masked}};
      BOOST_TEST_CONTEXT(cell.name << " reset_after " << cell.reset_after << " masked " << masked) {
        test::check_second_gradients([&](const Tensors& at) { return run(cell, c, at); }, values_for(cell, c));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(one_step_and_no_examples) {
  for (const Cell& cell : kCells) {
    const Case one{.time = 1, .options = {.return_sequences = true}};
    test::check_gradients([&](const Tensors& at) { return run(cell, one, at); }, values_for(cell, one));
    const Case none{.batch = 0, .masked = true, .options = {.return_sequences = true}};
    const Tensors outputs = run(cell, none, values_for(cell, none));
    BOOST_TEST(outputs[0].shape().to_string() == "(0, 3, 3)");
    BOOST_TEST(outputs[1].shape().to_string() == "(0, 3)");
  }
}

BOOST_AUTO_TEST_CASE(errors_name_what_was_expected) {
  const Tensor x = test::uniform({2, 3, 4}, 1);
  const Tensor kernel = test::uniform({4, 8}, 1);
  const Tensor recurrent = test::uniform({2, 8}, 1);
  const auto of = [](const SequenceInputs& inputs, const SequenceOptions& options = {}) {
    return test::message_of<InvalidArgument>([&] { ops::lstm(inputs, options); });
  };
  BOOST_TEST(of({.x = kernel, .kernel = kernel, .recurrent_kernel = recurrent}) ==
             "lstm: expected a sequence of shape (batch, time, features); got shape (4, 8)");
  BOOST_TEST(of({.x = test::uniform({2, 0, 4}, 1), .kernel = kernel, .recurrent_kernel = recurrent}) ==
             "lstm: expected a sequence of at least one step; got shape (2, 0, 4)");
  BOOST_TEST(of({.x = x, .kernel = recurrent, .recurrent_kernel = recurrent}) ==
             "lstm: expected a kernel of shape (4, 8); got shape (2, 8)");
  BOOST_TEST(of({.x = x, .kernel = kernel, .recurrent_kernel = kernel}) ==
             "lstm: expected a recurrent kernel of shape (4, 16); got shape (4, 8)");
  BOOST_TEST(of({.x = x, .kernel = kernel, .recurrent_kernel = recurrent, .bias = test::uniform({2}, 1)}) ==
             "lstm: expected a bias of shape (8,); got shape (2,)");
  BOOST_TEST(of({.x = x, .kernel = kernel, .recurrent_kernel = recurrent, .mask = test::uniform({2, 2}, 1)}) ==
             "lstm: expected a mask of shape (2, 3); got shape (2, 2)");
  BOOST_TEST(of({.x = x, .kernel = kernel, .recurrent_kernel = recurrent, .initial_states = {recurrent}}) ==
             "lstm: expected 2 initial state(s); got 1");
  BOOST_TEST(of({.x = x, .kernel = kernel, .recurrent_kernel = recurrent}, {.activation = "gelu"}) ==
             "lstm: activation must be one of \"linear\", \"tanh\", \"sigmoid\", \"relu\", \"hard_sigmoid\"; got "
             "\"gelu\"");
  BOOST_TEST(test::message_of<ShapeError>([&] {
               ops::gru({.x = x,
                         .kernel = test::uniform({4, 6}, 1),
                         .recurrent_kernel = test::uniform({2, 6}, 1),
                         .bias = test::uniform({6}, 1)});
             }) == "gru: expected a bias of shape (2, 3 * units) with reset_after; got shape (6,)");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
