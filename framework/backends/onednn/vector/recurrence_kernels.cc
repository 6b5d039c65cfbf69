// Recurrences of float32. The product with the recurrent kernel keeps its sums in registers, starting from Z, and the
// gates are computed where the sums end: nothing is written between the product and the new state.

#include "framework/backends/onednn/vector/recurrence_kernels.h"

#include <cstring>

#include "framework/backends/onednn/vector/lanes.h"

namespace cornu::onednn::CORNU_ISA {
namespace {

#if defined(__AVX512F__)
constexpr int kRegisters = 32;
#else
constexpr int kRegisters = 16;
#endif

// Neighbouring columns of one product come in panels of so many vectors.
constexpr int kPanelVectors = 4;

// Rows whose sums, `vectors` registers each, fit into the registers beside a row of the panel and a factor.
constexpr int max_rows(int vectors) {
  const int rows = (kRegisters - vectors - 1) / vectors;
  return rows < 8 ? rows : 8;
}

CORNU_INLINE Floats get(const float* from, std::int64_t count) {
  return count >= kLanes ? load(from) : load_some(from, count, 0.0F);
}
CORNU_INLINE void put(float* to, Floats value, std::int64_t count) {
  if (count >= kLanes) {
    store(to, value);
  } else {
    store_some(to, value, count);
  }
}

// ---- activations

CORNU_INLINE Floats sigmoid(Floats x) { return 1.0F / (1.0F + exp(-x)); }

// tanh(|x|) = e / (e + 2) for e = exp(2 |x|) - 1 = 2^n (exp(r) - 1) + (2^n - 1), which is exact near 0 as well.
CORNU_INLINE Floats tanh(Floats x) {
  constexpr float kMagic = 0x1.8p23F;
  constexpr std::int32_t kSign = std::int32_t(0x80000000U);
  const Ints sign = as_ints(x) & kSign;
  const Floats magnitude = as_floats(as_ints(x) & ~kSign);
  const Floats doubled = (magnitude > 10.0F ? splat(10.0F) : magnitude) * 2.0F;
  const Floats shifted = doubled * 1.44269504F + kMagic;
  const Floats n = shifted - kMagic;
  const Floats r = (doubled - n * 0.693359375F) - n * -2.12194440e-4F;
  Floats p = splat(1.9841270e-4F);
  p = p * r + 1.3888889e-3F;
  p = p * r + 8.3333333e-3F;
  p = p * r + 4.1666667e-2F;
  p = p * r + 1.6666667e-1F;
  p = p * r + 0.5F;
  p = p * r * r + r;
  const Floats scale = as_floats((as_ints(shifted) - as_ints(splat(kMagic)) + 127) << 23);
  const Floats e = scale * p + (scale - 1.0F);
  return as_floats(as_ints(e / (e + 2.0F)) | sign);
}

// kUsual: the activations are tanh and sigmoid, as they are nearly always; otherwise they are looked up.
template <bool kUsual> struct Activations {
  SequenceActivation activation;
  SequenceActivation recurrent;

  CORNU_INLINE Floats act(Floats x) const { return kUsual ? tanh(x) : of(activation, x); }
  CORNU_INLINE Floats rec(Floats x) const { return kUsual ? sigmoid(x) : of(recurrent, x); }
  // The derivatives, from the results.
  CORNU_INLINE Floats act_slope(Floats y) const { return kUsual ? 1.0F - y * y : slope(activation, y); }
  CORNU_INLINE Floats rec_slope(Floats y) const { return kUsual ? y * (1.0F - y) : slope(recurrent, y); }

 private:
  CORNU_INLINE static Floats of(SequenceActivation kind, Floats x) {
    switch (kind) {
      case SequenceActivation::kTanh: return tanh(x);
      case SequenceActivation::kSigmoid: return sigmoid(x);
      case SequenceActivation::kRelu: return x < 0.0F ? splat(0.0F) : x;
      case SequenceActivation::kHardSigmoid: {
        const Floats shifted = x + 3.0F;
        const Floats positive = shifted < 0.0F ? splat(0.0F) : shifted;
        return (positive > 6.0F ? splat(6.0F) : positive) / 6.0F;
      }
      case SequenceActivation::kLinear: break;
    }
    return x;
  }

  CORNU_INLINE static Floats slope(SequenceActivation kind, Floats y) {
    switch (kind) {
      case SequenceActivation::kTanh: return 1.0F - y * y;
      case SequenceActivation::kSigmoid: return y * (1.0F - y);
      case SequenceActivation::kRelu: return y > 0.0F ? splat(1.0F) : splat(0.0F);
      case SequenceActivation::kHardSigmoid: return ((y > 0.0F) & (y < 1.0F)) ? splat(1.0F / 6.0F) : splat(0.0F);
      case SequenceActivation::kLinear: break;
    }
    return splat(1.0F);
  }
};

// ---- products

template <int kRows, int kVectors> using Sums = Floats[kRows][kVectors];

// sums[r][v] += a[r, :] · panel[:, v]
template <int kRows, int kVectors>
CORNU_INLINE void add_product(const float* a, std::int64_t a_stride, const float* panel, std::int64_t depth,
                              Sums<kRows, kVectors>& sums) {
  for (std::int64_t k = 0; k < depth; ++k) {
    Floats row[kVectors];
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; ++v) row[v] = load(panel + (k * kVectors + v) * kLanes);
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) {
      const Floats factor = splat(a[r * a_stride + k]);
#pragma GCC unroll 8
      for (int v = 0; v < kVectors; ++v) sums[r][v] += factor * row[v];
    }
  }
}

