#include "framework/graph/sample_independence.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>

namespace cornu {
namespace {

class Analysis {
 public:
  explicit Analysis(const Tensor& input) : num_samples_(input.shape()[0]) { samples_.insert(input.key()); }

  // Notes whether a node's outputs have the samples along their first axis. False where they are mixed.
  bool follow(const Node& node) {
    if (std::none_of(node.inputs().begin(), node.inputs().end(), [&](const Tensor& x) { return has_samples(x); })) {
      return true;
    }
    const auto rule = rules().find(node.operation().name);
    const bool alone = node.operation().is_elementwise ? is_alone_elementwise(node)
                       : rule != rules().end()         ? rule->second(*this, node)
                                                       : false;
    if (!alone) return false;
    for (std::size_t i = 0; i < node.num_outputs(); ++i) {
      const Shape& shape = node.output_spec(i).shape;
      // Several rows may belong to a sample.
      if (shape.empty() || shape[0] == 0 || shape[0] % num_samples_ != 0) return false;
      samples_.insert(node.output(i).key());
    }
    return true;
  }

  bool has_samples(const Tensor& x) const { return x.is_symbolic() && samples_.contains(x.key()); }

 private:
  using Rule = std::function<bool(const Analysis&, const Node&)>;

  bool only_first_has_samples(const Node& node) const {
    for (std::size_t i = 1; i < node.inputs().size(); ++i) {
      if (has_samples(node.input(i))) return false;
    }
    return has_samples(node.input(0));
  }

  bool all_have_samples(const Node& node) const {
    return std::all_of(node.inputs().begin(), node.inputs().end(), [&](const Tensor& x) { return has_samples(x); });
  }

  // Operands with samples have equally many rows; others are the same for every row.
  bool is_alone_elementwise(const Node& node) const {
    const Shape& result = node.output_spec(0).shape;
    return std::all_of(node.inputs().begin(), node.inputs().end(), [&](const Tensor& x) {
      const bool spans = x.shape().rank() == result.rank() && !result.empty();
      return has_samples(x) ? spans && x.shape()[0] == result[0] : !spans || x.shape()[0] == 1;
    });
  }

  bool is_alone_matmul(const Node& node) const {
    const Shape& x = node.input(0).shape();
    const Shape& y = node.input(1).shape();
    if (all_have_samples(node)) return x.rank() >= 3 && x.rank() == y.rank();
    const bool swaps_rows = x.rank() < 3 && node.attributes().flag("transpose_x");
    return only_first_has_samples(node) && !swaps_rows && y.rank() == 2;
  }

  static bool spares_first_axis(const std::vector<std::int64_t>& axes) {
    return std::find(axes.begin(), axes.end(), 0) == axes.end();
  }

  static const std::map<std::string, Rule>& rules() {
    static const std::map<std::string, Rule> kRules = [] {
      std::map<std::string, Rule> rules;
      const Rule first = [](const Analysis& a, const Node& node) { return a.only_first_has_samples(node); };
      for (const char* name : {"conv", "conv_input_gradient", "max_pool", "average_pool", "resize", "stop_gradient"}) {
        rules[name] = first;
      }
      rules["matmul"] = [](const Analysis& a, const Node& node) { return a.is_alone_matmul(node); };
      // A view with whole samples along its first axis has them in the same order: memory stays as it is.
      for (const char* name : {"reshape", "reshape_copying"}) {
        rules[name] = [](const Analysis& a, const Node& node) {
          return a.has_samples(node.input(0)) && node.output_spec(0).shape.num_elements() > 0;
        };
      }
      for (const char* name : {"sum", "prod", "max", "min", "any", "all"}) {
        rules[name] = [](const Analysis& a, const Node& node) {
          return a.only_first_has_samples(node) && spares_first_axis(node.attributes().integers("axes"));
        };
      }
      for (const char* name : {"softmax", "log_softmax"}) {
        rules[name] = [](const Analysis& a, const Node& node) {
          return a.only_first_has_samples(node) && node.attributes().integer("axis") != 0;
        };
      }
      rules["layer_norm"] = [](const Analysis& a, const Node& node) {
        return a.only_first_has_samples(node) && node.attributes().integer("num_axes") < node.input(0).shape().rank();
      };
      rules["transpose"] = [](const Analysis& a, const Node& node) {
        return a.has_samples(node.input(0)) && node.attributes().integers("permutation")[0] == 0;
      };
      rules["concatenate"] = [](const Analysis& a, const Node& node) {
        return a.all_have_samples(node) && node.attributes().integer("axis") != 0;
      };
      rules["pad"] = [](const Analysis& a, const Node& node) {
        return a.only_first_has_samples(node) && node.attributes().integers("before")[0] == 0 &&
               node.attributes().integers("after")[0] == 0;
      };
      // Rows of a table, chosen by the samples.
      rules["take"] = [](const Analysis& a, const Node& node) {
        return !a.has_samples(node.input(0)) && a.has_samples(node.input(1)) && node.attributes().integer("axis") == 0;
      };
      return rules;
    }();
    return kRules;
  }

  std::int64_t num_samples_;
  std::set<Tensor::Key> samples_;
};

}  // namespace

bool treats_samples_alone(const Graph& graph, const Tensor& input, const Tensor& output) {
  if (!graph.updates().empty() || input.shape().empty() || output.shape().empty()) return false;
  if (input.shape()[0] < 1 || output.shape()[0] != input.shape()[0]) return false;
  Analysis analysis(input);
  for (const auto& node : graph.nodes()) {
    if (!analysis.follow(*node)) return false;
  }
  return analysis.has_samples(output);
}

}  // namespace cornu
