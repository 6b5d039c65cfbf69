#include "models/trainer.h"

#include <boost/test/unit_test.hpp>

#include "framework/error.h"
#include "layers/core/dense.h"
#include "layers/shared.h"
#include "models/sequential.h"
#include "models/training/optimizers/sgd.h"
#include "tests/support/patterns.h"

using namespace cornu;
using namespace cornu::test;

namespace {

class TowerModel : public ModelLayer {
 public:
  TowerModel() : head(layers::Dense(1)), list("list") { list.push_back(layers::Dense(3)); }
  layers::Dense head;
  LayerList list;

 protected:
  Outputs call(const Inputs& inputs, const CallContext& context) override {
    Outputs now = inputs[0];
    for (const LayerPtr& layer : list) now = (*layer)(now.tensors()[0], {.training = context.training()});
    return head(now.tensors()[0]);
  }
};
using Tower = SharedModel<TowerModel>;

const Tensor kX = wave({4, 3});
const Tensor kY = wave({4, 1});

template <typename Model> void compile(const Model& model) {
  model.compile({.optimizer = optimizers::SGD({.learning_rate = 0.1}), .loss = "mean_squared_error"});
}

// Whether a step changes the variable.
template <typename Model> bool is_trained(const Model& model, const Variable& variable) {
  const std::vector<float> before = variable.snapshot().template to_vector<float>();
  model.train_on_batch(kX, kY);
  return variable.snapshot().template to_vector<float>() != before;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(models_trainer)

BOOST_AUTO_TEST_CASE(a_layer_frozen_between_two_steps_is_trained_no_more) {
  const layers::Dense first(2);
  const layers::Dense second(1);
  const Sequential model({first, second});
  compile(model);
  model.train_on_batch(kX, kY);
  BOOST_TEST(is_trained(model, first->weights()[0]));
  first->set_trainable(false);
  BOOST_TEST(!is_trained(model, first->weights()[0]));
  BOOST_TEST(is_trained(model, second->weights()[0]));
  first->set_trainable(true);
  BOOST_TEST(is_trained(model, first->weights()[0]));
}

BOOST_AUTO_TEST_CASE(a_variable_frozen_between_two_steps_is_trained_no_more) {
  const layers::Dense dense(1);
  const Sequential model({dense});
  compile(model);
  model.train_on_batch(kX, kY);
  dense->weights()[0].set_trainable(false);
  BOOST_TEST(!is_trained(model, dense->weights()[0]));
  BOOST_TEST(is_trained(model, dense->weights()[1]));
}

// Another layer is another weight for the optimizer: not even one that was built long ago is passed over in silence.
BOOST_AUTO_TEST_CASE(a_member_that_is_given_another_layer_is_noticed) {
  const layers::Dense other(1);
  other(kX);
  const Tower model;
  compile(model);
  model.train_on_batch(kX, kY);
  model->head = other;
  BOOST_CHECK_THROW(model.train_on_batch(kX, kY), StateError);
  compile(model);
  BOOST_TEST(is_trained(model, other->weights()[0]));
}

BOOST_AUTO_TEST_CASE(a_layer_added_to_a_list_is_noticed) {
  const layers::Dense other(3);
  other(kX);
  const Tower model;
  compile(model);
  model.train_on_batch(kX, kY);
  model->list.push_back(other);
  BOOST_CHECK_THROW(model.train_on_batch(kX, kY), StateError);
  compile(model);
  BOOST_TEST(is_trained(model, other->weights()[0]));
}

BOOST_AUTO_TEST_SUITE_END()