// Calls f.operator()<rows>(first row) for groups of at most kMax rows, all of nearly the same size.
template <int kMax, typename F> CORNU_INLINE void for_row_groups(std::int64_t first, std::int64_t last, const F& f) {
  std::int64_t groups = (last - first + kMax - 1) / kMax;
  for (std::int64_t row = first; groups > 0; --groups) {
    const std::int64_t rows = (last - row + groups - 1) / groups;
    switch (rows) {
      case 1: f.template operator()<1>(row); break;
      case 2: f.template operator()<2>(row); break;
      case 3:
        if constexpr (kMax >= 3) f.template operator()<3>(row);
        break;
      case 4:
        if constexpr (kMax >= 4) f.template operator()<4>(row);
        break;
      case 5:
        if constexpr (kMax >= 5) f.template operator()<5>(row);
        break;
      case 6:
        if constexpr (kMax >= 6) f.template operator()<6>(row);
        break;
      case 7:
        if constexpr (kMax >= 7) f.template operator()<7>(row);
        break;
      default:
        if constexpr (kMax >= 8) f.template operator()<8>(row);
        break;
    }
    row += rows;
  }
}

// One product of rows [first, last) of `a` with all columns: `start(row, vector, column, count)` gives the first value
// of a sum, `finish(row, sums, column, count)` takes what comes out for one vector of columns, of which `count` are
// real. With kGates the vectors of a panel are the same units of several gates, otherwise neighbouring units.
template <int kVectors, bool kGates, typename Start, typename Finish>
CORNU_INLINE void for_products(const float* a, std::int64_t a_stride, const PackedMatrix& matrix, std::int64_t units,
                               std::int64_t first, std::int64_t last, const Start& start, const Finish& finish) {
  constexpr std::int64_t kUnits = kGates ? kLanes : kVectors * kLanes;  // of a panel
  const float* panel = matrix.values;
  for (std::int64_t column = 0; column < units; column += kUnits, panel += matrix.depth * kVectors * kLanes) {
    for_row_groups<max_rows(kVectors)>(first, last, [&]<int kRows>(std::int64_t row) {
      // Every index of `sums` has to be a constant, or the sums would live in memory. What follows them is too much to
      // be unrolled, so it reads them from `results`, which the empty statement keeps from being the same.
      Sums<kRows, kVectors> sums;
      Sums<kRows, kVectors> results;
#pragma GCC unroll 8
      for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
        for (int v = 0; v < kVectors; ++v) {
          const std::int64_t at = kGates ? column : column + v * kLanes;
          sums[r][v] = at < units ? start(row + r, v, at, units - at) : splat(0.0F);
        }
      }
      add_product<kRows, kVectors>(a + row * a_stride, a_stride, panel, matrix.depth, sums);
#pragma GCC unroll 8
      for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
        for (int v = 0; v < kVectors; ++v) results[r][v] = sums[r][v];
      }
      asm volatile("" : : "r"(results) : "memory");
#pragma GCC unroll 1
      for (int r = 0; r < kRows; ++r) {
        if constexpr (kGates) {
          finish(row + r, results[r], column, units - column);
        } else {
#pragma GCC unroll 1
          for (int v = 0; v < kVectors; ++v) {
            const std::int64_t at = column + v * kLanes;
            if (at < units) finish(row + r, &results[r][v], at, units - at);
          }
        }
      }
    });
  }
}

