#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "framework/executor/ir/ir.h"
#include "framework/executor/program.h"
#include "framework/graph/graph.h"

namespace cornu::test {

/// A function traced on placeholders, for tests of the compiler.
struct Traced {
  std::shared_ptr<Graph> graph = std::make_shared<Graph>("test");
  Tensors feeds;
  Tensors fetches;

  Traced(const TensorSpecs& specs, const std::function<Tensors(const Tensors&)>& function) {
    const GraphScope scope(graph);
    for (const TensorSpec& spec : specs) feeds.push_back(graph->placeholder(spec));
    fetches = function(feeds);
  }

  std::shared_ptr<Program> compile() const { return Program::compile(graph, feeds, fetches); }

  Ir ir() const {
    TensorSpecs specs;
    for (const Tensor& feed : feeds) specs.push_back(feed.spec());
    return import_graph(*graph, feeds, specs, fetches);
  }
};

/// Names of the operations of a program under compilation, in order.
inline std::vector<std::string> operations_of(const Ir& ir) {
  std::vector<std::string> names;
  for (const IrNode& node : ir.nodes) names.push_back(node.operation->name);
  return names;
}

inline std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : " ") + name;
  return text;
}

}  // namespace cornu::test
