#include "models/summary.h"

#include <boost/test/unit_test.hpp>

#include "framework/ops/arithmetic.h"
#include "layers/convolutional/conv2d.h"
#include "layers/core/dense.h"
#include "layers/core/input.h"
#include "layers/merging/add.h"
#include "layers/merging/subtract.h"
#include "layers/normalization/batch_normalization.h"
#include "layers/pooling/max_pooling2d.h"
#include "layers/reshaping/flatten.h"
#include "layers/rnn/lstm.h"
#include "models/functional.h"
#include "models/sequential.h"

using namespace cornu;
using namespace cornu::layers;

namespace {

// A tower on two inputs, as Keras' own summaries below have it.
Model siamese() {
  const Tensor left = Input({4}, {.name = "left"});
  const Tensor right = Input({4}, {.name = "right"});
  const Sequential tower({Dense(3, {.name = "fc1"}), BatchNormalization({.name = "norm"})},
                         {.name = "tower", .input_shape = Shape{4}});
  const Tensor difference = Subtract({.name = "difference"})({tower(left), tower(right)});
  return Model({left, right}, Dense(1, {.name = "score"})(difference), {.name = "siamese"});
}

}  // namespace

// The texts are those of Keras 3.15.1.
BOOST_AUTO_TEST_SUITE(models_summary)

BOOST_AUTO_TEST_CASE(shows_a_sequential_as_keras_does) {
  const Sequential model(
      {Conv2D(8, {3, 3}, {.name = "features"}), MaxPooling2D({2, 2}, {.name = "pool"}), Flatten({.name = "flatten"}),
       Dense(10, {.name = "a_dense_layer_with_a_name_that_is_longer_than_its_column"})},
      {.name = "tower", .input_shape = Shape{28, 28, 1}});
  BOOST_TEST(model.summary() == R"(Model: "tower"
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━┓
┃ Layer (type)                         ┃ Output Shape                ┃         Param # ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━┩
│ features (Conv2D)                    │ (None, 26, 26, 8)           │              80 │
├──────────────────────────────────────┼─────────────────────────────┼─────────────────┤
│ pool (MaxPooling2D)                  │ (None, 13, 13, 8)           │               0 │
├──────────────────────────────────────┼─────────────────────────────┼─────────────────┤
│ flatten (Flatten)                    │ (None, 1352)                │               0 │
├──────────────────────────────────────┼─────────────────────────────┼─────────────────┤
│ a_dense_layer_with_a_name_that_is_l… │ (None, 10)                  │          13,530 │
│ (Dense)                              │                             │                 │
└──────────────────────────────────────┴─────────────────────────────┴─────────────────┘
 Total params: 13,610 (53.16 KB)
 Trainable params: 13,610 (53.16 KB)
 Non-trainable params: 0 (0.00 B)
)");
}

BOOST_AUTO_TEST_CASE(shows_connections_of_a_shared_tower_and_its_layers) {
  BOOST_TEST(siamese().summary({.expand_nested = true, .show_trainable = true}) == R"(Model: "siamese"
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━┓
┃ Layer (type)                  ┃ Output Shape              ┃          Param # ┃ Connected to              ┃ Trainable ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━┩
│ left (InputLayer)             │ (None, 4)                 │                0 │ -                         │     -     │
├───────────────────────────────┼───────────────────────────┼──────────────────┼───────────────────────────┼───────────┤
│ right (InputLayer)            │ (None, 4)                 │                0 │ -                         │     -     │
├───────────────────────────────┼───────────────────────────┼──────────────────┼───────────────────────────┼───────────┤
│ tower (Sequential)            │ (None, 3)                 │               27 │ left[0][0], right[0][0]   │     Y     │
├───────────────────────────────┼───────────────────────────┼──────────────────┼───────────────────────────┼───────────┤
│    └ fc1 (Dense)              │ (None, 3)                 │               15 │ -                         │     Y     │
├───────────────────────────────┼───────────────────────────┼──────────────────┼───────────────────────────┼───────────┤
│    └ norm                     │ (None, 3)                 │               12 │ -                         │     Y     │
│ (BatchNormalization)          │                           │                  │                           │           │
├───────────────────────────────┼───────────────────────────┼──────────────────┼───────────────────────────┼───────────┤
│ difference (Subtract)         │ (None, 3)                 │                0 │ tower[0][0], tower[1][0]  │     -     │
├───────────────────────────────┼───────────────────────────┼──────────────────┼───────────────────────────┼───────────┤
│ score (Dense)                 │ (None, 1)                 │                4 │ difference[0][0]          │     Y     │
└───────────────────────────────┴───────────────────────────┴──────────────────┴───────────────────────────┴───────────┘
 Total params: 31 (124.00 B)
 Trainable params: 25 (100.00 B)
 Non-trainable params: 6 (24.00 B)
)");
}