// ---- masks and states, the same for all cells

bool is_active(const RecurrenceTask& task, std::int64_t step, std::int64_t row) {
  return task.mask == nullptr || task.mask[row * task.time + step];
}

bool has_output(const RecurrenceTask& task, std::int64_t step) {
  return task.return_sequences || step + 1 == task.time;
}

std::int64_t output_offset(const RecurrenceTask& task, std::int64_t step, std::int64_t row) {
  return (task.return_sequences ? row * task.time + step : row) * task.units;
}

// Whether the output of a step is a state, of that step or of an earlier one; otherwise it is 0.
bool shows_state(const RecurrenceTask& task, std::int64_t step, std::int64_t row) {
  if (is_active(task, step, row)) return true;
  for (std::int64_t s = step; s-- > 0 && !task.zero_output_for_mask;) {
    if (is_active(task, s, row)) return true;
  }
  return false;
}

std::size_t bytes(std::int64_t count) { return static_cast<std::size_t>(count) * sizeof(float); }

// Runs `step(step, before, after)` for all steps: where the states before and after it lie, for all examples.
template <int kStates, typename Step>
CORNU_INLINE void run_forward(const ForwardTask& task, std::int64_t first, std::int64_t last, const Step& step) {
  const std::int64_t u = task.units;
  for (int i = 0; i < kStates; ++i) {
    float* initial = task.before[i] + first * u;
    if (task.initial[i]) {
      std::memcpy(initial, task.initial[i] + first * u, bytes((last - first) * u));
    } else {
      std::memset(initial, 0, bytes((last - first) * u));
    }
  }
  for (std::int64_t s = 0; s < task.time; ++s) {
    float* before[kStates];
    float* after[kStates];
    for (int i = 0; i < kStates; ++i) {
      before[i] = task.before[i] + s * task.batch * u;
      after[i] = s + 1 < task.time ? before[i] + task.batch * u : task.last[i];
    }
    step(s, before, after);
    for (std::int64_t row = first; row < last && task.mask; ++row) {
      if (is_active(task, s, row)) continue;
      for (int i = 0; i < kStates; ++i) std::memcpy(after[i] + row * u, before[i] + row * u, bytes(u));
    }
    for (std::int64_t row = first; row < last && has_output(task, s); ++row) {
      float* output = task.output + output_offset(task, s, row);
      if (shows_state(task, s, row)) {
        std::memcpy(output, after[0] + row * u, bytes(u));
      } else {
        std::memset(output, 0, bytes(u));
      }
    }
  }
}

