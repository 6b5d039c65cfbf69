#include "framework/backends/onednn/vector/pool_kernels.h"

#include "framework/backends/onednn/vector/lanes.h"

namespace cornu::onednn::CORNU_ISA {
namespace {

// The same code serves registers and the single floats that are left behind the last whole register.
template <typename V> struct Lanes;
template <> struct Lanes<Floats> {
  using Number = Ints;
  static constexpr int kCount = kLanes;
  CORNU_INLINE static Floats load(const float* from) { return CORNU_ISA::load(from); }
  CORNU_INLINE static void store(float* to, Floats value) { CORNU_ISA::store(to, value); }
  CORNU_INLINE static Ints load_number(const std::uint8_t* from) {
    Bytes bytes;
    std::memcpy(&bytes, from, sizeof bytes);
    return __builtin_convertvector(bytes, Ints);
  }
  CORNU_INLINE static void store_number(std::uint8_t* to, Ints number) {
    const Bytes bytes = __builtin_convertvector(number, Bytes);
    std::memcpy(to, &bytes, sizeof bytes);
  }

 private:
  typedef std::uint8_t Bytes __attribute__((vector_size(kLanes)));
};
template <> struct Lanes<float> {
  using Number = std::int32_t;
  static constexpr int kCount = 1;
  CORNU_INLINE static float load(const float* from) { return *from; }
  CORNU_INLINE static void store(float* to, float value) { *to = value; }
  CORNU_INLINE static std::int32_t load_number(const std::uint8_t* from) { return *from; }
  CORNU_INLINE static void store_number(std::uint8_t* to, std::int32_t number) {
    *to = static_cast<std::uint8_t>(number);
  }
};

// Whether v beats the best so far: greater, or the first NaN. Registers compare to -1, floats to true, in each lane.
template <typename V> auto beats(V v, V best) { return (v > best) | ((v != v) & (best == best)); }

// Calls body(place in x, place in y, zero) for the channels of all windows, the zero being of the type to compute with.
template <typename V, typename Body>
void for_channels(std::int64_t begin, std::int64_t end, std::int64_t x, std::int64_t y, Body&& body) {
  for (std::int64_t c = begin; c + Lanes<V>::kCount <= end; c += Lanes<V>::kCount) body(x + c, y + c, V{});
}

template <typename Body> void for_windows(const PoolRow& row, Body&& body) {
  const std::int64_t whole = row.channels / kLanes * kLanes;
  for (std::int64_t w = 0; w < row.num_windows; ++w) {
    const std::int64_t x = row.place + w * row.step;
    const std::int64_t y = w * row.y_step;
    for_channels<Floats>(0, whole, x, y, body);
    for_channels<float>(whole, row.channels, x, y, body);
  }
}

// The number of offsets, known to the compiler for common windows, so that it unrolls the loops over them.
template <int Count> struct Known {
  static constexpr std::int64_t of(const PoolRow&) { return Count; }
};
template <> struct Known<0> {
  static std::int64_t of(const PoolRow& row) { return row.num_offsets; }
};
template <typename Run> void with_known_count(const PoolRow& row, Run&& run) {
  switch (row.num_offsets) {
    case 2: return run(Known<2>{});
    case 3: return run(Known<3>{});
    case 4: return run(Known<4>{});
    case 9: return run(Known<9>{});
    default: return run(Known<0>{});
  }
}

void maximum(const PoolRow& row, const float* x, float* y) {
  with_known_count(row, [&](auto known) {
    for_windows(row, [&](std::int64_t at, std::int64_t to, auto zero) {
      using V = decltype(zero);
      V best = Lanes<V>::load(x + at + row.offsets[0]);
      for (std::int64_t t = 1; t < known.of(row); ++t) {
        const V v = Lanes<V>::load(x + at + row.offsets[t]);
        best = ((v > best) | (v != v)) ? v : best;
      }
      Lanes<V>::store(y + to, best);
    });
  });
}

// Finds the winner of a window: its number among the offsets, and its value.
template <typename V> struct Winner {
  typename Lanes<V>::Number number;
  V value;
};
template <typename V, typename Count>
CORNU_INLINE Winner<V> winner_of(const PoolRow& row, const float* x, std::int64_t at, Count known) {
  typename Lanes<V>::Number winner{};
  V best = Lanes<V>::load(x + at + row.offsets[0]);
  for (std::int64_t t = 1; t < known.of(row); ++t) {
    const V v = Lanes<V>::load(x + at + row.offsets[t]);
    const auto better = beats(v, best);
    best = better ? v : best;
    winner = better ? typename Lanes<V>::Number{} + static_cast<std::int32_t>(t) : winner;
  }
  return {winner, best};
}

void maximum_and_winner(const PoolRow& row, const float* x, float* y, std::uint8_t* winners) {
  with_known_count(row, [&](auto known) {
    for_windows(row, [&](std::int64_t at, std::int64_t to, auto zero) {
      using V = decltype(zero);
      const Winner<V> winner = winner_of<V>(row, x, at, known);
      Lanes<V>::store(y + to, winner.value);
      Lanes<V>::store_number(winners + to, winner.number);
    });
  });
}

void gather(const PoolRow& row, const float* x, const float* source, float* y) {
  with_known_count(row, [&](auto known) {
    for_windows(row, [&](std::int64_t at, std::int64_t to, auto zero) {
      using V = decltype(zero);
      const auto winner = winner_of<V>(row, x, at, known).number;
      V picked = Lanes<V>::load(source + at + row.offsets[0]);
      for (std::int64_t t = 1; t < known.of(row); ++t) {
        picked = winner == static_cast<std::int32_t>(t) ? Lanes<V>::load(source + at + row.offsets[t]) : picked;
      }
      Lanes<V>::store(y + to, picked);
    });
  });
}

// Calls winner(place in x, place in y, zero, known count) for each window, and gives dy to what it names.
template <bool Add, typename F> void scatter_row(const PoolRow& row, const float* dy, float* dx, F&& winner) {
  with_known_count(row, [&](auto known) {
    for_windows(row, [&](std::int64_t at, std::int64_t to, auto zero) {
      using V = decltype(zero);
      const auto number = winner(at, to, zero, known);
      const V gradient = Lanes<V>::load(dy + to);
      for (std::int64_t t = 0; t < known.of(row); ++t) {
        float* target = dx + at + row.offsets[t];
        const V share = number == static_cast<std::int32_t>(t) ? gradient : zero;
        Lanes<V>::store(target, Add ? Lanes<V>::load(target) + share : share);
      }
    });
  });
}
template <typename F> void scatter_row(const PoolRow& row, const float* dy, float* dx, bool add, F&& winner) {
  if (add) {
    scatter_row<true>(row, dy, dx, winner);
  } else {
    scatter_row<false>(row, dy, dx, winner);
  }
}

void scatter(const PoolRow& row, const float* x, const float* dy, float* dx, bool add) {
  scatter_row(row, dy, dx, add, [&](std::int64_t at, std::int64_t, auto zero, auto known) {
    return winner_of<decltype(zero)>(row, x, at, known).number;
  });
}

void scatter_to_winners(const PoolRow& row, const std::uint8_t* winners, const float* dy, float* dx, bool add) {
  scatter_row(row, dy, dx, add, [&](std::int64_t, std::int64_t to, auto zero, auto) {
    return Lanes<decltype(zero)>::load_number(winners + to);
  });
}

void average(const PoolRow& row, const float* x, float* y) {
  const auto number = static_cast<float>(row.num_offsets);
  with_known_count(row, [&](auto known) {
    for_windows(row, [&](std::int64_t at, std::int64_t to, auto zero) {
      using V = decltype(zero);
      V sum = Lanes<V>::load(x + at + row.offsets[0]);
      for (std::int64_t t = 1; t < known.of(row); ++t) sum += Lanes<V>::load(x + at + row.offsets[t]);
      Lanes<V>::store(y + to, sum / number);
    });
  });
}

void spread(const PoolRow& row, const float* dy, float* dx, bool add) {
  const auto number = static_cast<float>(row.num_offsets);
  for_windows(row, [&](std::int64_t at, std::int64_t to, auto zero) {
    using V = decltype(zero);
    const V share = Lanes<V>::load(dy + to) / number;
    for (std::int64_t t = 0; t < row.num_offsets; ++t) {
      float* target = dx + at + row.offsets[t];
      Lanes<V>::store(target, add ? Lanes<V>::load(target) + share : share);
    }
  });
}

}  // namespace

constinit const PoolTable kPoolTable = {maximum, maximum_and_winner, gather, scatter, scatter_to_winners, average,
                                        spread};

}  // namespace cornu::onednn::CORNU_ISA
