// Can tensors be reused across graphs? No: a tensor belongs to its graph. Values move, as constants.

#include <cornu/cornu.h>

#include "apps/legacy/claims.h"

using namespace cornu;

namespace {

Tensor numbers(std::initializer_list<std::int32_t> values) {
  return Tensor::copy(values, {static_cast<std::int64_t>(values.size())});
}

// The message of the ValueError that it throws, printed.
template <typename F> std::string error_of(F&& f) {
  try {
    f();
  } catch (const v1::errors::ValueError& error) {
    std::printf("Error: %s\n", error.what());
    return error.what();
  }
  return {};
}

bool says(const std::string& message, const char* words) { return message.find(words) != std::string::npos; }

void program(Claims& claim) {
  const v1::Graph graph1, graph2;

  // 1. A tensor of another graph.
  v1::Tensor tensor_a;
  {
    const auto as_default = graph1.as_default();
    tensor_a = v1::constant(numbers({1, 2, 3}));
  }
  {
    const auto as_default = graph2.as_default();
    const v1::Tensor own = v1::constant(numbers({10, 20, 30}));
    v1::Session session;
    claim("a session does not run a tensor of another graph, though it has one of that name",
          says(error_of([&] { session.run(tensor_a); }), "is not an element of this graph") &&
              own.name() == tensor_a.name());
    claim("an operation does not mix tensors of two graphs",
          says(error_of([&] { own + tensor_a; }), "must be from the same graph as"));
  }

  // 2. Equal values in two graphs are two tensors; even in one graph they are two nodes.
  v1::Tensor tensor_b, tensor_c;
  {
    const auto as_default = graph1.as_default();
    tensor_b = v1::constant(numbers({4, 5, 6}));
    v1::Session session;
    std::printf("Graph 1 result: %s from %s\n", session.run(tensor_b).tensor().to_string().c_str(),
                tensor_b.name().c_str());
  }
  {
    const auto as_default = graph2.as_default();
    tensor_c = v1::constant(numbers({4, 5, 6}));
    const v1::Tensor again = v1::constant(numbers({4, 5, 6}));
    v1::Session session;
    std::printf("Graph 2 result: %s from %s, and from %s\n", session.run(tensor_c).tensor().to_string().c_str(),
                tensor_c.name().c_str(), again.name().c_str());
    claim("equal constants are distinct nodes", !tensor_c.same(tensor_b) && !tensor_c.same(again) &&
                                                    !(tensor_c.graph() == tensor_b.graph()) &&
                                                    again.name() != tensor_c.name());
  }

  // 3. The value moves.
  Tensor tensor_d_val;
  {
    const auto as_default = graph1.as_default();
    const v1::Tensor tensor_d = v1::constant(numbers({7, 8, 9})) * 2;
    tensor_d_val = v1::Session().run(tensor_d);
  }
  {
    const auto as_default = graph2.as_default();
    const v1::Tensor tensor_e = v1::constant(tensor_d_val);  // the value, not the tensor itself
    const Tensor result3 = v1::Session().run(tensor_e);
    std::printf("Graph 2 result using data from graph 1: %s\n", result3.to_string().c_str());
    claim("the value has moved", ops::all(ops::equal(result3, numbers({14, 16, 18}))).item() != 0);
  }
}

}  // namespace

int main() { return run_with_claims("two_graphs", program); }
