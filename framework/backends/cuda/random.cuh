// Random numbers by counters, as framework/random.h makes them: the words of a group of 64 elements are those of 16
// counters, first word of each, second of each, and so on. A thread takes the four elements of one counter.

namespace device {

struct RandomWords {
  unsigned int at[4];
};

// A seed and the number of the draw.
struct RandomState {
  unsigned long long seed;
  unsigned long long draw;

  explicit CORNU_DEVICE RandomState(const long long* state)
      : seed(static_cast<unsigned long long>(state[0])), draw(static_cast<unsigned long long>(state[1])) {}

  // Philox4x32-10: Salmon, Moraes, Dror and Shaw (2011).
  CORNU_DEVICE RandomWords words(unsigned long long counter) const {
    unsigned int c0 = static_cast<unsigned int>(counter);
    unsigned int c1 = static_cast<unsigned int>(counter >> 32);
    unsigned int c2 = static_cast<unsigned int>(draw);
    unsigned int c3 = static_cast<unsigned int>(draw >> 32);
    unsigned int k0 = static_cast<unsigned int>(seed);
    unsigned int k1 = static_cast<unsigned int>(seed >> 32);
    CORNU_UNROLL for (int round = 0; round < 10; ++round) {
      const unsigned long long p0 = 0xD2511F53ull * c0;
      const unsigned long long p2 = 0xCD9E8D57ull * c2;
      c0 = static_cast<unsigned int>(p2 >> 32) ^ c1 ^ k0;
      c1 = static_cast<unsigned int>(p2);
      c2 = static_cast<unsigned int>(p0 >> 32) ^ c3 ^ k1;
      c3 = static_cast<unsigned int>(p0);
      k0 += 0x9E3779B9u;
      k1 += 0xBB67AE85u;
    }
    return {{c0, c1, c2, c3}};
  }

