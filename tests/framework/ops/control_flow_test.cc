#include "framework/ops/control_flow.h"

#include <boost/test/unit_test.hpp>

#include "framework/error.h"
#include "framework/executor/program.h"
#include "framework/gradients.h"
#include "framework/graph/graph.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/comparison.h"
#include "framework/ops/reduce.h"

using namespace cornu;

namespace {

// x * w where the flag holds, else x + x; and the gradients of the sum for x and w.
struct CondProgram {
  std::shared_ptr<Graph> graph = std::make_shared<Graph>();
  Variable w{Tensor::copy({3.0F}, {}), {.name = "w"}};
  std::shared_ptr<Program> program;

  CondProgram() {
    const GraphScope scope(graph);
    const Tensor flag = graph->placeholder({{}, boolean});
    const Tensor x = graph->placeholder({{2}, float32});
    const Tensor y = ops::cond(
        flag, [&] { return Tensors{x * w}; }, [&] { return Tensors{x + x}; })[0];
    const Tensors g = gradients({y}, {x, w.value()});
    program = Program::compile(graph, {flag, x}, {y, g[0], g[1]});
  }

  Tensors run(bool flag) const { return program->run({Tensor::copy({flag}, {}), Tensor::copy({1.0F, 2.0F}, {2})}); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(framework_ops_control_flow)

BOOST_AUTO_TEST_CASE(cond_on_values_calls_one_branch) {
  int calls = 0;
  const auto branch = [&](double value) {
    return [&calls, value] {
      ++calls;
      return Tensors{Tensor(value)};
    };
  };
  BOOST_TEST(ops::cond(Tensor(true), branch(1.0), branch(2.0))[0].item() == 1.0);
  BOOST_TEST(ops::cond(Tensor(false), branch(1.0), branch(2.0))[0].item() == 2.0);
  BOOST_TEST(calls == 2);
}

BOOST_AUTO_TEST_CASE(cond_in_a_program_computes_the_taken_branch_and_its_gradients) {
  const CondProgram cond;
  const Tensors taken = cond.run(true);
  BOOST_TEST(taken[0].to_vector<float>() == (std::vector<float>{3, 6}), boost::test_tools::per_element());
  BOOST_TEST(taken[1].to_vector<float>() == (std::vector<float>{3, 3}), boost::test_tools::per_element());
  BOOST_TEST(taken[2].item() == 3.0);
  const Tensors other = cond.run(false);
  BOOST_TEST(other[0].to_vector<float>() == (std::vector<float>{2, 4}), boost::test_tools::per_element());
  BOOST_TEST(other[1].to_vector<float>() == (std::vector<float>{2, 2}), boost::test_tools::per_element());
  BOOST_TEST(other[2].item() == 0.0);
}

BOOST_AUTO_TEST_CASE(cond_assigns_only_what_the_taken_branch_assigns) {
  const auto graph = std::make_shared<Graph>();
  const Variable count(Tensor::copy({5.0F}, {}), {.name = "count"});
  std::shared_ptr<Program> program;
  {
    const GraphScope scope(graph);
    const Tensor flag = graph->placeholder({{}, boolean});
    const auto adds = [&] {
      count.assign(count + 1.0);
      return Tensors{Tensor::copy({1.0F}, {})};
    };
    const Tensor y = ops::cond(flag, adds, [] { return Tensors{Tensor::copy({0.0F}, {})}; })[0];
    program = Program::compile(graph, {flag}, {y});
  }
  program->run({Tensor::copy({false}, {})});
  BOOST_TEST(count.snapshot().item() == 5.0);
  program->run({Tensor::copy({true}, {})});
  BOOST_TEST(count.snapshot().item() == 6.0);
}

BOOST_AUTO_TEST_CASE(a_graph_with_cond_is_freed) {
  const Variable count(Tensor::copy({5.0F}, {}), {.name = "count"});
  auto graph = std::make_shared<Graph>();
  {
    const GraphScope scope(graph);
    const Tensor flag = graph->placeholder({{}, boolean});
    ops::cond(
        flag, [&] { return Tensors{count + 1.0}; }, [&] { return Tensors{count.value()}; });
  }
  const std::weak_ptr<Graph> watched = graph;
  graph.reset();
  BOOST_TEST(watched.expired());
}

BOOST_AUTO_TEST_CASE(cond_refuses_branches_that_disagree) {
  const auto graph = std::make_shared<Graph>();
  const GraphScope scope(graph);
  const Tensor flag = graph->placeholder({{}, boolean});
  const Tensor x = graph->placeholder({{2}, float32});
  BOOST_CHECK_EXCEPTION(ops::cond(
                            flag, [&] { return Tensors{x}; }, [&] { return Tensors{ops::sum(x)}; }),
                        InvalidArgument, [](const InvalidArgument& error) {
                          return std::string(error.what()).find("(2,) float32") != std::string::npos;
                        });
}

BOOST_AUTO_TEST_CASE(while_loop_gives_the_same_on_values_and_in_a_program) {
  const auto condition = [](const Tensors& v) { return ops::less(v[0], 100.0); };
  const auto doubled = [](const Tensors& v) { return Tensors{v[0] * 2.0, v[1] + 1.0}; };
  const Tensors start{Tensor::copy({3.0F}, {}), Tensor::copy({0.0F}, {})};
  const Tensors eager = ops::while_loop(condition, doubled, start);
  BOOST_TEST(eager[0].item() == 192.0);
  BOOST_TEST(eager[1].item() == 6.0);

  const auto graph = std::make_shared<Graph>();
  std::shared_ptr<Program> program;
  {
    const GraphScope scope(graph);
    const Tensor x = graph->placeholder({{}, float32});
    const Tensor step = graph->placeholder({{}, float32});
    const auto body = [&](const Tensors& v) { return Tensors{v[0] * 2.0, v[1] + step}; };
    const Tensors y = ops::while_loop(condition, body, {x, Tensor::copy({0.0F}, {})});
    program = Program::compile(graph, {x, step}, y);
    BOOST_CHECK_THROW(gradients({y[0]}, {x}), Unsupported);
  }
  const Tensors compiled = program->run({Tensor::copy({3.0F}, {}), Tensor::copy({1.0F}, {})});
  BOOST_TEST(compiled[0].item() == 192.0);
  BOOST_TEST(compiled[1].item() == 6.0);
}

BOOST_AUTO_TEST_CASE(while_loop_stops_after_the_given_number) {
  const auto always = [](const Tensors&) { return Tensor(true); };
  const auto add = [](const Tensors& v) { return Tensors{v[0] + 1.0}; };
  BOOST_TEST(ops::while_loop(always, add, {Tensor::copy({0.0F}, {})}, 7)[0].item() == 7.0);
}

BOOST_AUTO_TEST_SUITE_END()