// Runs `elements(step, row)` for the active examples of each step, last step first, when the gradient of the output has
// been added to that of the first state, then `products(step)`.
template <int kStates, typename Elements, typename Products>
CORNU_INLINE void run_backward(const BackwardTask& task, std::int64_t first, std::int64_t last, std::int64_t width,
                               const Elements& elements, const Products& products) {
  const std::int64_t u = task.units;
  for (int i = 0; i < kStates; ++i) {
    std::memcpy(task.d[i] + first * u, task.state_gradient[i] + first * u, bytes((last - first) * u));
  }
  for (std::int64_t s = task.time - 1; s >= 0; --s) {
    for (std::int64_t row = first; row < last; ++row) {
      if (has_output(task, s) && shows_state(task, s, row)) {
        const float* arriving = task.output_gradient + output_offset(task, s, row);
        float* dh = task.d[0] + row * u;
        for (std::int64_t j = 0; j < u; ++j) dh[j] += arriving[j];
      }
      if (is_active(task, s, row)) {
        elements(s, row);
        continue;
      }
      // Without gradients of gates the products leave the gradients of a masked step as they are.
      std::memset(task.dz + (s * task.batch + row) * width, 0, bytes(width));
      if (task.dp) std::memset(task.dp + (s * task.batch + row) * width, 0, bytes(width));
    }
    products(s);
  }
}

// d[row] += a[row] · matrix for all examples
CORNU_INLINE void add_to(float* d, const float* a, std::int64_t a_stride, const PackedMatrix& matrix,
                         std::int64_t units, std::int64_t first, std::int64_t last) {
  for_products<kPanelVectors, false>(
      a, a_stride, matrix, units, first, last,
      [=](std::int64_t row, int, std::int64_t column, std::int64_t count)
          __attribute__((always_inline)) { return get(d + row * units + column, count); },
      [=](std::int64_t row, const Floats* sum, std::int64_t column, std::int64_t count)
          __attribute__((always_inline)) { put(d + row * units + column, *sum, count); });
}

// ---- simple RNN

template <bool kUsual> void simple_rnn_forward(const ForwardTask& task, std::int64_t first, std::int64_t last) {
  const Activations<kUsual> f{task.activation, task.recurrent_activation};
  const std::int64_t u = task.units;
  run_forward<1>(task, first, last, [&](std::int64_t s, float* const* before, float* const* after) {
    const float* z = task.z + s * task.batch * u;
    float* gates = task.gates + s * task.batch * u;
    for_products<kPanelVectors, false>(
        before[0], u, task.kernel[0], u, first, last,
        [=](std::int64_t row, int, std::int64_t j, std::int64_t count)
            __attribute__((always_inline)) { return get(z + row * u + j, count); },
        [=](std::int64_t row, const Floats* sum, std::int64_t j, std::int64_t count) __attribute__((always_inline)) {
          const Floats h = f.act(*sum);
          put(gates + row * u + j, h, count);
          put(after[0] + row * u + j, h, count);
        });
  });
}

template <bool kUsual> void simple_rnn_backward(const BackwardTask& task, std::int64_t first, std::int64_t last) {
  const Activations<kUsual> f{task.activation, task.recurrent_activation};
  const std::int64_t u = task.units;
  run_backward<1>(
      task, first, last, u,
      [&](std::int64_t s, std::int64_t row) {
        const std::int64_t at = (s * task.batch + row) * u;
        float* dh = task.d[0] + row * u;
        for (std::int64_t j = 0; j < u; j += kLanes) {
          put(task.dz + at + j, get(dh + j, u - j) * f.act_slope(get(task.gates + at + j, u - j)), u - j);
          put(dh + j, splat(0.0F), u - j);
        }
      },
      [&](std::int64_t s) { add_to(task.d[0], task.dz + s * task.batch * u, u, task.kernel[0], u, first, last); });
}

// ---- LSTM

