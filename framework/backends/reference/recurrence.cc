// Recurrences and their gradients (framework/ops/lstm.cc, gru.cc, simple_rnn.cc hold the formulas), example by example
// and step by step.

#include <algorithm>
#include <cmath>
#include <tuple>

#include "framework/backends/operands.h"
#include "framework/backends/recurrence.h"
#include "framework/function_kernel.h"

namespace cornu::reference {
namespace {

template <typename T> T activated(SequenceActivation activation, T x) {
  switch (activation) {
    case SequenceActivation::kTanh: return std::tanh(x);
    case SequenceActivation::kSigmoid: return T{1} / (T{1} + std::exp(-x));
    case SequenceActivation::kRelu: return x > T{0} ? x : T{0};
    case SequenceActivation::kHardSigmoid: return std::min(std::max(x + T{3}, T{0}), T{6}) / T{6};
    case SequenceActivation::kLinear: break;
  }
  return x;
}

// The derivative, from the result.
template <typename T> T slope(SequenceActivation activation, T y) {
  switch (activation) {
    case SequenceActivation::kTanh: return T{1} - y * y;
    case SequenceActivation::kSigmoid: return y * (T{1} - y);
    case SequenceActivation::kRelu: return y > T{0} ? T{1} : T{0};
    case SequenceActivation::kHardSigmoid: return y > T{0} && y < T{1} ? T{1} / T{6} : T{0};
    case SequenceActivation::kLinear: break;
  }
  return T{1};
}

// sum_k h[k] U[k, column], for U of `width` columns
template <typename T>
T product(const T* h, const T* kernel, std::int64_t units, std::int64_t width, std::int64_t column) {
  T sum{};
  for (std::int64_t k = 0; k < units; ++k) sum += h[k] * kernel[k * width + column];
  return sum;
}

// sum over columns [first, last) of dz[column] U[k, column]: row k of dz · U^T
template <typename T>
T product_back(const T* dz, const T* kernel, std::int64_t width, std::int64_t k, std::int64_t first,
               std::int64_t last) {
  T sum{};
  for (std::int64_t column = first; column < last; ++column) sum += dz[column] * kernel[k * width + column];
  return sum;
}

// One step of one example: from Z's row and the states before to the states after, and what is kept.
template <typename T> struct StepView {
  const T* z;
  const T* before[2];
  T* after[2];
  T* gates;
};

// Back again: `d` are the gradients of the states after, replaced by those of the states before.
template <typename T> struct StepBackView {
  const T* before[2];
  const T* after[2];
  const T* gates;
  T* d[2];
  T* dz;
  T* dp;
};

template <typename T> struct SimpleRnn {
  static constexpr int kGates = 1;
  static constexpr int kKept = 1;
  static constexpr int kStates = 1;
  RecurrenceSettings settings;
  bool reset_after = false;

  void step(const StepView<T>& v, const T* kernel, const T*) const {
    for (std::int64_t j = 0; j < settings.units; ++j) {
      v.gates[j] =
          activated(settings.activation, v.z[j] + product(v.before[0], kernel, settings.units, settings.units, j));
      v.after[0][j] = v.gates[j];
    }
  }

  void step_back(const StepBackView<T>& v, const T* kernel) const {
    const std::int64_t u = settings.units;
    for (std::int64_t j = 0; j < u; ++j) v.dz[j] = v.d[0][j] * slope(settings.activation, v.gates[j]);
    for (std::int64_t k = 0; k < u; ++k) v.d[0][k] = product_back(v.dz, kernel, u, k, 0, u);
  }
};

template <typename T> struct Lstm {
  static constexpr int kGates = 4;
  static constexpr int kKept = 4;
  static constexpr int kStates = 2;
  RecurrenceSettings settings;
  bool reset_after = false;

  void step(const StepView<T>& v, const T* kernel, const T*) const {
    const std::int64_t u = settings.units;
    for (std::int64_t j = 0; j < u; ++j) {
      for (int gate = 0; gate < 4; ++gate) {
        const std::int64_t column = gate * u + j;
        const T z = v.z[column] + product(v.before[0], kernel, u, 4 * u, column);
        v.gates[column] = activated(gate == 2 ? settings.activation : settings.recurrent_activation, z);
      }
      const T i = v.gates[j], f = v.gates[u + j], g = v.gates[2 * u + j], o = v.gates[3 * u + j];
      v.after[1][j] = f * v.before[1][j] + i * g;
      v.after[0][j] = o * activated(settings.activation, v.after[1][j]);
    }
  }

  void step_back(const StepBackView<T>& v, const T* kernel) const {
    const std::int64_t u = settings.units;
    for (std::int64_t j = 0; j < u; ++j) {
      const T i = v.gates[j], f = v.gates[u + j], g = v.gates[2 * u + j], o = v.gates[3 * u + j];
      const T act_c = activated(settings.activation, v.after[1][j]);
      const T dh = v.d[0][j];
      const T dc = v.d[1][j] + dh * o * slope(settings.activation, act_c);
      v.dz[j] = dc * g * slope(settings.recurrent_activation, i);
      v.dz[u + j] = dc * v.before[1][j] * slope(settings.recurrent_activation, f);
      v.dz[2 * u + j] = dc * i * slope(settings.activation, g);
      v.dz[3 * u + j] = dh * act_c * slope(settings.recurrent_activation, o);
      v.d[1][j] = dc * f;
    }
    for (std::int64_t k = 0; k < u; ++k) v.d[0][k] = product_back(v.dz, kernel, 4 * u, k, 0, 4 * u);
  }
};

template <typename T> struct Gru {
  static constexpr int kGates = 3;
  static constexpr int kKept = 4;
  static constexpr int kStates = 1;
  RecurrenceSettings settings;
  bool reset_after = true;

  void step(const StepView<T>& v, const T* kernel, const T* bias) const {
    const std::int64_t u = settings.units;
    const T* h = v.before[0];
    T* z = v.gates;
    T* r = v.gates + u;
    T* candidate = v.gates + 2 * u;
    T* kept = v.gates + 3 * u;
    const auto bias_of = [&](std::int64_t column) { return bias ? bias[column] : T{0}; };
    for (std::int64_t j = 0; j < 2 * u; ++j) {
      v.gates[j] = activated(settings.recurrent_activation, v.z[j] + product(h, kernel, u, 3 * u, j) + bias_of(j));
    }
    for (std::int64_t j = 0; j < u; ++j) {
      kept[j] = reset_after ? product(h, kernel, u, 3 * u, 2 * u + j) + bias_of(2 * u + j) : r[j] * h[j];
    }
    for (std::int64_t j = 0; j < u; ++j) {
      const T inner = reset_after ? r[j] * kept[j] : product(kept, kernel, u, 3 * u, 2 * u + j);
      candidate[j] = activated(settings.activation, v.z[2 * u + j] + inner);
      v.after[0][j] = z[j] * h[j] + (T{1} - z[j]) * candidate[j];
    }
  }

  void step_back(const StepBackView<T>& v, const T* kernel) const {
    const std::int64_t u = settings.units;
    const T* h = v.before[0];
    const T* z = v.gates;
    const T* r = v.gates + u;
    const T* candidate = v.gates + 2 * u;
    const T* kept = v.gates + 3 * u;
    for (std::int64_t j = 0; j < u; ++j) {
      const T dh = v.d[0][j];
      v.dz[j] = dh * (h[j] - candidate[j]) * slope(settings.recurrent_activation, z[j]);
      v.dz[2 * u + j] = dh * (T{1} - z[j]) * slope(settings.activation, candidate[j]);
      v.d[0][j] = dh * z[j];
    }
    for (std::int64_t j = 0; j < u; ++j) {
      const T dr_of_r = slope(settings.recurrent_activation, r[j]);
      if (reset_after) {
        v.dz[u + j] = v.dz[2 * u + j] * kept[j] * dr_of_r;
        v.dp[j] = v.dz[j];
        v.dp[u + j] = v.dz[u + j];
        v.dp[2 * u + j] = v.dz[2 * u + j] * r[j];
      } else {
        const T dq = product_back(v.dz, kernel, 3 * u, j, 2 * u, 3 * u);
        v.dz[u + j] = dq * h[j] * dr_of_r;
        v.d[0][j] += dq * r[j];
      }
    }
    for (std::int64_t k = 0; k < u; ++k) {
      v.d[0][k] +=
          reset_after ? product_back(v.dp, kernel, 3 * u, k, 0, 3 * u) : product_back(v.dz, kernel, 3 * u, k, 0, 2 * u);
    }
  }
};

template <typename Cell, typename T> void run_forward(const Cell& cell, const KernelArguments& arguments) {
  const RecurrenceSettings& settings = cell.settings;
  const auto [time, batch, u] = std::tuple(settings.time, settings.batch, settings.units);
  const T* z = input_of<T>(arguments, 0);
  const T* kernel = input_of<T>(arguments, 1);
  const auto input = [&]<typename E>(int place, E) {
    return place < 0 ? nullptr : input_of<E>(arguments, static_cast<std::size_t>(place));
  };
  const T* bias = input(settings.inputs.recurrent_bias, T{});
  const bool* mask = input(settings.inputs.mask, bool{});
  T* output = output_of<T>(arguments, 0);
  T* gates = output_of<T>(arguments, 1 + 2 * Cell::kStates);

  for (std::int64_t b = 0; b < batch; ++b) {
    StepView<T> v{};
    for (int i = 0; i < Cell::kStates; ++i) {
      const T* initial = settings.inputs.state < 0 ? nullptr : input(settings.inputs.state + i, T{}) + b * u;
      T* first = output_of<T>(arguments, static_cast<std::size_t>(i) + Cell::kStates + 1) + b * u;
      for (std::int64_t j = 0; j < u; ++j) first[j] = initial ? initial[j] : T{0};
    }
    for (std::int64_t s = 0; s < time; ++s) {
      const std::int64_t row = s * batch + b;
      v.z = z + row * Cell::kGates * u;
      v.gates = gates + row * Cell::kKept * u;
      for (int i = 0; i < Cell::kStates; ++i) {
        T* befores = output_of<T>(arguments, static_cast<std::size_t>(i) + Cell::kStates + 1);
        v.before[i] = befores + row * u;
        v.after[i] = s + 1 < time ? befores + (row + batch) * u
                                  : output_of<T>(arguments, static_cast<std::size_t>(i) + 1) + b * u;
      }
      cell.step(v, kernel, bias);
      if (!is_active(settings, mask, s, b)) {
        for (int i = 0; i < Cell::kStates; ++i) std::copy_n(v.before[i], u, v.after[i]);
      }
      if (!settings.has_output(s)) continue;
      const bool shown = shows_state(settings, mask, s, b);
      T* own = output + settings.output_offset(s, b);
      for (std::int64_t j = 0; j < u; ++j) own[j] = shown ? v.after[0][j] : T{0};
    }
  }
}

// Where the inputs of a gradient kernel lie; -1 for one that it has not.
struct GradientInputs {
  int kernel;
  int end_c;
  int before;  // of the state that the cell reads
  int gates;
  int mask;
};

template <typename Cell, typename T>
void run_backward(const Cell& cell, const GradientInputs& places, const KernelArguments& arguments) {
  const RecurrenceSettings& settings = cell.settings;
  const auto [time, batch, u] = std::tuple(settings.time, settings.batch, settings.units);
  const auto input = [&](int place) {
    return place < 0 ? nullptr : input_of<T>(arguments, static_cast<std::size_t>(place));
  };
  const T* kernel = input(places.kernel);
  const T* before = input(places.before);
  const bool* mask = settings.has_mask ? input_of<bool>(arguments, static_cast<std::size_t>(places.mask)) : nullptr;
  constexpr int kState = Cell::kStates - 1;  // h of a GRU, c of an LSTM

  for (std::int64_t b = 0; b < batch; ++b) {
    StepBackView<T> v{};
    for (int i = 0; i < Cell::kStates; ++i) {
      v.d[i] = output_of<T>(arguments, static_cast<std::size_t>(i) + 1) + b * u;
      std::copy_n(input(1 + i) + b * u, u, v.d[i]);
    }
    for (std::int64_t s = time - 1; s >= 0; --s) {
      const std::int64_t row = s * batch + b;
      v.gates = input(places.gates) + row * Cell::kKept * u;
      v.dz = output_of<T>(arguments, 0) + row * Cell::kGates * u;
      if (cell.reset_after) v.dp = output_of<T>(arguments, 2) + row * Cell::kGates * u;
      if (before) v.before[kState] = before + row * u;
      if (places.end_c >= 0) v.after[kState] = s + 1 < time ? before + (row + batch) * u : input(places.end_c) + b * u;
      if (settings.has_output(s) && shows_state(settings, mask, s, b)) {
        const T* arriving = input(0) + settings.output_offset(s, b);
        for (std::int64_t j = 0; j < u; ++j) v.d[0][j] += arriving[j];
      }
      if (is_active(settings, mask, s, b)) {
        cell.step_back(v, kernel);
      } else {
        std::fill_n(v.dz, Cell::kGates * u, T{0});
        if (cell.reset_after) std::fill_n(v.dp, Cell::kGates * u, T{0});
      }
    }
  }
}

template <template <typename> typename Cell> std::unique_ptr<Kernel> make_forward(const KernelRequest& request) {
  const RecurrenceSettings settings(request.attributes, request.inputs[0], request.inputs[1]);
  const bool reset_after = request.attributes.contains("reset_after") && request.attributes.flag("reset_after");
  const auto make = [&]<typename T>(T) {
    return make_kernel([cell = Cell<T>{settings, reset_after}](const KernelArguments& arguments) {
      run_forward<Cell<T>, T>(cell, arguments);
    });
  };
  if (request.inputs[0].dtype == DType::kFloat32) return make(float{});
  if (request.inputs[0].dtype == DType::kFloat64) return make(double{});
  return nullptr;
}

template <template <typename> typename Cell>
std::unique_ptr<Kernel> make_backward(const KernelRequest& request, const GradientInputs& places) {
  const auto& gates = request.inputs[static_cast<std::size_t>(places.gates)];
  const RecurrenceSettings settings(request.attributes, gates, request.inputs[static_cast<std::size_t>(places.kernel)]);
  const bool reset_after = request.attributes.contains("reset_after") && request.attributes.flag("reset_after");
  const auto make = [&]<typename T>(T) {
    return make_kernel([cell = Cell<T>{settings, reset_after}, places](const KernelArguments& arguments) {
      run_backward<Cell<T>, T>(cell, places, arguments);
    });
  };
  if (gates.dtype == DType::kFloat32) return make(float{});
  if (gates.dtype == DType::kFloat64) return make(double{});
  return nullptr;
}

[[maybe_unused]] const bool kSimpleRnn = register_kernel("simple_rnn", Backend::kReference, make_forward<SimpleRnn>);
[[maybe_unused]] const bool kLstm = register_kernel("lstm", Backend::kReference, make_forward<Lstm>);
[[maybe_unused]] const bool kGru = register_kernel("gru", Backend::kReference, make_forward<Gru>);

[[maybe_unused]] const bool kSimpleRnnGradient =
    register_kernel("simple_rnn_gradient", Backend::kReference, [](const KernelRequest& request) {
      return make_backward<SimpleRnn>(request, {.kernel = 2, .end_c = -1, .before = -1, .gates = 3, .mask = 4});
    });
[[maybe_unused]] const bool kLstmGradient =
    register_kernel("lstm_gradient", Backend::kReference, [](const KernelRequest& request) {
      return make_backward<Lstm>(request, {.kernel = 3, .end_c = 4, .before = 5, .gates = 6, .mask = 7});
    });
[[maybe_unused]] const bool kGruGradient =
    register_kernel("gru_gradient", Backend::kReference, [](const KernelRequest& request) {
      return make_backward<Gru>(request, {.kernel = 2, .end_c = -1, .before = 3, .gates = 4, .mask = 5});
    });

}  // namespace
}  // namespace cornu::reference
