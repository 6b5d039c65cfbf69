// How fast a Program runs chains of elementwise operations, beside loops written by hand: one line a chain, with the
// nanoseconds an element takes in both and their ratio. One thread; operands that lie in the second cache, and operands
// that do not fit into any.
//
// usage: cornu-bench-chains [NAME...]

#include <omp.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "bench/chains/hand_written.h"
#include "framework/executor/program.h"
#include "framework/graph/graph.h"
#include "framework/ops/activation.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/cast.h"
#include "framework/ops/comparison.h"
#include "framework/ops/exponential.h"
#include "framework/ops/special.h"
#include "framework/ops/where.h"
#include "framework/variable.h"

using namespace cornu;
namespace hand = bench::hand_written;

namespace {

constexpr std::int64_t kColumns = 256;

// Operands of a chain by kind, as many as it names.
struct Operands {
  std::vector<Tensor> full;     // (rows, columns)
  std::vector<Tensor> rows;     // (columns)
  std::vector<Tensor> columns;  // (rows, 1)
  Tensor number;                // ()
  std::vector<Variable> variables;
  std::vector<Tensor> results;
  std::int64_t num_rows;

  const float* in(std::size_t i) const { return full[i].data<float>().data(); }
  const float* row(std::size_t i) const { return rows[i].data<float>().data(); }
  const float* column(std::size_t i) const { return columns[i].data<float>().data(); }
  float* variable(std::size_t i) const { return static_cast<float*>(variables[i].data(true)); }
  float* out(std::size_t i) const { return static_cast<float*>(results[i].raw()); }
  std::int64_t count() const { return num_rows * kColumns; }
};

struct Symbols {
  Tensors full;
  Tensors rows;
  Tensors columns;
  Tensor number;
  std::vector<Variable> variables;
};

struct Chain {
  const char* name;
  std::size_t num_full;
  std::size_t num_rows;
  std::size_t num_columns;
  std::size_t num_variables;
  std::function<Tensors(const Symbols&)> traced;
  std::function<void(const Operands&)> by_hand;
};

const std::vector<Chain>& chains() {
  static const std::vector<Chain> all{
      {"adam", 1, 0, 0, 3,
       [](const Symbols& s) {
         const Tensor& g = s.full[0];
         const Tensor m = s.variables[1].value() + (g - s.variables[1].value()) * 0.1;
         const Tensor v = s.variables[2].value() + (ops::square(g) - s.variables[2].value()) * 0.001;
         s.variables[1].assign(m);
         s.variables[2].assign(v);
         s.variables[0].assign(s.variables[0].value() - m * s.number / (ops::sqrt(v) + 1e-7));
         return Tensors{};
       },
       [](const Operands& o) { hand::adam(o.in(0), 1e-3F, o.variable(0), o.variable(1), o.variable(2), o.count()); }},
      {"momentum", 1, 0, 0, 2,
       [](const Symbols& s) {
         const Tensor m = s.variables[1].value() * 0.9 - s.full[0] * s.number;
         s.variables[1].assign(m);
         s.variables[0].assign(s.variables[0].value() + m);
         return Tensors{};
       },
       [](const Operands& o) { hand::momentum_step(o.in(0), 1e-3F, o.variable(0), o.variable(1), o.count()); }},
      {"relu_gradient", 2, 0, 0, 0,
       [](const Symbols& s) { return Tensors{ops::where(ops::greater(s.full[0], 0.0F), s.full[1], 0.0F)}; },
       [](const Operands& o) { hand::relu_gradient(o.in(0), o.in(1), o.out(0), o.count()); }},
      {"add_relu", 2, 0, 0, 0, [](const Symbols& s) { return Tensors{ops::relu(s.full[0] + s.full[1])}; },
       [](const Operands& o) { hand::add_relu(o.in(0), o.in(1), o.out(0), o.count()); }},
      {"scale_shift", 1, 2, 0, 0, [](const Symbols& s) { return Tensors{s.full[0] * s.rows[0] + s.rows[1]}; },
       [](const Operands& o) { hand::scale_shift(o.in(0), o.row(0), o.row(1), o.out(0), o.num_rows, kColumns); }},
      {"normalize", 1, 0, 2, 0, [](const Symbols& s) { return Tensors{(s.full[0] - s.columns[0]) * s.columns[1]}; },
       [](const Operands& o) { hand::normalize(o.in(0), o.column(0), o.column(1), o.out(0), o.num_rows, kColumns); }},
      {"bias_gelu", 1, 1, 0, 0,
       [](const Symbols& s) {
         const Tensor sum = s.full[0] + s.rows[0];
         return Tensors{sum * 0.5 * (ops::erf(sum * 0.70710678118) + 1.0)};
       },
       [](const Operands& o) { hand::bias_gelu(o.in(0), o.row(0), o.out(0), o.num_rows, kColumns); }},
      {"gelu_gradient", 2, 0, 0, 0,
       [](const Symbols& s) {
         const Tensor& x = s.full[0];
         const Tensor cumulative = (ops::erf(x * 0.70710678118) + 1.0) * 0.5;
         return Tensors{s.full[1] * (cumulative + x * ops::exp(ops::square(x) * -0.5) * 0.3989422804)};
       },
       [](const Operands& o) { hand::gelu_gradient(o.in(0), o.in(1), o.out(0), o.count()); }},
      {"gates", 3, 0, 0, 1,
       [](const Symbols& s) {
         const Tensor cell =
             s.variables[0].value() * ops::sigmoid(s.full[2]) + ops::tanh(s.full[1]) * ops::sigmoid(s.full[0]);
         s.variables[0].assign(cell);
         return Tensors{ops::tanh(cell)};
       },
       [](const Operands& o) { hand::gates(o.in(0), o.in(1), o.in(2), o.variable(0), o.out(0), o.count()); }},
      {"bn_relu_gradient", 3, 2, 0, 0,
       [](const Symbols& s) {
         const Tensor masked = s.full[1] * ops::cast(ops::greater(s.full[0], 0.0F), DType::kFloat32);
         return Tensors{masked - (s.full[2] - s.rows[0]) * s.rows[1]};
       },
       [](const Operands& o) {
         hand::batch_norm_relu_gradient(o.in(0), o.in(1), o.in(2), o.row(0), o.row(1), o.out(0), o.num_rows, kColumns);
       }},
  };
  return all;
}

Tensor random_tensor(const Shape& shape) {
  static std::mt19937 generator(7);
  std::uniform_real_distribution<float> values(-2.0F, 2.0F);
  Tensor tensor = Tensor::empty(shape, DType::kFloat32);
  auto* data = static_cast<float*>(tensor.raw());
  for (std::int64_t i = 0; i < shape.num_elements(); ++i) data[i] = values(generator);
  return tensor;
}

// Seconds of the fastest of the calls that fit into a fifth of a second.
class Stopwatch {
 public:
  void run(const std::function<void()>& f) {
    const auto start = std::chrono::steady_clock::now();
    f();
    best_ = std::min(best_, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  double seconds() const { return best_; }

 private:
  double best_ = std::numeric_limits<double>::infinity();
};

void measure(const Chain& chain, std::int64_t num_rows, const char* place) {
  Operands operands;
  operands.num_rows = num_rows;
  Symbols symbols;
  const auto graph = std::make_shared<Graph>(chain.name);
  const GraphScope scope(graph);
  const auto operand = [&](const Shape& shape, std::vector<Tensor>& values, Tensors& placeholders) {
    values.push_back(random_tensor(shape));
    placeholders.push_back(graph->placeholder({shape, DType::kFloat32}));
  };
  const Shape shape{num_rows, kColumns};
  for (std::size_t i = 0; i < chain.num_full; ++i) operand(shape, operands.full, symbols.full);
  for (std::size_t i = 0; i < chain.num_rows; ++i) operand({kColumns}, operands.rows, symbols.rows);
  for (std::size_t i = 0; i < chain.num_columns; ++i) operand({num_rows, 1}, operands.columns, symbols.columns);
  operands.number = Tensor::copy<float>(std::vector<float>{1e-3F}, {});
  symbols.number = graph->placeholder({{}, DType::kFloat32});
  for (std::size_t i = 0; i < chain.num_variables; ++i) operands.variables.emplace_back(random_tensor(shape));
  symbols.variables = operands.variables;

  Tensors fetches = chain.traced(symbols);
  Tensors feeds = symbols.full;
  feeds.insert(feeds.end(), symbols.rows.begin(), symbols.rows.end());
  feeds.insert(feeds.end(), symbols.columns.begin(), symbols.columns.end());
  feeds.push_back(symbols.number);
  const std::shared_ptr<Program> program = Program::compile(graph, feeds, fetches);
  std::vector<const void*> sources;
  for (const Tensor& value : operands.full) sources.push_back(value.raw());
  for (const Tensor& value : operands.rows) sources.push_back(value.raw());
  for (const Tensor& value : operands.columns) sources.push_back(value.raw());
  sources.push_back(operands.number.raw());
  std::vector<void*> targets;
  for (std::size_t i = 0; i < fetches.size(); ++i) {
    operands.results.push_back(Tensor::empty(shape, DType::kFloat32));
    targets.push_back(operands.results.back().raw());
  }

  // Alternating, so that both meet the same disturbances.
  Stopwatch compiled;
  Stopwatch written;
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(300);
  do {
    for (int i = 0; i < 4; ++i) compiled.run([&] { program->run(sources, targets); });
    for (int i = 0; i < 4; ++i) written.run([&] { chain.by_hand(operands); });
  } while (std::chrono::steady_clock::now() < end);
  const double scale = 1e9 / static_cast<double>(operands.count());
  std::printf("%-18s %-7s %9.3f %9.3f %7.2f\n", chain.name, place, compiled.seconds() * scale,
              written.seconds() * scale, compiled.seconds() / written.seconds());
}

}  // namespace

int main(int argc, char** argv) {
  omp_set_num_threads(1);
  const std::vector<std::string> wanted(argv + 1, argv + argc);
  std::printf("%-18s %-7s %9s %9s %7s\n", "chain", "in", "cornu ns", "hand ns", "ratio");
  for (const Chain& chain : chains()) {
    if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), chain.name) == wanted.end()) continue;
    measure(chain, 128, "cache");
    measure(chain, 16384, "memory");
  }
  return 0;
}