  CORNU_DEVICE unsigned int word(unsigned long long element) const {
    return words(element / 64 * 16 + element % 16).at[element / 16 % 4];
  }
};

// Calls visit(element of the first word, words, how many of the words belong to elements) for all counters.
template <typename Index, typename Visit>
CORNU_DEVICE void for_each_counter(const RandomState& state, Index count, Visit visit) {
  for_each_in_grid<Index>((count + 63) / 64 * 16, [&](Index counter) {
    const Index first = counter / 16 * 64 + counter % 16;
    if (first < count) {
      const Index left = (count - first + 15) / 16;
      visit(first, state.words(counter), left < 4 ? static_cast<int>(left) : 4);
    }
  });
}

CORNU_DEVICE double unit53(unsigned int high, unsigned int low) {
  const unsigned long long bits = (static_cast<unsigned long long>(high) << 32) | low;
  return static_cast<double>(bits >> 11) * bits_as<double>(0x3ca0000000000000ull);  // 2^-53
}

// low + range * unit, where `top` is the last number before the end: rounding must not reach it.
template <typename T> struct UniformRange {
  T low;
  T range;
  T top;
  CORNU_DEVICE T at(T unit) const {
    const T value = low + range * unit;
    return top < value ? top : value;
  }
};

template <typename Element, typename Index>
CORNU_DEVICE void random_uniform(const RandomState& state, typename Element::Stored* y, Index count,
                                 const UniformRange<float>& range) {
  for_each_counter<Index>(state, count, [&](Index first, const RandomWords& words, int num_words) {
    const float scale = bits_as<float>(0x33800000u);  // 2^-24
    CORNU_UNROLL for (int k = 0; k < 4; ++k) {
      if (k < num_words) y[first + 16 * k] = Element::store(range.at(static_cast<float>(words.at[k] >> 8) * scale));
    }
  });
}

// float64 elements have a counter each.
template <typename Index>
CORNU_DEVICE void random_uniform_float64(const RandomState& state, double* y, Index count,
                                         const UniformRange<double>& range) {
  for_each_in_grid<Index>(count, [&](Index i) {
    const RandomWords words = state.words(i);
    y[i] = range.at(unit53(words.at[0], words.at[1]));
  });
}

struct Direction {
  float cosine;
  float sine;
};

// The direction of a random angle: a 24-bit part of a turn. What is left of it beside the nearest quarter is known
// exactly and at most an eighth, so that a few terms of the series do.
CORNU_DEVICE Direction direction_of(unsigned int part) {
  const unsigned int quarters = (part + (1u << 21)) >> 22;
  const int rest = static_cast<int>(part) - static_cast<int>(quarters << 22);
  const float angle = static_cast<float>(rest) * bits_as<float>(0x34c90fdbu);  // 2 pi / 2^24
  const float square = angle * angle;
  const float sine =
      angle + angle * square *
                  (-1.0f / 6 + square * (1.0f / 120 + square * (-1.0f / 5040 + square * (1.0f / 362880))));
  const float cosine =
      1.0f +
      square * (-0.5f + square * (1.0f / 24 + square * (-1.0f / 720 + square * (1.0f / 40320 - square / 3628800))));
  switch (quarters % 4) {
    case 0: return {cosine, sine};
    case 1: return {-sine, cosine};
    case 2: return {-cosine, -sine};
    default: return {sine, -cosine};
  }
}

// Box and Muller: two words make two elements.
template <typename Element, typename Index>
CORNU_DEVICE void random_normal(const RandomState& state, typename Element::Stored* y, Index count) {
  for_each_counter<Index>(state, count, [&](Index first, const RandomWords& words, int num_words) {
    CORNU_UNROLL for (int k = 0; k < 4; k += 2) {
      const float u =
          static_cast<float>(words.at[k]) * bits_as<float>(0x2f800000u) + bits_as<float>(0x2f000000u);  // 2^-32, 2^-33
      const float radius = sqrt(-2.0f * log(u));
      const Direction direction = direction_of(words.at[k + 1] >> 8);
      if (k < num_words) y[first + 16 * k] = Element::store(radius * direction.cosine);
      if (k + 1 < num_words) y[first + 16 * (k + 1)] = Element::store(radius * direction.sine);
    }
  });
}

template <typename Index>
CORNU_DEVICE void random_normal_float64(const RandomState& state, double* y, Index count) {
  for_each_in_grid<Index>(count, [&](Index i) {
    const RandomWords words = state.words(i);
    const double turn = bits_as<double>(0x401921fb54442d18ull);  // 2 pi
    y[i] = sqrt(-2.0 * log(1.0 - unit53(words.at[0], words.at[1]))) * cos(turn * unit53(words.at[2], words.at[3]));
  });
}

// In [low, low + range): the high word of word * range.
template <typename Index>
CORNU_DEVICE void random_integers(const RandomState& state, int* y, Index count, long long low,
                                  unsigned long long range) {
  for_each_counter<Index>(state, count, [&](Index first, const RandomWords& words, int num_words) {
    CORNU_UNROLL for (int k = 0; k < 4; ++k) {
      const long long above = static_cast<long long>((words.at[k] * range) >> 32);
      if (k < num_words) y[first + 16 * k] = static_cast<int>(low + above);
    }
  });
}

// What becomes of an element: `scale` times itself, or 0 where its word is below the threshold.
template <typename ElementType> struct Dropout {
  using Element = ElementType;
  using Stored = typename Element::Stored;
  unsigned long long threshold;
  typename Element::Value scale;
  CORNU_DEVICE Stored of(Stored x, unsigned int word) const {
    return word >= threshold ? Element::store(Element::load(x) * scale) : Element::store(0);
  }
};

template <typename Rule, typename Index>
CORNU_DEVICE void dropout(const typename Rule::Stored* x, const RandomState& state, typename Rule::Stored* y,
                          Index count, const Rule& rule) {
  for_each_counter<Index>(state, count, [&](Index first, const RandomWords& words, int num_words) {
    typename Rule::Stored values[4];
    CORNU_UNROLL for (int k = 0; k < 4; ++k) {
      if (k < num_words) values[k] = x[first + 16 * k];
    }
    CORNU_UNROLL for (int k = 0; k < 4; ++k) {
      if (k < num_words) y[first + 16 * k] = rule.of(values[k], words.at[k]);
    }
  });
}

// Elements share words: `Places` says which have which.
template <typename Places, typename Rule>
CORNU_DEVICE void shared_dropout(const typename Rule::Stored* x, const RandomState& state, typename Rule::Stored* y,
                                 const Rule& rule) {
  for_each_in_grid<typename Places::Index>(Places::kElements, [&](typename Places::Index i) {
    typename Places::Place place;
    Places::find(i, place);
    y[i] = rule.of(x[i], state.word(static_cast<unsigned long long>(place)));
  });
}

}  // namespace device
