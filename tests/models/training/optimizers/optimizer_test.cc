#include "models/training/optimizers/optimizer.h"

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "framework/error.h"
#include "framework/executor/program.h"
#include "framework/graph/graph.h"
#include "models/training/optimizers/adam.h"
#include "models/training/optimizers/sgd.h"
#include "tests/models/training/golden.h"
#include "tests/support/message_of.h"

namespace cornu {
namespace {

using test::golden;
using test::message_of;

// The weights and gradients all cases share.
struct Material {
  std::vector<Shape> shapes;
  std::vector<Tensors> gradients;  // of each step
  Tensors start;

  static Tensors tensors(const Config& lists, const std::vector<Shape>& shapes) {
    Tensors result;
    for (std::size_t i = 0; i < shapes.size(); ++i) {
      const std::vector<double> values = lists.as_list()[i].as_doubles();
      result.push_back(Tensor::copy(std::vector<float>(values.begin(), values.end()), shapes[i]));
    }
    return result;
  }

  explicit Material(const Config& file) {
    for (const Config& shape : file.at("shapes").as_list()) shapes.emplace_back(shape.as_ints());
    start = tensors(file.at("start"), shapes);
    for (const Config& step : file.at("gradients").as_list()) gradients.push_back(tensors(step, shapes));
  }

  std::vector<Weight> weights() const {
    std::vector<Weight> weights;
    for (const Tensor& value : start) weights.push_back({Variable(value, {.name = "weight"}), {}, {}});
    return weights;
  }
};

// Some units in the last place of weights up to 4, after 12 steps that each add a few; the accumulated error of
// dividing by square roots of small numbers included.
void check_close(const Tensor& got, const std::vector<double>& wanted) {
  const std::vector<double> values = got.to_vector<double>();
  BOOST_TEST_REQUIRE(values.size() == wanted.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    BOOST_TEST_CONTEXT("element " << i << ": got " << values[i] << ", wanted " << wanted[i]) {
      BOOST_TEST(std::abs(values[i] - wanted[i]) <= 4e-6 + 4e-6 * std::abs(wanted[i]));
    }
  }
}

void check_close(const std::vector<Weight>& got, const Config& wanted) {
  for (std::size_t i = 0; i < got.size(); ++i) {
    check_close(got[i].variable.snapshot(), wanted.as_list()[i].as_doubles());
  }
}

BOOST_AUTO_TEST_SUITE(models_training_optimizers_optimizer)

BOOST_AUTO_TEST_CASE(moves_weights_as_keras_does) {
  const Config file = golden("optimizers.json");
  const Material material(file);
  for (const Config& item : file.at("cases").as_list()) {
    BOOST_TEST_CONTEXT(io::to_json(item.at("optimizer"))) {
      const Optimizer optimizer = Optimizer::from_config(item.at("optimizer"));
      const std::vector<Weight> weights = material.weights();
      for (std::size_t step = 0; step < material.gradients.size(); ++step) {
        optimizer->apply(material.gradients[step], weights);
        BOOST_TEST_CONTEXT("step " << step) { check_close(weights, item.at("after").as_list()[step]); }
      }
      const std::vector<Config>& variables = item.at("variables").as_list();
      BOOST_TEST_REQUIRE(optimizer->variables().size() == variables.size());
      for (std::size_t i = 0; i < variables.size(); ++i) {
        BOOST_TEST_CONTEXT("variable " << variables[i].at("name").as_string()) {
          check_close(optimizer->variables()[i].snapshot(), variables[i].at("values").as_doubles());
        }
      }
      Variables trainable;
      for (const Weight& weight : weights) trainable.push_back(weight.variable);
      optimizer->finalize_variable_values(trainable);
      check_close(weights, item.at("finalized"));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_compiled_program_moves_them_the_same) {
  const Config file = golden("optimizers.json");
  const Material material(file);
  for (const Config& item : file.at("cases").as_list()) {
    BOOST_TEST_CONTEXT(io::to_json(item.at("optimizer"))) {
      const Optimizer optimizer = Optimizer::from_config(item.at("optimizer"));
      const std::vector<Weight> weights = material.weights();
      const auto graph = std::make_shared<Graph>("step");
      Tensors symbols;
      {
        const GraphScope scope(graph);
        for (const Shape& shape : material.shapes) symbols.push_back(graph->placeholder({shape, DType::kFloat32}));
        optimizer->apply(symbols, weights);
      }
      const auto program = Program::compile(graph, symbols, {});
      for (std::size_t step = 0; step < material.gradients.size(); ++step) {
        program->run(material.gradients[step]);
        BOOST_TEST_CONTEXT("step " << step) { check_close(weights, item.at("after").as_list()[step]); }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(has_the_configuration_of_keras) {
  const Config file = golden("optimizers.json");
  for (const Config& item : file.at("cases").as_list()) {
    const Config& wanted = item.at("optimizer").at("config");
    const Config got = Optimizer::from_config(item.at("optimizer")).serialized();
    BOOST_TEST(got.at("class_name").as_string() == item.at("optimizer").at("class_name").as_string());
    BOOST_TEST(got.at("config").size() == wanted.size());
    for (const auto& [key, value] : wanted.as_dict()) {
      BOOST_TEST_CONTEXT(io::to_json(item.at("optimizer")) << ": " << key) {
        const Config& mine = got.at("config").at(key);
        if (value.is_number()) {
          BOOST_TEST(std::abs(mine.as_double() - value.as_double()) <= 1e-7 * std::abs(value.as_double()));
        } else if (!value.is_dict()) {
          BOOST_TEST(io::to_json(mine) == io::to_json(value));
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(leaves_a_weight_without_gradient_alone) {
  const Material material(golden("optimizers.json"));
  const std::vector<Weight> weights = material.weights();
  const Optimizer adam = optimizers::Adam();
  adam->apply({Tensor(), material.gradients[0][1]}, weights);
  BOOST_TEST(weights[0].variable.snapshot().to_vector<float>() == material.start[0].to_vector<float>());
  BOOST_TEST((weights[1].variable.snapshot().to_vector<float>() != material.start[1].to_vector<float>()));
  BOOST_TEST(message_of<StateError>([&] {
               adam->apply({Tensor(), Tensor()}, weights);
             }).find("no weight has a gradient") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(rejects_weights_it_was_not_built_for) {
  const Material material(golden("optimizers.json"));
  const Optimizer sgd = optimizers::SGD();
  sgd->apply(material.gradients[0], material.weights());
  BOOST_TEST(message_of<StateError>([&] {
               sgd->apply(material.gradients[0], material.weights());
             }).find("is not one it was built for") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(rejects_two_ways_of_clipping) {
  BOOST_TEST(message_of<InvalidArgument>([] { optimizers::SGD({.clipnorm = 1.0, .clipvalue = 1.0}); }) ==
             "optimizer: give only one of clipnorm, clipvalue and global_clipnorm");
}

BOOST_AUTO_TEST_CASE(its_learning_rate_can_be_set) {
  const Optimizer sgd = optimizers::SGD({.learning_rate = 0.5});
  BOOST_TEST(sgd->learning_rate().item() == 0.5);
  sgd->set_learning_rate(0.25);
  BOOST_TEST(sgd->learning_rate().item() == 0.25);
}

BOOST_AUTO_TEST_CASE(an_unknown_name_is_answered_with_the_known_ones) {
  BOOST_TEST(message_of<InvalidArgument>([] { const Optimizer optimizer("sdg"); }).find("\"sgd\"") !=
             std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
