#include "models/v1/summary.h"

#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "framework/ops/broadcast_constant.h"
#include "models/v1/array_ops.h"
#include "models/v1/graph_def.h"
#include "models/v1/math_ops.h"
#include "models/v1/variable_scope.h"
#include "tests/io/scratch_folder.h"
#include "tests/models/v1/fresh_graph.h"
#include "tests/support/event_file_reader.h"

using namespace cornu;
using namespace cornu::test;
using testing::ScratchFolder;
using Names = std::vector<std::string>;

namespace {

v1::Tensor shared_layer(const v1::Tensor& x) {
  const v1::VariableScope scope("fc", {.reuse = v1::AUTO_REUSE});
  return v1::matmul(x, v1::get_variable("w", {.shape = Shape{3, 2}, .initializer = v1::zeros_initializer()}));
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(models_v1_summary, FreshGraph)

BOOST_AUTO_TEST_CASE(a_shared_variable_is_one_node_with_an_edge_to_each_use) {
  const ScratchFolder folder;
  const v1::Tensor x = v1::placeholder(float32, Shape{kUnknown, 3}, "x");
  shared_layer(x);
  shared_layer(x);
  v1::summary::FileWriter(folder / "logs", v1::get_default_graph()).close();
  const auto records = read_event_file(event_file_in(folder / "logs"));
  BOOST_TEST(records[0].file_version == "brain.Event:2");
  int variables = 0;
  for (const EventNode& node : records.back().nodes) variables += node.op == "VariableV2";
  BOOST_TEST(variables == 1);
  BOOST_TEST(node_named(records, "fc/MatMul").inputs == (Names{"x", "fc/w/read"}));
  BOOST_TEST(node_named(records, "fc_1/MatMul").inputs == (Names{"x", "fc/w/read"}));
  BOOST_TEST(node_named(records, "fc/w/Assign").inputs == (Names{"fc/w", "fc/w/Initializer/zeros"}));
  BOOST_TEST(node_named(records, "fc/w/read").inputs == Names{"fc/w"});
  BOOST_TEST(node_named(records, "fc/w").attributes.at("shape") == "shape (3, 2)");
  BOOST_TEST(node_named(records, "fc/MatMul").attributes.at("_output_shapes") == "list [shape (?, 2)]");
}

BOOST_AUTO_TEST_CASE(nothing_is_written_before_the_first_event) {
  const ScratchFolder folder;
  v1::summary::FileWriter writer(folder / "logs");
  BOOST_TEST(std::filesystem::is_empty(folder / "logs"));
  BOOST_TEST(writer.path().empty());
}

// Whoever forgets to close loses nothing.
BOOST_AUTO_TEST_CASE(the_destructor_writes) {
  const ScratchFolder folder;
  {
    v1::summary::FileWriter writer(folder / "logs");
    writer.add_scalar("loss", 0.5, 3);
    writer.add_text("note", "hello", 3);
    writer.add_histogram("weights", Tensor::copy({1.F, 2.F, 3.F}, {3}), 3);
  }
  const auto records = read_event_file(event_file_in(folder / "logs"));
  const auto values = values_by_tag(records);
  BOOST_TEST(values.at("loss")[0].tensor.numbers == std::vector<double>{0.5});
  BOOST_TEST(records.back().step == 3);
  BOOST_TEST(values.contains("weights"));
  BOOST_TEST(values.contains("note"));
}

BOOST_AUTO_TEST_CASE(control_inputs_and_large_constants) {
  const v1::Tensor big = v1::constant(ops::zeros({100, 100})), c = v1::constant(1.0, {.name = "c"});
  const v1::ControlDependencies wait({c.op()});
  v1::identity(big, "after");
  const io::GraphDescription graph = v1::graph_def(v1::get_default_graph());
  BOOST_TEST(graph.nodes.back().inputs.back() == "^c");
  BOOST_TEST(!graph.nodes.front().attributes.contains("value"));
}

BOOST_AUTO_TEST_SUITE_END()