template <bool kUsual> void lstm_forward(const ForwardTask& task, std::int64_t first, std::int64_t last) {
  const Activations<kUsual> f{task.activation, task.recurrent_activation};
  const std::int64_t u = task.units;
  run_forward<2>(task, first, last, [&](std::int64_t s, float* const* before, float* const* after) {
    const float* z = task.z + s * task.batch * 4 * u;
    float* gates = task.gates + s * task.batch * 4 * u;
    for_products<4, true>(
        before[0], u, task.kernel[0], u, first, last,
        [=](std::int64_t row, int gate, std::int64_t j, std::int64_t count)
            __attribute__((always_inline)) { return get(z + (row * 4 + gate) * u + j, count); },
        [=](std::int64_t row, const Floats* sums, std::int64_t j, std::int64_t count) __attribute__((always_inline)) {
          const Floats input = f.rec(sums[0]);
          const Floats forget = f.rec(sums[1]);
          const Floats candidate = f.act(sums[2]);
          const Floats out = f.rec(sums[3]);
          const Floats c = forget * get(before[1] + row * u + j, count) + input * candidate;
          float* own = gates + row * 4 * u + j;
          put(own, input, count);
          put(own + u, forget, count);
          put(own + 2 * u, candidate, count);
          put(own + 3 * u, out, count);
          put(after[1] + row * u + j, c, count);
          put(after[0] + row * u + j, out * f.act(c), count);
        });
  });
}

template <bool kUsual> void lstm_backward(const BackwardTask& task, std::int64_t first, std::int64_t last) {
  const Activations<kUsual> f{task.activation, task.recurrent_activation};
  const std::int64_t u = task.units;
  run_backward<2>(
      task, first, last, 4 * u,
      [&](std::int64_t s, std::int64_t row) {
        const float* before = task.before + (s * task.batch + row) * u;
        const float* after = s + 1 < task.time ? before + task.batch * u : task.end_c + row * u;
        const float* gates = task.gates + (s * task.batch + row) * 4 * u;
        float* dz = task.dz + (s * task.batch + row) * 4 * u;
        float* dh_row = task.d[0] + row * u;
        float* dc_row = task.d[1] + row * u;
        for (std::int64_t j = 0; j < u; j += kLanes) {
          const std::int64_t count = u - j;
          const Floats input = get(gates + j, count);
          const Floats forget = get(gates + u + j, count);
          const Floats candidate = get(gates + 2 * u + j, count);
          const Floats out = get(gates + 3 * u + j, count);
          const Floats act_c = f.act(get(after + j, count));
          const Floats dh = get(dh_row + j, count);
          const Floats dc = get(dc_row + j, count) + dh * out * f.act_slope(act_c);
          put(dz + j, dc * candidate * f.rec_slope(input), count);
          put(dz + u + j, dc * get(before + j, count) * f.rec_slope(forget), count);
          put(dz + 2 * u + j, dc * input * f.act_slope(candidate), count);
          put(dz + 3 * u + j, dh * act_c * f.rec_slope(out), count);
          put(dc_row + j, dc * forget, count);
          put(dh_row + j, splat(0.0F), count);
        }
      },
      [&](std::int64_t s) {
        add_to(task.d[0], task.dz + s * task.batch * 4 * u, 4 * u, task.kernel[0], u, first, last);
      });
}

// ---- GRU. Kept of each step: z, r, h~ and, with reset_after, the third gate's recurrent product, else r * h.

template <bool kUsual> void gru_after_forward(const ForwardTask& task, std::int64_t first, std::int64_t last) {
  const Activations<kUsual> f{task.activation, task.recurrent_activation};
  const std::int64_t u = task.units;
  run_forward<1>(task, first, last, [&](std::int64_t s, float* const* before, float* const* after) {
    const float* x = task.z + s * task.batch * 3 * u;
    const float* bias = task.bias;
    float* gates = task.gates + s * task.batch * 4 * u;
    for_products<3, true>(
        before[0], u, task.kernel[0], u, first, last,
        [=](std::int64_t row, int gate, std::int64_t j, std::int64_t count) __attribute__((always_inline)) {
          const Floats own = bias ? get(bias + gate * u + j, count) : splat(0.0F);
          return gate == 2 ? own : own + get(x + (row * 3 + gate) * u + j, count);
        },
        [=](std::int64_t row, const Floats* sums, std::int64_t j, std::int64_t count) __attribute__((always_inline)) {
          const Floats z = f.rec(sums[0]);
          const Floats r = f.rec(sums[1]);
          const Floats candidate = f.act(get(x + (row * 3 + 2) * u + j, count) + r * sums[2]);
          float* own = gates + row * 4 * u + j;
          put(own, z, count);
          put(own + u, r, count);
          put(own + 2 * u, candidate, count);
          put(own + 3 * u, sums[2], count);
          const Floats h = get(before[0] + row * u + j, count);
          put(after[0] + row * u + j, z * h + (1.0F - z) * candidate, count);
        });
  });
}