BOOST_AUTO_TEST_CASE(fits_a_line_length_and_says_what_is_frozen) {
  const Model model = siamese();
  model->get_layer("tower")->set_trainable(false);
  BOOST_TEST(model.summary({.line_length = 80, .show_trainable = true}) == R"(Model: "siamese"
┏━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━┳━━━━━━━┓
┃ Layer (type)       ┃ Output Shape     ┃    Param # ┃ Connected to    ┃ Trai… ┃
┡━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━╇━━━━━━━┩
│ left (InputLayer)  │ (None, 4)        │          0 │ -               │   -   │
├────────────────────┼──────────────────┼────────────┼─────────────────┼───────┤
│ right (InputLayer) │ (None, 4)        │          0 │ -               │   -   │
├────────────────────┼──────────────────┼────────────┼─────────────────┼───────┤
│ tower (Sequential) │ (None, 3)        │         27 │ left[0][0],     │   N   │
│                    │                  │            │ right[0][0]     │       │
├────────────────────┼──────────────────┼────────────┼─────────────────┼───────┤
│ difference         │ (None, 3)        │          0 │ tower[0][0],    │   -   │
│ (Subtract)         │                  │            │ tower[1][0]     │       │
├────────────────────┼──────────────────┼────────────┼─────────────────┼───────┤
│ score (Dense)      │ (None, 1)        │          4 │ difference[0][… │   Y   │
└────────────────────┴──────────────────┴────────────┴─────────────────┴───────┘
 Total params: 31 (124.00 B)
 Trainable params: 4 (16.00 B)
 Non-trainable params: 27 (108.00 B)
)");
}

BOOST_AUTO_TEST_CASE(shows_several_outputs_and_the_optimizer) {
  const Tensor steps = Input({5, 3}, {.name = "steps"});
  const Outputs lstm = LSTM(4, {.return_sequences = true, .return_state = true, .name = "lstm"})(steps);
  const Model model(steps, {lstm[0], lstm[1]}, {.name = "states"});
  model.compile({.optimizer = "adam", .loss = "mse"});
  model->optimizer()->build(model->all_weights(true));
  BOOST_TEST(model.summary() == R"(Model: "states"
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━┓
┃ Layer (type)                         ┃ Output Shape                ┃         Param # ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━┩
│ steps (InputLayer)                   │ (None, 5, 3)                │               0 │
├──────────────────────────────────────┼─────────────────────────────┼─────────────────┤
│ lstm (LSTM)                          │ [(None, 5, 4), (None, 4),   │             128 │
│                                      │ (None, 4)]                  │                 │
└──────────────────────────────────────┴─────────────────────────────┴─────────────────┘
 Total params: 386 (1.51 KB)
 Trainable params: 128 (512.00 B)
 Non-trainable params: 0 (0.00 B)
 Optimizer params: 258 (1.01 KB)
)");
}

BOOST_AUTO_TEST_CASE(shows_operations_between_layers) {
  const Tensor x = Input({4}, {.name = "x"});
  const Model model(x, Dense(2, {.name = "out"})(ops::square(x) * 2.0), {.name = "with_ops"});
  BOOST_TEST(model.summary() == R"(Model: "with_ops"
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━┓
┃ Layer (type)                         ┃ Output Shape                ┃         Param # ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━┩
│ x (InputLayer)                       │ (None, 4)                   │               0 │
├──────────────────────────────────────┼─────────────────────────────┼─────────────────┤
│ square (Square)                      │ (None, 4)                   │               0 │
├──────────────────────────────────────┼─────────────────────────────┼─────────────────┤
│ multiply (Multiply)                  │ (None, 4)                   │               0 │
├──────────────────────────────────────┼─────────────────────────────┼─────────────────┤
│ out (Dense)                          │ (None, 2)                   │              10 │
└──────────────────────────────────────┴─────────────────────────────┴─────────────────┘
 Total params: 10 (40.00 B)
 Trainable params: 10 (40.00 B)
 Non-trainable params: 0 (0.00 B)
)");
}

BOOST_AUTO_TEST_CASE(counts_the_calls_of_a_model_within_a_model) {
  const Tensor i = Input({4}, {.name = "i"});
  const Model inner(i, Dense(4, {.name = "d"})(i), {.name = "inner"});
  const Tensor x = Input({4}, {.name = "x"});
  const Model model(x, Add({.name = "add"})({inner(inner(x)), x}), {.name = "outer"});
  BOOST_TEST(model.summary() == R"(Model: "outer"
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━━━━━┓
┃ Layer (type)                  ┃ Output Shape              ┃         Param # ┃ Connected to               ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━━━━━┩
│ x (InputLayer)                │ (None, 4)                 │               0 │ -                          │
├───────────────────────────────┼───────────────────────────┼─────────────────┼────────────────────────────┤
│ inner (Functional)            │ (None, 4)                 │              20 │ x[0][0], inner[0][0]       │
├───────────────────────────────┼───────────────────────────┼─────────────────┼────────────────────────────┤
│ add (Add)                     │ (None, 4)                 │               0 │ inner[1][0], x[0][0]       │
└───────────────────────────────┴───────────────────────────┴─────────────────┴────────────────────────────┘
 Total params: 20 (80.00 B)
 Trainable params: 20 (80.00 B)
 Non-trainable params: 0 (0.00 B)
)");
}

BOOST_AUTO_TEST_CASE(says_what_to_call_before_shapes_are_known) {
  const Sequential model({Dense(3, {.name = "fc1"}), Dense(2, {.name = "fc2"})}, {.name = "unbuilt"});
  const std::string text = model.summary({.ascii = true});
  BOOST_TEST(text.starts_with(R"(Model: "unbuilt"
+--------------------------------------+-----------------------------+-----------------+
| Layer (type)                         | Output Shape                |         Param # |
+======================================+=============================+=================+
| fc1 (Dense)                          | ?                           |     0 (unbuilt) |
+--------------------------------------+-----------------------------+-----------------+
| fc2 (Dense)                          | ?                           |     0 (unbuilt) |
+--------------------------------------+-----------------------------+-----------------+
 Total params: 0 (0.00 B)
)"));
  BOOST_TEST(text.ends_with(
      "Not built yet: shapes and parameters are known after a first call on data or build_for({shape}).\n"));
}

BOOST_AUTO_TEST_SUITE_END()