template <bool kUsual> void gru_after_backward(const BackwardTask& task, std::int64_t first, std::int64_t last) {
  const Activations<kUsual> f{task.activation, task.recurrent_activation};
  const std::int64_t u = task.units;
  run_backward<1>(
      task, first, last, 3 * u,
      [&](std::int64_t s, std::int64_t row) {
        const std::int64_t at = s * task.batch + row;
        const float* before = task.before + at * u;
        const float* gates = task.gates + at * 4 * u;
        float* dz_row = task.dz + at * 3 * u;
        float* dp_row = task.dp + at * 3 * u;
        float* dh_row = task.d[0] + row * u;
        for (std::int64_t j = 0; j < u; j += kLanes) {
          const std::int64_t count = u - j;
          const Floats z = get(gates + j, count);
          const Floats r = get(gates + u + j, count);
          const Floats candidate = get(gates + 2 * u + j, count);
          const Floats dh = get(dh_row + j, count);
          const Floats dz = dh * (get(before + j, count) - candidate) * f.rec_slope(z);
          const Floats dcandidate = dh * (1.0F - z) * f.act_slope(candidate);
          const Floats dr = dcandidate * get(gates + 3 * u + j, count) * f.rec_slope(r);
          put(dz_row + j, dz, count);
          put(dz_row + u + j, dr, count);
          put(dz_row + 2 * u + j, dcandidate, count);
          put(dp_row + j, dz, count);
          put(dp_row + u + j, dr, count);
          put(dp_row + 2 * u + j, dcandidate * r, count);
          put(dh_row + j, dh * z, count);
        }
      },
      [&](std::int64_t s) {
        add_to(task.d[0], task.dp + s * task.batch * 3 * u, 3 * u, task.kernel[0], u, first, last);
      });
}

template <bool kUsual> void gru_before_forward(const ForwardTask& task, std::int64_t first, std::int64_t last) {
  const Activations<kUsual> f{task.activation, task.recurrent_activation};
  const std::int64_t u = task.units;
  run_forward<1>(task, first, last, [&](std::int64_t s, float* const* before, float* const* after) {
    const float* x = task.z + s * task.batch * 3 * u;
    const float* h = before[0];
    float* gates = task.gates + s * task.batch * 4 * u;
    for_products<2, true>(
        h, u, task.kernel[0], u, first, last,
        [=](std::int64_t row, int gate, std::int64_t j, std::int64_t count)
            __attribute__((always_inline)) { return get(x + (row * 3 + gate) * u + j, count); },
        [=](std::int64_t row, const Floats* sums, std::int64_t j, std::int64_t count) __attribute__((always_inline)) {
          const Floats r = f.rec(sums[1]);
          float* own = gates + row * 4 * u + j;
          put(own, f.rec(sums[0]), count);
          put(own + u, r, count);
          put(own + 3 * u, r * get(h + row * u + j, count), count);
        });
    for_products<kPanelVectors, false>(
        gates + 3 * u, 4 * u, task.kernel[1], u, first, last,
        [=](std::int64_t row, int, std::int64_t j, std::int64_t count)
            __attribute__((always_inline)) { return get(x + (row * 3 + 2) * u + j, count); },
        [=](std::int64_t row, const Floats* sum, std::int64_t j, std::int64_t count) __attribute__((always_inline)) {
          float* own = gates + row * 4 * u + j;
          const Floats candidate = f.act(*sum);
          const Floats z = get(own, count);
          put(own + 2 * u, candidate, count);
          put(after[0] + row * u + j, z * get(h + row * u + j, count) + (1.0F - z) * candidate, count);
        });
  });
}

template <bool kUsual> void gru_before_backward(const BackwardTask& task, std::int64_t first, std::int64_t last) {
  const Activations<kUsual> f{task.activation, task.recurrent_activation};
  const std::int64_t u = task.units;
  run_backward<1>(
      task, first, last, 3 * u,
      [&](std::int64_t s, std::int64_t row) {
        const std::int64_t at = s * task.batch + row;
        const float* before = task.before + at * u;
        const float* gates = task.gates + at * 4 * u;
        float* dz_row = task.dz + at * 3 * u;
        float* dh_row = task.d[0] + row * u;
        for (std::int64_t j = 0; j < u; j += kLanes) {
          const std::int64_t count = u - j;
          const Floats z = get(gates + j, count);
          const Floats candidate = get(gates + 2 * u + j, count);
          const Floats dh = get(dh_row + j, count);
          put(dz_row + j, dh * (get(before + j, count) - candidate) * f.rec_slope(z), count);
          put(dz_row + 2 * u + j, dh * (1.0F - z) * f.act_slope(candidate), count);
          put(dh_row + j, dh * z, count);
        }
      },
      [&](std::int64_t s) {
        float* dz = task.dz + s * task.batch * 3 * u;
        std::memset(task.dq + first * u, 0, bytes((last - first) * u));
        add_to(task.dq, dz + 2 * u, 3 * u, task.kernel[1], u, first, last);
        for (std::int64_t row = first; row < last; ++row) {
          const std::int64_t at = s * task.batch + row;
          const float* before = task.before + at * u;
          const float* gates = task.gates + at * 4 * u;
          const bool active = is_active(task, s, row);
          float* dh_row = task.d[0] + row * u;
          for (std::int64_t j = 0; j < u && active; j += kLanes) {
            const std::int64_t count = u - j;
            const Floats r = get(gates + u + j, count);
            const Floats dq = get(task.dq + row * u + j, count);
            put(dz + row * 3 * u + u + j, dq * get(before + j, count) * f.rec_slope(r), count);
            put(dh_row + j, get(dh_row + j, count) + dq * r, count);
          }
        }
        add_to(task.d[0], dz, 3 * u, task.kernel[0], u, first, last);
      });
}

bool is_usual(const RecurrenceTask& task) {
  return task.activation == SequenceActivation::kTanh && task.recurrent_activation == SequenceActivation::kSigmoid;
}

template <auto kUsual, auto kOther, typename Task>
void choose(const Task& task, std::int64_t first, std::int64_t last) {
  is_usual(task) ? kUsual(task, first, last) : kOther(task, first, last);
}

}  // namespace

const RecurrenceKernels recurrence_kernels = {
    .lanes = kLanes,
    .simple_rnn = {choose<simple_rnn_forward<true>, simple_rnn_forward<false>, ForwardTask>,
                   choose<simple_rnn_backward<true>, simple_rnn_backward<false>, BackwardTask>},
    .lstm = {choose<lstm_forward<true>, lstm_forward<false>, ForwardTask>,
             choose<lstm_backward<true>, lstm_backward<false>, BackwardTask>},
    .gru_reset_after = {choose<gru_after_forward<true>, gru_after_forward<false>, ForwardTask>,
                        choose<gru_after_backward<true>, gru_after_backward<false>, BackwardTask>},
    .gru_reset_before = {choose<gru_before_forward<true>, gru_before_forward<false>, ForwardTask>,
                         choose<gru_before_backward<true>, gru_before_backward<false>, BackwardTask>},
};

}  // namespace cornu::onednn::CORNU_ISA
